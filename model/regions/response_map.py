"""Response maps: ridge weights of a class times the coarse map's values at each region, as in class activation maps.

Objects have strong responses and plain ground weak ones, so ground is seldom mistaken for an object; but the map is
coarse, so it is only one part of the evidence of a region (docs/adr/0007-attention.md). Class activation maps (Zhou et
al., CVPR 2016) apply the weights to the feature map itself, as Grad-CAM does with a linear head on averaged features
(Selvaraju et al. 2017); that finds objects as often but needs the feature map beside the directions.
"""

from __future__ import annotations

from torch import Tensor

from model.features.maps import resampled


def response_maps(said: Tensor, strength: Tensor, grid: tuple[int, int]) -> Tensor:
    """Return each region's responses for each class: (n, N, h', w'), (n, h', w') -> (n, N, R) on `grid`.

    said: `inner_products` of `response_directions` with the coarse maps
    strength: see `ImageFeatures.coarse_strength`
    """
    return resampled(said * strength[:, None], grid).flatten(2)
