"""Compile the loops ahead of the first start; `make` runs it after installing."""

from __future__ import annotations

import numpy as np
import torch

from model.backbones.base import FeatureMaps
from model.features.maps import ImageMaps, compact
from model.features.packing import packed
from model.features.views.texture import MIN_SIDE, texture_map


def main() -> None:
    """Compile the loops whose machine code is kept (`model.features.compiled`)."""
    texture_map(np.zeros((MIN_SIDE, MIN_SIDE, 3), np.uint8))
    packed(compact(ImageMaps.without_texture(FeatureMaps(torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 1, 1)))), (1, 1))


if __name__ == "__main__":
    main()
