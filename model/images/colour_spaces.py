"""Colour spaces of files in sRGB: CIE L*a*b*, YCbCr."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

D50, D65 = (0.9642, 1.0, 0.8249), (0.9505, 1.0, 1.089)
"""White points (X, Y, Z)."""

_TO_LINEAR = np.array([[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560],
                       [0.0556434, -0.2040259, 1.0572252]])  # XYZ of D65 to sRGB  # fmt: skip
_CONES = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])  # Bradford
_STRIP = 4_000_000  # pixels that are converted at once


def srgb_of_lab(lab: Floats, white: tuple[float, float, float] = D50) -> npt.NDArray[np.uint8]:
    """Convert L* (0..100), a* and b* (H, W, 3) over a white point to sRGB 0..255; what is out of gamut is cut."""
    seen = np.empty(lab.shape, np.uint8)
    rows = max(1, _STRIP // max(1, lab.shape[1]))
    adapted = _TO_LINEAR @ _adaptation(white)
    for top in range(0, lab.shape[0], rows):
        seen[top : top + rows] = _srgb_of_lab(lab[top : top + rows], np.array(white), adapted)
    return seen


def rgb_of_ycbcr(
    values: npt.NDArray[Any],
    weights: tuple[float, float, float] = (0.299, 0.587, 0.114),
    ends: tuple[float, ...] = (0, 255, 128, 255, 128, 255),
) -> npt.NDArray[np.uint8]:
    """Convert Y, Cb and Cr (H, W, 3) in 0..255 to RGB.

    `weights`: those of red, green and blue in Y; `ends`: the codes of black and white in each channel, as TIFF's
    ReferenceBlackWhite has them.
    """
    luma, blueness, redness = (values[..., channel].astype(np.float64) for channel in range(3))
    luma = (luma - ends[0]) * 255 / _span(ends[1] - ends[0])
    blueness = (blueness - ends[2]) * 127 / _span(ends[3] - ends[2])
    redness = (redness - ends[4]) * 127 / _span(ends[5] - ends[4])
    red = luma + redness * (2 - 2 * weights[0])
    blue = luma + blueness * (2 - 2 * weights[2])
    green = (luma - weights[2] * blue - weights[0] * red) / _span(weights[1])
    return np.stack([red, green, blue], axis=2).round().clip(0, 255).astype(np.uint8)


def _span(value: float) -> float:
    return value or 1.0


def _adaptation(white: tuple[float, float, float]) -> Floats:
    """Return what brings XYZ over a white point to D65."""
    gains = (_CONES @ np.array(D65)) / (_CONES @ np.array(white))
    return np.asarray(np.linalg.inv(_CONES) @ np.diag(gains) @ _CONES)


def _srgb_of_lab(lab: Floats, white: Floats, to_linear: Floats) -> npt.NDArray[np.uint8]:
    middle = (lab[..., 0] + 16) / 116
    roots = np.stack([middle + lab[..., 1] / 500, middle, middle - lab[..., 2] / 200], axis=2)
    xyz = np.where(roots > 6 / 29, roots**3, 3 * (6 / 29) ** 2 * (roots - 4 / 29)) * white
    linear = (xyz @ to_linear.T).clip(0, 1)
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (coded * 255).round().astype(np.uint8)
