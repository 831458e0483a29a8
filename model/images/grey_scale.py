"""Which values of a picture of many bits become black and white, and the mapping in between.

The range is that of the values themselves (NaN and infinities are none), but for a few pixels far outside of all
others that lie alone: dead and hot pixels of a detector do not decide what is seen of the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from model.images.greys import AS_THE_FILE_SAYS, GreyRange, Greys

Range = tuple[float, float]
"""The values that become black and white."""

_FEW = 1000  # one of so many pixels may be an outlier, or `_FEWEST` of them
_FEWEST = 8
_AT_LEAST = 50  # but one of so many at most
_FAR = 0.5  # of the others' range: so far off lie outliers, with nothing in between
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


def stretched(values: npt.NDArray[Any], span: Range | None) -> npt.NDArray[np.uint8]:
    """Map values (H, W) to 0..255 over a range; what is not a number counts as the lowest."""
    if span is None:
        return np.zeros(values.shape, np.uint8)
    floats = values.astype(np.float64)
    finite = np.isfinite(floats)
    return windowed(floats if finite.all() else np.where(finite, floats, span[0]), *span)


def windowed(values: npt.NDArray[np.floating], low: float, high: float) -> npt.NDArray[np.uint8]:
    """Map `low`..`high` to 0..255; what lies outside is cut."""
    if high <= low:
        return np.zeros(values.shape, np.uint8)
    scaled = values.clip(low, high)
    scaled -= low
    scaled *= 255.0 / (high - low)
    return scaled.round(out=scaled).astype(np.uint8)


def _without_outliers(
    values: npt.NDArray[Any], shown: npt.NDArray[np.bool_], known: npt.NDArray[Any], full: Range
) -> Range:
    count = known.size
    few = min(max(_FEWEST, count // _FEW), count // _AT_LEAST)
    if not few or full[0] == full[1]:
        return full
    sample = known.ravel()[:: max(1, count // _SAMPLE)]
    rank = max(1, few * sample.size // count)
    inner = np.partition(sample, (rank, sample.size - 1 - rank))
    lowest, highest = inner[rank], inner[-1 - rank]
    gap = _FAR * (float(highest) - float(lowest))
    low, high = full
    if gap and high > float(highest) + gap:
        last = _before_gap(np.sort(known[known >= highest]), gap)
        if last < high and _is_scattered((values > last) & shown):
            high = last
    if gap and low < float(lowest) - gap:
        last = _before_gap(np.sort(known[known <= lowest])[::-1], gap)
        if last > low and _is_scattered((values < last) & shown):
            low = last
    return low, high


def _before_gap(ordered: npt.NDArray[Any], gap: float) -> float:
    """Return the last of some values in order before the first gap that is wider than so much."""
    steps = np.abs(np.diff(ordered.astype(np.float64)))
    wide = np.nonzero(steps > gap)[0]
    return float(ordered[wide[0]] if wide.size else ordered[-1])


def _is_scattered(marked: npt.NDArray[np.bool_]) -> bool:
    """Whether most marked pixels of (H, W) or (H, W, C) have at most two marked neighbours: pixels, lines, no spot."""
    padded = np.pad(marked if marked.ndim == 2 else marked.any(axis=2), 1)
    rows, columns = np.nonzero(padded)
    neighbours = np.zeros(rows.size, int)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            neighbours += padded[rows + down, columns + across]
    return bool((neighbours - 1 <= 2).mean() > 0.5)
