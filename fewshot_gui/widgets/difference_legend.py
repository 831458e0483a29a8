"""The legend of a difference of two classes: which colour stands for more of which."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fewshot_gui import style
from fewshot_gui.texts import fitted_name
from model.types import MapStyle

_BAR = 6  # pixels


class DifferenceLegend(QWidget):
    """A bar from one colour to the other, with the two classes' names above it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("differenceLegend")
        self._first, self._second = "", ""
        self._style = MapStyle.HEAT
        self.hide()

    def set_classes(self, first: str, second: str) -> None:
        """Name the classes; empty names: there is no difference to be shown."""
        self._first, self._second = first, second
        text = self.tr("Blue: more for {first}. Orange: more for {second}.").format(first=first, second=second)
        self.setAccessibleName(text if first else "")
        self.setToolTip(text if first else "")
        self._show()

    def set_map_style(self, map_style: MapStyle) -> None:
        """It is seen with the difference only."""
        self._style = map_style
        self._show()

    @property
    def classes(self) -> tuple[str, str]:
        """The names of the two classes."""
        return self._first, self._second

    def sizeHint(self) -> QSize:
        """A line and the bar (Qt)."""
        return QSize(200, self.fontMetrics().height() + _BAR + 6)

    def minimumSizeHint(self) -> QSize:
        """As high, and narrow (Qt)."""
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Names and bar (Qt)."""
        from model.regions.overlay import FIRST_COLOR, SECOND_COLOR  # here: the window starts without numpy

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, metrics = self.width(), self.fontMetrics()
        half = width // 2 - style.GRID // 2
        more = self.tr("more for {name}")
        room = half - metrics.horizontalAdvance(more.format(name=""))
        painter.setPen(self.palette().windowText().color())
        for name, left, align in (
            (self._first, 0, Qt.AlignmentFlag.AlignLeft),
            (self._second, width - half, Qt.AlignmentFlag.AlignRight),
        ):
            text = more.format(name=fitted_name(name, room, metrics.horizontalAdvance))
            painter.drawText(QRectF(left, 0, half, metrics.height()), align, text)
        gradient = QLinearGradient(0, 0, width, 0)
        first, second = QColor(*FIRST_COLOR), QColor(*SECOND_COLOR)
        for at, color in ((0.0, first), (0.5, style.tinted(first, 0.0)), (0.5001, style.tinted(second, 0.0))):
            gradient.setColorAt(at, color)
        gradient.setColorAt(1.0, second)
        painter.setPen(style.border(self.palette()))
        painter.setBrush(gradient)
        bar = QRectF(0.5, metrics.height() + 2.5, width - 1, _BAR)
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)

    def _show(self) -> None:
        self.setVisible(self._style is MapStyle.DIFFERENCE and bool(self._first))
        self.update()
