"""Response directions: which of the backbone's responses at stride 32 speak for a class.

The similarities of `local_feature` compare directions only. Here ridge regression onto the classes is fitted to the
examples' global features at stride 32; `regions.response_map` applies its weights to every region and counts them by
how strongly the backbone responds there, as class activation maps do (Zhou et al., CVPR 2016).
"""

from __future__ import annotations

from torch import Tensor

from model.head import class_description

RIDGE = 0.1
"""Over the mean squared length of the centred vectors."""


def response_directions(globals_: Tensor, balance: Tensor, labels: Tensor, ways: int) -> Tensor:
    """Fit to examples: stride-32 globals (n, D), float64 (n,) how much each counts, int64 (n,) -> float32 (N, D)."""
    vectors = globals_.double()
    centred = vectors - (balance / balance.sum()) @ vectors
    gram = centred @ centred.T
    ridge = RIDGE * (gram.diagonal() * balance).mean().clamp_min(1e-9)
    dual = class_description.dual_descriptors(gram, balance, ridge, labels, ways)
    return (centred.T @ dual).T.float()
