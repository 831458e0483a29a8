"""Response directions: for each class, weights of the coarse feature map's channels, by ridge regression.

The similarities of `local_feature` compare directions only. The regression here is fitted to the examples' global
features at stride 32; `regions.response_map` applies its weights to every region and multiplies by the strength there,
as class activation maps do (Zhou et al., CVPR 2016).
"""

from __future__ import annotations

from torch import Tensor

from model.head import class_description

RIDGE = 0.1
"""Ridge in units of the mean squared length of the centred vectors."""


def response_directions(globals_: Tensor, balance: Tensor, labels: Tensor, ways: int) -> Tensor:
    """Fit to examples: stride-32 globals (n, D), float64 weights (n,), int64 labels (n,) -> float32 (N, D)."""
    vectors = globals_.double()
    centred = vectors - (balance / balance.sum()) @ vectors
    gram = centred @ centred.T
    ridge = RIDGE * (gram.diagonal() * balance).mean().clamp_min(1e-9)
    dual = class_description.dual_descriptors(gram, balance, ridge, labels, ways)
    return (centred.T @ dual).T.float()
