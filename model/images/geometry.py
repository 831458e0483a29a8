"""Between cells of a feature grid and pixels of the original image.

The whole image is squeezed into the backbone's square, so a grid cell maps back to a rectangle of
the original by two factors, one for each side.
"""

from __future__ import annotations

from model.types import Region


def window_region(cell: int, grid: tuple[int, int], window: int, size: tuple[int, int]) -> Region:
    """Return the window of `window` x `window` cells around `cell`, moved inside the image, in its pixels.

    `cell` counts in reading order on a grid of (rows, columns); `size` is (width, height).
    """
    rows, columns = grid
    width, height = size
    row, column = divmod(cell, columns)
    top, bottom = _span(row, rows, window, height)
    left, right = _span(column, columns, window, width)
    return Region(left, top, right - left, bottom - top)


def _span(position: int, cells: int, window: int, pixels: int) -> tuple[int, int]:
    window = min(window, cells)
    first = min(max(position - window // 2, 0), cells - window)
    start = min(round(first / cells * pixels), pixels - 1)  # an image may have fewer pixels than the grid has cells
    return start, max(round((first + window) / cells * pixels), start + 1)
