"""Reading pictures in the inspector: windows of greys, values, series, turns and facts, over real files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from fewshot_gui.items.naming import hide_names
from fewshot_gui.jobs.pictures import PictureLoader
from fewshot_gui.views.main_window import MainWindow
from fewshot_gui.widgets.overlay_canvas import OverlayCanvas
from model.images.items import Item
from model.images.reading import read_image
from model.images.windows import Look, Window, between
from model.types import Region
from tests.gui.views.helpers import child
from tests.model.dicom_support import write_dicom

# Hounsfield units from -1024 on, one step a pixel; 20 rows of 30 for each of four slices.
STORED = np.arange(600, dtype=np.int16).reshape(20, 30) * 4
AS_CLASSIFIED = "As classified: 50 ± 175 HU"
Show = Callable[[Path], None]


@pytest.fixture
def loader(qapp: QApplication) -> Iterator[PictureLoader]:
    """The app's own source of pictures."""
    loader = PictureLoader()
    yield loader
    assert loader.shutdown()


@pytest.fixture
def pictures(loader: PictureLoader) -> PictureLoader:
    return loader


@pytest.fixture
def full_pictures(qapp: QApplication) -> Iterator[PictureLoader]:
    loader = PictureLoader()
    yield loader
    assert loader.shutdown()


@pytest.fixture
def show(window: MainWindow, loader: PictureLoader, qtbot: QtBot) -> Show:
    """Return a function that shows an image and waits until its values and its series are known."""

    def show_(path: Path) -> None:
        with qtbot.waitSignals([loader.values_ready, loader.series_ready]):
            window.intents.image_selected.emit(path)

    return show_


@pytest.fixture
def ct(tmp_path: Path) -> Path:
    return write_dicom(
        tmp_path / "ct.dcm", STORED, Modality="CT", RescaleSlope=1, RescaleIntercept=-1024, PatientName="Doe^Jane",
        WindowCenter=[50, -600], WindowWidth=[350, 1200], WindowCenterWidthExplanation=["BODY", "AIR"],
    )  # fmt: skip


def greys_shown(canvas: OverlayCanvas) -> npt.NDArray[np.uint8]:
    """The picture on the canvas (H, W), in its own pixels."""
    image = canvas.snapshot()
    return np.array(
        [[image.pixelColor(x, y).red() for x in range(image.width())] for y in range(image.height())], np.uint8
    )


def corner(canvas: OverlayCanvas) -> int:
    """The grey of the picture's first pixel, in the pixels that were read of it."""
    return canvas.snapshot().pixelColor(0, 0).red()


def right_drag(canvas: OverlayCanvas, way: QPoint) -> None:
    start = canvas.rect().center()
    QTest.mousePress(canvas, Qt.MouseButton.RightButton, pos=start)
    QTest.mouseMove(canvas, start + way / 2)
    QTest.mouseMove(canvas, start + way)
    QTest.mouseRelease(canvas, Qt.MouseButton.RightButton, pos=start + way)


def state_of(window: MainWindow) -> str:
    """What is said of the look."""
    return window.inspector.tools.greys.state.text()


def trigger(window: MainWindow, name: str) -> None:
    action = window.findChild(QAction, f"{name}Action")
    assert action is not None
    assert action.isEnabled()
    action.trigger()


def presets(window: MainWindow) -> dict[str, QAction]:
    """The windows in the menu, by their names."""
    menu = child(window, QMenu, "windowsMenu")
    menu.aboutToShow.emit()
    return {action.text().partition("\t")[0]: action for action in menu.actions()}


def test_a_right_drag_changes_what_is_shown_and_nothing_else(
    window: MainWindow, loader: PictureLoader, show: Show, ct: Path, qtbot: QtBot
) -> None:
    before = np.asarray(read_image(ct))
    show(ct)
    canvas, greys = window.inspector.canvas, window.inspector.tools.greys
    np.testing.assert_array_equal(greys_shown(canvas), before[..., 0])
    assert state_of(window) == AS_CLASSIFIED
    with qtbot.waitSignal(loader.look_ready):
        right_drag(canvas, QPoint(60, -30))
    look = greys.look
    assert look is not None
    assert look.window.width > 350
    assert look.window.centre < 50
    assert state_of(window).endswith(", classified 50 ± 175 HU")
    qtbot.waitUntil(lambda: not np.array_equal(greys_shown(canvas), before[..., 0]))
    np.testing.assert_array_equal(np.asarray(read_image(ct)), before)
    with qtbot.waitSignal(loader.look_ready):
        QTest.mouseClick(greys.back, Qt.MouseButton.LeftButton)
    np.testing.assert_array_equal(greys_shown(canvas), before[..., 0])
    assert state_of(window) == AS_CLASSIFIED


