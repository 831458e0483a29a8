"""The dialog that asks how files are cut into images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from fewshot_gui.jobs.files import DroppedImages, FileJobs, FoundImages
from fewshot_gui.settings import Settings
from fewshot_gui.views.reading_dialog import ReadingDialog
from model.images.cutting import AS_THEY_ARE, Cutting
from model.images.greys import GreyRange, Greys
from model.images.rendering import USUAL, Rendering

WINDOW = Greys(GreyRange.FIXED, -160.0, 0.0625)


@pytest.mark.parametrize("cutting", [AS_THEY_ARE, Cutting(0.2, 1024), Cutting(25.0, None)])
def test_it_starts_with_what_is_in_force(qtbot: QtBot, cutting: Cutting) -> None:
    dialog = ReadingDialog(cutting, Rendering((1, 2, 3)))
    qtbot.addWidget(dialog)
    assert dialog.cutting() == cutting
    assert dialog.rendering() == Rendering((1, 2, 3))
    assert dialog.side.isEnabled() == (cutting.tile_side is not None)


def test_tiles_are_switched_on_with_a_side(qtbot: QtBot) -> None:
    dialog = ReadingDialog(AS_THEY_ARE, USUAL)
    qtbot.addWidget(dialog)
    dialog.tiled.click()
    dialog.side.setValue(256)
    dialog.rate.setValue(5)
    dialog.colour.setCurrentText("Black")
    assert dialog.cutting() == Cutting(5.0, 256)
    assert dialog.rendering() == Rendering((0, 0, 0))


@pytest.mark.parametrize("greys", [Greys(), Greys(GreyRange.ROBUST), Greys(GreyRange.FULL), WINDOW])
def test_the_choice_is_kept_and_nonsense_is_the_default(tmp_path: Path, greys: Greys) -> None:
    file = tmp_path / "settings.ini"
    assert Settings(file).cutting == AS_THEY_ARE
    settings = Settings(file)
    rendering = Rendering((9, 8, 7), greys)
    settings.cutting, settings.rendering = Cutting(2.5, 512), rendering
    settings.save()
    assert (Settings(file).cutting, Settings(file).rendering) == (Cutting(2.5, 512), rendering)
    file.write_text("[files]\nvideo_rate=nan\ntile_side=many\nground=night\ngreys=fixed 5 x\n", encoding="utf-8")
    assert (Settings(file).cutting, Settings(file).rendering) == (AS_THEY_ARE, USUAL)


@pytest.mark.parametrize(
    "text", ["grey", "fixed", "fixed 5 5", "fixed 5", "fixed 1 nan", "fixed -inf 2", "fixed 1 2 3"]
)
def test_a_range_of_greys_that_makes_no_sense_is_the_default(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.ini"
    file.write_text(f"[files]\ngreys={text}\n", encoding="utf-8")
    assert Settings(file).rendering == USUAL


@pytest.mark.parametrize("greys", [Greys(), Greys(GreyRange.ROBUST), Greys(GreyRange.FULL), WINDOW])
def test_the_range_of_greys_starts_as_it_is(qtbot: QtBot, greys: Greys) -> None:
    dialog = ReadingDialog(AS_THEY_ARE, Rendering((0, 0, 0), greys))
    qtbot.addWidget(dialog)
    assert dialog.rendering() == Rendering((0, 0, 0), greys)
    assert dialog.low.isEnabled() == (greys.range is GreyRange.FIXED)


def test_a_fixed_window_is_chosen_and_an_empty_one_refused(qtbot: QtBot) -> None:
    dialog = ReadingDialog(AS_THEY_ARE, USUAL)
    qtbot.addWidget(dialog)
    (buttons,) = dialog.findChildren(QDialogButtonBox)
    ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
    dialog.greys.setCurrentText("Fixed window")
    dialog.low.setValue(-1000.5)
    dialog.high.setValue(400)
    assert dialog.rendering().greys == Greys(GreyRange.FIXED, -1000.5, 400.0)
    assert ok.isEnabled()
    dialog.high.setValue(-1000.5)
    assert not ok.isEnabled()
    dialog.greys.setCurrentText("As the file says")
    assert ok.isEnabled()
    assert dialog.rendering() == USUAL


def test_scans_and_drops_cut_as_was_chosen(
    qtbot: QtBot, tmp_path: Path, make_images: Callable[..., list[Path]]
) -> None:
    make_images("large", 2)  # 64 x 48 pixels
    jobs = FileJobs()
    jobs.cutting = Cutting(tile_side=32)
    found: list[Path] = []
    dropped: list[DroppedImages] = []

    def add(part: FoundImages) -> None:
        found.extend(part.paths)

    jobs.images_found.connect(add)
    jobs.drop_expanded.connect(dropped.append)
    with qtbot.waitSignal(jobs.scan_finished):
        jobs.scan([tmp_path / "large"])
    assert len(found) == 2 * 4
    with qtbot.waitSignal(jobs.drop_expanded):
        jobs.expand_drop("bin", [tmp_path / "large" / "0000.png"])
    assert [path.name for path in dropped[0].images] == [path.name for path in found[:4]]
    assert jobs.shutdown()
