"""The traits of a support set: measures of its images that use no labels and move the priors of the views' shares."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from torch import Tensor

from model.features.maps import ImageFeatures
from model.features.sizes import Size, typical_side
from model.features.view import Traits
from model.features.views import layout, semantic, texture


def traits_of(features: ImageFeatures, sizes: Sequence[Size], directions: Tensor) -> Traits:
    """Measure n >= 2 images of (width, height) `sizes`; directions: see `Backbone.class_directions`."""
    return Traits(
        median(typical_side(size) for size in sizes),
        texture.spread(features.texture),
        layout.wholeness(features.layout),
        semantic.meaning(features.coarse, directions),
    )
