"""What stands in the corners of a picture: the scale of the map's colours, and where in a large picture one is."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from fewshot_gui import style
from fewshot_gui.translation import tr
from fewshot_gui.widgets.colormap import scale_image
from fewshot_gui.widgets.viewport_transform import ViewportTransform

_SCALE = (96, 8)  # logical pixels of the colour scale
_SIDE = 96  # of the longer side of the overview
_LEAST_SHARE = 12  # the canvas is so many times as high as the legend, or has none
_MOST = 0.3  # of the canvas that the overview may take across and down
_INK, _GROUND = QColor(255, 255, 255), QColor(0, 0, 0, 150)


def paint_legend(painter: QPainter, canvas: QRect, high: str, threshold: float) -> None:
    """Paint the map's colours at the lower left, with the part that is left out below a threshold struck.

    high: what the last colour stands for
    """
    width, height = _SCALE
    metrics = painter.fontMetrics()
    low = tr("little")
    texts = metrics.horizontalAdvance(low) + metrics.horizontalAdvance(high)
    box = QRect(0, 0, texts + width + 4 * style.GRID, metrics.height() + style.GRID // 2)
    if box.width() + 2 * style.GRID > canvas.width() or _LEAST_SHARE * box.height() > canvas.height():
        return
    box.moveBottomLeft(canvas.bottomLeft() + QPointF(style.GRID, -style.GRID).toPoint())
    _ground(painter, box)
    inner = box.adjusted(style.GRID, 0, -style.GRID, 0)
    painter.setPen(_INK)
    flags = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(inner, int(flags | Qt.AlignmentFlag.AlignLeft), low)
    painter.drawText(inner, int(flags | Qt.AlignmentFlag.AlignRight), high)
    left = inner.left() + metrics.horizontalAdvance(low) + style.GRID
    bar = QRectF(left, box.center().y() - height / 2 + 1, width, height)
    painter.drawImage(bar, _scale(), QRectF(_scale().rect()))
    if threshold > 0:
        painter.fillRect(QRectF(bar.topLeft(), QSizeF(width * threshold, height)), _GROUND)


def paint_overview(painter: QPainter, canvas: QRect, image: QImage, view: ViewportTransform) -> None:
    """Paint the whole picture small at the upper right, and what of it is in sight; nothing where that is all."""
    whole = QRectF(QPointF(0, 0), view.turned_size())
    seen = QRectF(
        view.turning().map(view.to_image(QPointF(0, 0))),
        view.turning().map(view.to_image(QPointF(canvas.width(), canvas.height()))),
    ).normalized()
    if view.is_fitted or whole.isEmpty() or seen.contains(whole):
        return
    room = QSizeF(min(_SIDE, _MOST * canvas.width()), min(_SIDE, _MOST * canvas.height()))
    size = whole.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(QPointF(canvas.right() - style.GRID - size.width(), style.GRID), size)
    _ground(painter, place.toAlignedRect().adjusted(-1, -1, 1, 1))
    factor = size.width() / whole.width()
    painter.save()
    painter.translate(place.topLeft())
    painter.scale(factor, factor)
    painter.setWorldTransform(view.turning() * painter.worldTransform())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(QPointF(0, 0), view.image_size()), image, QRectF(image.rect()))
    painter.restore()
    seen &= whole
    mark = QRectF(place.topLeft() + seen.topLeft() * factor, seen.size() * factor)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, pen_width in ((QColor(0, 0, 0, 170), 3.0), (_INK, 1.0)):
        painter.setPen(QPen(color, pen_width))
        painter.drawRect(mark)


def _ground(painter: QPainter, box: QRect) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GROUND)
    painter.drawRect(box)
    painter.setBrush(Qt.BrushStyle.NoBrush)


@lru_cache(maxsize=1)
def _scale() -> QImage:
    return scale_image(_SCALE[0])
