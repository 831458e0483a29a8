"""Local energies of small filters over three octaves of an image's grey levels: the arithmetic of `texture`.

Each octave is read once, row by row: a row is smoothed, its four squared responses are added to the cells that contain
it, and every second smoothed row goes to the next octave. So only a few rows are in use at a time.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from model.features.compiled import compiled

OCTAVES = 3
FILTERS = 4
CHANNELS = OCTAVES * FILTERS
CELLS = 28
"""Number of the map's cells along each side, for images of any shape."""

FRAME = 2
"""Cells at each border that the summary leaves out: a frame or a scan's edge would be the extreme of every image."""

# The binomial filter (1 4 6 4 1) / 16: weights of the outermost, the next and the middle pixel.
_OUTER, _NEXT, _MIDDLE = np.float32(1 / 16), np.float32(4 / 16), np.float32(6 / 16)
_HALF = np.float32(0.5)
# Grey in 65,536ths of red, green and blue.
_RED, _GREEN, _BLUE = np.uint32(19595), np.uint32(38470), np.uint32(7471)
_ROUND, _BITS = np.uint32(32768), np.uint32(16)

Array = npt.NDArray[np.float32]
_Indices = npt.NDArray[np.int64]


def local_energies(pixels: npt.NDArray[np.uint8]) -> Array:
    """Mean squared filter responses of RGB pixels, uint8 (H, W, 3), both sides at least 32: float32, greys in 0..1.

    Returns (OCTAVES * FILTERS, CELLS, CELLS); a cell is the mean over its window as in adaptive pooling, without the
    octave's outermost pixels. The filters: Laplacian, horizontal, vertical and diagonal differences.
    """
    height, width = pixels.shape[:2]
    level = np.empty((height, width), np.float32)
    _to_grey(np.ascontiguousarray(pixels), level)
    maps = np.empty((OCTAVES, FILTERS, CELLS, CELLS), np.float32)
    for into in maps:
        height, width = level.shape
        rows, columns = _windows(height - 2), _windows(width - 2)
        sums = np.zeros((CELLS, FILTERS, width - 2), np.float32)
        smaller = np.empty((-(-height // 2), -(-width // 2)), np.float32)
        _add_rows(level, *rows, sums, smaller)
        _average(sums, *rows, *columns, into)
        level = smaller
    maps *= np.float32(1 / 255**2)
    return maps.reshape(-1, CELLS, CELLS)


@lru_cache(maxsize=64)
def _windows(pixels: int) -> tuple[_Indices, _Indices]:
    """Start and stop of each cell's window, as in adaptive pooling: neighbouring windows may share a pixel."""
    edges = np.arange(CELLS + 1) * pixels
    return edges[:-1] // CELLS, -(-edges[1:] // CELLS)


@compiled
def _to_grey(pixels: npt.NDArray[np.uint8], level: Array) -> None:
    """Fill `level` (H, W) with whole grey levels, 0..255, of RGB (H, W, 3): ITU-R 601's weights, as in Pillow."""
    for y in range(level.shape[0]):
        row = pixels[y].reshape(-1)  # contiguous bytes, so that many pixels are read at once
        for x in range(level.shape[1]):
            red, green, blue = np.uint32(row[3 * x]), np.uint32(row[3 * x + 1]), np.uint32(row[3 * x + 2])
            level[y, x] = (red * _RED + green * _GREEN + blue * _BLUE + _ROUND) >> _BITS


@compiled
def _add_rows(level: Array, tops: _Indices, bottoms: _Indices, sums: Array, smaller: Array) -> None:
    """Add the energies of `level` (H, W) to `sums` (CELLS, FILTERS, W - 2); fill `smaller` with the next octave."""
    height, width = level.shape
    last = height - 1  # rows beyond it are mirrored: row i is row last - |last - i|
    padded = np.empty(width + 4, np.float32)  # a row smoothed vertically, mirrored at both ends
    smooth = np.empty(width, np.float32)
    energies = np.empty((FILTERS, width - 2), np.float32)
    first = 0  # cell whose window has not ended
    for y in range(height):
        here, above, below = level[y], level[abs(y - 1)], level[last - abs(last - y - 1)]
        far_above, far_below = level[abs(y - 2)], level[last - abs(last - y - 2)]
        for x in range(width):
            padded[x + 2] = _OUTER * (far_above[x] + far_below[x]) + _NEXT * (above[x] + below[x]) + _MIDDLE * here[x]
        padded[0], padded[1] = padded[4], padded[3]
        padded[width + 2], padded[width + 3] = padded[width], padded[width - 1]
        for x in range(width):
            outer, near = padded[x] + padded[x + 4], padded[x + 1] + padded[x + 3]
            smooth[x] = _OUTER * outer + _NEXT * near + _MIDDLE * padded[x + 2]
        if y % 2 == 0:
            for x in range(smaller.shape[1]):
                smaller[y // 2, x] = smooth[2 * x]
        if not 0 < y < last:
            continue
        laplacian, across, down, diagonal = energies[0], energies[1], energies[2], energies[3]
        for x in range(width - 2):
            laplacian[x] = (here[x + 1] - smooth[x + 1]) ** 2
            across[x] = (here[x + 2] - here[x]) ** 2
            down[x] = (below[x + 1] - above[x + 1]) ** 2
            diagonal[x] = _HALF * ((below[x + 2] - above[x]) ** 2 + (above[x + 2] - below[x]) ** 2)
        while bottoms[first] < y:
            first += 1
        cell = first
        while cell < CELLS and tops[cell] < y:  # row y of the level is row y - 1 of the energies
            for number in range(FILTERS):
                total, part = sums[cell, number], energies[number]
                for x in range(width - 2):
                    total[x] += part[x]
            cell += 1


@compiled
def _average(sums: Array, tops: _Indices, bottoms: _Indices, lefts: _Indices, rights: _Indices, cells: Array) -> None:
    """Fill `cells` (FILTERS, CELLS, CELLS) with the means over their windows, of `sums` over the windows' rows."""
    for number in range(FILTERS):
        for row in range(CELLS):
            total = sums[row, number]
            for column in range(CELLS):
                energy = np.float32(0)
                for x in range(lefts[column], rights[column]):
                    energy += total[x]
                pixels = (bottoms[row] - tops[row]) * (rights[column] - lefts[column])
                cells[number, row, column] = energy / pixels
