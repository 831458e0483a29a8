"""Conversion of cells of a feature grid to pixels of the original image.

The whole image is squeezed into the backbone's square, so a grid cell maps back to a rectangle of the original by two
factors, one for each side.
"""

from __future__ import annotations

from collections.abc import Sequence

from model.types import Region


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


def _span(first: int, end: int, cells: int, pixels: int) -> tuple[int, int]:
    start = min(round(first / cells * pixels), pixels - 1)  # an image may have fewer pixels than the grid has cells
    return start, max(round(end / cells * pixels), start + 1)
