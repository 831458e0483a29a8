"""A grid of equal cells, in sections with heads, laid out by arithmetic: 100,000 items are as fast as ten."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QCursor, QMouseEvent, QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from fewshot_gui import style
from fewshot_gui.widgets.grid_sections import GridSections, Section

Index = QModelIndex | QPersistentModelIndex
_Cursor = QAbstractItemView.CursorAction
_Hint = QAbstractItemView.ScrollHint


class GridView(QListView):
    """A list view that computes where its items are, instead of QListView's layout.

    QListView lays all items out anew whenever one is inserted or changes, which takes an eighth of a
    second for 100,000. It stays the base class for what screen readers know of it.

    Subclasses may cut the items into `sections`, whose heads are `head_height` pixels high and painted by `paint_head`.
    The head of what is at the top stays in sight until the next one pushes it out.
    """

    head_height = 0
    hit_margin = 0
    """Pixels around an item, in its cell, that are empty ground to the mouse."""

    def __init__(self, least_cell: QSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._cell, self._columns = least_cell, least_cell, 1
        self._grid_for: tuple[int, int, int] | None = (
            None  # what `_grid` was made for: items, columns, height of a cell
        )
        self._grid = GridSections((), 1, 1)
        self._pressed_at: QPoint | None = None  # in the contents, for the rubber band
        self._band = QRect()
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def cell(self) -> QSize:
        """What each item gets: at least the least cell, and its share of the width."""
        return self._cell

    def cell_changed(self) -> None:
        """For subclasses: the cells have another size."""

    def set_least_cell(self, cell: QSize) -> None:
        """Give each item at least so much; what was at the top stays in sight."""
        if cell != self._least:
            self._least = cell
            self._share_width()
            self.updateGeometries()
            self.viewport().update()

    def sections(self) -> Sequence[Section]:
        """For subclasses: how the items are cut into sections, in order; they may be fewer than all."""
        return (Section(self._count()),)

    def paint_head(self, painter: QPainter, section: int, rect: QRect) -> None:
        """For subclasses: draw the head of a section."""

    def sections_changed(self) -> None:
        """The sections are others now, or folded otherwise."""
        self._grid_for = None
        self.updateGeometries()
        self.viewport().update()

    def grid(self) -> GridSections:
        """Where everything is, in the contents."""
        now = (self._count(), self._columns, self._cell.height())
        if now != self._grid_for:
            self._grid_for = now
            self._grid = GridSections(self.sections(), self._columns, self._cell.height(), self.head_height)
        return self._grid

    def doItemsLayout(self) -> None:
        """Take in how many items there are (Qt)."""
        QAbstractItemView.doItemsLayout(self)  # not QListView's

    def updateGeometries(self) -> None:
        """Set the scroll bar to the number of items (Qt)."""
        QAbstractItemView.updateGeometries(self)
        height, bar = self.viewport().height(), self.verticalScrollBar()
        bar.setSingleStep(max(self._cell.height() // 3, 1))  # a turn of the wheel is three steps: one line
        bar.setPageStep(height)
        # Where all items are in sight without the bar, there is none: with it, fewer columns might need it.
        free = self.maximumViewportSize()
        columns = self._columns_in(free.width())
        least = -(-self._count() // columns) * self._cell.height()
        fits = least <= free.height() and self._height_in(columns) <= free.height()
        bar.setRange(0, 0 if fits else max(0, self.grid().height - height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns; the current item stays in sight, where it was (Qt)."""
        was_seen = is_in_sight(self, event.oldSize().height())
        self._share_width()
        super().resizeEvent(event)
        self.updateGeometries()
        if was_seen:
            self.scrollTo(self.currentIndex())

    def _share_width(self) -> None:
        width = max(self.viewport().width(), 1)
        self._columns = self._columns_in(width)
        cell = QSize(max(width // self._columns, 1), self._least.height())
        if cell != self._cell:
            self._cell = cell
            self.cell_changed()

    def _height_in(self, columns: int) -> int:
        if columns == self._columns:
            return self.grid().height
        return GridSections(self.sections(), columns, self._cell.height(), self.head_height).height

    def _columns_in(self, width: int) -> int:
        return max(width // self._least.width(), 1)

    def visualRect(self, index: Index) -> QRect:
        """Where an item is, in the viewport (Qt)."""
        place = self.grid().place(index.row()) if index.isValid() else None
        if place is None:
            return QRect()
        width, height = self._cell.width(), self._cell.height()
        return QRect(place[0] * width, place[1] - self.verticalOffset(), width, height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The item at a point of the viewport, or of what lies above and below it (Qt)."""
        row = self._row_at(point)
        if row is None:
            return QModelIndex()
        index, margin = self.model().index(row, 0), self.hit_margin
        rect = self.visualRect(index).adjusted(margin, margin, -margin, -margin)
        return index if not margin or rect.contains(point) else QModelIndex()

    def head_at(self, point: QPoint) -> int | None:
        """The section whose head is at a point of the viewport, or None."""
        at_top = self._head_at_top()
        if at_top is not None and at_top[1] <= point.y() < at_top[1] + self.head_height:
            return at_top[0]
        return self.grid().head_at(point.y() + self.verticalOffset())

    def _head_at_top(self) -> tuple[int, int] | None:
        """The section at the top, and where its head is drawn, in pixels of the viewport; None without heads."""
        offset, grid = self.verticalOffset(), self.grid()
        section = grid.section_at(offset) if self.head_height else None
        if section is None:
            return None
        return section, min(0, grid.section_end(section) - offset - self.head_height)

    def _row_at(self, point: QPoint) -> int | None:
        return self.grid().row_at(point.x() // self._cell.width(), point.y() + self.verticalOffset())

    def verticalOffset(self) -> int:
        """How far it is scrolled, in pixels (Qt)."""
        return self.verticalScrollBar().value()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is drawn (Qt)."""
        self.viewport().scroll(dx, dy)
        if self.head_height:  # the head at the top stays where it is
            self.viewport().update(0, 0, self.viewport().width(), self.head_height + abs(dy))

    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = _Hint.EnsureVisible) -> None:
        """Bring an item into sight (Qt)."""
        if not index.isValid() or self.grid().place(index.row()) is None:
            return
        rect, bar, height = self.visualRect(index), self.verticalScrollBar(), self.viewport().height()
        to_top, to_bottom = rect.top() - self.head_height, rect.bottom() + 1 - height
        if hint == _Hint.PositionAtTop or (hint == _Hint.EnsureVisible and to_top < 0):
            bar.setValue(bar.value() + to_top)
        elif hint == _Hint.PositionAtBottom or (hint == _Hint.EnsureVisible and to_bottom > 0):
            bar.setValue(bar.value() + min(to_bottom, to_top))
        elif hint == _Hint.PositionAtCenter:
            bar.setValue(bar.value() + (to_top + to_bottom) // 2)

    def moveCursor(self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """The item that a key leads to (Qt)."""
        count, current, grid = self._count(), self.currentIndex().row(), self.grid()
        if not count:
            return QModelIndex()
        if current < 0:
            return self.model().index(grid.first, 0)
        page = max(self.viewport().height() // self._cell.height(), 1)
        if action in (_Cursor.MoveLeft, _Cursor.MovePrevious):
            row = grid.neighbour(current, -1)
        elif action in (_Cursor.MoveRight, _Cursor.MoveNext):
            row = grid.neighbour(current, 1)
        elif action in (_Cursor.MoveUp, _Cursor.MoveDown):
            row = grid.beside(current, -1 if action == _Cursor.MoveUp else 1)
        elif action in (_Cursor.MovePageUp, _Cursor.MovePageDown):
            row = grid.beside(current, -page if action == _Cursor.MovePageUp else page, is_page=True)
        else:
            row = grid.first if action == _Cursor.MoveHome else grid.last
        return self.model().index(row, 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select what a rubber band touches, or all from one item to another (Qt)."""
        selection = QItemSelection()
        if self.state() == QAbstractItemView.State.DragSelectingState:
            for first, last in self._rows_in(rect.normalized()):
                selection.select(self.model().index(first, 0), self.model().index(last, 0))
        else:
            ends = [self._row_at(point) for point in (rect.topLeft(), rect.bottomRight())]
            rows = sorted(row for row in ends if row is not None)
            for first, last in self.grid().unfolded_between(rows[0], rows[-1]) if rows else ():
                selection.select(self.model().index(first, 0), self.model().index(last, 0))
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """What to draw again where `selection` changed, as far as it is in sight (Qt)."""
        region = QRegion()
        for first, last in self._rows_in(self.viewport().rect()):
            for row in range(first, last + 1):
                index = self.model().index(row, 0)
                if selection.contains(index):
                    region += self.visualRect(index)
        return region

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A rubber band may begin here (Qt)."""
        self._pressed_at = event.position().toPoint() + QPoint(0, self.verticalOffset())
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the rubber band (Qt)."""
        super().mouseMoveEvent(event)
        if self.state() == QAbstractItemView.State.DragSelectingState and self._pressed_at is not None:
            self._band = QRect(self._pressed_at - QPoint(0, self.verticalOffset()), event.position().toPoint())
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The rubber band goes (Qt)."""
        super().mouseReleaseEvent(event)
        if not self._band.isNull():
            self._band = QRect()
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the items in sight (Qt)."""
        if self.model() is None:
            return
        painter = QPainter(self.viewport())
        plain = QStyleOptionViewItem()
        self.initViewItemOption(plain)
        under = self.viewport().mapFromGlobal(QCursor.pos()) if self.viewport().underMouse() else QPoint(-1, -1)
        current, selected = self.currentIndex().row(), self.selectionModel()
        for first, last in self._rows_in(event.rect()):
            for row in range(first, last + 1):
                index, option = self.model().index(row, 0), QStyleOptionViewItem(plain)
                option.rect = self.visualRect(index)
                states = {
                    QStyle.StateFlag.State_Selected: selected.isSelected(index),
                    QStyle.StateFlag.State_MouseOver: option.rect.contains(under),
                    QStyle.StateFlag.State_HasFocus: row == current and self.hasFocus(),
                }
                for flag, holds in states.items():
                    option.state = option.state | flag if holds else option.state & ~flag
                self.itemDelegate().paint(painter, option, index)
        if self.head_height:
            self._paint_heads(painter, event.rect())
        if not self._band.isNull():
            accent = self.palette().highlight().color()
            painter.setPen(QPen(accent, 1))
            painter.setBrush(style.tinted(accent, 0.2))
            painter.drawRect(self._band.normalized().adjusted(0, 0, -1, -1))

    def _paint_heads(self, painter: QPainter, rect: QRect) -> None:
        offset, grid = self.verticalOffset(), self.grid()
        for section in grid.heads_in(rect.top() + offset, rect.bottom() + 1 + offset):
            top = grid.head_top(section) - offset
            self.paint_head(painter, section, QRect(0, top, self.viewport().width(), self.head_height))
        at_top = self._head_at_top()
        if at_top is not None:
            self.paint_head(painter, at_top[0], QRect(0, at_top[1], self.viewport().width(), self.head_height))

    def _rows_in(self, rect: QRect) -> list[tuple[int, int]]:
        """(first, last) row of each line of items that touches `rect` of the viewport."""
        top, width = rect.top() + self.verticalOffset(), self._cell.width()
        return self.grid().runs_in(top, top + rect.height(), rect.left() // width, rect.right() // width)

    def _count(self) -> int:
        model = self.model()
        return model.rowCount() if model is not None else 0


def is_in_sight(view: QAbstractItemView, height: int) -> bool:
    """Whether all of the current item is in sight where `view` shows so many pixels."""
    current = view.currentIndex()
    rect = view.visualRect(current.siblingAtColumn(0)) if current.isValid() else QRect()
    return rect.isValid() and rect.top() >= 0 and rect.bottom() < height
