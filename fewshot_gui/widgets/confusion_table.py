"""A confusion matrix as a table of counts, tinted by their share of the row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.widgets.class_header import COLOR_ROLE, ClassHeader

_LEAST, _MOST = QSize(32, 28), QSize(120, 56)  # of a cell
_FAINTEST, _STRONGEST = 0.12, 0.85  # how much of the colour the smallest and the largest share get
_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class _Cell:
    count: int
    share: float  # of its row, 0..1
    is_right: bool


class ConfusionTable(QTableWidget):
    """Rows are the true classes, columns what they were taken for. A click or Enter chooses a cell."""

    cell_chosen = Signal(int, int)  # row, column; never of a cell that counts nothing

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusionTable")
        self.setItemDelegate(_CellDelegate(self))
        self._columns, self._rows = ClassHeader(Qt.Orientation.Horizontal), ClassHeader(Qt.Orientation.Vertical)
        self.setHorizontalHeader(self._columns)
        self.setVerticalHeader(self._rows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setCornerButtonEnabled(False)
        corner = self.findChild(QAbstractButton)  # a style would draw a header's section there
        if corner is not None:
            corner.setFixedSize(0, 0)
        self.viewport().setAutoFillBackground(False)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        for header in (self._columns, self._rows):
            header.setMinimumSectionSize(_LEAST.height())
        self.cellClicked.connect(self._choose)

    def set_counts(
        self, classes: Sequence[tuple[str, str]], counts: Sequence[Sequence[int]], tip: Callable[[int, int], str]
    ) -> None:
        """Show `counts[true][taken for]` of `classes` (name, colour); `tip` words a cell. The current cell stays."""
        current = (self.currentRow(), self.currentColumn())
        self.clear()
        self.setRowCount(len(classes))
        self.setColumnCount(len(classes))
        for at, (name, color) in enumerate(classes):
            for place in (self.setHorizontalHeaderItem, self.setVerticalHeaderItem):
                header = QTableWidgetItem(name)
                header.setToolTip(name)
                header.setData(COLOR_ROLE, color)
                place(at, header)
            total = max(sum(counts[at]), 1)
            for column, count in enumerate(counts[at]):
                item = QTableWidgetItem(str(count) if count else "")
                item.setData(_ROLE, _Cell(count, count / total, at == column))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, tip(at, column))
                item.setToolTip(tip(at, column))
                self.setItem(at, column, item)
        self.setCurrentCell(*(current if min(current) >= 0 and max(current) < len(classes) else (0, 0)))
        self._share_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space choose the current cell (Qt)."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.currentRow(), self.currentColumn())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room among the cells (Qt)."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Make the cells as large as there is room for, within limits."""
        count = self.columnCount()
        if not count:
            return
        # As if there were scroll bars: they would come and go with what they take.
        bar = self.verticalScrollBar().sizeHint().width()
        self._rows.measure()
        width = (self.width() - bar - self._rows.sizeHint().width()) // count
        self._columns.setDefaultSectionSize(min(max(width, _LEAST.width()), _MOST.width()))
        self._columns.measure()
        height = (self.height() - bar - self._columns.sizeHint().height()) // count
        self._rows.setDefaultSectionSize(min(max(height, _LEAST.height()), _MOST.height()))
        self.updateGeometries()

    def _choose(self, row: int, column: int) -> None:
        item = self.item(row, column)
        if item is not None and item.data(_ROLE).count:
            self.cell_chosen.emit(row, column)


def cell_color(palette: QPalette, share: float, is_right: bool) -> QColor:
    """The opaque colour of a cell that counts `share` of its row: one hue for right, one for wrong."""
    color = palette.color(QPalette.ColorRole.Accent) if is_right else style.warning(palette)
    base, part = palette.base().color(), _FAINTEST + (_STRONGEST - _FAINTEST) * share
    mixed = [
        round(under + (over - under) * part)
        for under, over in (
            (base.red(), color.red()),
            (base.green(), color.green()),
            (base.blue(), color.blue()),
        )
    ]
    return QColor(*mixed)


class _CellDelegate(QStyledItemDelegate):
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell: _Cell | None = index.data(_ROLE)
        if cell is None:
            return
        palette, rect = option.palette, QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(option.rect, palette.window())  # over the view's own mark of what is selected
        color = cell_color(palette, cell.share, cell.is_right) if cell.count else palette.base().color()
        painter.setBrush(color)
        painter.drawRoundedRect(rect, 3, 3)
        is_hovered = option.state & QStyle.StateFlag.State_MouseOver and cell.count
        if option.state & QStyle.StateFlag.State_Selected or is_hovered:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.text().color(), 1.5 if not is_hovered else 1))
            painter.drawRoundedRect(rect.adjusted(0.75, 0.75, -0.75, -0.75), 3, 3)
        if cell.count:
            painter.setPen(style.text_on(color))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(cell.count))
        painter.restore()
