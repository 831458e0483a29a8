"""Where the backbone's strongest responses speak for a class: a class activation map (Zhou et al., CVPR 2016).

The maps of `model.local_feature` compare directions only. This one keeps the strength: ridge regression
onto the classes is fitted to the examples' averaged stride-32 responses, and its weights are applied to
the responses of each region, which for a linear head on averaged features is also what Grad-CAM shows
(Selvaraju et al. 2017). An object answers strongly, plain ground weakly, so it is seldom mistaken for
ground, but drawn coarsely: the region that is shown uses both (docs/adr/0007-attention.md).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from model import class_description
from model.features import resampled

RIDGE = 0.1
"""Over the mean squared length of the centred vectors."""


def response_directions(responses: Tensor, balance: Tensor, labels: Tensor, ways: int) -> Tensor:
    """Fit to examples: (n, D, h, w), float64 (n,) how much each counts, int64 (n,) -> float32 (N, D)."""
    vectors = functional.normalize(responses.mean(dim=(2, 3)).double(), dim=1)
    centred = vectors - (balance / balance.sum()) @ vectors
    gram = centred @ centred.T
    ridge = RIDGE * (gram.diagonal() * balance).mean().clamp_min(1e-9)
    dual = class_description.dual_descriptors(gram, balance, ridge, labels, ways)
    return (centred.T @ dual).T.float()


def response_maps(responses: Tensor, directions: Tensor, grid: tuple[int, int]) -> Tensor:
    """What each region's responses add to each class: (n, D, h, w), (N, D) -> (n, N, R) on `grid`."""
    return resampled(torch.einsum("ndhw,cd->nchw", responses, directions), grid).flatten(2)
