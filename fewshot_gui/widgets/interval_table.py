"""A row for each class: its name, and shares as bars with whiskers for their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from fewshot_gui import style

_ROW_HEIGHT = 28
_BAR = 10
_CAP = 3.0  # half the height of a whisker's ends
_SWATCH = 10
_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Measure:
    """A share 0..1 (None: nothing to tell) between `low` and `high`; `text` stands beside it, `tip` explains."""

    value: float | None
    low: float
    high: float
    text: str
    tip: str


@dataclass(frozen=True)
class IntervalRow:
    """The shares of one class, in the order of the columns."""

    name: str
    color: str
    measures: tuple[Measure, ...]


class IntervalTable(QTableWidget):
    """Compares classes by some shares; read only."""

    def __init__(self, titles: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`titles` are the columns' names and their tool tips, beginning with the one of the names."""
        super().__init__(0, len(titles), parent)
        for column, (title, tip) in enumerate(titles):
            item = QTableWidgetItem(title)
            item.setToolTip(tip)
            item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self.setHorizontalHeaderItem(column, item)
        self.setObjectName("intervalTable")
        self.setItemDelegate(_IntervalDelegate(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.viewport().setAutoFillBackground(False)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def set_rows(self, rows: Sequence[IntervalRow]) -> None:
        """Show `rows`, in their order."""
        self.setRowCount(len(rows))
        for at, row in enumerate(rows):
            name = QTableWidgetItem(row.name)
            name.setToolTip(row.name)
            name.setData(_ROLE, row.color)
            self.setItem(at, 0, name)
            for column, measure in enumerate(row.measures, 1):
                item = QTableWidgetItem()
                item.setData(_ROLE, (row.color, measure))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, measure.tip)
                item.setToolTip(measure.tip)
                self.setItem(at, column, item)


def bar_area(cell: QRectF, metrics: QFontMetrics) -> QRectF:
    """Where in a cell 0 % to 100 % lie; to its right there is room for the number."""
    area = cell.adjusted(8, 0, -metrics.horizontalAdvance("100 %  ") - 6, 0)
    area.setTop(cell.center().y() - _BAR / 2)
    area.setHeight(_BAR)
    return area


def x_of(share: float, area: QRectF) -> float:
    """Where a share 0..1 lies in `area`."""
    return area.left() + min(max(share, 0.0), 1.0) * area.width()


class _IntervalDelegate(QStyledItemDelegate):
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        data = index.data(_ROLE)
        if index.column() == 0:
            self._paint_name(painter, option, index.data(), QColor(data))
        elif data is not None:
            self._paint_measure(painter, option, QColor(data[0]), data[1])
        painter.restore()

    def _paint_name(self, painter: QPainter, option: QStyleOptionViewItem, name: str, color: QColor) -> None:
        rect = QRectF(option.rect).adjusted(8, 0, -4, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(rect.left(), rect.center().y() - _SWATCH / 2, _SWATCH, _SWATCH), 3, 3)
        text = rect.adjusted(_SWATCH + 6, 0, 0, 0)
        painter.setPen(option.palette.text().color())
        elided = option.fontMetrics.elidedText(name, Qt.TextElideMode.ElideRight, int(text.width()))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, elided)

    def _paint_measure(self, painter: QPainter, option: QStyleOptionViewItem, color: QColor, measure: Measure) -> None:
        cell, ink = QRectF(option.rect), option.palette.text().color()
        area = bar_area(cell, option.fontMetrics)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.tinted(ink, 0.1))
        painter.drawRoundedRect(area, 2.5, 2.5)
        if measure.value is not None:
            painter.setBrush(style.tinted(color, 0.85))
            filled = QRectF(area)
            filled.setRight(max(x_of(measure.value, area), area.left() + 2))
            painter.drawRoundedRect(filled, 2.5, 2.5)
            painter.setPen(QPen(ink, 1.5))
            left, right, middle = x_of(measure.low, area), x_of(measure.high, area), area.center().y()
            painter.drawLine(QPointF(left, middle), QPointF(right, middle))
            for x in (left, right):
                painter.drawLine(QPointF(x, middle - _CAP), QPointF(x, middle + _CAP))
        painter.setPen(ink if measure.value is not None else style.muted(option.palette))
        number = QRectF(area.right(), cell.top(), cell.right() - area.right() - 6, cell.height())
        painter.drawText(number, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, measure.text)
