"""The dialog that asks how files are cut into images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.jobs.files import DroppedImages, FileJobs, FoundImages
from fewshot_gui.settings import Settings
from fewshot_gui.views.reading_dialog import ReadingDialog
from model.images.colour import WHITE
from model.images.cutting import AS_THEY_ARE, Cutting


@pytest.mark.parametrize("cutting", [AS_THEY_ARE, Cutting(0.2, 1024), Cutting(25.0, None)])
def test_it_starts_with_what_is_in_force(qtbot: QtBot, cutting: Cutting) -> None:
    dialog = ReadingDialog(cutting, (1, 2, 3))
    qtbot.addWidget(dialog)
    assert dialog.cutting() == cutting
    assert dialog.ground() == (1, 2, 3)
    assert dialog.side.isEnabled() == (cutting.tile_side is not None)


def test_tiles_are_switched_on_with_a_side(qtbot: QtBot) -> None:
    dialog = ReadingDialog(AS_THEY_ARE, WHITE)
    qtbot.addWidget(dialog)
    dialog.tiled.click()
    dialog.side.setValue(256)
    dialog.rate.setValue(5)
    dialog.colour.setCurrentText("Black")
    assert dialog.cutting() == Cutting(5.0, 256)
    assert dialog.ground() == (0, 0, 0)


def test_the_choice_is_kept_and_nonsense_is_the_default(tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    assert Settings(file).cutting == AS_THEY_ARE
    settings = Settings(file)
    settings.cutting, settings.ground = Cutting(2.5, 512), (9, 8, 7)
    settings.save()
    assert (Settings(file).cutting, Settings(file).ground) == (Cutting(2.5, 512), (9, 8, 7))
    file.write_text("[files]\nvideo_rate=nan\ntile_side=many\nground=night\n", encoding="utf-8")
    assert (Settings(file).cutting, Settings(file).ground) == (AS_THEY_ARE, WHITE)


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
