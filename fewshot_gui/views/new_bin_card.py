"""The last card of the board: makes a new bin."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fewshot_gui import style
from fewshot_gui.icons import draw_icon

_ICON_SIDE = 28


class NewBinCard(QAbstractButton):
    """A dashed outline where the next bin would be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("newBinCard")
        self.setText(self.tr("New bin"))
        self.setToolTip(self.tr("Add a bin (Ctrl+B), or drop a folder here: its sub-folders become bins"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """Icon and text; the board makes it as large as a card (Qt)."""
        return QSize(12 * style.GRID, 10 * style.GRID)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dashed outline, icon, text (Qt)."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        is_lit = self.underMouse() or self.hasFocus()
        color = palette.highlight().color() if is_lit else style.muted(palette)
        painter.setPen(QPen(color if is_lit else style.border(palette), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(style.tinted(color, 0.06) if is_lit else Qt.BrushStyle.NoBrush)
        outline = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(outline, style.CORNER, style.CORNER)
        icon = QRectF(0, 0, _ICON_SIDE, _ICON_SIDE)
        icon.moveCenter(outline.center())
        icon.translate(0, -style.GRID * 1.5)
        draw_icon(painter, "bin-add", color, icon)
        painter.setPen(color)
        text = QRectF(outline.left(), icon.bottom() + 4, outline.width(), painter.fontMetrics().height() + 2)
        painter.drawText(text, int(Qt.AlignmentFlag.AlignCenter), self.text())
