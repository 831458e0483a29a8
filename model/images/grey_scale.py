"""Which values of a picture of many bits become black and white, and the mapping in between.

The range is that of the values themselves (NaN and infinities are none), but for a few pixels far outside of all
others: dead and hot pixels of a detector, and its rows and columns, do not decide what is seen of the rest. They are
told from small things by their number and shape alone: what is three pixels wide or more counts, and what does not
count is cut to black or white, where it still can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, isinf
from typing import Any

import numpy as np
import numpy.typing as npt

from model.images.greys import AS_THE_FILE_SAYS, GreyRange, Greys

Range = tuple[float, float]
"""The values that become black and white."""

_FEW = 1000  # one of so many pixels may be an outlier in a thin shape of any direction, or `_FEWEST` of them
_FEWEST = 8
_AT_LEAST = 50  # but one of so many at most
_FEW_DOTS = 200  # one of so many pixels may lie in dots of up to 2 x 2, or `_FEWEST`
_FEW_LINES = 200  # one of so many rows and of so many columns may be an outlier or have a part that is, or one
_MOST = 20  # one of so many pixels at most is an outlier of any kind
_MOSTLY = 0.9  # of the outliers have such a shape: a few lie side by side by chance
_FAR = 0.5  # of the others' range: so far off lie outliers, with nothing in between
_MOST_GAPS = 20  # that are looked at
_SAMPLE = 4_000_000  # values of which order statistics are taken


def range_of(
    values: npt.NDArray[Any], greys: Greys = AS_THE_FILE_SAYS, ground: npt.NDArray[np.bool_] | None = None
) -> Range | None:
    """Return the range of values (H, W) or (H, W, C) of any real type; None where there is no value.

    Where `ground`, of the same shape, is True there is no picture: what stands there takes no part.
    """
    if greys.range is GreyRange.FIXED:
        return greys.low, greys.high
    shown = np.isfinite(values) if values.dtype.kind == "f" else np.ones(values.shape, bool)
    if ground is not None:
        shown &= ~ground
    known = values if shown.all() else values[shown]
    if not known.size:
        return None
    full = float(known.min()), float(known.max())
    return full if greys.range is GreyRange.FULL else _without_outliers(values, shown, known, full)


def joined(ranges: Iterable[Range | None]) -> Range | None:
    """Return the range that holds all of some."""
    known = [one for one in ranges if one is not None]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def stretched(values: npt.NDArray[Any], span: Range | None, bits: int | None = None) -> npt.NDArray[np.uint8]:
    """Map values (H, W) to 0..255 over a range; +inf counts as the highest, -inf and what is no number as the lowest.

    A range of one value says nothing of how light it is: whole numbers then count by their `bits` (None: those of
    their type), of which signed ones hold one less unless they are negative, and fractions as colours do.
    """
    floats = values.astype(np.float64)
    if span is None:
        return np.where(floats == np.inf, 255, 0).astype(np.uint8)
    missing = np.isnan(floats)
    if missing.any():
        floats[missing] = span[0]
    if span[0] >= span[1]:
        span = _range_of_one(span[0], values.dtype, bits)
    return windowed(floats, *span)


def windowed(values: npt.NDArray[np.floating], low: float, high: float) -> npt.NDArray[np.uint8]:
    """Map `low`..`high` to 0..255; what lies outside is cut."""
    if high <= low:
        return np.zeros(values.shape, np.uint8)
    scaled = values.clip(low, high)
    if isinf(high - low):  # of all that fits into 64 bits
        scaled, low, high = scaled / 2, low / 2, high / 2
    scaled -= low
    if isinf(255.0 / (high - low)):
        scaled /= high - low
        scaled *= 255.0
    else:
        scaled *= 255.0 / (high - low)
    return scaled.round(out=scaled).astype(np.uint8)


def white_of_bits(high: float, fewest: int) -> float:
    """Return the highest number of as many bits as `high` needs, but of so many at least."""
    bits = max(fewest, ceil(high).bit_length())
    return float(2**bits - 1) if bits <= 64 else high


def _range_of_one(value: float, dtype: np.dtype[Any], bits: int | None) -> Range:
    if bits is None and dtype.kind in "iu":
        bits = 8 * dtype.itemsize
    if bits is None:
        return (0.0, 1.0 if value <= 1 else white_of_bits(value, 8)) if value >= 0 else (value, 0.0)
    if dtype.kind != "i":
        return 0.0, 2.0**bits - 1
    return (0.0 if value >= 0 else -(2.0 ** (bits - 1))), 2.0 ** (bits - 1) - 1


def _without_outliers(
    values: npt.NDArray[Any], shown: npt.NDArray[np.bool_], known: npt.NDArray[Any], full: Range
) -> Range:
    if full[0] == full[1]:
        return full
    for few in _counts(values.shape, known.size):
        lowest, highest = _others(known, few)
        if lowest < highest:
            break
    else:
        return full
    low, high = full
    gap = _FAR * (highest / 2 - lowest / 2)  # halves, whose differences are always finite
    if high / 2 - highest / 2 > gap:
        parts = _before_gaps(known[known >= highest], lowest)
        high = next((float(last) for last in parts if _are_faults((values > last) & shown)), high)
    if lowest / 2 - low / 2 > gap:
        parts = _before_gaps(known[known <= lowest], highest)
        low = next((float(last) for last in parts if _are_faults((values < last) & shown)), low)
    return low, high


def _counts(shape: tuple[int, ...], count: int) -> list[int]:
    """Return how many of `count` values may be outliers: in dots and lines, and in any thin shape."""
    channels = count // max(1, min(count, shape[0] * shape[1])) if len(shape) > 2 else 1
    lines = max(1, shape[0] // _FEW_LINES) * shape[1] + max(1, shape[1] // _FEW_LINES) * shape[0]
    every = min(max(_FEWEST, count // _FEW_DOTS) + lines * max(1, channels), count // _MOST)
    return [few for few in (every, min(max(_FEWEST, count // _FEW), count // _AT_LEAST)) if few]


def _others(known: npt.NDArray[Any], few: int) -> Range:
    """Return the range of values without so many of the lowest and of the highest, from a sample."""
    sample = known.ravel()[:: max(1, known.size // _SAMPLE)]
    rank = max(1, few * sample.size // known.size)
    if 2 * rank >= sample.size:
        return 0.0, 0.0
    inner = np.partition(sample, (rank, sample.size - 1 - rank))
    return float(inner[rank]), float(inner[-1 - rank])


def _before_gaps(tail: npt.NDArray[Any], far_end: float) -> npt.NDArray[Any]:
    """Return the values of one end of all others after which there is nothing for `_FAR` of the range up to them.

    Those nearest to the `far_end`, the other end of the others, come first.
    """
    ordered = np.unique(tail)
    if ordered.size and float(ordered[0]) < far_end:
        ordered = ordered[::-1]
    floats = ordered.astype(np.float64) / 2
    wide = np.abs(np.diff(floats)) > _FAR * np.abs(floats[:-1] - far_end / 2)
    return ordered[:-1][wide][:_MOST_GAPS]


def _are_faults(marked: npt.NDArray[np.bool_]) -> bool:
    """Whether marked pixels of (H, W) or (H, W, C) are so few, and have such shapes, as a detector's faults have.

    Dots of up to 2 x 2 pixels, parts of single rows and columns, and where there are very few, thin shapes of any
    direction.
    """
    from scipy import ndimage  # takes long, and most pictures have nothing far outside

    plane = np.asarray(marked if marked.ndim == 2 else marked.any(axis=2))
    count, pixels = int(plane.sum()), plane.size
    if count > pixels // _MOST:
        return False
    labels, _ = ndimage.label(plane, np.ones((3, 3), int))
    sizes = np.bincount(labels.ravel())[1:]
    found = ndimage.find_objects(labels)
    boxes = np.array([(rows.stop - rows.start, columns.stop - columns.start) for rows, columns in found])
    starts = np.array([(rows.start, columns.start) for rows, columns in found])
    dots = boxes.max(axis=1) <= 2
    across, down = ~dots & (boxes[:, 0] == 1), ~dots & (boxes[:, 1] == 1)
    if count <= min(max(_FEWEST, pixels // _FEW), pixels // _AT_LEAST):
        thin = _is_thin(plane) | np.concatenate([[False], dots])[labels[plane]]
        if thin.mean() > 0.5:
            return True
    return bool(
        sizes[dots | across | down].sum() >= _MOSTLY * count
        and sizes[dots].sum() <= min(max(_FEWEST, pixels // _FEW_DOTS), pixels // _AT_LEAST)
        and np.unique(starts[across, 0]).size <= max(1, plane.shape[0] // _FEW_LINES)
        and np.unique(starts[down, 1]).size <= max(1, plane.shape[1] // _FEW_LINES)
    )


def _is_thin(marked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return for each marked pixel of (H, W) whether it has at most two marked neighbours."""
    padded = np.pad(marked, 1)
    rows, columns = np.nonzero(padded)
    neighbours = np.zeros(rows.size, int)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            neighbours += padded[rows + down, columns + across]
    return np.asarray(neighbours - 1 <= 2)
