"""The grid's arithmetic: places, keys, selections, the rubber band, and no work that grows with the number of items."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, QStringListModel, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QStyledItemDelegate, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from fewshot_gui.widgets.grid_view import GridView

COLUMNS, SIDE = 4, 50


class CountingDelegate(QStyledItemDelegate):
    painted = 0

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.painted += 1
        super().paint(painter, option, index)


@pytest.fixture
def model(qapp: QApplication) -> QStringListModel:
    return QStringListModel([str(number) for number in range(30)])


@pytest.fixture
def view(qtbot: QtBot, model: QStringListModel) -> GridView:
    view = GridView(QSize(SIDE, SIDE))
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
    view.setItemDelegate(CountingDelegate(view))
    view.setModel(model)
    qtbot.addWidget(view)
    view.show()
    frame = view.size() - view.viewport().size()
    view.resize(QSize(COLUMNS * SIDE + 10, 3 * SIDE) + frame)
    qtbot.waitExposed(view)
    return view


def selected(view: GridView) -> list[int]:
    return sorted(index.row() for index in view.selectedIndexes())


def click(view: GridView, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    at = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, at)


def test_every_item_has_a_place_and_every_place_its_item(view: GridView, model: QStringListModel) -> None:
    for row in range(30):
        rect = view.visualRect(model.index(row, 0))
        assert (rect.y() // SIDE, rect.x() // view.cell.width()) == divmod(row, COLUMNS)
        assert view.indexAt(rect.topLeft()).row() == view.indexAt(rect.bottomRight()).row() == row
    assert not view.indexAt(QPoint(3 * view.cell.width(), 7 * SIDE)).isValid()  # behind the last
    assert not view.indexAt(QPoint(COLUMNS * view.cell.width(), 0)).isValid()


def test_the_columns_share_the_width(view: GridView, qtbot: QtBot) -> None:
    assert view.cell.width() == (COLUMNS * SIDE + 10) // COLUMNS
    view.resize(view.width() + SIDE, view.height())
    qtbot.waitUntil(lambda: view.indexAt(QPoint(0, SIDE)).row() == COLUMNS + 1)


def test_the_scroll_bar_covers_all_lines_and_follows_the_model(view: GridView, model: QStringListModel) -> None:
    bar = view.verticalScrollBar()
    assert bar.maximum() == 8 * SIDE - view.viewport().height()
    model.setStringList([str(number) for number in range(5)])
    view.executeDelayedItemsLayout()
    assert bar.maximum() == 0
    model.insertRows(5, 95)
    view.executeDelayedItemsLayout()
    assert bar.maximum() == 25 * SIDE - view.viewport().height()


@pytest.mark.parametrize(
    ("start", "key", "end"),
    [
        (5, Qt.Key.Key_Right, 6),
        (5, Qt.Key.Key_Left, 4),
        (5, Qt.Key.Key_Up, 1),
        (5, Qt.Key.Key_Down, 9),
        (1, Qt.Key.Key_Up, 1),
        (0, Qt.Key.Key_Left, 0),
        (29, Qt.Key.Key_Right, 29),
        (27, Qt.Key.Key_Down, 29),  # behind the last, on its line
        (28, Qt.Key.Key_Down, 28),
        (5, Qt.Key.Key_PageDown, 17),
        (5, Qt.Key.Key_PageUp, 0),
        (5, Qt.Key.Key_Home, 0),
        (5, Qt.Key.Key_End, 29),
    ],
)
def test_keys_go_through_the_grid(view: GridView, model: QStringListModel, start: int, key: Qt.Key, end: int) -> None:
    view.setCurrentIndex(model.index(start, 0))
    QTest.keyClick(view, key)
    assert view.currentIndex().row() == end
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))


def test_shift_selects_from_item_to_item_in_reading_order(view: GridView) -> None:
    click(view, 2)
    click(view, 9, Qt.KeyboardModifier.ShiftModifier)
    assert selected(view) == list(range(2, 10))
    click(view, 0, Qt.KeyboardModifier.ShiftModifier)
    assert selected(view) == [0, 1, 2]
    click(view, 6, Qt.KeyboardModifier.ControlModifier)
    assert selected(view) == [0, 1, 2, 6]
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert selected(view)[-1] == 10


def test_a_shift_selection_reaches_beyond_what_is_in_sight(view: GridView) -> None:
    click(view, 0)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    click(view, 29, Qt.KeyboardModifier.ShiftModifier)
    assert selected(view) == list(range(30))


def test_a_rubber_band_selects_what_it_touches(view: GridView, model: QStringListModel) -> None:
    model.setStringList([str(number) for number in range(6)])  # the last two cells of the second line are free
    width = view.cell.width()
    viewport, button = view.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, button, pos=QPoint(3 * width + 5, SIDE + 20))
    QTest.mouseMove(viewport, QPoint(2 * width + 5, SIDE + 10))
    QTest.mouseMove(viewport, QPoint(width + 5, 20))
    assert selected(view) == [1, 2, 3, 5]
    QTest.mouseRelease(viewport, button, pos=QPoint(width + 5, 20))
    assert selected(view) == [1, 2, 3, 5]
    QTest.mouseClick(viewport, button, pos=QPoint(3 * width + 5, SIDE + 20))
    assert selected(view) == []


def test_items_are_brought_into_sight(view: GridView, model: QStringListModel) -> None:
    hints = QAbstractItemView.ScrollHint
    for row in (29, 0, 15):
        view.scrollTo(model.index(row, 0))
        assert view.viewport().rect().contains(view.visualRect(model.index(row, 0)))
    view.scrollTo(model.index(12, 0), hints.PositionAtTop)
    assert view.visualRect(model.index(12, 0)).top() == 0
    view.scrollTo(model.index(16, 0), hints.PositionAtBottom)
    assert view.visualRect(model.index(16, 0)).bottom() + 1 == view.viewport().height()


def test_only_what_is_in_sight_is_drawn_however_many_there_are(
    view: GridView, model: QStringListModel, qtbot: QtBot
) -> None:
    assert isinstance(view, QListView)  # screen readers know that
    delegate = view.itemDelegate()
    assert isinstance(delegate, CountingDelegate)
    model.setStringList([str(number) for number in range(20_000)])
    delegate.painted = 0
    view.verticalScrollBar().setValue(100_000)
    view.grab()
    assert 0 < delegate.painted <= 2 * 5 * COLUMNS
    delegate.painted = 0
    model.setData(model.index(10_000, 0), "another")
    qtbot.wait(50)
    assert delegate.painted <= 2 * 5 * COLUMNS


def test_there_is_no_bar_where_all_items_are_in_sight_without_it(qtbot: QtBot) -> None:
    grid = GridView(QSize(SIDE, SIDE))
    grid.setModel(QStringListModel(list("abcde"), grid))
    qtbot.addWidget(grid)
    with qtbot.waitExposed(grid):
        grid.show()
    grid.resize(QSize(3 * SIDE, 2 * SIDE - 10) + (grid.size() - grid.maximumViewportSize()))
    QApplication.processEvents()
    assert grid.verticalScrollBar().isVisible()
    assert grid.visualRect(grid.model().index(2, 0)).top() == SIDE  # two columns beside the bar
    grid.resize(grid.width(), grid.height() + 10)
    QApplication.processEvents()
    assert not grid.verticalScrollBar().isVisible()
    assert grid.visualRect(grid.model().index(2, 0)).topLeft() == QPoint(2 * SIDE, 0)
