"""The region of highest attention: the box around the peak of the evidence for a class.

It holds the cells that are connected with the peak and rise at least half (or another share) as high as it
does above the median of the image: the full width at half maximum, in two dimensions. Ours
(docs/adr/0007-attention.md).
"""

from __future__ import annotations

import cv2
from torch import Tensor

HEIGHT = 0.5
"""Of the peak's height above the median, from which a cell belongs to its region."""

Box = tuple[int, int, int, int]
"""First row and column of a box of cells, and those after its last."""

_OVER_CORNERS = 8  # neighbours a cell
_FLAGS = _OVER_CORNERS | cv2.FLOODFILL_FIXED_RANGE  # compared with the peak, not from cell to cell


def peak_boxes(evidence: Tensor, grid: tuple[int, int], height: float = HEIGHT) -> list[Box]:
    """Return the box of each map, float32 (n, R) on `grid`."""
    peaks, ground = evidence.max(dim=1), evidence.median(dim=1).values
    depths = (1 - height) * (peaks.values - ground)
    maps = evidence.view(-1, *grid).numpy().copy()  # it is filled from the peak
    boxes = []
    for values, peak, depth in zip(maps, peaks.indices.tolist(), depths.tolist(), strict=True):
        row, column = divmod(peak, grid[1])
        *_, (x, y, width, height) = cv2.floodFill(values, None, (column, row), 0, depth, 0, _FLAGS)
        boxes.append((y, x, y + height, x + width))
    return boxes
