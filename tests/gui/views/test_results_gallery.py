"""The results as a gallery: tiles in groups and in order, chosen and moved as in the table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu
from pytestqt.qtbot import QtBot

from fewshot_gui.items.arrangement import Grouping, Sorting
from fewshot_gui.items.roles import Role
from fewshot_gui.items.tile import Tile
from fewshot_gui.project.document import Document
from fewshot_gui.project.labels import Label, LabelSource, now
from fewshot_gui.project.library import Library
from fewshot_gui.project.results import Results
from fewshot_gui.views.main_window import MainWindow
from fewshot_gui.views.results_gallery import ResultsGallery
from model.types import ExampleReport, MapStyle, Prediction, Region, Status, TrainingReport

from .conftest import ReadyThumbnails, ReadyTiles
from .helpers import drop

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def bins(document: Document) -> tuple[str, ...]:
    return tuple(document.add_bin(name) for name in ("Cats", "Dogs"))


def predict(
    results: Results, bins: tuple[str, ...], shares: Sequence[float], first: int = 0, folder: str = "/new"
) -> None:
    """One image for each share of the first class."""
    made = [
        Prediction(
            Path(f"{folder}/{n:03}.png"), Status.OK, int(share < 0.5), (share, 1 - share), Region(40, 30, 80, 60)
        )
        for n, share in enumerate(shares, first)
    ]
    results.add_predictions(results.classifier_revision or 0, bins, made)


@pytest.fixture
def gallery(window: MainWindow, qtbot: QtBot) -> ResultsGallery:
    window.activateWindow()
    window._rows.set_wanted([120, 600])
    window.command_table["resultsGallery"].trigger()
    window.results.gallery.setFocus()
    return window.results.gallery


def shown(gallery: ResultsGallery) -> list[str]:
    model = gallery._model
    return [model.path(row).stem for row in range(model.rowCount())]


def centre(gallery: ResultsGallery, row: int) -> QPoint:
    return gallery.visualRect(gallery.model().index(row, 0)).center()


def click(gallery: ResultsGallery, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, modifier, centre(gallery, row))


def chosen(window: MainWindow) -> list[str]:
    return [path.stem for path in window.focus.paths()]


def head(gallery: ResultsGallery, section: int) -> QPoint:
    return QPoint(60, gallery.grid().head_top(section) + 5 - gallery.verticalOffset())


def choose(window: MainWindow, *, groups: Grouping | None = None, order: Sorting | None = None) -> None:
    """As with the mouse or the arrow keys in the bar above the gallery."""
    for box, wanted in ((window.results.bar.groups, groups), (window.results.bar.order, order)):
        if wanted is not None:
            box.setCurrentIndex(box.findData(wanted))
            box.activated.emit(box.currentIndex())


def test_one_switch_leads_to_the_gallery_and_back_and_the_selection_stays(
    window: MainWindow, results: Results, bins: tuple[str, ...], qtbot: QtBot
) -> None:
    predict(results, bins, [0.9, 0.8, 0.7])
    view, table = window.results, window.command_table
    view.table.select_paths([Path("/new/001.png")])
    assert table["resultsTable"].isChecked()
    assert view.bar.isHidden()
    QTest.keyClick(window, Qt.Key.Key_2, CTRL | Qt.KeyboardModifier.AltModifier)
    assert view.gallery.isVisible()
    assert not view.table.isVisible()
    assert view.bar.isVisible()
    assert table["resultsGallery"].isChecked()
    assert not table["resultsTable"].isChecked()
    assert chosen(window) == ["001"]
    click(view.gallery, 2)
    QTest.keyClick(window, Qt.Key.Key_1, CTRL | Qt.KeyboardModifier.AltModifier)
    assert view.table.isVisible()
    assert view.table.selected_paths() == [Path("/new/002.png")]


def test_only_tiles_in_sight_cost_anything_and_are_decoded_as_large_as_they_are(
    gallery: ResultsGallery,
    window: MainWindow,
    results: Results,
    bins: tuple[str, ...],
    tiles: ReadyTiles,
    qtbot: QtBot,
) -> None:
    for first in range(0, 20_000, 5000):
        predict(results, bins, [0.9] * 5000, first)
    qtbot.waitUntil(lambda: gallery.model().rowCount() == 20_000)
    gallery.viewport().repaint()
    tiles.asked.clear()
    tiles.layers.clear()
    gallery.verticalScrollBar().setValue(gallery.verticalScrollBar().maximum() // 2)
    gallery.viewport().repaint()
    seen = set(gallery.visible_paths())
    assert {path for path, _ in tiles.asked} == seen == {path for path, _, _ in tiles.layers}
    assert 5 < len(seen) < 40
    assert tiles.room["resultsGallery"] >= len(seen)
    side = round(gallery.tile * gallery.devicePixelRatioF())
    assert {asked for _, asked in tiles.asked} == {side}


def test_tiles_are_chosen_by_mouse_and_keys_and_the_inspector_follows(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...]
) -> None:
    predict(results, bins, [0.99 - n / 100 for n in range(12)])
    click(gallery, 1)
    assert chosen(window) == ["001"]
    assert window.inspector.path == Path("/new/001.png")
    click(gallery, 3, SHIFT)
    assert chosen(window) == ["001", "002", "003"]
    click(gallery, 2, CTRL)
    assert chosen(window) == ["001", "003"]
    click(gallery, 0)
    QTest.keyClick(gallery, Qt.Key.Key_Right)
    assert window.inspector.path == Path("/new/001.png")
    QTest.keyClick(gallery, Qt.Key.Key_Right, SHIFT)
    assert chosen(window) == ["001", "002"]
    columns = gallery.viewport().width() // gallery.cell.width()
    QTest.keyClick(gallery, Qt.Key.Key_Down)
    assert chosen(window) == [f"{2 + columns:03}"]
    QTest.keyClick(gallery, Qt.Key.Key_Space)
    assert window.inspector.path == Path(f"/new/{3 + columns:03}.png")
    QTest.keyClick(gallery, Qt.Key.Key_A, CTRL)
    assert len(chosen(window)) == 12


def test_a_lasso_from_empty_ground_selects_what_it_touches(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...]
) -> None:
    predict(results, bins, [0.9 - n / 100 for n in range(6)])
    viewport, button = gallery.viewport(), Qt.MouseButton.LeftButton
    start = gallery.visualRect(gallery.model().index(0, 0)).topLeft() + QPoint(1, 1)  # between the tiles
    assert not gallery.indexAt(start).isValid()
    QTest.mousePress(viewport, button, pos=start)
    QTest.mouseMove(viewport, start + QPoint(30, 30))
    QTest.mouseMove(viewport, centre(gallery, 1))
    QTest.mouseRelease(viewport, button, pos=centre(gallery, 1))
    assert chosen(window) == ["000", "001"]


@pytest.mark.expected_log("This plugin does not support (raise|grabbing)")
def test_keys_of_bins_drags_and_the_menu_act_as_in_the_table(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...]
) -> None:
    predict(results, bins, [0.9, 0.8, 0.7])
    spy = QSignalSpy(window.intents.assign_requested)
    click(gallery, 0)
    QTest.keyClick(gallery, Qt.Key.Key_2)
    assert spy.at(0) == [1, [Path("/new/000.png")]]
    assert chosen(window) == ["001"]  # goes on
    dropped = QSignalSpy(window.intents.files_dropped_on_bin)
    data = gallery.model().mimeData(gallery.selectionModel().selectedIndexes())
    assert drop(window.bins.card(bins[0]), data)
    assert dropped.at(0)[1].paths == (Path("/new/001.png"),)
    asked: list[list[str]] = []

    def put() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        (into,) = (action.menu() for action in menu.actions() if action.menu() is not None)
        assert isinstance(into, QMenu)
        asked.append([action.text() for action in into.actions()])
        menu.close()

    QTimer.singleShot(50, gallery, put)
    gallery.customContextMenuRequested.emit(centre(gallery, 1))
    assert asked == [["Cats", "Dogs"]]


def test_groups_have_counts_and_fold(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...], qtbot: QtBot
) -> None:
    predict(results, bins, [0.9, 0.1, 0.8, 0.2, 0.7])
    results.add_predictions(0, bins, [Prediction(Path("/new/bad.png"), Status.ERROR, message="is cut off")])
    choose(window, groups=Grouping.CLASS)
    model = gallery._model
    assert [(model.group_title(group).name, group.count) for group in model.groups] == [
        ("Cats", 3),
        ("Dogs", 2),
        ("Not classified", 1),
    ]
    assert shown(gallery) == ["000", "002", "004", "001", "003", "bad"]
    second = gallery.visualRect(model.index(3, 0)).top()
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=head(gallery, 0))
    assert gallery.visualRect(model.index(3, 0)).top() < second
    assert gallery.visualRect(model.index(0, 0)).isEmpty()
    assert not any(path.stem in ("000", "002", "004") for path in gallery.visible_paths())
    click(gallery, 3)
    QTest.keyClick(gallery, Qt.Key.Key_Left)  # what is folded away is passed over
    assert chosen(window) == ["001"]
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=head(gallery, 0))
    QTest.keyClick(gallery, Qt.Key.Key_Left)
    assert chosen(window) == ["004"]
    QTest.keyClick(gallery, Qt.Key.Key_Minus)
    assert gallery.visualRect(model.index(0, 0)).isEmpty()
    QTest.keyClick(gallery, Qt.Key.Key_Plus)
    assert not gallery.visualRect(model.index(0, 0)).isEmpty()


def test_what_is_gone_to_is_unfolded(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...]
) -> None:
    predict(results, bins, [0.9, 0.1])
    choose(window, groups=Grouping.CLASS)
    gallery.fold_all(True)
    assert gallery.visible_paths() == []
    window.results.table.select_paths([Path("/new/001.png")])
    assert gallery.visible_paths() == [Path("/new/001.png")]


def test_a_group_is_selected_from_its_menu(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...]
) -> None:
    predict(results, bins, [0.9, 0.1, 0.2])
    choose(window, groups=Grouping.CLASS)
    gallery._select_group(gallery._model.groups[1])
    assert sorted(chosen(window)) == ["001", "002"]


def test_a_montage_goes_from_most_to_least_typical_with_odd_ones_last(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...]
) -> None:
    predict(results, bins, [0.7, 0.95, 0.3, 0.8])
    results.add_predictions(0, bins, [Prediction(Path("/new/odd.png"), Status.UNKNOWN, 0, (0.99, 0.01))])
    choose(window, groups=Grouping.CLASS, order=Sorting.TYPICALITY)
    assert shown(gallery) == ["001", "003", "000", "odd", "002"]
    choose(window, groups=Grouping.NONE, order=Sorting.DOUBT)
    assert shown(gallery)[:2] == ["000", "002"]
    choose(window, order=Sorting.ARRIVAL)
    assert shown(gallery) == ["000", "001", "002", "003", "odd"]


def test_each_view_has_its_own_order(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...], qtbot: QtBot
) -> None:
    predict(results, bins, [0.6, 0.9, 0.7])
    qtbot.waitUntil(lambda: shown(gallery) == ["001", "002", "000"])
    window.command_table["resultsTable"].trigger()
    assert shown(gallery) == ["000", "001", "002"]


def test_results_that_arrive_do_not_move_what_is_looked_at(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...], qtbot: QtBot
) -> None:
    predict(results, bins, [0.7 - n / 10_000 for n in range(300)])
    choose(window, groups=Grouping.CLASS)
    qtbot.waitUntil(lambda: gallery.model().rowCount() == 300)
    gallery.verticalScrollBar().setValue(1500)
    gallery.viewport().repaint()
    seen = gallery.visible_paths()[0]

    def top() -> int:
        row = gallery._model.row_of(seen)
        assert row is not None
        return gallery.visualRect(gallery.model().index(row, 0)).top()

    before = top()
    predict(results, bins, [0.99] * 200, first=300)  # all of them come before
    qtbot.waitUntil(lambda: gallery.model().rowCount() == 500)
    assert gallery._model.groups[0].count == 500
    assert top() == before
    window.results.filter.setText("0")
    qtbot.waitUntil(lambda: gallery.model().rowCount() < 500)
    assert "shown of 500" in window.results.header.note()


def test_the_selected_image_stays_where_it_is_while_the_order_changes_around_it(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...], qtbot: QtBot
) -> None:
    predict(results, bins, [0.9 - n / 1000 for n in range(200)])
    choose(window, groups=Grouping.NONE, order=Sorting.CONFIDENCE)
    window.results.table.select_paths([Path("/new/100.png")])
    gallery.scrollTo(gallery.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
    gallery.viewport().repaint()
    before = centre(gallery, gallery._model.row_of(Path("/new/100.png")) or 0).y()
    predict(results, bins, [0.6 + n / 1000 for n in range(200)])  # the other way round
    qtbot.waitUntil(lambda: gallery._model.row_of(Path("/new/100.png")) == 99)
    assert chosen(window) == ["100"]
    assert window.inspector.path == Path("/new/100.png")
    assert centre(gallery, 99).y() == before


def test_the_wheel_with_ctrl_and_the_slider_size_the_tiles(
    gallery: ResultsGallery,
    window: MainWindow,
    results: Results,
    bins: tuple[str, ...],
    tiles: ReadyTiles,
    qtbot: QtBot,
) -> None:
    predict(results, bins, [0.9] * 50)
    side, slider = gallery.tile, window.results.bar.tile

    def wheel(notches: int) -> None:
        at = QPointF(gallery.viewport().rect().center())
        event = QWheelEvent(
            at,
            at,
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            CTRL,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(gallery.viewport(), event)

    wheel(2)
    assert slider.value() == gallery.tile > side
    wheel(-50)
    assert gallery.tile == slider.value() == slider.minimum() == 96
    slider.setValue(480)
    assert gallery.tile == 480
    assert gallery.cell.width() >= 480
    tiles.asked.clear()
    qtbot.waitUntil(lambda: (round(480 * gallery.devicePixelRatioF())) in {asked for _, asked in tiles.asked})


def test_how_results_are_shown_is_remembered(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...]
) -> None:
    choose(window, groups=Grouping.FOLDER, order=Sorting.NAME)
    window.results.bar.tile.setValue(208)
    pick(window, MapStyle.CONTOUR)
    window.library.size_.setValue(200)
    state = window.layout_state()
    window.library.size_.setValue(88)
    choose(window, groups=Grouping.NONE, order=Sorting.ARRIVAL)
    window.results.bar.tile.setValue(96)
    pick(window, MapStyle.OFF)
    window.command_table["resultsTable"].trigger()
    window.restore_layout(state)
    view = window.results
    assert view.gallery.isVisible() or view.is_gallery
    assert (view.model.grouping, view.bar.arrangement.sorting) == (Grouping.FOLDER, Sorting.NAME)
    assert (view.gallery.tile, view.bar.tile.value()) == (208, 208)
    assert view.bar.map_choice.style_ is window.inspector.map_choice.style_ is MapStyle.CONTOUR
    assert window.library.images.side == 200
    for damaged in (b'"results": 3', b'"results": {"tile": "x"}', b'"results": {"view": []}'):
        window.restore_layout(QByteArray(b'{"columns": [1, 2, 3], "rows": [1, 2], ' + damaged + b"}"))
    assert view.gallery.tile == 208


def test_the_library_has_sizes_too_and_is_sharp_in_large_ones(
    window: MainWindow, found: Library, tiles: ReadyTiles, thumbnails: ReadyThumbnails
) -> None:
    found.add([Path(f"/library/{n}.png") for n in range(50)])
    images = window.library.images
    images.viewport().repaint()
    assert tiles.asked == []  # thumbnails are enough
    window.library.size_.setValue(300)
    images.viewport().repaint()
    assert {side for _, side in tiles.asked} == {round(300 * images.devicePixelRatioF())}
    assert images.cell.height() > 300


def pick(window: MainWindow, style: MapStyle) -> None:
    """As with the mouse in the gallery's list of styles."""
    choice = window.results.bar.map_choice
    choice.setCurrentIndex(choice.findData(style))
    choice.activated.emit(choice.currentIndex())


