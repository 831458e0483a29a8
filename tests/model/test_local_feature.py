"""The local feature module against values worked out by hand."""

from __future__ import annotations

import pytest
import torch

from model.backbones.base import FeatureMaps
from model.features.maps import REGION_FINE_SHARE, ImageFeatures, ImageMaps, describe, inner_products, split
from model.head import local_feature

LABELS = torch.tensor([0, 0, 1])
# Two regions an image, two channels; the globals are the unit vectors e0, e0, e1.
REGIONS = torch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[0.6, 0.8], [1.0, 0.0]], [[0.0, 1.0], [0.8, 0.6]]])
GLOBALS = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])


def test_class_means_average_each_class() -> None:
    means = local_feature.class_means(torch.tensor([[2.0, 0.0], [0.0, 4.0], [1.0, 1.0]]), LABELS, 2)
    assert means.tolist() == [[1.0, 2.0], [1.0, 1.0]]


def _similarities(features: ImageFeatures, vectors: torch.Tensor) -> torch.Tensor:
    coarse, fine = split(vectors, features.coarse.shape[1])
    return local_feature.similarities(
        inner_products(coarse, features.coarse_map, features.coarse_scale),
        inner_products(fine, features.fine_map, features.fine_scale),
    )


def test_similarities_compare_every_region_with_every_class() -> None:
    generator = torch.Generator().manual_seed(0)
    fine, coarse = torch.rand(2, 3, 4, 4, generator=generator), torch.rand(2, 5, 4, 4, generator=generator)
    features = describe(ImageMaps.without_texture(FeatureMaps(fine, coarse)))
    means = torch.rand(2, 8, generator=generator)
    similarity = _similarities(features, means)
    expected = torch.einsum("nrd,cd->ncr", features.joined_regions(), means)
    assert torch.allclose(similarity, expected, atol=1e-6)


def test_the_coarse_stride_s_similarities_are_interpolated() -> None:
    coarse = torch.tensor([[[[1.0, 0.0]], [[0.0, 1.0]]]])  # two regions, e0 and e1
    features = describe(ImageMaps.without_texture(FeatureMaps(torch.zeros(1, 1, 1, 4), coarse)))
    similarity = _similarities(features, torch.tensor([[1.0, 0.0, 0.0]]))
    share = (1 - REGION_FINE_SHARE) ** 0.5
    assert similarity[0, 0].tolist() == pytest.approx([share * part for part in (1.0, 0.75, 0.25, 0.0)], abs=1e-3)


def test_an_image_is_never_compared_with_itself() -> None:
    globals_ = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    similarity = local_feature.leave_one_out_similarities(REGIONS, globals_, LABELS, 2)
    # Image 0's class mean without itself is e1, so its regions score 0 and 1; class 1 is e1 too.
    assert torch.allclose(similarity[0], torch.tensor([[0.0, 1.0], [0.0, 1.0]]), atol=1e-6)
    # Image 1's is e0.
    assert torch.allclose(similarity[1, 0], torch.tensor([0.6, 1.0]), atol=1e-6)


def test_the_only_image_of_a_class_has_first_similarity_zero() -> None:
    similarity = local_feature.leave_one_out_similarities(REGIONS, GLOBALS, LABELS, 2)
    assert similarity[2, 1].tolist() == [0.0, 0.0]
    assert torch.allclose(similarity[2, 0], torch.tensor([0.0, 0.8]))


def test_contrast_subtracts_the_mean_of_the_other_classes() -> None:
    similarity = torch.tensor([[[1.0], [0.5], [0.1]]])
    assert torch.allclose(local_feature.contrast(similarity), torch.tensor([[[0.7], [-0.05], [-0.65]]]))


def test_attention_is_a_softmax_over_the_regions() -> None:
    weights = local_feature.attention(torch.tensor([[[0.0, 0.1]]]), 0.1)
    assert torch.allclose(weights, torch.tensor([[[1 / (1 + torch.e), torch.e / (1 + torch.e)]]]))


def test_local_features_are_the_weighted_regions() -> None:
    local = local_feature.local_features(torch.tensor([[[0.25, 0.75]]]), REGIONS[:1])
    assert torch.allclose(local, torch.tensor([[[0.25, 0.75]]]))


def test_smoothing_averages_three_by_three_cells_with_repeated_borders() -> None:
    values = torch.tensor([[[0.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 0.0]]])
    assert torch.allclose(local_feature.smoothed(values, (3, 3)), torch.ones(1, 1, 9))
    corner = torch.tensor([[[9.0] + [0.0] * 8]])
    assert local_feature.smoothed(corner, (3, 3))[0, 0, 0].item() == pytest.approx(4.0)


def test_gradients_reach_the_regions() -> None:
    regions = REGIONS.clone().requires_grad_()
    contrasts = local_feature.contrast(local_feature.leave_one_out_similarities(regions, GLOBALS, LABELS, 2))
    local = local_feature.local_features(local_feature.attention(contrasts, 0.5), regions)
    local.square().sum().backward()
    assert regions.grad is not None
    assert bool(regions.grad.isfinite().all())
    assert bool((regions.grad != 0).any())


def test_what_all_regions_have_in_common_is_suppressed() -> None:
    # Regions vary along e0 only: variance 1 there, 0 along e1; mean variance 0.5, ridge 30 * 0.5 = 15.
    regions = torch.tensor([[[1.0, 0.0], [-1.0, 0.0]]])
    suppressed = local_feature.suppressed_common(torch.tensor([[2.0, 3.0]]), regions, shots=5)
    assert torch.allclose(suppressed, torch.tensor([[2.0 * 15 / 16, 3.0]]))
    once = local_feature.suppressed_common(torch.tensor([[2.0, 3.0]]), regions, shots=1)
    assert torch.allclose(once, torch.tensor([[2.0 * 75 / 76, 3.0]]))
