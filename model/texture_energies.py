"""Local energies of small filters over three octaves of a grey image: the arithmetic of `model.texture`.

Plain NumPy, made to be fast in one thread, since several images are read at once: each octave lies
in one flat, padded array, so that a shift by a column or a row is a contiguous slice, and a filter is
a few sums of slices. What wraps round from one row to the next falls into the padding, which is
left out. Several times faster than convolutions of a single channel, with the same values.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

OCTAVES = 3
FILTERS = 4
CELLS = 28
"""The map has this many cells a side, whatever the image's shape."""

_PAD = 2  # the binomial filter's reach
_CELL_ROWS = 4  # averaged by one product; NumPy's BLAS hands larger ones to threads of its own

_STRIP_PIXELS = 96_000
"""Of a strip: larger arrays leave the processor's cache and cost twice the time, smaller ones gain nothing."""

Array = npt.NDArray[np.float32]


class _Window(NamedTuple):
    """Rows that some cells are averaged over: from start to stop, with weights (cells, stop - start)."""

    start: int
    stop: int
    weights: Array


def local_energies(grey: npt.NDArray[np.uint8]) -> Array:
    """Mean squared responses, in squared grey levels of 0..1, of uint8 (H, W), both at least 32: float32.

    Returns (OCTAVES * FILTERS, CELLS, CELLS); a cell is averaged over its window in the manner of
    adaptive pooling, its octave's outermost pixels left out. The filters: Laplacian, horizontal,
    vertical and diagonal differences.
    """
    level: npt.NDArray[np.generic] = grey
    maps = np.empty((OCTAVES, FILTERS, CELLS, CELLS), np.float32)
    for octave in range(OCTAVES):
        level = _octave(_padded(level), maps[octave])
    maps *= np.float32(1 / 255**2)
    return maps.reshape(-1, CELLS, CELLS)


def _padded(level: npt.NDArray[np.generic]) -> Array:
    """Mirror `_PAD` pixels at each border, without the border itself; float32 (H + 4, W + 4)."""
    height, width = level.shape
    padded = np.empty((height + 2 * _PAD, width + 2 * _PAD), np.float32)
    padded[_PAD:-_PAD, _PAD:-_PAD] = level
    for near, far in ((1, 3), (0, 4)):
        padded[_PAD:-_PAD, near] = padded[_PAD:-_PAD, far]
        padded[_PAD:-_PAD, -1 - near] = padded[_PAD:-_PAD, -1 - far]
    for near, far in ((1, 3), (0, 4)):
        padded[near] = padded[far]
        padded[-1 - near] = padded[-1 - far]
    return padded


def _octave(padded: Array, into: Array) -> Array:
    """Write the mean energies of one octave `into` (FILTERS, CELLS, CELLS); return it smoothed, every other pixel.

    In strips of rows, so that all that is made of a strip stays in the processor's cache.
    """
    height, stride = padded.shape[0] - 2 * _PAD, padded.shape[1]
    rows, columns = _windows(height - 2), _column_weights(stride - 2 * _PAD - 2)
    halved = np.empty((-(-height // 2), -(-(stride - 2 * _PAD) // 2)), np.float32)
    groups = max(1, _STRIP_PIXELS // (stride * -(-height // len(rows))))
    for first in range(0, len(rows), groups):
        some = rows[first : first + groups]
        # The windows leave out the octave's first row, and its last.
        start = some[0].start + 1 if first else 0
        stop = some[-1].stop + 1 if first + groups < len(rows) else height
        smooth = _strip(padded[start : stop + 2 * _PAD], start - 1, some, columns, into[:, _CELL_ROWS * first :])
        odd = start % 2
        halved[(start + odd) // 2 : -(-stop // 2)] = smooth[odd::2, : stride - 2 * _PAD : 2]
    return halved


def _strip(padded: Array, above: int, rows: Sequence[_Window], columns: Array, into: Array) -> Array:
    """Write the mean energies of a strip's windows `into` (FILTERS, cells and more, CELLS); return it smoothed.

    padded (h + 4, stride): its rows and those that the filters reach; above: the octave's rows that the windows
    count from above the strip's first. Returns (h, stride), of which the last columns are padding.
    """
    stride = padded.shape[1]
    height, width = padded.shape[0] - 2 * _PAD, stride - 2 * _PAD
    flat = padded.reshape(-1)
    length = height * stride - 2 * _PAD  # from the first pixel to the last
    smooth, spare = _smoothed(flat, stride, length)
    energy = np.empty(height * stride, np.float32)
    responses = energy[:length]
    inner = energy.reshape(height, stride)[:, 1 : width - 1]

    def at(row: int, column: int) -> Array:
        first = (_PAD + row) * stride + _PAD + column
        return flat[first : first + length]

    def squared_difference(plus: Array, minus: Array, out: Array) -> None:
        np.subtract(plus, minus, out=out)
        np.multiply(out, out, out=out)

    def average(into: Array) -> None:
        for number, (start, stop, weights) in enumerate(rows):
            cells = into[_CELL_ROWS * number : _CELL_ROWS * (number + 1)]
            np.matmul(weights @ inner[start - above : stop - above], columns, out=cells)

    squared_difference(at(0, 0), smooth, responses)
    average(into[0])
    squared_difference(at(0, 1), at(0, -1), responses)
    average(into[1])
    squared_difference(at(1, 0), at(-1, 0), responses)
    average(into[2])
    squared_difference(at(1, 1), at(-1, -1), responses)
    squared_difference(at(-1, 1), at(1, -1), spare)
    responses += spare
    average(into[3])
    into[3, : _CELL_ROWS * len(rows)] *= 0.5
    responses[:] = smooth
    return energy.reshape(height, stride)


def _smoothed(flat: Array, stride: int, length: int) -> tuple[Array, Array]:
    """Binomial filter 1 4 6 4 1 both ways, as four sums of neighbours each; and an array of that size to write in."""
    source, spare, other = flat, np.empty(flat.size, np.float32), np.empty(flat.size, np.float32)
    valid = flat.size
    for shift in (1, 1, 1, 1, stride, stride, stride, stride):
        valid -= shift
        np.add(source[:valid], source[shift : shift + valid], out=spare[:valid])
        source, spare, other = spare, other, spare
    smooth = source[:length]
    smooth *= np.float32(1 / 256)
    return smooth, spare[:length]


@lru_cache(maxsize=64)
def _windows(pixels: int) -> tuple[_Window, ...]:
    """Those of every `_CELL_ROWS` cells in turn."""
    starts, stops, weights = _pooling(pixels)
    groups = []
    for cell in range(0, CELLS, _CELL_ROWS):
        start, stop = starts[cell], stops[cell + _CELL_ROWS - 1]
        groups.append(_Window(start, stop, np.ascontiguousarray(weights[cell : cell + _CELL_ROWS, start:stop])))
    return tuple(groups)


@lru_cache(maxsize=64)
def _column_weights(pixels: int) -> Array:
    """Weights (pixels, CELLS)."""
    return np.ascontiguousarray(_pooling(pixels)[2].T)


def _pooling(pixels: int) -> tuple[list[int], list[int], Array]:
    """Windows of adaptive pooling, which may share a pixel: starts, stops and weights (CELLS, pixels)."""
    starts = [cell * pixels // CELLS for cell in range(CELLS)]
    stops = [-(-(cell + 1) * pixels // CELLS) for cell in range(CELLS)]
    weights = np.zeros((CELLS, pixels), np.float32)
    for cell, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        weights[cell, start:stop] = 1 / (stop - start)
    return starts, stops, weights
