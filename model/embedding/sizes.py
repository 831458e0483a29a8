"""The size at which images are looked at: the side in pixels of the square that each is fitted into."""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from statistics import median

from model.backbones.base import Backbone
from model.errors import ImageReadError
from model.images.reading import image_size

STRIDE = 32  # working sides are multiples of it
LARGEST_SIDE = 2048  # of a working side, whoever's classifier asks for it
LARGE_IMAGE, LARGE_SIDE = 1.1, 10 / 7  # over the backbone's own input size: 246 and 320 pixels where that is 224


def working_side(backbone: Backbone, paths: Iterable[Path]) -> int:
    """Return the side in pixels at which these images, and others like them, are looked at.

    Large images hold detail that the backbone's own input size would lose, small ones only blur when
    they are enlarged: the larger side is taken where the median image is larger than the own size.
    Unreadable images do not count.
    """
    sizes = []
    for path in paths:
        with suppress(ImageReadError):  # reported when it is embedded
            sizes.append(math.sqrt(math.prod(image_size(path))))
    if not backbone.any_size or not sizes or median(sizes) < LARGE_IMAGE * backbone.input_size:
        return backbone.input_size
    return round(LARGE_SIDE * backbone.input_size / STRIDE) * STRIDE


def detail_side(backbone: Backbone, side: int) -> int:
    """Return the side for a second look at regions: twice the working side, where the backbone takes any size."""
    return min(2 * side, LARGEST_SIDE) if backbone.any_size else side
