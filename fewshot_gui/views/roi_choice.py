"""The choice of a region of interest: drawn on an example picture, or typed in percent."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.covers import covers
from model.images.roi import LEAST, Roi

_HEIGHT = 150  # pixels of the picture
_MIDDLE = Roi(0.25, 0.25, 0.5, 0.5)  # to begin with


class RoiChoice(QWidget):
    """A switch (`switch`, to be placed by the owner), a picture to draw on, and four numbers."""

    def __init__(self, roi: Roi | None, picture: QImage | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.switch = QCheckBox(self.tr("Look only at a &part of every image"))
        self.switch.setToolTip(
            self.tr("In this project; what lies outside has no say. A classifier keeps the part it was trained with")
        )
        self.picture = _Picture(picture)
        self.boxes = tuple(QDoubleSpinBox() for _ in range(4))
        names = (self.tr("Left"), self.tr("Top"), self.tr("Width"), self.tr("Height"))
        numbers = QHBoxLayout()
        for box, name in zip(self.boxes, names, strict=True):
            box.setRange(100 * LEAST if box in self.boxes[2:] else 0.0, 100.0)
            box.setDecimals(2)
            box.setSuffix(" %")
            box.setAccessibleName(name)
            box.valueChanged.connect(self._on_typed)
            label = QLabel(name)
            label.setBuddy(box)
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(label)
            column.addWidget(box)
            numbers.addLayout(column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.picture)
        layout.addLayout(numbers)
        self._show_numbers(roi or _MIDDLE)
        self.switch.setChecked(roi is not None)
        self.setVisible(roi is not None)
        self.switch.toggled.connect(self.setVisible)
        self.picture.drawn.connect(self._on_drawn)

    def roi(self) -> Roi | None:
        """What is chosen; None: the whole image."""
        return self._numbers() if self.switch.isChecked() else None

    def _numbers(self) -> Roi:
        left, top, width, height = (box.value() / 100 for box in self.boxes)
        left, top = min(left, 1 - LEAST), min(top, 1 - LEAST)
        return Roi(left, top, min(width, 1 - left), min(height, 1 - top))

    def _show_numbers(self, roi: Roi) -> None:
        for box, value in zip(self.boxes, (roi.x, roi.y, roi.width, roi.height), strict=True):
            box.blockSignals(True)
            box.setValue(100 * value)
            box.blockSignals(False)
        self.picture.show_part(QRectF(roi.x, roi.y, roi.width, roi.height))

    @Slot()
    def _on_typed(self) -> None:
        roi = self._numbers()
        self.picture.show_part(QRectF(roi.x, roi.y, roi.width, roi.height))

    @Slot(QRectF)
    def _on_drawn(self, part: QRectF) -> None:
        width, height = max(part.width(), LEAST), max(part.height(), LEAST)
        self._show_numbers(Roi(min(part.x(), 1 - width), min(part.y(), 1 - height), width, height))


class _Picture(QWidget):
    """An example, darkened outside the part; dragging draws another part."""

    drawn = Signal(QRectF)  # in shares of the picture

    def __init__(self, picture: QImage | None) -> None:
        super().__init__()
        self.setObjectName("roiPicture")
        self.setFixedHeight(_HEIGHT)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setToolTip(self.tr("Drag to draw the part that is looked at"))
        self._picture = QImage() if picture is None else picture
        self._part = QRectF(0, 0, 1, 1)
        self._from: tuple[float, float] | None = None
        covers.changed.connect(self.update)

    def show_part(self, part: QRectF) -> None:
        """Show this part as chosen."""
        self._part = part
        self.update()

    def frame(self) -> QRectF:
        """Where the picture is."""
        size = self._picture.size()
        ratio = size.width() / size.height() if not size.isEmpty() else 4 / 3
        width, height = min(self.width(), _HEIGHT * ratio), min(_HEIGHT, self.width() / ratio)
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Picture, shade, part (Qt)."""
        painter, frame = QPainter(self), self.frame()
        if self._picture.isNull():
            painter.fillRect(frame, style.canvas(self.palette()))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            shown = covers.shown(self._picture, pointed_at=self.underMouse())
            painter.drawImage(frame, shown, QRectF(shown.rect()))
        part = QRectF(
            frame.x() + self._part.x() * frame.width(),
            frame.y() + self._part.y() * frame.height(),
            self._part.width() * frame.width(),
            self._part.height() * frame.height(),
        )
        shade = QPainterPath()
        shade.addRect(frame)
        shade.addRect(part)  # odd-even: the part is a hole
        painter.fillPath(shade, QColor(128, 128, 128, 150))
        for color, width in ((QColor(255, 255, 255), 4), (self.palette().highlight().color(), 2)):
            painter.setPen(QPen(color, width))
            painter.drawRect(part)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to draw (Qt)."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = self._place(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw (Qt)."""
        if self._from is not None:
            (x0, y0), (x1, y1) = self._from, self._place(event)
            part = QRectF(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))
            if max(part.width(), part.height()) >= LEAST:
                self.drawn.emit(part)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End to draw (Qt)."""
        self._from = None

    def _place(self, event: QMouseEvent) -> tuple[float, float]:
        frame, at = self.frame(), event.position()
        x, y = (at.x() - frame.x()) / frame.width(), (at.y() - frame.y()) / frame.height()
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
