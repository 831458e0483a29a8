"""Paints an example in the gallery of its bin: as a thumbnail, with its weight and what is to be known in words."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from fewshot_gui import style
from fewshot_gui.items.roles import Role, Verdict
from fewshot_gui.items.thumbnail_delegate import ThumbnailDelegate
from fewshot_gui.translation import tr

_LINES = 3  # of text: the weight, and two for the reason


class ExampleTileDelegate(ThumbnailDelegate):
    """Three lines of text in place of the file's name."""

    def __init__(self, side: int) -> None:
        super().__init__(side, show_names=True)

    def cell_size(self, line_height: int) -> QSize:
        """The least size of every cell, given the height of a line of text."""
        return super().cell_size(line_height) + QSize(0, (_LINES - 1) * line_height + 2)

    def _paint_name(
        self,
        painter: QPainter,
        picture: QRect,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        weight, note = index.data(Role.WEIGHT), index.data(Role.NOTE)
        line = QRect(picture.left(), picture.bottom() + 5, picture.width(), option.fontMetrics.height())
        if weight is not None:
            painter.setPen(option.palette.text().color())
            text = tr("Weight {weight}").format(weight=f"{weight:.2f}")
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        color = option.palette.text().color() if is_selected else style.muted(option.palette)
        is_doubtful = index.data(Role.VERDICT) is Verdict.DISAGREES or index.data(Role.SHARED)
        if is_doubtful and not is_selected:
            color = style.warning(option.palette)
        painter.setPen(color)
        rest = QRect(line.left(), line.bottom() + 1, line.width(), (_LINES - 1) * line.height())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(rest, int(flags), note)
