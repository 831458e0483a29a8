"""What things are: global features seen along the directions in which the backbone tells its own classes apart.

A backbone that was taught a thousand kinds of things knows which of its channels' differences matter to
what a thing is, and which only to how it looks: its classification layer, which is otherwise left out,
says so. The semantic view is the coarse global feature times that layer, each direction less the mean of
all, brought to length 1: two images are alike that speak for the same kinds. Where classes differ in
what they show rather than in how it looks, it helps from the first example on; how much it counts is
learned with the rest of the head. Ours (docs/adr/0018-semantic-view.md).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

_LEAST_SCATTER = 1e-6
_ROWS_AT_ONCE = 16


def semantic_view(coarse: Tensor, directions: Tensor) -> Tensor:
    """Coarse global features (n, D_coarse) along (C, D_coarse) directions, see `Backbone.class_directions`: (n, C)."""
    # Few rows, and what is left over by threads, take other ways through the BLAS, which add in another order: an
    # image is to get the same numbers alone and among others.
    rows = functional.pad(coarse, (0, 0, 0, -len(coarse) % _ROWS_AT_ONCE))
    return functional.normalize(rows @ directions.T, dim=1)[: len(coarse)]


def meaning(coarse: Tensor, directions: Tensor) -> float:
    """How much more n >= 2 images differ in what they show than in how it looks: natural logarithm.

    Of the scatter of the semantic view over that of the coarse one (both have vectors of length 1).
    Uses no labels. Minus infinity where the backbone has no such directions.
    """
    if not len(directions):
        return -math.inf
    scatters = [
        (view - view.mean(dim=0)).square().sum(dim=1).mean().clamp_min(_LEAST_SCATTER)
        for view in (semantic_view(coarse, directions), coarse)
    ]
    return float(torch.log(scatters[0] / scatters[1]))
