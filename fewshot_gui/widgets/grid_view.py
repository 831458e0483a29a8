"""A grid of equal cells, laid out by arithmetic, so that 100,000 items are as fast as ten."""

from __future__ import annotations

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

Index = QModelIndex | QPersistentModelIndex
_Cursor = QAbstractItemView.CursorAction
_Hint = QAbstractItemView.ScrollHint


class GridView(QListView):
    """A list view that computes where its items are, instead of QListView's layout.

    QListView lays all items out anew whenever one is inserted or changes, which takes an eighth of a
    second for 100,000. It stays the base class for what screen readers know of it.
    """

    def __init__(self, least_cell: QSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._cell, self._columns = least_cell, least_cell, 1
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

    def doItemsLayout(self) -> None:
        """Take in how many items there are (Qt)."""
        QAbstractItemView.doItemsLayout(self)  # not QListView's

    def updateGeometries(self) -> None:
        """Set the scroll bar to the number of items (Qt)."""
        QAbstractItemView.updateGeometries(self)
        height, bar = self.viewport().height(), self.verticalScrollBar()
        lines = -(-self._count() // self._columns)
        bar.setSingleStep(max(self._cell.height() // 3, 1))  # a turn of the wheel is three steps: one line
        bar.setPageStep(height)
        # Where all items are in sight without the bar, there is none: with it, fewer columns might need it.
        free = self.maximumViewportSize()
        fits = -(-self._count() // self._columns_in(free.width())) * self._cell.height() <= free.height()
        bar.setRange(0, 0 if fits else max(0, lines * self._cell.height() - height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns (Qt)."""
        width = max(self.viewport().width(), 1)
        self._columns = self._columns_in(width)
        cell = QSize(max(width // self._columns, 1), self._least.height())
        if cell != self._cell:
            self._cell = cell
            self.cell_changed()
        super().resizeEvent(event)
        self.updateGeometries()

    def _columns_in(self, width: int) -> int:
        return max(width // self._least.width(), 1)

    def visualRect(self, index: Index) -> QRect:
        """Where an item is, in the viewport (Qt)."""
        if not index.isValid():
            return QRect()
        line, column = divmod(index.row(), self._columns)
        width, height = self._cell.width(), self._cell.height()
        return QRect(column * width, line * height - self.verticalOffset(), width, height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The item at a point of the viewport, or of what lies above and below it (Qt)."""
        column = point.x() // self._cell.width()
        row = (point.y() + self.verticalOffset()) // self._cell.height() * self._columns + column
        inside = 0 <= column < self._columns and 0 <= row < self._count()
        return self.model().index(row, 0) if inside else QModelIndex()

    def verticalOffset(self) -> int:
        """How far it is scrolled, in pixels (Qt)."""
        return self.verticalScrollBar().value()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is drawn (Qt)."""
        self.viewport().scroll(dx, dy)

    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = _Hint.EnsureVisible) -> None:
        """Bring an item into sight (Qt)."""
        if not index.isValid():
            return
        rect, bar, height = self.visualRect(index), self.verticalScrollBar(), self.viewport().height()
        to_top, to_bottom = rect.top(), rect.bottom() + 1 - height
        if hint == _Hint.PositionAtTop or (hint == _Hint.EnsureVisible and to_top < 0):
            bar.setValue(bar.value() + to_top)
        elif hint == _Hint.PositionAtBottom or (hint == _Hint.EnsureVisible and to_bottom > 0):
            bar.setValue(bar.value() + min(to_bottom, to_top))
        elif hint == _Hint.PositionAtCenter:
            bar.setValue(bar.value() + (to_top + to_bottom) // 2)

    def moveCursor(self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """The item that a key leads to (Qt)."""
        last, current = self._count() - 1, self.currentIndex().row()
        if last < 0:
            return QModelIndex()
        if current < 0:
            return self.model().index(0, 0)
        page = max(self.viewport().height() // self._cell.height(), 1) * self._columns
        steps = {
            _Cursor.MoveLeft: -1, _Cursor.MovePrevious: -1, _Cursor.MoveRight: 1, _Cursor.MoveNext: 1,
            _Cursor.MoveUp: -self._columns, _Cursor.MoveDown: self._columns,
            _Cursor.MovePageUp: -page, _Cursor.MovePageDown: page,
            _Cursor.MoveHome: -current, _Cursor.MoveEnd: last - current,
        }  # fmt: skip
        row = current + steps[action]
        if action in (_Cursor.MovePageUp, _Cursor.MovePageDown) or (
            action == _Cursor.MoveDown and self._is_last_line(row)
        ):
            row = min(max(row, 0), last)
        return self.model().index(row if 0 <= row <= last else current, 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select what a rubber band touches, or all from one item to another (Qt)."""
        selection = QItemSelection()
        if self.state() == QAbstractItemView.State.DragSelectingState:
            for first, last in self._rows_in(rect.normalized()):
                selection.select(self.model().index(first, 0), self.model().index(last, 0))
        else:
            ends = [self.indexAt(point) for point in (rect.topLeft(), rect.bottomRight())]
            rows = sorted(index.row() for index in ends if index.isValid())
            if rows:
                selection.select(self.model().index(rows[0], 0), self.model().index(rows[-1], 0))
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
        if not self._band.isNull():
            accent = self.palette().highlight().color()
            painter.setPen(QPen(accent, 1))
            painter.setBrush(style.tinted(accent, 0.2))
            painter.drawRect(self._band.normalized().adjusted(0, 0, -1, -1))

    def _rows_in(self, rect: QRect) -> list[tuple[int, int]]:
        """(first, last) row of each line of items that touches `rect` of the viewport."""
        top, width, height = rect.top() + self.verticalOffset(), self._cell.width(), self._cell.height()
        left, right = max(rect.left() // width, 0), min(rect.right() // width, self._columns - 1)
        last = self._count() - 1
        runs = []
        for line in range(max(top // height, 0), (top + rect.height() - 1) // height + 1):
            first = line * self._columns + left
            if left <= right and first <= last:
                runs.append((first, min(line * self._columns + right, last)))
        return runs

    def _is_last_line(self, row: int) -> bool:
        """Whether `row` lies behind the last item, but on its line."""
        last = self._count() - 1
        return row > last and row // self._columns == last // self._columns

    def _count(self) -> int:
        model = self.model()
        return model.rowCount() if model is not None else 0
