"""Response maps: direction times strength, worked out on tiny maps."""

from __future__ import annotations

import torch

from model.backbones.base import FeatureMaps
from model.features.maps import ImageFeatures, ImageMaps, describe, inner_products
from model.head.class_description import class_balance
from model.head.responses import response_directions
from model.regions.response_map import response_maps

LABELS = torch.tensor([0, 0, 1, 1])


def examples() -> ImageFeatures:
    """Channel 0 responds on the left in class 0, channel 1 on the right in class 1, channel 2 everywhere."""
    maps = torch.zeros(4, 3, 1, 2)
    maps[:2, 0, 0, 0] = 4.0
    maps[2:, 1, 0, 1] = 4.0
    maps[:, 2] = 1.0
    return describe(ImageMaps.without_texture(FeatureMaps(torch.zeros(4, 1, 2, 4), maps)))


def said_by(features: ImageFeatures, directions: torch.Tensor) -> torch.Tensor:
    """Maps (n, N, R) on the grid of the fine stride."""
    said = inner_products(directions, features.coarse_map, features.coarse_scale)
    return response_maps(said, features.coarse_strength, features.grid)


def test_the_map_peaks_where_the_channel_of_the_class_responds() -> None:
    features = examples()
    directions = response_directions(features.coarse, class_balance(LABELS, 2), LABELS, 2)
    maps = said_by(features, directions)
    assert maps.shape == (4, 2, 8)
    assert int(maps[0, 0].argmax()) % 4 == 0
    assert int(maps[2, 1].argmax()) % 4 == 3


def test_a_strong_response_counts_more_than_a_weak_one_of_the_same_direction() -> None:
    features = examples()
    weak = features._replace(
        coarse_map=torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1).expand(1, 3, 1, 2),
        coarse_scale=torch.ones(1, 1, 2),
        coarse_strength=torch.tensor([[[3.0, 1.0]]]),
    )
    directions = response_directions(features.coarse, class_balance(LABELS, 2), LABELS, 2)
    row = said_by(weak._replace(fine_map=torch.zeros(1, 1, 1, 2)), directions)[0, 0]
    assert torch.allclose(row[0], 3 * row[1])


def test_the_classes_add_up_to_nothing() -> None:
    directions = response_directions(examples().coarse, class_balance(LABELS, 2), LABELS, 2)
    assert torch.allclose(directions.sum(dim=0), torch.zeros(3), atol=1e-6)


def test_an_example_without_weight_does_not_count() -> None:
    globals_, balance = examples().coarse, class_balance(LABELS, 2)
    whole = response_directions(globals_[:3], balance[:3], LABELS[:3], 2)
    odd = globals_.clone()
    odd[3] = odd[0]  # labelled 1, but the same as an image of class 0
    nothing = balance * torch.tensor([1.0, 1.0, 1.0, 1e-9])
    assert torch.allclose(response_directions(odd, nothing, LABELS, 2), whole, atol=1e-2)
