"""Colours and transparency of any depth in 8 bits, all channels by one factor, so that hues stay."""

from __future__ import annotations

from math import ceil, isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from model.images.grey_scale import Range, range_of, white_of_bits, windowed

_NOISE = 0.05  # of the highest value: so far below 0 values are noise around 0, not signed colours
_BRIGHTEST = 16.0  # times white that highlights of high dynamic range are expected to have


def eight_bits(colours: npt.NDArray[Any], span: Range | None = None) -> npt.NDArray[np.uint8]:
    """Map colours (H, W, C) of any depth to 0..255, all channels alike, so that hues stay; NaN is 0.

    `span`: which values are black and white, where more than these colours say so.

    Whole numbers count as of the fewest bits, 8 at least, that hold the highest of them (cameras keep 12 bits in
    16), signed ones as of the fewest that hold the lowest too. Fractions count as 0..1 where hardly any is higher,
    else as whole numbers. A few dead pixels do not decide.
    """
    if colours.dtype == np.uint8:
        return colours.astype(np.uint8, copy=False)
    low, high = span or colour_range(colours) or (0.0, 1.0)
    values = colours.astype(np.float64)
    return windowed(np.nan_to_num(values, copy=False, nan=low, posinf=high, neginf=low), low, high)


def colour_range(colours: npt.NDArray[Any], ground: npt.NDArray[np.bool_] | None = None) -> Range | None:
    """Return which values of deep colours (H, W, C) are black and white; None where there is no value.

    Where `ground` (H, W) is True there is no picture.
    """
    found = range_of(colours, ground=None if ground is None else np.repeat(ground[..., None], colours.shape[2], axis=2))
    if found is None:
        return None
    low, high = found
    if low < -_NOISE * high:
        return _signed(low, high, is_fraction=colours.dtype.kind == "f")
    shown = colours if ground is None else colours[~ground]
    if colours.dtype.kind == "f" and (white := _white_of_fractions(shown, high)):
        return 0.0, white
    return 0.0, white_of_bits(high, 7 if colours.dtype == np.int8 else 8)


def by_type(values: npt.NDArray[Any], bits: int) -> npt.NDArray[np.uint8]:
    """Map values of which the type tells the highest (transparency, ink, masks) to 0..255.

    `bits`: how many each value has; fractions count as 0..1, or as whole numbers where some are higher.
    """
    if values.dtype == np.uint8 and bits == 8:
        return values
    return windowed(np.nan_to_num(values.astype(np.float64), copy=False), 0.0, _top(values, bits))


def unmultiplied(colours: npt.NDArray[Any], alpha: npt.NDArray[Any], bits: int) -> npt.NDArray[np.float64]:
    """Divide colours (H, W, C) that were multiplied by their alpha (H, W): 0..1, where the alpha is 0 black."""
    opaque = share(alpha, bits)[..., None]
    values = np.nan_to_num(colours.astype(np.float64)) / _top(alpha, bits)
    return np.divide(values, opaque, out=np.zeros_like(values), where=opaque > 0).clip(0, 1)


def share(values: npt.NDArray[Any], bits: int) -> npt.NDArray[np.float64]:
    """Return values of which the type tells the highest as shares of it, 0..1."""
    return np.asarray(np.nan_to_num(values.astype(np.float64)) / _top(values, bits))


def _top(values: npt.NDArray[Any], bits: int) -> float:
    if values.dtype.kind == "f":
        high = float(np.nanmax(values, initial=0.0))
        return 1.0 if high <= 1 or not isfinite(high) else white_of_bits(high, 8)
    return max(2.0 ** (bits - (values.dtype.kind == "i")) - 1, 1.0)


def _white_of_fractions(colours: npt.NDArray[Any], high: float) -> float | None:
    """Return what is white of floats that are fractions of it; None where they are whole numbers in another type."""
    if high <= 1:
        return 1.0
    if high > _BRIGHTEST:
        return None
    finite = colours[np.isfinite(colours)]
    if (finite == np.round(finite)).all():
        return None  # a dark picture of whole numbers
    return 1.0 if np.quantile(finite, 0.99) <= 1 else high


def _signed(low: float, high: float, *, is_fraction: bool) -> Range:
    if is_fraction and low >= -1 and high <= 1:
        return -1.0, 1.0
    bits = max(7, ceil(max(high, -1 - low, 0)).bit_length())
    return (-float(2**bits), float(2**bits - 1)) if bits < 64 else (low, high)
