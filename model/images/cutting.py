"""How files are cut into the images that are classified: pages, frames at a rate, tiles of a size."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from model.types import Region

WHOLE = 1.5
"""Images up to so many times a tile's side are left whole."""


@dataclass(frozen=True)
class Cutting:
    """`video_rate` frames a second are taken of videos; images much larger than `tile_side` pixels become tiles.

    Pages and frames of other files are always images of their own.
    """

    video_rate: float = 1.0
    tile_side: int | None = None


AS_THEY_ARE = Cutting()
"""One frame a second, no tiles."""


def tiles(size: tuple[int, int], side: int) -> list[Region]:
    """Cut an image of (width, height) into equal tiles of about `side` pixels, row by row; [] where it is too small.

    Tiles neither overlap nor leave anything out, and differ by a pixel at most.
    """
    if max(size) <= WHOLE * side:
        return []
    columns, rows = (_edges(length, side) for length in size)
    return [
        Region(left, top, right - left, bottom - top)
        for top, bottom in pairwise(rows)
        for left, right in pairwise(columns)
    ]


def _edges(length: int, side: int) -> list[int]:
    count = max(1, ceil(length / side - 1e-9))
    return [round(k * length / count) for k in range(count + 1)]
