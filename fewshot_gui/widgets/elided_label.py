"""A line of text that is elided instead of widening its layout."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from fewshot_gui.texts import fitted_name


class ElidedLabel(QLabel):
    """Elides in the middle where it does not fit, but for a number at the end; the whole text is the tool tip."""

    clicked = Signal()  # only where `set_clickable` was asked for

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._is_clickable = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str, details: str = "") -> None:
        """Show `text`; the tool tip goes on with `details`."""
        self.setText(text)
        self.setToolTip(f"{text}\n\n{details}" if details else text)

    def set_clickable(self, clickable: bool) -> None:
        """Whether the text is there to be clicked, as the cursor then shows."""
        self._is_clickable = clickable
        self.setCursor(Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click, where it ends on the label (Qt)."""
        super().mouseReleaseEvent(event)
        is_left = event.button() == Qt.MouseButton.LeftButton
        if self._is_clickable and is_left and self.text() and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The text as far as it fits (Qt)."""
        painter = QPainter(self)
        rect = self.contentsRect()
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = fitted_name(self.text(), rect.width(), self.fontMetrics().horizontalAdvance)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
