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
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        is_lit = self.isEnabled() and (self.underMouse() or self.hasFocus())
        color = palette.highlight().color() if is_lit else style.muted(palette)
        painter.setPen(QPen(color if is_lit else style.border(palette), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(style.tinted(color, 0.06) if is_lit else Qt.BrushStyle.NoBrush)
        outline = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(outline, style.CORNER, style.CORNER)
        metrics = painter.fontMetrics()
        line = metrics.height() + 2
        if self.height() < _ICON_SIDE + line + 2 * style.GRID:  # a strip: icon and text side by side
            icon = QRectF(0, 0, line, line)
            icon.moveCenter(outline.center())
            icon.translate(-(metrics.horizontalAdvance(self.text()) + style.GRID) / 2, 0)
            text = QRectF(icon.right() + style.GRID, outline.top(), outline.width(), outline.height())
            alignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        else:
            icon = QRectF(0, 0, _ICON_SIDE, _ICON_SIDE)
            icon.moveCenter(outline.center())
            icon.translate(0, -style.GRID * 1.5)
            text = QRectF(outline.left(), icon.bottom() + 4, outline.width(), line)
            alignment = Qt.AlignmentFlag.AlignCenter
        draw_icon(painter, "bin-add", color, icon)
        painter.setPen(color)
        painter.drawText(text, int(alignment), self.text())
