"""The sizes at which images are read and embedded; pure arithmetic.

An image is read so that its longer side has at most `PICTURE_SIDE` pixels, and fitted into a square of the working side
for the backbone. Examples are also embedded in a smaller square, and regions are found in a larger one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from model.backbones.base import Backbone

Size = tuple[int, int]
"""(width, height) in pixels as displayed."""

PICTURE_SIDE = 1024
"""Pixels of the longer side at which an image is read; the texture view is computed from these pixels."""

SMALLEST_SIDE, LARGEST_SIDE = 32, 2048
"""Pixels; no working side is larger, in a saved classifier either."""

LARGE_IMAGE, LARGE_SIDE = 1.1, 10 / 7
"""In units of the backbone's input size: the least side of large images and their working side, 246 and 320 for 224."""

LARGE_SIDE_IN_INT8 = 8 / 7
"""The working side of large images where the backbone runs in int8, on slow processors: 256 for 224.

Together 1.8 times as fast, at the same mean accuracy (docs/adr/0040-int8.md).
"""

SMALLER_SHARE = 3 / 7
"""Of the working side, at which examples are embedded again: 96 pixels for 224, 128 for 320. Takes a fifth longer.

In a scene an object is smaller than in its bin, and its regions look different. Regions are compared with the mean of
both sizes, which finds small objects far more often and large ones about as often (docs/adr/0007-attention.md).
"""

CLOSER_FACTOR = 2
"""The closer look has this many times the working side."""

LARGE_FACTOR = 1.5
"""An image this many times as large as every example always gets the closer look, and its crops are scored."""


@dataclass(frozen=True)
class Looks:
    """The squares in which the images of a run are embedded, sides in pixels.

    side: for every image
    second: additional square for images whose sqrt(width * height) is at least `second_from` pixels (0: for none)
    """

    side: int
    second: int = 0
    second_from: float = 0.0

    def is_seen_twice(self, size: Size) -> bool:
        """Whether an image of this size is embedded in the second square too."""
        return self.second > 0 and typical_side(size) >= self.second_from

    def sides_of(self, size: Size) -> tuple[int, ...]:
        """Return the sides of the squares for an image of this size, `side` first; equal sides count once."""
        both = self.is_seen_twice(size) and self.second != self.side
        return (self.side, self.second) if both else (self.side,)


def typical_side(size: Size) -> float:
    """Return sqrt(width * height) in pixels."""
    return math.sqrt(math.prod(size))


def working_side(backbone: Backbone, sizes: Iterable[Size], large_side: float = LARGE_SIDE) -> int:
    """Return the working side in pixels for images of these sizes; `large_side` is that of large images.

    Large images hold detail that the backbone's own input size would lose, small ones only blur when they are enlarged:
    the larger side is chosen where the median image is larger than the backbone's input size.
    """
    sides = [typical_side(size) for size in sizes]
    if not backbone.any_size or not sides or median(sides) < LARGE_IMAGE * backbone.input_size:
        return backbone.input_size
    return round(large_side * backbone.input_size / backbone.multiple) * backbone.multiple


def smaller_side(backbone: Backbone, side: int) -> int:
    """Return the side in pixels at which examples are embedded again: `side` where the backbone takes no other."""
    multiple = backbone.multiple
    return max(multiple, round(SMALLER_SHARE * side / multiple) * multiple) if backbone.any_size else side


def closer_side(backbone: Backbone, side: int) -> int:
    """Return the side in pixels of the closer look: `side` where the backbone takes no other."""
    largest = LARGEST_SIDE // backbone.multiple * backbone.multiple
    return min(CLOSER_FACTOR * side, largest) if backbone.any_size else side


def is_large(size: Size, example_side: float) -> bool:
    """Whether an image is much larger than the examples; `example_side` is sqrt(width * height) of the largest."""
    return typical_side(size) >= LARGE_FACTOR * example_side
