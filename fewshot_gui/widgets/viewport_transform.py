"""Zoom, pan and turns of an image on a canvas, without any painting."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QTransform

MIN_SCALE = 0.02
MAX_SCALE = 64.0


class Part(NamedTuple):
    """What is seen of an image of any size: its middle, 0..1 of width and height, and the zoom; 1: all is fitted."""

    x: float
    y: float
    zoom: float
    is_fitted: bool = False


class ViewportTransform:
    """Maps image pixels to widget coordinates (logical pixels) and back.

    The image may be mirrored, left to right, and then turned by quarters, clockwise.
    `scale` is logical pixels per image pixel. While it fits (`is_fitted`), the image follows the
    size of the widget; zooming or panning ends that until `fit` is called again.
    """

    def __init__(self) -> None:
        self._image = QSizeF()
        self._widget = QSizeF()
        self._quarters, self._mirrored = 0, False
        self._center = QPointF()  # the point of the turned image in the middle of the widget
        self._fitted = True
        self.scale = 1.0

    @property
    def is_fitted(self) -> bool:
        """Whether the whole image is kept in view."""
        return self._fitted

    def image_size(self) -> QSizeF:
        """Pixels of the image."""
        return QSizeF(self._image)

    def set_image_size(self, size: QSizeF) -> None:
        """Show an image of `size` pixels, fitted."""
        self._image = QSizeF(size)
        self.fit()

    @property
    def is_turned(self) -> bool:
        """Whether the image is not shown as it is."""
        return self._mirrored or self._quarters != 0

    def turn(self, quarters: int) -> None:
        """Turn what is seen by quarters, clockwise, about what is in the middle."""
        self._set_turn(self._quarters + quarters, self._mirrored)

    def mirror(self) -> None:
        """Exchange left and right of what is seen."""
        self._set_turn(-self._quarters, not self._mirrored)

    def unturn(self) -> None:
        """Show the image as it is."""
        self._set_turn(0, False)

    def turned_size(self) -> QSizeF:
        """Pixels of the image as it is turned."""
        return self._image.transposed() if self._quarters % 2 else QSizeF(self._image)

    def turning(self) -> QTransform:
        """From image pixels to those of the turned image."""
        turned = QTransform()
        if self._mirrored:
            turned *= QTransform(-1, 0, 0, 1, self._image.width(), 0)
        width, height = self._image.width(), self._image.height()
        for _ in range(self._quarters):
            turned *= QTransform(0, 1, -1, 0, height, 0)
            width, height = height, width
        return turned

    def transform(self) -> QTransform:
        """From image pixels to widget coordinates."""
        middle = self._middle() - self._center * self.scale
        return self.turning() * QTransform(self.scale, 0, 0, self.scale, middle.x(), middle.y())

    def _set_turn(self, quarters: int, mirrored: bool) -> None:
        seen = self.to_image(self._middle())
        self._quarters, self._mirrored = quarters % 4, mirrored
        self._center = self.turning().map(seen)
        if self._fitted:
            self.fit()
        else:
            self._keep_in_view()

    def set_widget_size(self, size: QSizeF) -> None:
        """The widget now has `size` logical pixels."""
        self._widget = QSizeF(size)
        if self._fitted:
            self.fit()
        else:
            self._keep_in_view()

    def fit(self) -> None:
        """Show the whole image, centred; small images grow to fill the widget."""
        self._fitted = True
        size = self.turned_size()
        self._center = QPointF(size.width() / 2, size.height() / 2)
        self.scale = self._fitting_scale()

    def part(self) -> Part:
        """What is seen, for another image to show the same."""
        size = self.turned_size()
        if size.isEmpty():
            return Part(0.5, 0.5, 1.0, True)
        x, y = self._center.x() / size.width(), self._center.y() / size.height()
        return Part(x, y, self.scale / self._fitting_scale(), self._fitted)

    def show_part(self, part: Part) -> None:
        """Show what is seen of another image."""
        size = self.turned_size()
        if part.is_fitted or size.isEmpty():
            self.fit()
            return
        self._fitted = False
        self.scale = min(max(part.zoom * self._fitting_scale(), MIN_SCALE), MAX_SCALE)
        self._center = QPointF(part.x * size.width(), part.y * size.height())
        self._keep_in_view()

    def _fitting_scale(self) -> float:
        size = self.turned_size()
        if size.isEmpty() or self._widget.isEmpty():
            return 1.0
        scale = min(self._widget.width() / size.width(), self._widget.height() / size.height())
        return min(max(scale, MIN_SCALE), MAX_SCALE)

    def zoom_about(self, anchor: QPointF, factor: float) -> None:
        """Zoom by `factor` so that the image point under `anchor` (widget) stays there."""
        self.set_scale(self.scale * factor, anchor)

    def set_scale(self, scale: float, anchor: QPointF | None = None) -> None:
        """Zoom to `scale` about `anchor` (widget; default: its middle)."""
        anchor = self._middle() if anchor is None else anchor
        fixed = self._center + (anchor - self._middle()) / self.scale
        self._fitted = False
        self.scale = min(max(scale, MIN_SCALE), MAX_SCALE)
        self._center = fixed - (anchor - self._middle()) / self.scale
        self._keep_in_view()

    def pan(self, delta: QPointF) -> None:
        """Move the image by `delta` logical pixels."""
        self._fitted = False
        self._center -= delta / self.scale
        self._keep_in_view()

    def to_image(self, point: QPointF) -> QPointF:
        """Widget coordinates -> image pixels."""
        at = self._center + (point - self._middle()) / self.scale
        return self.turning().inverted()[0].map(at) if self.is_turned else at

    def to_widget(self, point: QPointF) -> QPointF:
        """Image pixels -> widget coordinates."""
        at = self.turning().map(point) if self.is_turned else point
        return self._middle() + (at - self._center) * self.scale

    def rect_to_widget(self, rect: QRectF) -> QRectF:
        """A rectangle of image pixels -> widget coordinates."""
        return QRectF(self.to_widget(rect.topLeft()), self.to_widget(rect.bottomRight())).normalized()

    def image_rect(self) -> QRectF:
        """Where the image lies on the widget."""
        return self.rect_to_widget(QRectF(QPointF(0, 0), self._image))

    def _middle(self) -> QPointF:
        return QPointF(self._widget.width() / 2, self._widget.height() / 2)

    def _keep_in_view(self) -> None:
        """The middle of the widget always shows some of the image."""
        size = self.turned_size()
        self._center = QPointF(
            min(max(self._center.x(), 0.0), size.width()), min(max(self._center.y(), 0.0), size.height())
        )
