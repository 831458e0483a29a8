"""Side by side: two images, or one with the maps of two classes, with linked zoom and pan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.views.main_window import MainWindow
from fewshot_gui.widgets.overlay_canvas import OverlayCanvas
from model.types import Explanation, Prediction, Region, Status

from .conftest import PicturesOnDemand
from .helpers import paths

ONE, TWO = paths(2, "/new")
REGIONS = (Region(0, 0, 20, 40), Region(40, 0, 20, 40))


def explanation(path: Path, scores: tuple[float, float] = (0.9, 0.1)) -> Explanation:
    maps = np.full((2, 4, 6), 0.05, np.float32)
    maps[0, 0, 0] = maps[1, 3, 5] = 1
    return Explanation(path, maps, REGIONS, scores, (60, 40))


def picture(width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    return image


@pytest.fixture
def bins(document: Document, results: Results, window: MainWindow) -> tuple[str, ...]:
    """Two bins and two results, both selected in the table."""
    ids = tuple(document.add_bin(name) for name in ("Ants", "Bees"))
    made = [Prediction(path, Status.OK, at, (0.9 - 0.8 * at, 0.1 + 0.8 * at)) for at, path in enumerate((ONE, TWO))]
    results.add_predictions(document.revision, ids, made)
    window.results.table.setFocus()
    window.results.table.selectAll()
    return ids


def wheel(canvas: OverlayCanvas, at: QPoint, notches: int) -> None:
    QApplication.sendEvent(
        canvas,
        QWheelEvent(
            QPointF(at), QPointF(canvas.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        ),
    )  # fmt: skip


def shortcut(window: MainWindow) -> None:
    """Ctrl+Alt+C, as on the keyboard."""
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)


def test_two_selected_images_are_compared_and_escape_returns(
    window: MainWindow, bins: tuple[str, ...], pictures: PicturesOnDemand
) -> None:
    asked = QSignalSpy(window.intents.explain_requested)
    shortcut(window)
    compare = window.compare
    assert compare.isVisible()
    assert compare.paths == (ONE, TWO)
    assert not window.results.isVisible()
    assert pictures.requests[-1] == ONE
    pictures.picture_ready.emit(ONE, picture(60, 40), QSize(60, 40))
    assert pictures.requests[-1] == TWO  # one after the other: a new request drops the one before
    pictures.picture_ready.emit(TWO, picture(120, 80), QSize(120, 80))
    assert asked.at(asked.count() - 1) == [ONE]
    window.show_explanation(ONE, bins, explanation(ONE))
    assert asked.at(asked.count() - 1) == [TWO]
    window.show_explanation(TWO, bins, explanation(TWO, (0.2, 0.8)))
    first, second = compare.pair.canvases
    assert (first.evidence.region, second.evidence.region) == REGIONS  # each where its own class is seen
    assert "‘Ants’" in compare._halves[0].caption.facts.text()
    assert "‘Bees’" in compare._halves[1].caption.facts.text()
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    assert not compare.isVisible()
    assert window.results.isVisible()
    assert window.results.table.hasFocus()
    assert window.results.table.selected_paths() == [ONE, TWO]


def test_zoom_and_pan_of_one_are_those_of_the_other(
    window: MainWindow, bins: tuple[str, ...], pictures: PicturesOnDemand
) -> None:
    shortcut(window)
    pictures.picture_ready.emit(ONE, picture(60, 40), QSize(60, 40))
    pictures.picture_ready.emit(TWO, picture(120, 80), QSize(120, 80))  # twice as large
    first, second = window.compare.pair.canvases
    wheel(first, QPoint(30, 40), 3)
    assert second.view.part() == pytest.approx(first.view.part())
    assert second.view.scale == pytest.approx(first.view.scale / 2)
    before = second.view.part()
    QTest.mousePress(second, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    QTest.mouseMove(second, QPoint(80, 60))
    QTest.mouseRelease(second, Qt.MouseButton.LeftButton, pos=QPoint(80, 60))
    assert second.view.part() != before
    assert first.view.part() == pytest.approx(second.view.part())
    window.command_table["zoomFit"].trigger()
    assert first.view.is_fitted
    assert second.view.is_fitted


def test_one_image_is_shown_with_the_maps_of_two_classes(
    window: MainWindow, bins: tuple[str, ...], pictures: PicturesOnDemand
) -> None:
    window.results.table.select_paths([ONE])
    asked = QSignalSpy(window.intents.explain_requested)
    shortcut(window)
    compare = window.compare
    assert compare.paths == (ONE, ONE)
    pictures.picture_ready.emit(ONE, picture(60, 40), QSize(60, 40))
    window.show_explanation(ONE, bins, explanation(ONE))
    first, second = compare.pair.canvases
    assert (first.evidence.region, second.evidence.region) == REGIONS
    assert asked.count() == 1
    captions = [half.caption.classes for half in compare._halves]
    assert [caption.currentText() for caption in captions] == ["Ants  90.0 %", "Bees  10.0 %"]
    QTest.keyClick(captions[1], Qt.Key.Key_Up)
    assert second.evidence.region == REGIONS[0]


def test_keys_do_not_change_what_is_selected_behind(window: MainWindow, bins: tuple[str, ...]) -> None:
    shortcut(window)
    assigned = QSignalSpy(window.intents.assign_requested)
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_1)
    QTest.keyClick(focus, Qt.Key.Key_Delete)
    assert assigned.count() == 0


@pytest.mark.expected_log("This plugin does not support")
def test_the_menu_of_two_images_offers_it(window: MainWindow, bins: tuple[str, ...]) -> None:
    def choose() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        at = menu.actionGeometry(window.command_table["compare"]).center()
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=at)

    QTimer.singleShot(50, window, choose)
    window.results.table.customContextMenuRequested.emit(QPoint(10, 10))
    assert window.compare.isVisible()
    assert window.compare.paths == (ONE, TWO)


def test_finer_pixels_are_asked_for_of_both(
    qtbot: QtBot, window: MainWindow, bins: tuple[str, ...], pictures: PicturesOnDemand
) -> None:
    shortcut(window)
    for path in (ONE, TWO):
        pictures.picture_ready.emit(path, picture(640, 480), QSize(12800, 9600))
    window.command_table["zoomActual"].trigger()
    qtbot.waitUntil(lambda: len(pictures.details) == 1)
    path, rect, _ = pictures.details[0]
    assert path == ONE
    pictures.detail_ready.emit(path, picture(round(rect.width()), round(rect.height())), rect)
    assert [asked for asked, *_ in pictures.details] == [ONE, TWO]
    second = pictures.details[1][1]
    assert second.center() == rect.center()  # the same place


def test_a_picture_that_cannot_be_read_leaves_the_other(
    window: MainWindow, bins: tuple[str, ...], pictures: PicturesOnDemand
) -> None:
    shortcut(window)
    pictures.picture_failed.emit(ONE, "is damaged")
    assert pictures.requests[-1] == TWO
    assert "is damaged" in window.compare._halves[0].caption.facts.text()
    window.show_explanation_failure(ONE, "cannot be explained")
    window.show_explanation(TWO, bins, explanation(TWO))
    assert window.compare.pair.second.evidence.region is not None


def test_another_project_ends_it(window: MainWindow, document: Document, bins: tuple[str, ...]) -> None:
    shortcut(window)
    document.reset.emit()
    assert not window.compare.isVisible()
    assert window.results.isVisible()
