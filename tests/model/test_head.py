"""The head as a whole: no label leaks, extreme cases stay finite, training lowers its loss."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from model.embedding.embedder import Embedder
from model.features.maps import LAYOUT_CELLS, ImageFeatures, ImageMaps, describe
from model.features.texture_energies import CELLS, CHANNELS
from model.features.view import all_views
from model.head.description import describe_support
from model.head.fitting import fit, fit_head
from model.head.parameters import Head
from model.head.priors import SCALE
from model.head.support import Support
from model.progress import Cancelled, CancelToken, ignore_progress

COARSE, FINE, GRID = 48, 16, (3, 3)
NO_DIRECTIONS = torch.empty(0, COARSE)


def random_features(count: int, seed: int, signal: Tensor | None = None, channels: int = COARSE) -> ImageFeatures:
    """Features of `count` images: noise, plus `signal` (count, COARSE) in one of the nine regions."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, channels, *GRID, generator=generator)
    fine = torch.rand(count, FINE, *GRID, generator=generator)
    if signal is not None:
        coarse[:, :, 1, 1] += signal
    return describe(ImageMaps.of(fine, coarse, torch.rand(count, CHANNELS, CELLS, CELLS, generator=generator)))


def told_by_texture() -> tuple[Tensor, Support]:
    """Labels and support of 18 images in three classes, one of which only its texture tells apart."""
    labels = torch.arange(3).repeat_interleave(6)
    features = random_features(18, 4)
    texture = features.texture.clone()
    texture[labels == 1, :4, 9, 9] += 6.0  # one rough cell in the finest octave
    return labels, describe_support(features._replace(texture=texture), labels, 3, NO_DIRECTIONS).support


def accuracy(head: Head, features: ImageFeatures, labels: Tensor, ways: int) -> float:
    support = describe_support(features, labels, ways, NO_DIRECTIONS).support
    fit(head, support, ignore_progress, CancelToken())
    return float((head.leave_one_out_logits(support).argmax(1) == labels).double().mean())


def test_leave_one_out_on_noise_stays_at_chance() -> None:
    ways, shots, rounds = 5, 5, 40
    labels = torch.arange(ways).repeat_interleave(shots)
    rates = [
        accuracy(Head(labels, all_views()), random_features(ways * shots, seed), labels, ways) for seed in range(rounds)
    ]
    mean = sum(rates) / rounds
    # 1000 held-out images at chance 20 %: standard error 1.3 points.
    assert 0.15 < mean < 0.25


def test_a_planted_object_is_found() -> None:
    ways, shots = 4, 5
    labels = torch.arange(ways).repeat_interleave(shots)
    patterns = torch.eye(COARSE)[:ways] * 6
    assert accuracy(Head(labels, all_views()), random_features(ways * shots, 0, patterns[labels]), labels, ways) == 1.0


def test_a_large_bin_does_not_swallow_a_small_one() -> None:
    labels = torch.tensor([0] * 3 + [1] * 200)
    patterns = torch.eye(COARSE)[:2] * 6
    features = random_features(len(labels), 0, patterns[labels])
    support = describe_support(features, labels, 2, NO_DIRECTIONS).support
    predicted = Head(labels, all_views()).leave_one_out_logits(support).argmax(1)
    assert bool((predicted == labels).all())


@pytest.mark.parametrize("shots", [(1, 1), (1, 1, 1, 1), (1, 7), (2, 1, 3), (2,) * 100])
def test_few_and_unequal_examples_give_finite_numbers(shots: tuple[int, ...]) -> None:
    labels = torch.cat([torch.full((k,), c) for c, k in enumerate(shots)])
    described = describe_support(random_features(len(labels), 1), labels, len(shots), NO_DIRECTIONS)
    support, head = described.support, Head(labels, all_views())
    fit(head, support, ignore_progress, CancelToken())
    assert bool(head.leave_one_out_logits(support).isfinite().all())
    assert bool(head.image_weights(support).isfinite().all())
    assert bool(described.locals.isfinite().all())
    assert described.temperature > 0


def test_images_without_any_feature_give_finite_numbers() -> None:
    labels = torch.tensor([0, 0, 1, 1])
    sizes = (
        (COARSE,),
        (FINE,),
        (FINE, LAYOUT_CELLS, LAYOUT_CELLS),
        (COARSE, *GRID),
        (FINE, *GRID),
        *[GRID] * 4,
        (CHANNELS, CELLS, CELLS),
        (0,),
    )
    empty = ImageFeatures(*(torch.zeros(4, *size) for size in sizes))
    support = describe_support(empty, labels, 2, NO_DIRECTIONS).support
    head = Head(labels, all_views())
    fit(head, support, ignore_progress, CancelToken())
    assert bool(head.leave_one_out_logits(support).isfinite().all())


def test_training_lowers_the_loss_until_it_converges() -> None:
    labels = torch.arange(4).repeat_interleave(5)
    features = random_features(20, 3, torch.eye(COARSE)[:4][labels] * 4)
    support = describe_support(features, labels, 4, NO_DIRECTIONS).support
    losses, converged = fit(Head(labels, all_views()), support, ignore_progress, CancelToken())
    assert converged
    assert losses[-1] < losses[0]