def test_gallery_and_inspector_share_one_choice_of_what_is_drawn(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...], tiles: ReadyTiles
) -> None:
    predict(results, bins, [0.9, 0.2])
    inspector = window.inspector
    pick(window, MapStyle.SPOTLIGHT)
    assert inspector.map_choice.style_ is MapStyle.SPOTLIGHT
    tiles.layers.clear()
    gallery.viewport().repaint()
    assert set(tiles.layers) == {
        (Path("/new/000.png"), bins[0], MapStyle.SPOTLIGHT),
        (Path("/new/001.png"), bins[1], MapStyle.SPOTLIGHT),
    }
    inspector.map_choice.setCurrentIndex(inspector.map_choice.findData(MapStyle.OFF))
    inspector.map_choice.activated.emit(0)
    assert window.results.bar.map_choice.style_ is MapStyle.OFF
    tiles.layers.clear()
    gallery.viewport().repaint()
    assert tiles.layers == []


def test_the_box_is_drawn_where_the_region_is_in_the_colour_of_its_class(
    gallery: ResultsGallery, window: MainWindow, results: Results, document: Document, bins: tuple[str, ...]
) -> None:
    predict(results, bins, [0.9])

    def color_on_the_edge(style: MapStyle) -> QColor:
        pick(window, style)
        side, cell = gallery.tile, gallery.visualRect(gallery.model().index(0, 0))
        left = cell.left() + (cell.width() - side) // 2
        top = cell.top() + 6 + side // 8  # of a picture of 4 to 3
        # The picture has 400 x 300 pixels, the region begins at 40, 30; its left edge is a line inwards.
        at = QPoint(left + round(40 * side / 400) + 1, top + round(60 * side / 400))
        image = gallery.viewport().grab().toImage()
        return image.pixelColor(at * image.devicePixelRatio())

    assert color_on_the_edge(MapStyle.BOX).name() == document.bin(bins[0]).color
    assert color_on_the_edge(MapStyle.OFF).name() == QColor(Qt.GlobalColor.darkCyan).name()


