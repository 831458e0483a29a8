"""One row per class: colour, name, bar and percent; the current row is the class whose map is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.texts import fitted_name

_ROW_HEIGHT = 32
_MAX_ROWS_SHOWN = 8
_ROW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class ScoreRow:
    """The score (0..1) of one class."""

    bin_id: str
    name: str
    color: str
    score: float
    text: str  # the score as it is written everywhere
    key: str = ""  # the key that stands for the class, shown in front


class ScoreBars(QListWidget):
    """The scores of one image, highest first; choosing a row asks for that class's map."""

    class_chosen = Signal(str)  # bin id, chosen by the user

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scoreBars")
        self.setAccessibleName(self.tr("Scores by class; choose a class to see its attention"))
        self.setItemDelegate(_ScoreDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.currentItemChanged.connect(self._on_current_changed)

    def set_rows(self, rows: Sequence[ScoreRow], chosen: str | None = None, *, by_score: bool = True) -> None:
        """Show `rows` with the class `chosen` current.

        `by_score`: highest first, and the first is current where `chosen` is None; else as they come.
        """
        with QSignalBlocker(self):
            self.clear()
            for row in sorted(rows, key=lambda each: -each.score) if by_score else rows:
                item = QListWidgetItem(f"{row.name} {row.text}", self)
                item.setData(_ROW, row)
                item.setToolTip(self.tr("Show where ‘{name}’ looks").format(name=row.name))
                if row.bin_id == chosen:
                    self.setCurrentItem(item)
            if by_score and self.currentItem() is None and self.count():
                self.setCurrentRow(0)
        self.updateGeometry()

    def row_of(self, item: QListWidgetItem) -> ScoreRow:
        """Return what an item shows."""
        row: ScoreRow = item.data(_ROW)
        return row

    def show_only(self, bin_ids: Sequence[str] | None) -> None:
        """Show the rows of these classes, the first of them current; None: all rows."""
        with QSignalBlocker(self):
            for at in range(self.count()):
                item = self.item(at)
                item.setHidden(bin_ids is not None and self.row_of(item).bin_id not in bin_ids)
                if bin_ids and self.row_of(item).bin_id == bin_ids[0]:
                    self.setCurrentItem(item)

    def chosen_bin(self) -> str | None:
        """The class whose map is to be shown."""
        item = self.currentItem()
        row: ScoreRow | None = None if item is None else item.data(_ROW)
        return None if row is None else row.bin_id

    def sizeHint(self) -> QSize:
        """As high as its rows, up to a limit (Qt)."""
        return QSize(200, min(max(self.count(), 1), _MAX_ROWS_SHOWN) * _ROW_HEIGHT + 4)

    def minimumSizeHint(self) -> QSize:
        """Two rows (Qt)."""
        return QSize(120, min(self.sizeHint().height(), 2 * _ROW_HEIGHT + 4))

    def _on_current_changed(self, current: QListWidgetItem | None) -> None:
        if current is not None:
            self.class_chosen.emit(current.data(_ROW).bin_id)


class _ScoreDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, _ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: ScoreRow = index.data(_ROW)
        palette, rect = option.palette, QRectF(option.rect).adjusted(2, 1, -2, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(palette.highlight().color())
            painter.setBrush(style.tinted(palette.highlight().color(), 0.16))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(style.tinted(palette.text().color(), 0.06))
            painter.drawRoundedRect(rect, 5, 5)
        inner = rect.adjusted(8, 2, -8, -2)
        if row.key:
            badge = QRectF(inner.left(), inner.top() + 3, 18, inner.height() - 8)
            painter.setPen(style.border(palette))
            painter.setBrush(palette.window())
            painter.drawRoundedRect(badge, 4, 4)
            painter.setPen(palette.text().color())
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, row.key)
            inner.setLeft(badge.right() + 8)
        number = row.text
        number_width = option.fontMetrics.horizontalAdvance("100.0 %")
        text = inner.adjusted(0, 0, 0, -8)
        painter.setPen(palette.text().color())
        metrics = option.fontMetrics
        name = fitted_name(row.name, int(text.width()) - number_width - 8, metrics.horizontalAdvance)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number)
        bar = QRectF(inner.left(), inner.bottom() - 6, inner.width(), 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.tinted(palette.text().color(), 0.12))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        bar.setWidth(max(bar.width() * min(max(row.score, 0.0), 1.0), 2.0))
        painter.setBrush(QColor(row.color))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        painter.restore()
