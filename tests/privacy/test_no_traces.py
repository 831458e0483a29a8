"""What an image's file says beside its pixels is nowhere else afterwards: no log, cache, table, overlay or project.

Names of patients stand in metadata; what is written while images are used must not pass them on.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.logging_setup import start_logging
from fewshot_gui.paths import AppPaths
from fewshot_gui.project.values import ProjectSettings
from model.cli.command import main
from model.exports.exporter import EXPORTS, export
from model.exports.project_contents import read_project
from tests.dicom import dicom_bytes
from tests.model.conftest import paint

MARKER = "MUSTERMANN^ERIKA^19640812"
_IMAGE_DESCRIPTION, _USER_COMMENT, _ARTIST = 0x010E, 0x9286, 0x013B


def _jpeg(image: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[_IMAGE_DESCRIPTION] = exif[_ARTIST] = MARKER
    exif.get_ifd(0x8769)[_USER_COMMENT] = MARKER.encode()
    return _saved(image, "JPEG", exif=exif, comment=MARKER.encode())


def _png(image: Image.Image) -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("PatientName", MARKER)
    text.add_itxt("XML:com.adobe.xmp", f"<x>{MARKER}</x>")
    return _saved(image, "PNG", pnginfo=text)


def _tiff(image: Image.Image) -> bytes:
    return _saved(image, "TIFF", tiffinfo={_IMAGE_DESCRIPTION: MARKER, _ARTIST: MARKER})


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _dicom(image: Image.Image) -> bytes:
    return dicom_bytes(image, patient=MARKER)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """bins/ and new/ with the marker in every file, in some twice, and some files that cannot be read."""
    folder = tmp_path / "pictures"
    makers = {"jpg": _jpeg, "png": _png, "tif": _tiff, "dcm": _dicom}
    for number, shape in enumerate(("disc", "cross")):
        (folder / "bins" / shape).mkdir(parents=True)
        for ending, make in makers.items():
            image = paint(shape, 10 * number + len(ending))
            (folder / "bins" / shape / f"{ending}.{ending}").write_bytes(make(image))
    (folder / "new").mkdir()
    for ending, make in makers.items():
        content = make(paint("disc", 77))
        (folder / "new" / f"whole.{ending}").write_bytes(content + MARKER.encode())
        (folder / "new" / f"cut off.{ending}").write_bytes(content[: len(content) // 2])
        (folder / "new" / f"spoilt.{ending}").write_bytes(content[:9] + MARKER.encode() + content[9:])
    (folder / "new" / "text.png").write_text(MARKER * 9)
    (folder / "new" / "header.ppm").write_text(f"P6 {MARKER} 9 255\n")
    assert all(MARKER.encode() in file.read_bytes() for file in (folder / "bins").rglob("*.*"))
    return folder


def traces(folder: Path, pictures: Path) -> list[Path]:
    """The files below `folder`, the pictures aside, that hold the marker, as text or in UTF-16."""
    forms = [MARKER.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be")]
    files = [file for file in folder.rglob("*") if file.is_file() and not file.is_relative_to(pictures)]
    assert len(files) > 3
    return [file for file in files if any(form in file.read_bytes() for form in forms)]


def test_the_command_leaves_none(tmp_path: Path, pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = ["--cache", str(tmp_path / "cache")]
    assert main(["train", str(pictures / "bins"), "--out", str(tmp_path / "c"), *cache, "--json"]) == 0
    overlays, table = tmp_path / "overlays", tmp_path / "r.csv"
    classify = ["classify", str(tmp_path / "c"), str(pictures / "new"), "--out", str(table), *cache, "--json"]
    assert main([*classify, "--overlays", str(overlays)]) == 3
    printed = capsys.readouterr()
    assert json.loads(printed.out.splitlines()[-1])["error"] >= 2
    assert MARKER not in printed.out + printed.err
    assert traces(tmp_path, pictures) == []
    written = list(overlays.glob("*.png"))
    assert written
    for file in written:
        with Image.open(file) as overlay:
            overlay.load()
            assert (dict(overlay.getexif()), overlay.info) == ({}, {})


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield start_logging(tmp_path / "app" / "logs", verbose=True)
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_the_window_leaves_none(qapp: QApplication, qtbot: QtBot, tmp_path: Path, pictures: Path, logged: Path) -> None:
    app = App(AppPaths.below(tmp_path / "app"))
    qtbot.addWidget(app.window)
    with qtbot.waitSignal(app.started):
        app.start()
    app.session.set_settings(ProjectSettings("patent-cnn", 0))
    document = app.session.document
    for folder in sorted((pictures / "bins").iterdir()):
        document.add_examples(document.add_bin(folder.name), sorted(folder.iterdir()))
    app.library.add_folders((pictures / "new",))
    app.window.intents.train_requested.emit()
    qtbot.waitUntil(lambda: app.session.results.report is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not app.window.command_table.flag("busy"), timeout=60_000)
    app.window.intents.classify_requested.emit([pictures / "new"])
    qtbot.waitUntil(lambda: len(app.session.results) > 4, timeout=60_000)
    qtbot.waitUntil(lambda: not app.window.command_table.flag("busy"), timeout=60_000)
    for made in list(app.session.results):
        app.window.inspector.show_image(made.path)
        qtbot.wait(30)
    assert app.session.file is not None
    for name in ("csv", "jsonl", "cvat", "contact-sheet"):  # nothing of them is compressed but pixels
        exporter = EXPORTS.get(name)
        assert exporter is not None
        export(exporter, read_project(app.session.file), tmp_path / f"results{exporter.endings[0]}")
    app.session.save_as(tmp_path / "project.fewshot")
    app.window.close()
    assert app.shutdown() == []
    assert logged.stat().st_size > 0
    assert traces(tmp_path, pictures) == []
