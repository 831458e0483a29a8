"""A bin as a gallery: its examples large, those first that may be in the wrong bin, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest

from fewshot_gui.items.mime import encode_images
from fewshot_gui.items.roles import Role
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.views.bin_gallery import BinGallery
from fewshot_gui.views.main_window import MainWindow
from model.types import ExampleReport, TrainingReport

from .conftest import ReadyTiles
from .helpers import drop, paths


@pytest.fixture
def bins(document: Document, results: Results) -> list[str]:
    """Four cats, one of them taken for a dog, and a dog."""
    made = [document.add_bin(name) for name in ("Cats", "Dogs")]
    document.add_examples(made[0], paths(4))
    document.add_examples(made[1], paths(1, "/dogs"))
    weights, taken_for, shares = (1.2, 0.8, 0.4, 1.6), (0, 0, 1, 0), (0.9, 0.8, 0.93, 0.99)
    facts = zip(paths(4), weights, taken_for, shares, strict=True)
    examples = [ExampleReport(path, 0, weight, predicted, share) for path, weight, predicted, share in facts]
    examples.append(ExampleReport(paths(1, "/dogs")[0], 1, 1.0, 1, 0.7))
    report = TrainingReport(("Cats", "Dogs"), tuple(examples), (), (), 0.8, (0.4, 0.9), 3, True, 0.1)
    results.set_training(document.revision, made, report, {})
    return made


def shown(window: MainWindow) -> BinGallery:
    gallery = window.bins.findChild(BinGallery)
    assert gallery is not None
    assert gallery.isVisible()
    return gallery


def names(gallery: BinGallery) -> list[str]:
    return [path.stem for path in gallery.images.image_model().paths]


def test_doubtful_examples_come_first_with_the_reason_then_those_that_count_least(
    window: MainWindow, bins: list[str]
) -> None:
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_F11)
    gallery = shown(window)
    assert gallery.bin_id == bins[0]
    assert names(gallery) == ["image 2", "image 1", "image 0", "image 3"]
    first = gallery.images.model().index(0, 0)
    assert first.data(Role.NOTE) == "Left out, it looks like ‘Dogs’, 93.0 %"
    assert first.data(Qt.ItemDataRole.AccessibleDescriptionRole).startswith("Weight 0.40, Left out")
    assert gallery.images.model().index(1, 0).data(Role.NOTE) == "Left out, it is recognised, 80.0 %"
    assert "may be in the wrong bin: 1" in gallery._note.text()
    assert window.inspector.path == paths(4)[2]  # the first is looked at
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert not gallery.isVisible()
    assert window.bins.card(bins[0]).isVisible()


def test_keys_move_examples_to_their_bin_and_go_on(window: MainWindow, document: Document, bins: list[str]) -> None:
    spy = QSignalSpy(window.intents.assign_requested)
    window.bins.open_gallery(bins[0])
    gallery = shown(window)
    assert window.focus.paths() == [paths(4)[2]]
    QTest.keyClick(gallery.images, Qt.Key.Key_2)
    assert spy.at(0) == [1, [paths(4)[2]]]
    document.add_examples(bins[1], [paths(4)[2]])
    assert names(gallery) == ["image 1", "image 0", "image 3"]
    assert window.focus.paths() == [paths(4)[1]]


def test_images_dropped_on_it_go_into_its_bin(window: MainWindow, bins: list[str]) -> None:
    window.bins.open_gallery(bins[1])
    spy = QSignalSpy(window.intents.files_dropped_on_bin)
    assert drop(shown(window), encode_images("results", [Path("/new/1.png")]))
    assert spy.at(0)[0] == bins[1]
    assert not drop(shown(window), encode_images("bin", paths(1, "/dogs"), bins[1]))


def test_it_goes_with_its_bin_and_to_the_next(window: MainWindow, document: Document, bins: list[str]) -> None:
    window.bins.open_gallery(bins[0])
    window.command_table["nextBin"].trigger()
    assert window.bins._gallery is not None
    assert window.bins._gallery.bin_id == bins[1]
    document.rename_bin(bins[1], "Wolves")
    assert window.bins._gallery._name.text() == "Wolves"
    document.remove_bin(bins[1])
    assert window.bins._gallery is None
    assert window.bins.card(bins[0]).isVisible()


def test_a_double_click_beside_the_name_opens_it_and_one_on_the_name_renames(
    window: MainWindow, bins: list[str]
) -> None:
    header = window.bins.card(bins[0]).header
    at = header.name.rect().center()
    at.setX(3)
    QTest.mouseDClick(header.name, Qt.MouseButton.LeftButton, pos=at)
    assert header.name.is_editing
    window.setFocus()
    QTest.mouseDClick(header, Qt.MouseButton.LeftButton, pos=QPoint(3, header.height() // 2))
    assert shown(window).bin_id == bins[0]


def test_its_pictures_have_sizes_and_are_sharp(window: MainWindow, bins: list[str], tiles: ReadyTiles) -> None:
    window.bins.open_gallery(bins[0])
    gallery = shown(window)
    gallery.size_.setValue(320)
    gallery.images.viewport().repaint()
    assert round(320 * gallery.devicePixelRatioF()) in {side for _, side in tiles.asked}
    for control in gallery.tab_stops():
        assert control.accessibleName() or control is gallery.back