def test_a_mislabelled_image_weighs_least_and_hardly_pulls_the_others() -> None:
    labels = torch.arange(3).repeat_interleave(6)
    features = random_features(18, 6, torch.eye(COARSE)[:3][labels] * 5)
    wrong = labels.clone()
    wrong[0] = 1
    support = describe_support(features, wrong, 3, NO_DIRECTIONS).support
    head = Head(wrong, all_views())
    fit(head, support, ignore_progress, CancelToken())
    weights = head.image_weights(support).detach()
    assert int(weights.argmin()) == 0
    assert float(weights[0]) < 0.2
    trusted = head.leave_one_out_logits(support._replace(weights=weights)).softmax(dim=1)
    before = head.leave_one_out_logits(support).softmax(dim=1)
    rest = slice(1, 6)  # the images that resemble it
    assert bool(trusted[rest, 0].mean() > before[rest, 0].mean())


SCALE_LIMIT = 1.25 * math.exp(SCALE.mean)


class Brittle(Head):
    """A head that has no loss where its scale has risen by a quarter."""

    def penalty(self) -> Tensor:
        return super().penalty() + torch.where(self.scale > SCALE_LIMIT, torch.nan, 0.0)


def test_a_search_that_leaves_the_finite_range_returns_the_best_point() -> None:
    labels = torch.arange(3).repeat_interleave(6)
    support = describe_support(
        random_features(18, 6, torch.eye(COARSE)[:3][labels] * 5), labels, 3, NO_DIRECTIONS
    ).support
    free, head = Head(labels, all_views()), Brittle(labels, all_views())
    fit(free, support, ignore_progress, CancelToken())
    assert float(free.scale.detach()) > SCALE_LIMIT  # the optimum lies where the brittle head has no loss
    losses, _ = fit(head, support, ignore_progress, CancelToken())
    assert losses == sorted(losses, reverse=True)
    assert bool(head.penalty().isfinite())
    assert bool(head.leave_one_out_logits(support).isfinite().all())


def test_the_search_does_not_stop_short_of_the_optimum() -> None:
    """The loss is the same from any start: a search that stops in its first steps is hard to notice otherwise."""
    labels, support = told_by_texture()
    ends = []
    for start in (-3.0, -1.0, 0.0, 1.0):
        head = Head(labels, all_views())
        torch.nn.init.constant_(head.get_parameter("log_texture_odds"), start)
        losses, converged = fit(head, support, ignore_progress, CancelToken())
        assert converged
        ends.append(losses[-1])
    assert max(ends) - min(ends) < 1e-3


def test_training_can_be_cancelled() -> None:
    labels = torch.arange(2).repeat_interleave(3)
    support = describe_support(random_features(6, 0), labels, 2, NO_DIRECTIONS).support
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        fit(Head(labels, all_views()), support, ignore_progress, token)


def test_what_the_examples_surfaces_have_in_common_reaches_the_classifier(embedder: Embedder) -> None:
    labels, directions = torch.arange(3), embedder.backbone.class_directions
    features = random_features(3, 5, channels=embedder.backbone.channels[1])
    shares = []
    for surface in (0.1, 6.0):  # how much the surfaces differ; at one shot only the priors decide
        texture = features.texture * 0.1 + surface * torch.arange(3.0)[:, None, None, None]
        fit = fit_head(features._replace(texture=texture), labels, 3, [(500, 500)] * 3, directions, 96)
        shares.append(float(fit.state.shares[-1]))
    assert shares[0] > 4 * shares[1]


def test_a_class_that_only_its_texture_tells_is_learned_from_it() -> None:
    labels, support = told_by_texture()
    head = Head(labels, all_views())
    before = float(head.shares.detach()[-1])
    fit(head, support, ignore_progress, CancelToken())
    assert float(head.shares.detach()[-1]) > 2 * before
    own = head.leave_one_out_logits(support).argmax(1)[labels == 1]
    assert bool((own == 1).all())


def test_a_class_that_only_a_place_tells_is_learned_from_it() -> None:
    labels = torch.arange(2).repeat_interleave(6)
    maps = torch.rand(12, FINE, 6, 6, generator=torch.Generator().manual_seed(3))
    maps[labels == 0, :4, :2, :2] += 2.0  # the same thing in one corner or in the opposite one
    maps[labels == 1, :4, 4:, 4:] += 2.0
    coarse = torch.rand(12, COARSE, 3, 3, generator=torch.Generator().manual_seed(4))
    features = describe(ImageMaps.of(maps, coarse, torch.zeros(12, CHANNELS, CELLS, CELLS)))
    placeless = features._replace(layout=torch.full_like(features.layout, 1 / features.layout[0].numel() ** 0.5))
    assert accuracy(Head(labels, all_views()), features, labels, 2) == 1.0
    assert accuracy(Head(labels, all_views()), placeless, labels, 2) < 0.8


def test_gradients_reach_the_features() -> None:
    labels = torch.arange(3).repeat_interleave(3)
    features = random_features(9, 5)
    regions, coarse = features.coarse_map.clone().requires_grad_(), features.coarse.clone().requires_grad_()
    support = describe_support(features._replace(coarse=coarse, coarse_map=regions), labels, 3, NO_DIRECTIONS).support
    functional.cross_entropy(Head(labels, all_views()).leave_one_out_logits(support), labels).backward()
    for leaf in (regions, coarse):
        assert leaf.grad is not None
        assert bool(leaf.grad.isfinite().all())
        assert bool((leaf.grad != 0).any())
