"""The box of the region shown: the rectangle around the peak of the evidence for a class.

It encloses the cells that are connected with the peak and rise at least half (or another share) as high above the
median of the image as the peak does: the full width at half maximum, in two dimensions. Ours
(docs/adr/0007-attention.md).
"""

from __future__ import annotations

import cv2
from torch import Tensor

HEIGHT = 0.5
"""Share of the peak's height above the median that a cell of its region reaches."""

Box = tuple[int, int, int, int]
"""First row and column of a box of cells, and the row and column after the last."""

_OVER_CORNERS = 8  # neighbours of a cell
_FLAGS = _OVER_CORNERS | cv2.FLOODFILL_FIXED_RANGE  # cells are compared with the peak, not with their neighbours


def peak_boxes(evidence: Tensor, grid: tuple[int, int], height: float = HEIGHT) -> list[Box]:
    """Return the box of each map, float32 (n, R) on `grid` = (rows, columns)."""
    peaks, ground = evidence.max(dim=1), evidence.median(dim=1).values
    depths = (1 - height) * (peaks.values - ground)
    maps = evidence.view(-1, *grid).numpy().copy()  # `floodFill` changes it
    boxes = []
    for values, peak, depth in zip(maps, peaks.indices.tolist(), depths.tolist(), strict=True):
        row, column = divmod(peak, grid[1])
        *_, (x, y, width, height) = cv2.floodFill(values, None, (column, row), 0, depth, 0, _FLAGS)
        boxes.append((y, x, y + height, x + width))
    return boxes
