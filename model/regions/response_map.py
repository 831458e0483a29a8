"""The response map: where the backbone's strongest responses speak for a class, in the manner of class activation maps.

An object gives strong responses, plain ground weak ones, so ground is seldom mistaken for an object; but the map is
coarse, so it is only one part of the evidence of a region (docs/adr/0007-attention.md). Class activation maps (Zhou
et al., CVPR 2016) apply such weights to the responses themselves, which is what Grad-CAM shows of a linear head on
averaged features (Selvaraju et al. 2017); that finds objects as often and needs the responses beside the directions.
"""

from __future__ import annotations

from torch import Tensor

from model.features.maps import resampled


def response_maps(said: Tensor, strength: Tensor, grid: tuple[int, int]) -> Tensor:
    """What each region's responses say for each class: (n, N, h', w'), (n, h', w') -> (n, N, R) on `grid`.

    said: `inner_products` of `response_directions` with the coarse maps; strength: of the responses there.
    """
    return resampled(said * strength[:, None], grid).flatten(2)