def test_tiles_say_what_is_to_be_known_in_words_too(
    gallery: ResultsGallery, window: MainWindow, results: Results, document: Document, bins: tuple[str, ...]
) -> None:
    examples = [ExampleReport(Path(f"/{k}.png"), k % 2, 1.0, k % 2, c) for k, c in enumerate([0.99, 0.97, 0.9, 0.7])]
    report = TrainingReport(("Cats", "Dogs"), tuple(examples), (), (), 0.9, (0.6, 0.98), 3, True, 0.1)
    results.set_training(document.revision, bins, report, {})
    predict(results, bins, [0.95, 0.6])
    odd = Prediction(Path("/new/odd.png"), Status.UNKNOWN, 0, (0.9, 0.1))
    bad = Prediction(Path("/new/bad.png"), Status.ERROR, message="is cut off")
    results.add_predictions(results.classifier_revision or 0, bins, [odd, bad])
    choose(window, order=Sorting.ARRIVAL)
    model = gallery.model()

    def marks(row: int) -> list[str]:
        tile: Tile = model.index(row, 0).data(Role.TILE)
        return [mark.text for mark in tile.marks]

    assert [marks(row) for row in range(4)] == [[], ["To check"], ["Unlike every bin"], ["Error"]]
    heard = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole) for row in range(4)]
    assert heard == ["Cats, 95.0 %", "Cats, 60.0 %, To check", "Cats, 90.0 %, Unlike every bin", "is cut off"]
    window.results.status_choice.setCurrentIndex(window.results.status_choice.findText("Sure: at most 1 % wrong"))
    window.results.status_choice.setCurrentIndex(0)
    assert marks(0) == ["To check"]  # by the errors that were allowed last
    choose(window, groups=Grouping.OUTCOME)
    titles = [gallery._model.group_title(group).name for group in gallery._model.groups]
    assert titles == ["To check", "Unlike every bin", "Errors"]
    gallery.viewport().repaint()
    document.add_examples(bins[1], [Path("/new/000.png")])
    assert "In ‘Dogs’" in marks(0)