def test_windows_of_the_file_and_of_hounsfield_units_are_offered(
    window: MainWindow, loader: PictureLoader, show: Show, ct: Path, qtbot: QtBot
) -> None:
    show(ct)
    offered = presets(window)
    assert list(offered) == [
        "As classified", "File: BODY", "File: AIR", "Soft tissue", "Lung", "Bone", "Brain", "Lowest to highest value",
    ]  # fmt: skip
    assert offered["As classified"].isChecked()
    with qtbot.waitSignal(loader.look_ready):
        offered["Lung"].trigger()
    shown = greys_shown(window.inspector.canvas)
    share = ((STORED - 1024.0) + 600) / 1500 + 0.5
    np.testing.assert_allclose(shown, np.clip(share, 0, 1) * 255, atol=0.5)
    assert presets(window)["Lung"].isChecked()
    assert "Shown −600 ± 750, classified" in state_of(window)


def test_names_of_windows_are_hidden_with_all_names(window: MainWindow, show: Show, ct: Path) -> None:
    show(ct)
    hide_names(True)
    try:
        assert "File: window 1" in presets(window)
    finally:
        hide_names(False)


def test_inverting_and_keys(window: MainWindow, loader: PictureLoader, show: Show, ct: Path, qtbot: QtBot) -> None:
    show(ct)
    before = greys_shown(window.inspector.canvas)
    with qtbot.waitSignal(loader.look_ready):
        trigger(window, "invertGreys")
    np.testing.assert_array_equal(greys_shown(window.inspector.canvas), 255 - before)
    assert "inverted" in state_of(window)
    trigger(window, "invertGreys")
    assert state_of(window) == AS_CLASSIFIED
    look = window.inspector.tools.greys
    trigger(window, "widerWindow")
    assert look.look is not None
    assert look.look.window.width > 350
    trigger(window, "narrowerWindow")
    trigger(window, "darker")
    assert look.look.window.centre > 50
    trigger(window, "resetWindow")
    trigger(window, "nextWindow")  # the file's first, which is how it is classified
    assert look.look is None
    trigger(window, "nextWindow")
    assert look.look == Look(Window("LINEAR", -600, 1200, "AIR"))


