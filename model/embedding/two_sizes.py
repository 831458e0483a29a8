"""Examples seen at two sizes: in a scene an object is smaller than in its bin, and its regions look otherwise.

Regions are compared with the mean of both, which finds small objects far more often and large ones about
as often (docs/adr/0007-attention.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from model.backbones.base import Backbone
from model.embedding.embedder import EmbeddedImage, Embedder
from model.embedding.sizes import STRIDE
from model.errors import ImageReadError
from model.features.maps import ImageFeatures
from model.progress import CancelToken, ProgressCallback

SMALLER = 3 / 7
"""Of the working side, rounded to the backbone's stride: 96 pixels for 224, 128 for 320. Costs a fifth more."""


def smaller_side(backbone: Backbone, side: int) -> int:
    """Return the side in pixels at which examples are looked at again: `side` where the backbone takes no other."""
    return max(STRIDE, round(SMALLER * side / STRIDE) * STRIDE) if backbone.any_size else side


def globals_at_two_sizes(
    images: Sequence[EmbeddedImage],
    features: ImageFeatures,
    embedder: Embedder,
    side: int,
    progress: ProgressCallback,
    token: CancelToken,
) -> Tensor:
    """Return what regions are compared with, float32 (n, D_coarse + D_fine): mean joined global feature of each image.

    `features` are those of `images`, embedded at `side`. A file that cannot be read again counts as
    it was seen. Raises `Cancelled`.
    """
    joined = features.joined_globals()
    smaller = smaller_side(embedder.backbone, side)
    if smaller == side:
        return joined
    paths = [image.path for image in images]
    again = embedder.embed_all(paths, smaller, "Embedding the examples in a smaller size", progress, token)
    rows = [
        row if isinstance(item, ImageReadError) else item.features.joined_globals()[0]
        for row, item in zip(joined, again, strict=True)
    ]
    return (joined + torch.stack(rows)) / 2
