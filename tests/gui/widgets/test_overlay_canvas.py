"""The picture with the attention over it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.widgets.colormap import attention_image
from fewshot_gui.widgets.overlay_canvas import OverlayCanvas
from model.types import MapStyle, Region

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def canvas(qtbot: QtBot) -> OverlayCanvas:
    canvas = OverlayCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show()
    image = QImage(100, 50, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    canvas.set_image(image)
    return canvas


def wheel(canvas: OverlayCanvas, at: QPoint, notches: int) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(canvas.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_the_wheel_zooms_about_the_cursor(canvas: OverlayCanvas) -> None:
    at = QPoint(100, 100)
    before = canvas.view.to_image(QPointF(at))
    wheel(canvas, at, 2)
    after = canvas.view.to_image(QPointF(at))
    assert canvas.view.scale == pytest.approx(4 * 1.25**2)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))


def test_dragging_pans_and_a_double_click_fits(canvas: OverlayCanvas) -> None:
    canvas.zoom_by(3)
    before = canvas.view.to_widget(QPointF(0, 0))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(canvas, QPoint(130, 90))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(130, 90))
    after = canvas.view.to_widget(QPointF(0, 0))
    assert (after - before) == QPointF(30, -10)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert canvas.view.is_fitted


def test_the_peak_is_coloured_the_rest_is_left_alone(canvas: OverlayCanvas) -> None:
    attention = np.zeros((5, 10), dtype=np.float32)
    attention[2, 7] = 1
    canvas.evidence.set_opacity(1.0)
    canvas.evidence.show(attention, Region(60, 10, 30, 30), QColor("#00ff00"))
    shown = canvas.grab().toImage()
    peak = canvas.view.to_widget(QPointF(75, 25)).toPoint()
    far = canvas.view.to_widget(QPointF(15, 25)).toPoint()
    edge = canvas.view.to_widget(QPointF(60, 25)).toPoint()
    assert shown.pixelColor(far) == QColor("#336699")
    assert shown.pixelColor(peak).red() > 200
    assert shown.pixelColor(edge).green() > 200
    canvas.evidence.set_opacity(0.0)
    assert canvas.grab().toImage().pixelColor(peak) == QColor("#336699")


def test_the_region_is_in_pixels_of_the_original(canvas: OverlayCanvas) -> None:
    canvas.set_original_size(QSize(1000, 500))
    assert canvas.view.scale == pytest.approx(0.4)
    canvas.evidence.show(np.zeros((2, 2), dtype=np.float32), Region(500, 0, 500, 500), QColor("#ff0000"))
    middle = canvas.view.to_widget(QPointF(500, 250)).toPoint()
    assert canvas.grab().toImage().pixelColor(middle) == QColor("#ff0000")


def test_an_empty_canvas_says_so(canvas: OverlayCanvas) -> None:
    canvas.clear("Nothing here")
    canvas.zoom_by(1)
    wheel(canvas, QPoint(5, 5), 1)
    assert not canvas.grab().isNull()


def test_a_coarse_map_becomes_smooth_and_keeps_its_peak_in_place() -> None:
    attention = np.zeros((7, 7), dtype=np.float32)
    attention[1, 5] = 1
    image = attention_image(attention)
    assert image.width() >= 256
    alpha = np.array(
        [[image.pixelColor(x, y).alpha() for x in range(0, image.width(), 8)] for y in range(0, image.height(), 8)]
    )
    y, x = np.unravel_index(alpha.argmax(), alpha.shape)
    assert abs((x * 8 + 4) / image.width() - 5.5 / 7) < 0.05
    assert abs((y * 8 + 4) / image.height() - 1.5 / 7) < 0.05
    assert np.abs(np.diff(alpha.astype(int), axis=1)).max() < 120


@pytest.mark.parametrize("ratio", ["1", "1.5", "2"])
def test_one_hundred_percent_is_one_device_pixel_at_any_density(ratio: str) -> None:
    program = """
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from fewshot_gui.widgets.overlay_canvas import OverlayCanvas
app = QApplication([])
canvas = OverlayCanvas()
canvas.resize(200, 200)
canvas.show()
image = QImage(40, 40, QImage.Format.Format_RGB32)
image.fill(0xFFFF0000)
canvas.set_image(image)
canvas.zoom_to_actual()
shown = canvas.grab().toImage()
assert canvas.devicePixelRatioF() == {ratio}, canvas.devicePixelRatioF()
red = sum(shown.pixel(x, shown.height() // 2) == 0xFFFF0000 for x in range(shown.width()))
assert abs(red - 40) <= 1, red
"""
    environment = {**os.environ, "QT_SCALE_FACTOR": ratio, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(
        [sys.executable, "-c", program.replace("{ratio}", ratio)], check=True, cwd=ROOT, env=environment, timeout=60
    )


def test_a_snapshot_is_the_whole_picture_with_what_lies_over_it(qtbot: QtBot) -> None:
    canvas = OverlayCanvas()
    qtbot.addWidget(canvas)
    assert canvas.snapshot().isNull()
    picture = QImage(300, 200, QImage.Format.Format_RGB32)
    picture.fill(QColor("#204060"))
    canvas.set_image(picture, QSize(600, 400))
    assert canvas.snapshot() == picture
    canvas.zoom_by(8)  # what is in sight does not matter
    canvas.evidence.show_region(Region(100, 100, 200, 100), QColor("#ff0000"))
    shown = canvas.snapshot()
    assert shown.size() == QSize(300, 200)
    assert shown.pixelColor(100, 50) == QColor("#ff0000")  # its upper edge, in the pixels of the picture
    assert shown.pixelColor(100, 75) == QColor("#204060")
    canvas.evidence.show(np.ones((4, 6), np.float32), None, QColor("#ff0000"))
    assert canvas.snapshot().pixelColor(100, 75) != QColor("#204060")


def test_a_threshold_leaves_out_weak_evidence(canvas: OverlayCanvas) -> None:
    attention = np.zeros((5, 10), dtype=np.float32)
    attention[:, :5], attention[:, 5:] = 0.3, 0.9
    canvas.evidence.set_opacity(1.0)
    canvas.evidence.show(attention, None, QColor("#00ff00"))
    weak, strong = (canvas.view.to_widget(QPointF(x, 25)).toPoint() for x in (15, 85))
    assert canvas.grab().toImage().pixelColor(weak) != QColor("#336699")
    canvas.evidence.set_threshold(0.5)
    shown = canvas.grab().toImage()
    assert shown.pixelColor(weak) == QColor("#336699")
    assert shown.pixelColor(strong).red() > 200


def test_the_scale_of_colours_stands_in_the_corner_of_a_map(canvas: OverlayCanvas) -> None:
    corner = QPoint(20, 280)
    before = canvas.grab().toImage().pixelColor(corner)
    canvas.evidence.show(np.zeros((5, 10), np.float32), None, QColor("#00ff00"))
    assert canvas.grab().toImage().pixelColor(corner) != before
    canvas.evidence.set_map_style(MapStyle.CONTOUR)
    assert canvas.grab().toImage().pixelColor(corner) == before


def test_a_small_picture_shows_where_one_is_when_zoomed(canvas: OverlayCanvas) -> None:
    corner = QPoint(canvas.width() - 20, 20)
    canvas.zoom_by(6)
    while canvas.view.to_image(QPointF(0, 0)).x() > 1:
        canvas.view.pan(QPointF(20, 0))
    inside = canvas.grab().toImage()
    white = [y for y in range(100) if inside.pixelColor(305, y).lightness() > 200]
    assert white  # the frame around what is in sight
    canvas.fit()
    assert canvas.grab().toImage().pixelColor(corner) != QColor("#ffffff")


def test_another_picture_of_a_series_keeps_the_view_only_at_the_same_size(canvas: OverlayCanvas) -> None:
    canvas.zoom_by(3)
    scale = canvas.view.scale
    image = QImage(100, 50, QImage.Format.Format_RGB32)
    canvas.go_on_with(image, QSize(100, 50))
    assert canvas.view.scale == scale
    canvas.go_on_with(image, QSize(200, 100))
    assert canvas.view.is_fitted
