"""A small chart of accuracy against examples a class, with what more examples would probably bring."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fewshot_gui import style

_DOT = 3.5
_STEPS = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5)  # between lines of the grid

Point = tuple[float, float]
"""Examples a class, and accuracy 0..1."""


class CurveChart(QWidget):
    """What was measured is solid; the way from `now` to `expected` is dashed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curveChart")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._measured: tuple[Point, ...] = ()
        self._expected: Point | None = None
        self._lowest, self._step = 0.0, 0.25

    def set_curve(self, measured: Sequence[Point], expected: Point | None) -> None:
        """Show points in the order of their examples; the last one is how it is now."""
        self._measured = tuple(point for point in measured if all(map(math.isfinite, point)))
        self._expected = expected
        least = min((accuracy for _, accuracy in self._points()), default=0.0)
        # About four lines: the points fill the height, and the top is always all right.
        self._step = next((step for step in _STEPS if (1 - least) / step <= 4), _STEPS[-1])
        self._lowest = max(0.0, 1 - self._step * max(1, math.ceil((1 - least) / self._step + 1e-9)))
        self.update()

    def position(self, point: Point) -> QPointF:
        """Where a point lies, in this widget's pixels."""
        plot, most = self._plot(), max((examples for examples, _ in self._points()), default=1.0)
        return QPointF(
            plot.left() + point[0] / most * plot.width(),
            plot.bottom() - (point[1] - self._lowest) / (1 - self._lowest) * plot.height(),
        )

    def sizeHint(self) -> QSize:
        """Small (Qt)."""
        return QSize(320, 170)

    def minimumSizeHint(self) -> QSize:
        """Still readable (Qt)."""
        return QSize(200, 110)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grid, curve, dots and their numbers (Qt)."""
        if not self._measured:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_grid(painter)
        line = self.palette().color(QPalette.ColorRole.Accent)
        dots = [self.position(point) for point in self._measured]
        painter.setPen(QPen(line, 2))
        painter.drawPolyline(QPolygonF(dots))
        if self._expected is not None:
            then = self.position(self._expected)
            painter.setPen(QPen(line, 2, Qt.PenStyle.DashLine))
            painter.drawLine(dots[-1], then)
            painter.setPen(QPen(line, 2))
            painter.setBrush(self.palette().base())
            painter.drawEllipse(then, _DOT, _DOT)
            self._paint_number(painter, self._expected)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(line)
        for dot in dots:
            painter.drawEllipse(dot, _DOT, _DOT)
        self._paint_number(painter, self._measured[-1])

    def _points(self) -> tuple[Point, ...]:
        return self._measured if self._expected is None else (*self._measured, self._expected)

    def _plot(self) -> QRectF:
        metrics = self.fontMetrics()
        left, line = metrics.horizontalAdvance("100 %") + 2 * style.GRID, metrics.height()
        return QRectF(self.rect()).adjusted(left, line + style.GRID, -3 * style.GRID, -2 * line - style.GRID)

    def _paint_grid(self, painter: QPainter) -> None:
        plot, metrics, palette = self._plot(), self.fontMetrics(), self.palette()
        height = metrics.height()
        for at in range(round((1 - self._lowest) / self._step) + 1):
            share = self._lowest + at * self._step
            y = self.position((0, share)).y()
            painter.setPen(QPen(style.border(palette), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(style.muted(palette))
            label = QRectF(0, y - height / 2, plot.left() - style.GRID, height)
            painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{100 * share:.0f} %")
        painter.setPen(style.muted(palette))
        for examples, _ in (*self._measured[-1:], *([self._expected] if self._expected else ())):
            at_x = self.position((examples, self._lowest)).x()
            label = QRectF(at_x - 30, plot.bottom() + 2, 60, height)
            painter.drawText(label, Qt.AlignmentFlag.AlignHCenter, f"{examples:g}")
        title = QRectF(plot.left(), plot.bottom() + height, plot.width(), height + 4)
        painter.drawText(title, Qt.AlignmentFlag.AlignCenter, self.tr("examples a class"))

    def _paint_number(self, painter: QPainter, point: Point) -> None:
        at, height = self.position(point), self.fontMetrics().height()
        painter.setPen(self.palette().text().color())
        label = QRectF(at.x() - 30, at.y() - height - 2 * _DOT, 60, height)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, f"{100 * point[1]:.0f} %")
