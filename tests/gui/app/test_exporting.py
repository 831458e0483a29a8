"""A person exports: chooses in the dialog, and gets what the dialog promised."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.project.results import Results
from fewshot_gui.views.export_dialog import ExportDialog
from fewshot_gui.views.jobs_dialog import JobEnd
from model.cli.command import main
from model.exports.columns import COLUMNS
from model.exports.exporter import EXPORTS, ordered_exports
from model.types import Prediction, Region, Status

Answer = Callable[[ExportDialog], None]
BOX = Region(10, 20, 30, 15)


@pytest.fixture
def images(app: App, tmp_path: Path) -> list[Path]:
    """Three results: the second is in a bin of another class than was predicted, the third by an old classifier."""
    folder = tmp_path / "Miller"
    folder.mkdir()
    paths = [folder / name for name in ("=1+1.png", "two, “2”.png", "花.png")]
    for path in paths:
        Image.new("RGB", (80, 60), (90, 120, 30)).save(path)
    document, results = app.session.document, app.session.results
    bins = (document.add_bin("Cat"), document.add_bin("Dog"))
    results.add_predictions(1, bins, [Prediction(path, Status.OK, 1, (0.25, 0.75), BOX) for path in paths[:2]])
    results.add_predictions(0, bins, [Prediction(paths[2], Status.OK, 0, (0.9, 0.1), BOX)])
    document.add_examples(bins[0], [paths[1]])
    return paths


def _choose(name: str, *more: Answer) -> Answer:
    def answer(dialog: ExportDialog) -> None:
        dialog.formats.setCurrentRow([kind.name for kind in ordered_exports()].index(name))
        for one in more:
            one(dialog)

    return answer


def _without(*columns: str) -> Answer:
    def drop(dialog: ExportDialog) -> None:
        for name in columns:
            dialog.columns[name].setChecked(False)

    return drop


def _export(
    app: App, monkeypatch: pytest.MonkeyPatch, answer: Answer, target: Path | None = None, *, key: bool = False
) -> None:
    """Ctrl+E; choose in the dialog; press its button; answer the system's dialog."""

    def play(dialog: ExportDialog) -> int:
        answer(dialog)
        dialog.show()
        (dialog._undo if key else dialog.export_button).click()
        return dialog.result()

    monkeypatch.setattr(ExportDialog, "exec", play)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target or ""), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(target or ""))
    app.window.command_table["export"].trigger()


def _wait_for(app: App, qtbot: QtBot, text: str) -> None:
    qtbot.waitUntil(lambda: text in app.window.statusBar().currentMessage(), timeout=15_000)
    assert not app.window.command_table.flag("busy")


def test_a_workbook_of_chosen_columns(
    app: App, images: list[Path], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = _choose("xlsx", _without(*(name for name in COLUMNS if name not in {"path", "label", "stale", "region"})))
    monkeypatch.setattr(Results, "classifier_revision", 1)  # as if it had been trained
    _export(app, monkeypatch, answer, tmp_path / "out")
    _wait_for(app, qtbot, "3 images written to “out.xlsx”")  # the ending was added
    header, *rows = openpyxl.load_workbook(tmp_path / "out.xlsx")["Results"].values
    assert header == ("path", "region_x", "region_y", "region_w", "region_h", "label", "stale")
    assert rows == [
        (str(images[0]), 10, 20, 30, 15, None, True),
        (str(images[1]), 10, 20, 30, 15, "Cat", True),
        (str(images[2]), 10, 20, 30, 15, None, True),
    ]
    asked: list[str] = []

    def refuse(box: QMessageBox) -> QMessageBox.StandardButton:
        asked.append(box.text())
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "exec", refuse)
    app.window.status.clearMessage()
    before = (tmp_path / "out.xlsx").read_bytes()
    _export(app, monkeypatch, answer, tmp_path / "out")
    assert asked == ["“out.xlsx” is there already. Replace it?"]
    assert (tmp_path / "out.xlsx").read_bytes() == before
    again: list[Any] = []
    _export(app, monkeypatch, lambda dialog: again.append(dialog.choice()), None)  # no file: the person declined
    assert (again[0].name, again[0].columns) == ("xlsx", ("path", "region", "label", "stale"))  # remembered


