"""Conversion of cells of a feature grid to pixels of the original image.

The whole image is squeezed into the backbone's square, so a grid cell maps back to a rectangle of the original by two
factors, one for each side.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from model.types import Region

_MOST_CELLS = 256


def box_region(box: Sequence[int], grid: tuple[int, int], size: tuple[int, int]) -> Region:
    """Return the region of a box of cells, in pixels of the image and at least one pixel wide and high.

    box: first row and column, and those after the last, on a grid of (rows, columns)
    size: (width, height) in pixels
    """
    first_row, first_column, end_row, end_column = box
    (rows, columns), (width, height) = grid, size
    top, bottom = _span(first_row, end_row, rows, height)
    left, right = _span(first_column, end_column, columns, width)
    return Region(left, top, right - left, bottom - top)


def moved(region: Region, box: Region) -> Region:
    """Return a region of what is looked at, `box`, in pixels of the whole image."""
    return Region(region.x + box.x, region.y + box.y, region.width, region.height)


def on_whole(maps: npt.NDArray[np.float32], box: Region, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Return maps of what is looked at, float32 (n, h, w), as maps of the whole image: (n, H, W), 0 outside.

    box: what is looked at, in pixels of the image of `size` = (width, height)
    The grid is about as fine, `_MOST_CELLS` a side at most; interpolated between the cells' middles.
    """
    if (box.width, box.height) == size:
        return maps
    across, columns = _places(box.x, box.width, size[0], maps.shape[2])
    down, rows = _places(box.y, box.height, size[1], maps.shape[1])
    x, y = (each.astype(np.float32) for each in np.meshgrid(across, down))
    inside = columns[None, :] & rows[:, None]
    placed = [cv2.remap(one, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) * inside for one in maps]
    return np.stack(placed).astype(np.float32)


def _places(start: int, length: int, pixels: int, cells: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Where the middles of the whole image's cells lie, in cells of what is looked at, and which of them are in it."""
    count = min(max(round(cells * pixels / length), cells), _MOST_CELLS)
    middles = (np.arange(count) + 0.5) / count * pixels
    return (middles - start) / length * cells - 0.5, (middles >= start) & (middles <= start + length)


def _span(first: int, end: int, cells: int, pixels: int) -> tuple[int, int]:
    start = min(round(first / cells * pixels), pixels - 1)  # an image may have fewer pixels than the grid has cells
    return start, max(round(end / cells * pixels), start + 1)
