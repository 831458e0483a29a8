"""Paints a row of the results: thumbnail and name, class, confidence, note."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fewshot_gui import style
from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.items.roles import Role
from fewshot_gui.items.thumbnail_delegate import paint_corner, paint_picture, paint_stack, stack_rect
from fewshot_gui.texts import fitted_name
from model.types import Status

ROW_HEIGHT = 44
_PADDING = 4
_DOT = 10
_BAR_WIDTH = 64
_NUMBER_WIDTH = 48  # left of the bar, where there is too little room for both, is the number alone

Index = QModelIndex | QPersistentModelIndex


class PredictionDelegate(QStyledItemDelegate):
    """One delegate for all columns; rows are `ROW_HEIGHT` high."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """The height of a row (Qt)."""
        return QSize(120, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell (Qt)."""
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.base())  # over the full tone the view has drawn
            painter.fillRect(option.rect, style.tinted(option.palette.highlight().color(), 0.25))
        rect = option.rect.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        column = index.column()
        if column == Column.IMAGE:
            rect = self._paint_stack(painter, self._paint_picture(painter, rect, option, index), option, index)
        elif column == Column.CLASS:
            rect = self._paint_dot(painter, rect, index)
        elif column == Column.CONFIDENCE and rect.width() >= _BAR_WIDTH + style.GRID + _NUMBER_WIDTH:
            rect = self._paint_bar(painter, rect, option, index)
        self._paint_text(painter, rect, option, index)
        painter.restore()

    def _paint_picture(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: Index) -> QRect:
        side = rect.height()
        picture = QRect(rect.left(), rect.top(), side, side)
        shown = paint_picture(painter, picture, option, index)
        color = index.data(Role.COLOR)
        if color:
            paint_corner(painter, shown, QColor(color), option)
        return rect.adjusted(side + style.GRID, 0, 0, 0)

    def _paint_stack(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: Index) -> QRect:
        """How many images the stack has, at the right: on a picture as small as here it would cover all of it."""
        stack = index.data(Role.STACK)
        if stack is None:
            return rect
        painter.setFont(option.font)
        paint_stack(painter, _beside(option.rect, stack[0], option.fontMetrics), stack, option)
        place = number_rect(option.rect, stack[0], option.fontMetrics)
        return QRect(rect.left(), rect.top(), place.left() - style.GRID // 2 - rect.left(), rect.height())

    def _paint_dot(self, painter: QPainter, rect: QRect, index: Index) -> QRect:
        color = index.data(Role.COLOR)
        if not color or index.data(Role.STATUS) == Status.ERROR:
            return rect
        dot = QRectF(rect.left() + 2, rect.center().y() - _DOT / 2 + 1, _DOT, _DOT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        if index.data(Role.STATUS) == Status.UNKNOWN:  # a ring: only the nearest class
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(color))
        painter.drawEllipse(dot)
        return rect.adjusted(_DOT + style.GRID, 0, 0, 0)

    def _paint_bar(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: Index) -> QRect:
        share = index.data(Role.CONFIDENCE)
        if share is None:
            return rect
        bar = QRectF(rect.left(), rect.center().y() - 2, _BAR_WIDTH, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.tinted(option.palette.text().color(), 0.12))
        painter.drawRoundedRect(bar, 3, 3)
        bar.setWidth(max(bar.width() * share, 2))
        painter.setBrush(style.tinted(option.palette.text().color(), 0.25 if index.data(Role.STALE) else 0.6))
        painter.drawRoundedRect(bar, 3, 3)
        return rect.adjusted(_BAR_WIDTH + style.GRID, 0, 0, 0)

    def _paint_text(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: Index) -> None:
        status, column = index.data(Role.STATUS), index.column()
        color = option.palette.color(QPalette.ColorRole.Text)
        if status == Status.ERROR and column == Column.STATUS:
            color = style.failure(option.palette)
        elif index.data(Role.STALE) or column == Column.STATUS or status == Status.UNKNOWN:
            color = style.muted(option.palette)
        if status == Status.UNKNOWN and column == Column.STATUS:
            color = style.warning(option.palette)
        font = option.font
        font.setItalic(bool(index.data(Role.STALE)) and column != Column.IMAGE)
        painter.setFont(font)
        painter.setPen(color)
        metrics, text = painter.fontMetrics(), index.data(Qt.ItemDataRole.DisplayRole)
        if column in (Column.IMAGE, Column.CLASS):
            text = fitted_name(text, rect.width(), metrics.horizontalAdvance)
        else:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)


def number_rect(cell: QRect, count: int, metrics: QFontMetrics) -> QRect:
    """Where the number of images in a stack is in the first column's cell; a click there spreads the stack."""
    return stack_rect(_beside(cell, count, metrics), count, metrics)


def _beside(cell: QRect, count: int, metrics: QFontMetrics) -> QRect:
    """A place such that the number of a stack, at the bottom left of it, is in the middle of the cell's right end."""
    size = stack_rect(QRect(), count, metrics).size()
    place = QRect(0, 0, size.width() + 4, size.height() + 4)
    place.moveCenter(cell.center())
    place.moveRight(cell.right() - _PADDING)
    return place
