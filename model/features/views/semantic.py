"""The semantic view: global features along the directions in which the backbone tells its own classes apart.

The weights of a backbone's classification layer, which is otherwise left out, show which differences between its
channels separate the classes of its training and which are appearance only. The semantic view is the coarse global
feature times these weights, each direction less the mean of all, brought to length 1: images that would be classified
alike are similar. Where classes differ in content rather than in appearance, it helps from the first example on; its
share is fitted with the rest of the head. Ours (docs/adr/0018-semantic-view.md).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from model.features.maps import ImageFeatures
from model.features.view import VIEWS, Traits, View

MEANING_SLOPE, MEANING_RANGE = 10.0, (-0.2, 0.5)
"""Slope by which `meaning`, limited to the range, raises the prior mean of the log odds."""

_LEAST_SCATTER = 1e-6
_ROWS_AT_ONCE = 16


class SemanticView(View):
    """The coarse global feature along the directions of the backbone's own classes."""

    name = "semantic"
    order = 10
    prior_mean, prior_deviation = -4.0, 2.0

    def size(self, channels: tuple[int, int], taught: int) -> int:
        """See `View.size`."""
        del channels
        return taught

    def vectors(self, features: ImageFeatures, directions: Tensor) -> Tensor:
        """See `View.vectors`."""
        return semantic_view(features.coarse, directions)

    def prior_shift(self, traits: Traits) -> float:
        """Higher where images differ in content more than in appearance."""
        least, most = MEANING_RANGE
        return MEANING_SLOPE * min(max(traits.meaning, least), most)


VIEWS.register(SemanticView.name, SemanticView())


def semantic_view(coarse: Tensor, directions: Tensor) -> Tensor:
    """Coarse global features (n, D_coarse) along (C, D_coarse) directions, see `Backbone.class_directions`: (n, C)."""
    # The BLAS sums products of few rows, and of rows left over when threads share them, in another order: with padding
    # an image has the same numbers alone and in a batch.
    rows = functional.pad(coarse, (0, 0, 0, -len(coarse) % _ROWS_AT_ONCE))
    return functional.normalize(rows @ directions.T, dim=1)[: len(coarse)]


def meaning(coarse: Tensor, directions: Tensor) -> float:
    """Natural logarithm of how much more n >= 2 images differ in content than in appearance.

    The ratio is the scatter of the semantic view over that of the coarse view (both have vectors of length 1). Uses no
    labels. Minus infinity where the backbone has no such directions.
    """
    if not len(directions):
        return -math.inf
    scatters = [
        (view - view.mean(dim=0)).square().sum(dim=1).mean().clamp_min(_LEAST_SCATTER)
        for view in (semantic_view(coarse, directions), coarse)
    ]
    return float(torch.log(scatters[0] / scatters[1]))