def test_files_that_cannot_be_shown_say_so(
    gallery: ResultsGallery, results: Results, bins: tuple[str, ...], tiles: ReadyTiles
) -> None:
    predict(results, bins, [0.9])
    before = gallery.viewport().grab().toImage()
    tiles.failures[Path("/new/000.png")] = "is gone"
    tiles.changed.emit(Path("/new/000.png"))
    assert gallery.viewport().grab().toImage() != before


def test_only_the_tile_whose_picture_came_is_drawn_again(
    gallery: ResultsGallery, results: Results, bins: tuple[str, ...], tiles: ReadyTiles, qtbot: QtBot
) -> None:
    predict(results, bins, [0.9 - n / 100 for n in range(6)])
    qtbot.wait(50)
    tiles.asked.clear()
    tiles.changed.emit(Path("/new/002.png"))
    QApplication.processEvents()
    assert {path for path, _ in tiles.asked} == {Path("/new/002.png")}


def test_the_keyboard_comes_to_every_control(gallery: ResultsGallery, window: MainWindow) -> None:
    for control in window.results.tab_stops():
        assert control.accessibleName(), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_images_of_a_case_have_a_verdict_together(
    gallery: ResultsGallery, window: MainWindow, document: Document, results: Results, bins: tuple[str, ...]
) -> None:
    model = gallery._model
    scores = {"/a/1.png": 0.9, "/a/2.png": 0.4, "/a/3.png": 0.8, "/b/1.png": 0.3, "/c/s.tif#1": 0.1, "/c/s.tif#2": 0.2}
    made = [
        Prediction(Path(path), Status.OK, int(score < 0.5), (score, 1 - score), Region(0, 0, 1, 1))
        for path, score in scores.items()
    ]
    results.add_predictions(document.revision, bins, [*made, Prediction(Path("/a/4.png"), Status.ERROR, message="cut")])
    choose(window, groups=Grouping.FOLDER, order=Sorting.NAME)
    names = [document.bin(bin_id).name for bin_id in bins[:2]]
    told = {group.key: model.group_verdict(group) for group in model.groups}
    assert told["/a"] == f"together ‘{names[0]}’, 70.0 %"  # (.9 + .4 + .8) / 3
    assert told["/b"] == ""  # one image says it itself
    assert told["/c"] == f"together ‘{names[1]}’, 85.0 %"
    document.give_labels({Path("/a/2.png"): Label("ana", LabelSource.ACCEPTED, bins[1], None, now())})
    told = {group.key: model.group_verdict(group) for group in model.groups}
    assert told["/a"] == f"together ‘{names[0]}’, 56.7 %"  # (.9 + 0 + .8) / 3
    choose(window, groups=Grouping.FILE)
    assert [(Path(group.key).name, group.count) for group in model.groups][-1] == ("s.tif", 2)
    assert model.group_title(model.groups[-1]).name == "s.tif"
    choose(window, groups=Grouping.CLASS)
    assert {model.group_verdict(group) for group in model.groups} == {""}