def test_a_table_is_that_of_the_command(
    app: App, images: list[Path], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _export(app, monkeypatch, _choose("csv"), tmp_path / "window.csv")
    _wait_for(app, qtbot, "3 images written to “window.csv”; 3 of them out of date")
    assert main(["export", str(app.session.file), "--format", "csv", "--out", str(tmp_path / "command.csv")]) == 0
    text = (tmp_path / "window.csv").read_text(encoding="utf-8")
    assert text == (tmp_path / "command.csv").read_text(encoding="utf-8")
    header, first, *_ = text.splitlines()
    columns = "path,status,predicted,confidence,region_x,region_y,region_w,region_h,message,p_Cat,p_Dog"
    assert header == f"{columns},region_steadiness,label,labelled_by,labelled_at,classifier,group,stale,final_label"
    stale = "Out of date: made before the last change of the bins."
    assert first == f"{images[0]},ok,Dog,0.750000,10,20,30,15,{stale},0.250000,0.750000,,,,,,{images[0]},yes,Dog"
    second = list(csv.DictReader(text.splitlines()))[1]
    assert (second["predicted"], second["label"], second["labelled_by"]) == ("Dog", "Cat", "person")


def test_sidecars_beside_the_images_and_back(
    app: App, images: list[Path], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _export(app, monkeypatch, _choose("xmp"))
    _wait_for(app, qtbot, "3 images in sidecars")
    sidecars = [image.with_name(f"{image.name}.xmp") for image in images]
    assert b"Cat" in sidecars[1].read_bytes()
    _export(app, monkeypatch, _choose("xmp"), key=True)
    _wait_for(app, qtbot, "3 sidecars restored")
    assert not any(path.exists() for path in sidecars)


def test_a_folder_that_holds_something_gets_a_new_one_in_it(
    app: App, images: list[Path], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("fiftyone", "fiftyone (2)"):
        _export(app, monkeypatch, _choose("fiftyone"), images[0].parent)
        _wait_for(app, qtbot, f"3 images written to “{name}”")
        app.window.status.clearMessage()
        assert len(json.loads((images[0].parent / name / "labels.json").read_text(encoding="utf-8"))["labels"]) == 3
    assert {path.name for path in images[0].parent.iterdir() if path.is_file()} == {path.name for path in images}


def test_an_export_can_be_cancelled_and_the_next_one_works(
    app: App, images: list[Path], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = EXPORTS.get("jsonl")
    assert exporter is not None
    entered, gate, write = threading.Event(), threading.Event(), exporter.write_rows  # type: ignore[attr-defined]

    def slowly(path: Path, table: object, rows: object) -> None:
        entered.set()
        assert gate.wait(10)
        write(path, table, rows)

    monkeypatch.setattr(exporter, "write_rows", slowly)
    out = tmp_path / "out.jsonl"
    _export(app, monkeypatch, _choose("jsonl"), out)
    assert entered.wait(10)
    assert app.window.command_table.flag("busy")
    _export(app, monkeypatch, _choose("csv"), tmp_path / "other.csv")
    assert "still being written" in app.window.statusBar().currentMessage()
    app.intents.cancel_requested.emit()
    gate.set()
    _wait_for(app, qtbot, "The export was cancelled")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("out")] == []
    _export(app, monkeypatch, _choose("jsonl"), out)
    _wait_for(app, qtbot, "3 images written")
    stopped, done = app.jobs.rows()
    assert (stopped.end, done.end) == (JobEnd.STOPPED, JobEnd.DONE)
    assert "JSON" in stopped.title
    assert "written to “out.jsonl”" in done.said


def test_what_went_wrong_is_said_with_the_way_out(
    app: App, images: list[Path], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(
        app.window, "show_error", lambda title, message, details="": shown.append(f"{message} {details}")
    )
    _export(app, monkeypatch, _choose("csv"), images[0] / "out.csv")
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert "cannot be written" in shown[0]
    _export(app, monkeypatch, _choose("qupath"), tmp_path / "out.geojson")
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert "one slide" in shown[1]
    (tmp_path / "reports").mkdir()
    _export(app, monkeypatch, _choose("dicom-sr"), tmp_path / "reports")  # of pictures that are no DICOM
    qtbot.waitUntil(lambda: len(shown) == 3)
    assert "0 images written to “reports”" in shown[2]
    assert "3 left out: without a label, not readable or of another kind" in shown[2]
    images[0].unlink()
    _export(app, monkeypatch, _choose("xmp"))
    qtbot.waitUntil(lambda: len(shown) == 4)
    assert "2 images in sidecars; 3 of them out of date; 1 file" in shown[3]
    assert "its image is gone" in shown[3]
    assert not app.window.command_table.flag("busy")


def test_what_could_not_be_saved_is_exported_too(
    app: App, images: list[Path], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fewshot_gui.project.errors import ProjectError

    def full(*_: object, **__: object) -> None:
        raise ProjectError("The disk is full.")

    late = images[0].with_name("late.png")
    Image.new("RGB", (80, 60)).save(late)
    with monkeypatch.context() as patch:
        patch.setattr(app.session._store, "transaction", full)
        app.session.results.add_predictions(
            1, (app.session.document.bins[0].id,), [Prediction(late, Status.OK, 0, (1.0,), BOX)]
        )
        with pytest.raises(ProjectError):
            app.session.save()
        _export(app, patch, _choose("csv"), tmp_path / "out.csv")
        _wait_for(app, qtbot, "4 images written")
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[-1]["path"] == str(late)
