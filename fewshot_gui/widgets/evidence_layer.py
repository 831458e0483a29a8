"""What lies over a picture on a canvas: the map of a class, as the chosen style shows it, and the box of its region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from fewshot_gui.widgets.colormap import attention_image, difference_image
from model.types import MapStyle, Region

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class EvidenceLayer(QObject):
    """Keeps the map and the region, and paints them."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()  # of the map
        self._attention: npt.NDArray[np.float32] | None = None
        self._difference: npt.NDArray[np.float32] | None = None
        self._style = MapStyle.HEAT
        self._region: Region | None = None
        self._color = QColor("#ffffff")
        self._opacity = 0.55
        self._threshold = 0.0
        self._is_of_unlikeness = False

    @property
    def region(self) -> Region | None:
        """The region that is boxed, in pixels of the original; None: none."""
        return self._region

    @property
    def image(self) -> QImage:
        """The map as it is painted over the whole picture; null without one."""
        return self._image

    @property
    def threshold(self) -> float:
        """What has less evidence than so much of the peak, 0..1, is left out of the map."""
        return self._threshold

    @property
    def has_scale(self) -> bool:
        """Whether colours are shown that need a scale."""
        return not self._image.isNull() and self._style is MapStyle.HEAT

    @property
    def is_of_unlikeness(self) -> bool:
        """Whether the map shows what is most unlike a single bin, instead of evidence for a class."""
        return self._is_of_unlikeness

    def show(
        self,
        attention: npt.NDArray[np.float32],
        region: Region | None,
        color: QColor,
        difference: npt.NDArray[np.float32] | None = None,
        *,
        is_of_unlikeness: bool = False,
    ) -> None:
        """Lay `attention` (h, w; 0..1) over the whole picture and box `region` in `color`, as the style says.

        `difference`, of the evidence for two classes (h, w), is laid over it in the style that shows one.
        `is_of_unlikeness`: `attention` is how unlike a single bin each part is.
        """
        self._is_of_unlikeness = is_of_unlikeness
        self._attention, self._region, self._color, self._difference = attention, region, color, difference
        self._make_image()

    def show_region(self, region: Region | None, color: QColor) -> None:
        """Box `region` in `color`, without a map."""
        self._attention, self._region, self._color, self._difference = None, region, color, None
        self._image = QImage()
        self.changed.emit()

    def clear(self) -> None:
        """Lay nothing over the picture."""
        self._image, self._attention, self._region, self._difference = QImage(), None, None, None
        self.changed.emit()

    def set_map_style(self, map_style: MapStyle) -> None:
        """How map and region are shown."""
        if map_style is not self._style:
            self._style = map_style
            self._make_image()

    def set_threshold(self, threshold: float) -> None:
        """Leave out of the map what has less evidence than so much of its peak, 0..1."""
        if threshold != self._threshold:
            self._threshold = threshold
            self._make_image()

    def set_opacity(self, opacity: float) -> None:
        """How strongly the map covers the picture, 0..1; the box stays."""
        self._opacity = opacity
        self.changed.emit()

    def paint_map(self, painter: QPainter, whole: QRectF) -> None:
        """Paint the map over the whole picture, if there is one."""
        if self._image.isNull():
            return
        from model.regions.overlay import layer_opacity  # here: the window starts without numpy

        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(layer_opacity(self._style, self._opacity))
        painter.drawImage(whole, self._image, QRectF(self._image.rect()))
        painter.setOpacity(1.0)

    def box(self) -> QRectF | None:
        """The box to be painted, in pixels of the original; None where the style shows none, or there is none."""
        region = self._region if self._style.has_box else None
        return None if region is None else QRectF(region.x, region.y, region.width, region.height)

    def paint_box(self, painter: QPainter, box: QRectF, width: float) -> None:
        """Paint a box, a dark line under the coloured one, so that it is seen on any picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, thickness in ((QColor(0, 0, 0, 170), 4.0), (self._color, 2.0)):
            pen = QPen(color, thickness * width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(box)

    def _make_image(self) -> None:
        attention = self._attention if self._style.has_map else None
        self._image = QImage() if attention is None else attention_image(attention, self._style, self._threshold)
        if self._style is MapStyle.DIFFERENCE and self._difference is not None:
            self._image = difference_image(self._difference)
        self.changed.emit()