def test_the_order_is_reversed_by_a_button_and_kept(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...]
) -> None:
    predict(results, bins, [0.9, 0.1, 0.7, 0.2])
    results.add_predictions(0, bins, [Prediction(Path("/new/bad.png"), Status.ERROR, message="is cut off")])
    choose(window, groups=Grouping.NONE, order=Sorting.NAME)
    choose(window, order=Sorting.CONFIDENCE)
    assert shown(gallery) == ["000", "001", "003", "002", "bad"]
    button = window.results.bar.reverse
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert shown(gallery) == ["002", "003", "001", "000", "bad"]  # errors stay last
    choose(window, groups=Grouping.CLASS)
    assert shown(gallery) == ["002", "000", "003", "001", "bad"]  # within the groups
    look = window.results.look()
    button.click()
    assert shown(gallery) == ["000", "002", "001", "003", "bad"]
    window.command_table["resultsTable"].trigger()
    window.results.restore_look(look)  # as when the window opens
    assert button.isChecked()
    assert shown(gallery) == ["002", "000", "003", "001", "bad"]


def test_the_head_of_what_is_at_the_top_stays_in_sight(
    gallery: ResultsGallery, window: MainWindow, results: Results, bins: tuple[str, ...]
) -> None:
    predict(results, bins, [0.9] * 40 + [0.1] * 40)
    choose(window, groups=Grouping.CLASS)
    bar, width = gallery.verticalScrollBar(), gallery.viewport().width()
    strip = QRect(0, 0, width, gallery.head_height)
    assert gallery.verticalOffset() == 0
    before = gallery.viewport().grab(strip).toImage()
    bar.setValue(gallery.head_height * 3)
    assert gallery.viewport().grab(strip).toImage() == before
    assert gallery.head_at(QPoint(20, 5)) == 0
    second = gallery.grid().head_top(1)
    bar.setValue(second - gallery.head_height // 2)  # it is being pushed out
    assert gallery.head_at(QPoint(20, 2)) == 0
    assert gallery.head_at(QPoint(20, gallery.head_height - 2)) == 1
    bar.setValue(second + 200)
    assert gallery.viewport().grab(strip).toImage() != before
    assert gallery.head_at(QPoint(20, 5)) == 1
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    assert gallery._folded == {bins[1]}
    gallery.fold_all(False)
    bar.setValue(bar.maximum())
    window.results.table.select_paths([gallery._model.path(8)])
    gallery.scrollTo(gallery._model.index(8, 0))
    assert gallery.visualRect(gallery._model.index(8, 0)).top() >= gallery.head_height  # not below the head
