"""Zoom and pan of an image on a canvas, without any painting."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF

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

    `scale` is logical pixels per image pixel. While it fits (`is_fitted`), the image follows the
    size of the widget; zooming or panning ends that until `fit` is called again.
    """

    def __init__(self) -> None:
        self._image = QSizeF()
        self._widget = QSizeF()
        self._center = QPointF()  # the image point in the middle of the widget
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
        self._center = QPointF(self._image.width() / 2, self._image.height() / 2)
        self.scale = self._fitting_scale()

    def part(self) -> Part:
        """What is seen, for another image to show the same."""
        if self._image.isEmpty():
            return Part(0.5, 0.5, 1.0, True)
        x, y = self._center.x() / self._image.width(), self._center.y() / self._image.height()
        return Part(x, y, self.scale / self._fitting_scale(), self._fitted)

    def show_part(self, part: Part) -> None:
        """Show what is seen of another image."""
        if part.is_fitted or self._image.isEmpty():
            self.fit()
            return
        self._fitted = False
        self.scale = min(max(part.zoom * self._fitting_scale(), MIN_SCALE), MAX_SCALE)
        self._center = QPointF(part.x * self._image.width(), part.y * self._image.height())
        self._keep_in_view()

    def _fitting_scale(self) -> float:
        if self._image.isEmpty() or self._widget.isEmpty():
            return 1.0
        scale = min(self._widget.width() / self._image.width(), self._widget.height() / self._image.height())
        return min(max(scale, MIN_SCALE), MAX_SCALE)

    def zoom_about(self, anchor: QPointF, factor: float) -> None:
        """Zoom by `factor` so that the image point under `anchor` (widget) stays there."""
        self.set_scale(self.scale * factor, anchor)

    def set_scale(self, scale: float, anchor: QPointF | None = None) -> None:
        """Zoom to `scale` about `anchor` (widget; default: its middle)."""
        anchor = self._middle() if anchor is None else anchor
        fixed = self.to_image(anchor)
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
        return self._center + (point - self._middle()) / self.scale

    def to_widget(self, point: QPointF) -> QPointF:
        """Image pixels -> widget coordinates."""
        return self._middle() + (point - self._center) * self.scale

    def rect_to_widget(self, rect: QRectF) -> QRectF:
        """A rectangle of image pixels -> widget coordinates."""
        return QRectF(self.to_widget(rect.topLeft()), self.to_widget(rect.bottomRight()))

    def image_rect(self) -> QRectF:
        """Where the image lies on the widget."""
        return self.rect_to_widget(QRectF(QPointF(0, 0), self._image))

    def _middle(self) -> QPointF:
        return QPointF(self._widget.width() / 2, self._widget.height() / 2)

    def _keep_in_view(self) -> None:
        """The middle of the widget always shows some of the image."""
        self._center = QPointF(
            min(max(self._center.x(), 0.0), self._image.width()),
            min(max(self._center.y(), 0.0), self._image.height()),
        )
