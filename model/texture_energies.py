"""Local energies of small filters over three octaves of a grey image: the arithmetic of `model.texture`.

Plain NumPy, made to be fast in one thread, since several images are read at once: each octave lies
in one flat, padded array, so that a shift by a column or a row is a contiguous slice, and a filter is
a few sums of slices. What wraps round from one row to the next falls into the padding, which is
left out. Several times faster than convolutions of a single channel, with the same values.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

OCTAVES = 3
FILTERS = 4
CELLS = 28
"""The map has this many cells a side, whatever the image's shape."""

_PAD = 2  # the binomial filter's reach
_CELL_ROWS = 4  # averaged by one product; NumPy's BLAS hands larger ones to threads of its own

Array = npt.NDArray[np.float32]


def local_energies(grey: npt.NDArray[np.uint8]) -> Array:
    """Mean squared responses, in squared grey levels of 0..1, of uint8 (H, W), both at least 32: float32.

    Returns (OCTAVES * FILTERS, CELLS, CELLS); a cell is averaged over its window in the manner of
    adaptive pooling, its octave's outermost pixels left out. The filters: Laplacian, horizontal,
    vertical and diagonal differences.
    """
    padded = _padded(grey)
    maps = np.empty((OCTAVES, FILTERS, CELLS, CELLS), np.float32)
    for octave in range(OCTAVES):
        smooth = _octave(padded, maps[octave])
        if octave + 1 < OCTAVES:
            padded = _padded(smooth[::2, ::2])
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
    """Write the mean energies of one octave `into` (FILTERS, CELLS, CELLS); return it smoothed, (H, W)."""
    stride = padded.shape[1]
    height, width = padded.shape[0] - 2 * _PAD, stride - 2 * _PAD
    flat = padded.reshape(-1)
    length = height * stride - 2 * _PAD  # from the first pixel to the last
    smooth, spare = _smoothed(flat, stride, length)
    energy = np.empty(height * stride, np.float32)
    responses = energy[:length]
    inner = energy.reshape(height, stride)[1:-1, 1 : width - 1]

    def at(row: int, column: int) -> Array:
        first = (_PAD + row) * stride + _PAD + column
        return flat[first : first + length]

    def squared_difference(plus: Array, minus: Array, out: Array) -> None:
        np.subtract(plus, minus, out=out)
        np.multiply(out, out, out=out)

    squared_difference(at(0, 0), smooth, responses)
    _average(inner, into[0])
    squared_difference(at(0, 1), at(0, -1), responses)
    _average(inner, into[1])
    squared_difference(at(1, 0), at(-1, 0), responses)
    _average(inner, into[2])
    squared_difference(at(1, 1), at(-1, -1), responses)
    squared_difference(at(-1, 1), at(1, -1), spare)
    responses += spare
    _average(inner, into[3])
    into[3] *= 0.5
    responses[:] = smooth
    return energy.reshape(height, stride)[:, :width]


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


def _average(energy: Array, into: Array) -> None:
    """Average (h, w) over windows, `into` (CELLS, CELLS): products with matrices of weights, a few cells at a time."""
    rows, columns = _windows(energy.shape[0]), _column_weights(energy.shape[1])
    for first, (start, stop, weights) in zip(range(0, CELLS, _CELL_ROWS), rows, strict=True):
        np.matmul(weights @ energy[start:stop], columns, out=into[first : first + _CELL_ROWS])


@lru_cache(maxsize=64)
def _windows(pixels: int) -> tuple[tuple[int, int, Array], ...]:
    """(start, stop, weights) for every `_CELL_ROWS` cells in turn; weights (_CELL_ROWS, stop - start)."""
    starts, stops, weights = _pooling(pixels)
    groups = []
    for cell in range(0, CELLS, _CELL_ROWS):
        start, stop = starts[cell], stops[cell + _CELL_ROWS - 1]
        groups.append((start, stop, np.ascontiguousarray(weights[cell : cell + _CELL_ROWS, start:stop])))
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
