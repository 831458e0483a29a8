"""Where the backbone's strongest responses speak for a class, in the manner of class activation maps.

The maps of `model.head.local_feature` compare directions only. This one keeps the strength: ridge regression
onto the classes is fitted to the examples' global features at stride 32, and what its weights say of a
region counts by how strongly the backbone answers there. An object answers strongly, plain ground
weakly, so ground is seldom mistaken for an object; but the map is coarse, so the region that is shown
uses both (docs/adr/0007-attention.md). Class activation maps (Zhou et al., CVPR 2016) apply such weights
to the responses themselves, which is what Grad-CAM shows of a linear head on averaged features
(Selvaraju et al. 2017); that finds objects as often and needs the responses beside the directions.
"""

from __future__ import annotations

from torch import Tensor

from model.features.maps import resampled
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


def response_maps(said: Tensor, strength: Tensor, grid: tuple[int, int]) -> Tensor:
    """What each region's responses say for each class: (n, N, h', w'), (n, h', w') -> (n, N, R) on `grid`.

    said: `inner_products` of `response_directions` with the coarse maps; strength: of the responses there.
    """
    return resampled(said * strength[:, None], grid).flatten(2)
