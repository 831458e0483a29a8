"""A region of interest in the window: drawn on an example picture, kept with the project, used by training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.views.reading_dialog import ReadingDialog
from fewshot_gui.views.roi_choice import RoiChoice
from model.images.rendering import USUAL
from model.images.roi import Roi
from tests.gui.app.test_app import fill_two_bins, wait_for_job
from tests.gui.app.test_reading_options import choose_reading
from tests.gui.jobs.fakes import FakeEngine


def draw(choice: RoiChoice, left: float, top: float, right: float, bottom: float) -> None:
    """Drag a rectangle on the picture, in shares of it."""
    frame = choice.picture.frame()

    def at(x: float, y: float) -> QPoint:
        return QPoint(round(frame.x() + x * frame.width()), round(frame.y() + y * frame.height()))

    QTest.mousePress(choice.picture, Qt.MouseButton.LeftButton, pos=at(left, top))
    QTest.mouseMove(choice.picture, at((left + right) / 2, (top + bottom) / 2))
    QTest.mouseMove(choice.picture, at(right, bottom))
    QTest.mouseRelease(choice.picture, Qt.MouseButton.LeftButton, pos=at(right, bottom))


def test_it_is_drawn_kept_with_the_project_and_reaches_training(
    app: App,
    engine: FakeEngine,
    open_project: Callable[[Path], None],
    make_images: Callable[..., list[Path]],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    fill_two_bins(app, make_images)

    def choose(dialog: ReadingDialog) -> None:
        assert dialog.roi.roi() is None
        assert not dialog.roi.isVisible()
        dialog.roi.switch.click()
        QApplication.processEvents()
        numbers = dialog.roi.boxes[0].mapTo(dialog, QPoint(0, 0)).y()
        picture = dialog.roi.picture
        assert picture.mapTo(dialog, QPoint(0, picture.height())).y() <= numbers  # there is room for it
        draw(dialog.roi, 0.5, 0.25, 1.0, 0.75)

    choose_reading(app, choose)
    roi = app.session.settings.roi
    assert roi is not None
    assert (roi.x, roi.y, roi.width, roi.height) == pytest.approx((0.5, 0.25, 0.5, 0.5), abs=0.02)
    assert app.settings.rendering == USUAL  # of this project alone
    app.window.intents.train_requested.emit()
    wait_for_job(app, qtbot)
    assert engine.renderings[-1].roi == roi
    app.session.save_as(tmp_path / "kept.fewshot")
    app.session.new()
    assert app.session.settings.roi is None
    open_project(tmp_path / "kept.fewshot")
    assert app.session.settings.roi == roi
    choose_reading(app, lambda dialog: dialog.roi.switch.click())
    assert app.session.settings.roi is None


def test_it_is_typed_too_and_stays_in_the_picture(qtbot: QtBot) -> None:
    picture = QImage(200, 100, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.gray)
    dialog_part = RoiChoice(Roi(0.1, 0.2, 0.3, 0.4), picture)
    qtbot.addWidget(dialog_part)
    dialog_part.show()
    assert dialog_part.roi() == Roi(0.1, 0.2, 0.3, 0.4)
    left, _, width, _ = dialog_part.boxes
    left.selectAll()
    QTest.keyClicks(left, "90")
    width.selectAll()
    QTest.keyClicks(width, "50")
    made = dialog_part.roi()
    assert made is not None
    assert (made.x, made.width) == pytest.approx((0.9, 0.1))  # no more is there
    draw(dialog_part, 0.5, 0.5, 0.2, 0.1)  # from the lower right
    made = dialog_part.roi()
    assert made is not None
    assert (made.x, made.y, made.width, made.height) == pytest.approx((0.2, 0.1, 0.3, 0.4), abs=0.02)