def test_the_handles_of_the_histogram_choose_black_and_white(window: MainWindow, show: Show, ct: Path) -> None:
    show(ct)
    greys = window.inspector.tools.greys
    histogram = greys.histogram
    assert histogram.isVisible()
    start = QPoint(round(histogram.place_of(-125)), 10)
    end = QPoint(round(histogram.place_of(-700)), 10)
    QTest.mousePress(histogram, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(histogram, end)
    QTest.mouseRelease(histogram, Qt.MouseButton.LeftButton, pos=end)
    assert greys.look is not None
    assert greys.look.window.low == pytest.approx(-700, abs=10)
    assert greys.look.window.high == pytest.approx(224)
    histogram.setFocus()
    QTest.keyClick(histogram, Qt.Key.Key_Right)
    assert greys.look.window.low == pytest.approx(-700 + 23.96, abs=10)
    trigger(window, "histogram")
    assert not histogram.isVisible()


def test_the_value_under_the_cursor(window: MainWindow, show: Show, ct: Path, tmp_path: Path, qtbot: QtBot) -> None:
    canvas, value = window.inspector.canvas, window.inspector.tools.greys.value

    def point_at(x: float, y: float) -> None:
        place = QRect()
        while canvas.geometry() != place:  # until what is around it has settled
            place = QRect(canvas.geometry())
            qtbot.wait(50)
        QTest.mouseMove(canvas, canvas.view.to_widget(QPointF(x, y)).toPoint())

    show(ct)
    point_at(12.5, 7.5)
    assert value.text() == "12, 7: −136 HU"
    trigger(window, "turnRight")
    point_at(3.5, 1.5)
    assert value.text() == "3, 1: −892 HU"
    colours = tmp_path / "a.png"
    Image.new("RGB", (30, 20), (12, 34, 56)).save(colours)
    show(colours)
    point_at(4.5, 5.5)
    assert value.text() == "4, 5: RGB 12, 34, 56"
    assert not window.inspector.tools.greys.histogram.isVisible()


def test_the_slider_goes_through_frames_and_keeps_window_and_place(
    window: MainWindow, loader: PictureLoader, show: Show, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "series.tif"
    pages = np.stack([STORED.astype(np.uint16) + 1000 * page for page in range(5)])
    tifffile.imwrite(path, pages, photometric="minisblack")
    frames = [Item(path, number).path for number in range(1, 6)]
    show(frames[1])
    inspector, series = window.inspector, window.inspector.tools.series
    assert series.position.text() == "2 of 5"
    inspector.canvas.zoom_by(2)
    scale = inspector.canvas.view.scale
    with qtbot.waitSignal(loader.look_ready):
        trigger(window, "invertGreys")
    with qtbot.waitSignal(loader.values_ready):
        trigger(window, "nextInSeries")
    assert inspector.path == frames[2]
    assert series.position.text() == "3 of 5"
    assert inspector.canvas.view.scale == scale
    look = inspector.tools.greys.look
    assert look is not None
    survey = inspector.tools.greys._survey
    assert survey is not None
    np.testing.assert_array_equal(survey.greys.values, pages[2])
    np.testing.assert_array_equal(greys_shown(inspector.canvas), survey.greys.seen(look))
    at = inspector.canvas.rect().center()
    with qtbot.waitSignal(loader.values_ready):
        wheel_with_shift(inspector.canvas, at, -1)
    assert inspector.path == frames[3]
    with qtbot.waitSignal(loader.values_ready):
        series.slider.setValue(0)
    assert inspector.path == frames[0]


def wheel_with_shift(canvas: OverlayCanvas, at: QPoint, notches: int) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(canvas.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ShiftModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_neighbours_are_read_before_they_are_wanted(
    window: MainWindow, loader: PictureLoader, show: Show, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "series.tif"
    tifffile.imwrite(path, np.stack([STORED.astype(np.uint16)] * 5), photometric="minisblack")
    show(Item(path, 3).path)
    neighbours = [Item(path, number).path for number in (1, 2, 4, 5)]
    qtbot.waitUntil(lambda: all(loader._kept.get(one).image is not None for one in neighbours))
    shown: list[Path] = []
    loader.picture_ready.connect(lambda path, _image, _size: shown.append(path))
    loader.request(neighbours[0])
    assert shown == [neighbours[0]]  # at once


def test_slices_of_a_folder_go_by_their_positions(
    window: MainWindow, loader: PictureLoader, show: Show, tmp_path: Path, qtbot: QtBot
) -> None:
    heights = {"a.dcm": 5.0, "b.dcm": -5.0, "c.dcm": 0.0}
    for name, z in heights.items():
        write_dicom(
            tmp_path / name, STORED, SeriesInstanceUID="1.2.3", ImagePositionPatient=[0, 0, z],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        )  # fmt: skip
    window._found.add([tmp_path / name for name in heights])
    window.library.images.setFocus()
    with qtbot.waitSignals([loader.values_ready, loader.series_ready]):
        window.library.images.select_paths([tmp_path / "b.dcm"])
    seen = [window.inspector.path]
    assert window.inspector.tools.series.position.text() == "1 of 3"
    for _ in range(2):
        with qtbot.waitSignal(loader.values_ready):
            trigger(window, "nextInSeries")
        seen.append(window.inspector.path)
        assert window.library.images.selected_paths() == [window.inspector.path]  # so that keys act on it
    assert [path.name for path in seen if path is not None] == ["b.dcm", "c.dcm", "a.dcm"]


@pytest.mark.parametrize("actions", [["turnRight"], ["mirror"], ["upsideDown"], ["mirror", "turnLeft"]])
def test_the_box_stays_on_its_object(window: MainWindow, show: Show, tmp_path: Path, actions: list[str]) -> None:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[5:11, 40:55] = (0, 0, 255)
    path = tmp_path / "object.png"
    Image.fromarray(pixels).save(path)
    show(path)
    canvas = window.inspector.canvas
    region = Region(40, 5, 15, 6)
    canvas.evidence.show_region(region, QColor("#ff0000"))
    for action in actions:
        trigger(window, action)
    shown = canvas.grab().toImage()
    blue = [
        QPoint(x, y)
        for x in range(shown.width())
        for y in range(shown.height())
        if shown.pixelColor(x, y) == QColor("#0000ff")
    ]
    box = canvas.view.rect_to_widget(QRectF(region.x, region.y, region.width, region.height))
    assert min(point.x() for point in blue) == pytest.approx(box.left(), abs=5)
    assert max(point.y() for point in blue) == pytest.approx(box.bottom(), abs=5)
    assert min(point.y() for point in blue) == pytest.approx(box.top(), abs=5)
    at = canvas.view.to_widget(QPointF(40, 8)).toPoint()
    assert shown.pixelColor(at) == QColor("#ff0000")  # the edge that is left in the file
    turned = canvas.snapshot()
    assert (turned.width(), turned.height()) == (
        (40, 60) if len(actions) == 2 or actions == ["turnRight"] else (60, 40)
    )


def test_facts_leave_out_names_that_are_hidden(
    window: MainWindow, loader: PictureLoader, show: Show, ct: Path, qtbot: QtBot
) -> None:
    show(ct)
    with qtbot.waitSignal(loader.facts_ready):
        trigger(window, "facts")
    panel = window.inspector.tools.facts
    told = dict(panel.shown())
    assert told["Modality"] == "CT"
    assert told["Patient"] == "Doe^Jane"
    assert told["Classified with"] == "50 ± 175 HU"
    assert told["Size"] == "30 × 20 pixels"
    hide_names(True)
    try:
        assert "Doe" not in panel.text()
    finally:
        hide_names(False)


def test_a_window_ends_with_its_series(
    window: MainWindow, loader: PictureLoader, show: Show, ct: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    show(ct)
    with qtbot.waitSignal(loader.look_ready):
        trigger(window, "invertGreys")
    other = write_dicom(tmp_path / "other.dcm", STORED, Modality="CT")
    show(other)
    assert window.inspector.tools.greys.look is None
    np.testing.assert_array_equal(greys_shown(window.inspector.canvas), np.asarray(read_image(other))[..., 0])


def test_a_look_is_kept_behind_pictures_side_by_side(
    window: MainWindow,
    loader: PictureLoader,
    full_pictures: PictureLoader,
    show: Show,
    ct: Path,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    large, other = tmp_path / "large.tif", tmp_path / "other.tif"
    values = (np.arange(2000)[:, None] + np.arange(6000)[None, :]).astype(np.uint16)
    for path in (large, other):
        tifffile.imwrite(path, values)
    show(large)
    classified = corner(window.inspector.canvas)
    assert classified < 5
    with qtbot.waitSignal(loader.look_ready):
        trigger(window, "invertGreys")
    assert corner(window.inspector.canvas) > 250
    window._columns.hide()
    window.compare.show()
    window.compare.begin(large, other)
    canvases = window.compare.pair.canvases
    qtbot.waitUntil(lambda: all(canvas.view.image_size().width() == 6000 for canvas in canvases), timeout=20_000)
    for canvas in canvases:  # as they are classified, the finer parts as well
        assert corner(canvas) == classified
    with qtbot.waitSignal(full_pictures.detail_ready) as detail:
        canvases[0].zoom_to_actual()
    _, image, rect = detail.args
    assert image.pixelColor(0, 0).red() == pytest.approx(int(values[int(rect.y()), int(rect.x())]) * 255 / 7998, abs=1)
    window.leave_comparison()
    assert corner(window.inspector.canvas) > 250
    with qtbot.waitSignal(loader.look_ready):
        trigger(window, "invertGreys")
    assert corner(window.inspector.canvas) == classified


def test_full_screen_is_left_by_its_key_again(window: MainWindow, qtbot: QtBot) -> None:
    trigger(window, "fullScreen")
    assert window.isFullScreen()
    trigger(window, "fullScreen")
    assert not window.isFullScreen()


def test_a_large_picture_is_looked_at_in_the_same_window_when_it_is_zoomed(
    window: MainWindow, loader: PictureLoader, show: Show, tmp_path: Path, qtbot: QtBot
) -> None:
    values = (np.arange(2000)[:, None] + np.arange(6000)[None, :]).astype(np.uint16)
    path = tmp_path / "large.tif"
    tifffile.imwrite(path, values)
    show(path)
    window.inspector.tools.greys._set_look(Look(between(0, 8000) or Window("LINEAR", 0, 1), inverted=True))
    window.inspector.canvas.zoom_to_actual()
    with qtbot.waitSignal(loader.detail_ready) as detail:
        pass
    _, image, rect = detail.args
    wanted = 255 - int(values[int(rect.y()), int(rect.x())]) * 255 / 8000
    assert image.pixelColor(0, 0).red() == pytest.approx(wanted, abs=0.6)
