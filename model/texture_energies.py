"""Local energies of small filters over three octaves of a grey image: the arithmetic of `model.texture`.

A filter is one difference of an image with itself, moved by a pixel, for all pixels at once. Several
images are read at the same time in threads that share the interpreter and hand it over at each
operation: few operations on whole images, by OpenCV, take half as long then as many on strips that
stay in the processor's cache (docs/speed.md).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

OCTAVES = 3
FILTERS = 4
CELLS = 28
"""The map has this many cells a side, whatever the image's shape."""

_CELL_ROWS = 4  # averaged by one product; NumPy's BLAS hands larger ones to threads of its own
_BINOMIAL = np.array([1, 4, 6, 4, 1], np.float32) / 16

Array = npt.NDArray[np.float32]

cv2.setNumThreads(1)  # images are what is done at once


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
    level = grey.astype(np.float32)
    maps = np.empty((OCTAVES, FILTERS, CELLS, CELLS), np.float32)
    for octave in range(OCTAVES):
        level = _octave(level, maps[octave])
    maps *= np.float32(1 / 255**2)
    return maps.reshape(-1, CELLS, CELLS)


def _octave(level: Array, into: Array) -> Array:
    """Write the mean energies of one octave (h, w) `into` (FILTERS, CELLS, CELLS); return the next one."""
    height, width = level.shape[0] - 2, level.shape[1] - 2
    smooth = cv2.sepFilter2D(level, cv2.CV_32F, _BINOMIAL, _BINOMIAL, borderType=cv2.BORDER_REFLECT_101)
    energies = np.empty((FILTERS, height, width), np.float32)
    laplacian, across, down, diagonal = energies
    spare = np.empty((height, width), np.float32)
    above, below = level[:-2], level[2:]
    _square_difference(level[1:-1, 1:-1], smooth[1:-1, 1:-1], laplacian)
    _square_difference(level[1:-1, 2:], level[1:-1, :-2], across)
    _square_difference(below[:, 1:-1], above[:, 1:-1], down)
    _square_difference(below[:, 2:], above[:, :-2], diagonal)
    _square_difference(above[:, 2:], below[:, :-2], spare)
    cv2.addWeighted(diagonal, 0.5, spare, 0.5, 0, diagonal)
    rows = np.empty((FILTERS, CELLS, width), np.float32)
    for number, (start, stop, weights) in enumerate(_windows(height)):
        cells = slice(_CELL_ROWS * number, _CELL_ROWS * (number + 1))
        np.matmul(weights, energies[:, start:stop], out=rows[:, cells])
    np.matmul(rows, _column_weights(width), out=into)
    return np.ascontiguousarray(smooth[::2, ::2])


def _square_difference(plus: cv2.typing.MatLike, minus: cv2.typing.MatLike, out: Array) -> None:
    cv2.subtract(plus, minus, out)
    cv2.multiply(out, out, out)


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
