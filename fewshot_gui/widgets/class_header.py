"""The header of a matrix by class: colour and name, upright where the names are too long for their columns."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

_STRIP = 4  # thickness of the colour
_PAD = 6
_SLACK = 3  # what rounding may take from a name
_LONGEST = 112  # a longer name is elided; its tool tip has it all
COLOR_ROLE = Qt.ItemDataRole.UserRole


class ClassHeader(QHeaderView):
    """Paints the model's header texts, with a strip in the colour of `COLOR_ROLE` beside the cells."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self._is_upright, self._thickness = False, 0
        self.setSectionsClickable(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    @property
    def is_upright(self) -> bool:
        """Whether the names run from bottom to top."""
        return self._is_upright

    def measure(self) -> None:
        """Make room for the names, after they or the sections' size changed."""
        # Not in sizeHint: Qt asks for that while rows are being inserted, when the model must not be asked.
        metrics, model = self.fontMetrics(), self.model()
        names = [model.headerData(at, self.orientation()) or "" for at in range(self.count())]
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        is_horizontal = self.orientation() == Qt.Orientation.Horizontal
        self._is_upright = is_horizontal and longest + 2 * _PAD > self.defaultSectionSize()
        lies = is_horizontal and not self._is_upright
        self._thickness = (metrics.height() if lies else min(longest, _LONGEST)) + 2 * _PAD + _SLACK + _STRIP
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the longest name, up to a limit (Qt)."""
        return QSize(self._thickness, self._thickness)

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        """One class (Qt)."""
        model, orientation = self.model(), self.orientation()
        color = model.headerData(logical_index, orientation, COLOR_ROLE)
        name = model.headerData(logical_index, orientation)
        if name is None:
            return
        painter.save()
        painter.fillRect(rect, self.palette().window())
        cell = QRectF(rect)
        if orientation == Qt.Orientation.Horizontal:
            strip = QRectF(cell.left() + 1, cell.bottom() - _STRIP, cell.width() - 2, _STRIP)
            text = cell.adjusted(_PAD, _PAD, -_PAD, -_STRIP - _PAD)
        else:
            strip = QRectF(cell.right() - _STRIP, cell.top() + 1, _STRIP, cell.height() - 2)
            text = cell.adjusted(_PAD, 0, -_STRIP - _PAD, 0)
        painter.fillRect(strip, QColor(color))
        painter.setPen(self.palette().windowText().color())
        align = Qt.AlignmentFlag.AlignRight if orientation == Qt.Orientation.Vertical else Qt.AlignmentFlag.AlignHCenter
        if self.is_upright:
            painter.translate(text.left(), text.bottom())
            painter.rotate(-90)
            # The whole width of the section: a narrow column must not cut off what is high.
            text = QRectF(0, -_PAD, text.height(), cell.width())
            align = Qt.AlignmentFlag.AlignLeft
        elided = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(text.width()))
        painter.drawText(text, align | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.restore()
