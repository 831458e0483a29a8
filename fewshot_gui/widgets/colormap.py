"""Attention maps as translucent pictures, as in exported overlays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from model.types import MapStyle

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_SMOOTH_SIDE = 256  # pixels of the longer side that a coarse map is interpolated to


def scale_image(length: int) -> QImage:
    """Draw the colours of heat from 0 to 1, opaque, from left to right: `length` x 1 pixels."""
    import numpy as np

    from model.regions.overlay import map_rgba

    pixels = map_rgba(np.linspace(0, 1, length, dtype=np.float32)[None], (length, 1))
    pixels[..., 3] = 255
    return QImage(pixels.tobytes(), length, 1, 4 * length, QImage.Format.Format_RGBA8888).copy()


def attention_image(
    attention: npt.NDArray[np.float32], map_style: MapStyle = MapStyle.HEAT, threshold: float = 0.0
) -> QImage:
    """Draw a map (h, w) of 0..1, transparent where nothing is drawn; heat is left out below a threshold.

    The map is interpolated smoothly, so that a 7 x 7 map shows no squares.
    """
    import numpy as np  # here, as all that needs it: the window starts without it

    from model.regions.overlay import map_layer

    size = _smooth_size(attention.shape)
    pixels = map_layer(np.asarray(attention, dtype=np.float32), size, map_style)
    if threshold > 0 and map_style is MapStyle.HEAT:
        pixels[..., 3][pixels[..., 3] < 255 * threshold] = 0
    return _image(pixels)


def difference_image(difference: npt.NDArray[np.float32]) -> QImage:
    """Draw a difference of evidence (h, w) in two colours, transparent where it is 0."""
    from model.regions.overlay import difference_layer  # here, as above

    return _image(difference_layer(difference, _smooth_size(difference.shape)))


def _smooth_size(shape: tuple[int, ...]) -> tuple[int, int]:
    factor = max(1, -(-_SMOOTH_SIDE // max(shape)))
    return shape[1] * factor, shape[0] * factor


def _image(pixels: npt.NDArray[np.uint8]) -> QImage:
    height, width, _ = pixels.shape
    image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # a copy: owns its pixels
