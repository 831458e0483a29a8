"""A histogram with two handles that choose which values become black and white."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fewshot_gui import style

_HEIGHT = 44
_GRIP = 8.0  # logical pixels from a handle within which it is taken
_STEP = 100  # key presses from one end to the other


class WindowHistogram(QWidget):
    """Bars as high as the root of the counts, so that few are seen beside many.

    With the keyboard: left and right move the handle that was used last, up and down take the other one.
    """

    ends_chosen = Signal(float, float)  # the values of black and white

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("windowHistogram")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName(self.tr("Histogram of the greys, with the values of black and white"))
        self.setToolTip(self.tr("Drag the lines to choose which values are black and white"))
        self._counts: tuple[int, ...] = ()
        self._range = (0.0, 1.0)
        self._ends = [0.0, 1.0]
        self._handle = 0
        self._is_held = False

    def sizeHint(self) -> QSize:
        """As wide as there is room (Qt)."""
        return QSize(160, _HEIGHT)

    @property
    def ends(self) -> tuple[float, float]:
        """The values of black and white."""
        return self._ends[0], self._ends[1]

    def set_counts(self, counts: Sequence[int], low: float, high: float) -> None:
        """Show how many values lie in equal parts of a range."""
        self._counts, self._range = tuple(counts), (low, high)
        self.update()

    def set_ends(self, low: float, high: float) -> None:
        """Show which values are black and white, without telling."""
        self._ends = [low, high]
        self.update()

    def place_of(self, value: float) -> float:
        """Where on the widget a value is, in logical pixels from the left; within the widget."""
        low, high = self._range
        share = (value - low) / (high - low) if high > low else 0.0
        return 1 + min(max(share, 0.0), 1.0) * (self.width() - 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bars, what is left out, handles (Qt)."""
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.base())
        top = sqrt(max(self._counts, default=0)) or 1.0
        wide = self.width() / max(len(self._counts), 1)
        for at, count in enumerate(self._counts):
            tall = (self.height() - 2) * sqrt(count) / top
            painter.fillRect(QRectF(at * wide, self.height() - tall, wide + 0.5, tall), style.muted(palette))
        black, white = (self.place_of(end) for end in self._ends)
        outside = style.tinted(palette.window().color(), 0.72)
        painter.fillRect(QRectF(0, 0, black, self.height()), outside)
        painter.fillRect(QRectF(white, 0, self.width() - white, self.height()), outside)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for handle, place in enumerate((black, white)):
            is_chosen = self.hasFocus() and handle == self._handle
            painter.setPen(QPen(palette.highlight().color(), 3.0 if is_chosen else 2.0))
            painter.drawLine(QPointF(place, 0), QPointF(place, self.height()))
        painter.setPen(style.border(palette))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the nearest handle (Qt)."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        ways = [abs(x - self.place_of(end)) for end in self._ends]
        together = abs(ways[0] - ways[1]) < 1e-6
        self._handle = (0 if x < self.place_of(self._ends[0]) else 1) if together else ways.index(min(ways))
        self._is_held = True
        if ways[self._handle] > _GRIP:
            self._move_to(x)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the handle (Qt)."""
        if self._is_held:
            self._move_to(event.position().x())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go of the handle (Qt)."""
        self._is_held = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move or change the handle (Qt)."""
        low, high = self._range
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in steps:
            self._choose(self._ends[self._handle] + steps[key] * (high - low) / _STEP)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._handle = 1 - self._handle
            self.update()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which handle keys move (Qt)."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys move none any more (Qt)."""
        super().focusOutEvent(event)
        self.update()

    def _move_to(self, x: float) -> None:
        low, high = self._range
        self._choose(low + (x - 1) / max(self.width() - 2, 1) * (high - low))

    def _choose(self, value: float) -> None:
        """Move the handle to a value, as far as the other one."""
        least = (self._range[1] - self._range[0]) / 1000
        other = self._ends[1 - self._handle]
        value = min(value, other - least) if self._handle == 0 else max(value, other + least)
        self._ends[self._handle] = value
        self.update()
        self.ends_chosen.emit(self._ends[0], self._ends[1])
