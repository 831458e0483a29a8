"""From an attention map to a picture that can be laid over the image."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

# The colours of model/overlay.py, so that an exported picture looks like the one on the screen:
# lightness rises evenly, and colour-blind eyes see the order too.
_ANCHORS = np.array([(30, 15, 70), (120, 30, 110), (200, 60, 80), (245, 125, 40), (252, 220, 100)], dtype=np.float32)
_SMOOTH_SIDE = 256  # pixels of the longer side that a coarse map is interpolated to


def attention_image(attention: npt.NDArray[np.float32]) -> QImage:
    """Colour a map (h, w) of 0..1; transparent where nobody looks, opaque at the peak.

    The map is interpolated smoothly before it is coloured, so that a 7 x 7 map shows no squares.
    """
    values = np.clip(_smooth(np.asarray(attention, dtype=np.float32)), 0.0, 1.0)
    position = values * (len(_ANCHORS) - 1)
    lower = np.minimum(position.astype(np.intp), len(_ANCHORS) - 2)
    fraction = (position - lower)[..., None]
    color = _ANCHORS[lower] * (1 - fraction) + _ANCHORS[lower + 1] * fraction
    rgba = np.concatenate([color, values[..., None] * 255], axis=2)
    pixels = np.ascontiguousarray(rgba.round(), dtype=np.uint8)
    height, width = pixels.shape[:2]
    image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # a copy: owns its pixels


def _smooth(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Bicubic interpolation (h, w) -> a longer side of at least `_SMOOTH_SIDE`."""
    height, width = values.shape
    factor = max(1, -(-_SMOOTH_SIDE // max(height, width)))
    if factor == 1:
        return values
    across = values @ _bicubic_matrix(width, factor).T
    return (_bicubic_matrix(height, factor) @ across).astype(np.float32)


def _bicubic_matrix(size: int, factor: int) -> npt.NDArray[np.float32]:
    """Weights (size * factor, size) of Catmull-Rom interpolation; borders repeat their pixel."""
    at = (np.arange(size * factor) + 0.5) / factor - 0.5
    base = np.floor(at).astype(np.intp)
    matrix = np.zeros((size * factor, size), dtype=np.float32)
    for offset in (-1, 0, 1, 2):
        distance = np.abs(at - (base + offset))
        near = 1.5 * distance**3 - 2.5 * distance**2 + 1
        far = -0.5 * distance**3 + 2.5 * distance**2 - 4 * distance + 2
        weight = np.where(distance <= 1, near, far)
        np.add.at(matrix, (np.arange(len(at)), np.clip(base + offset, 0, size - 1)), weight)
    return matrix
