"""The head as a whole: no label leaks, extreme cases stay finite, training lowers its loss."""

from __future__ import annotations

from unittest import mock

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from model.embedding.embedder import Embedder
from model.features.maps import LAYOUT_CELLS, ImageFeatures, ImageMaps, describe
from model.features.texture_energies import CELLS, CHANNELS
from model.head import averaging
from model.head.averaging import Averaged, average, compare, shortlist
from model.head.description import describe_support
from model.head.fitting import CONVERGED_CHANGE, MAX_ROUNDS, Fitted, fit, fit_head, image_weights
from model.head.hypotheses import Hypotheses
from model.head.support import Support
from model.head.trained_head import TrainedHead
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


def fitted(support: Support) -> Fitted:
    return fit(support, grid_of(support), ignore_progress, CancelToken())


def grid_of(support: Support) -> Hypotheses:
    return Hypotheses.grid(support.labels, support.ways, support.views)


def averaged(support: Support) -> Averaged:
    """The average with the image weights of the support set."""
    grid = grid_of(support)
    return average(compare(support, grid), grid)


def accuracy(features: ImageFeatures, labels: Tensor, ways: int) -> float:
    found = fitted(describe_support(features, labels, ways, NO_DIRECTIONS).support)
    return float((found.judged.leave_one_out.argmax(1) == labels).double().mean())


def test_leave_one_out_on_noise_stays_at_chance() -> None:
    ways, shots, rounds = 5, 5, 40
    labels = torch.arange(ways).repeat_interleave(shots)
    rates = [accuracy(random_features(ways * shots, seed), labels, ways) for seed in range(rounds)]
    mean = sum(rates) / rounds
    # 1000 held-out images at chance 20 %: standard error 1.3 points.
    assert 0.15 < mean < 0.25


def test_a_planted_object_is_found() -> None:
    ways, shots = 4, 5
    labels = torch.arange(ways).repeat_interleave(shots)
    patterns = torch.eye(COARSE)[:ways] * 6
    assert accuracy(random_features(ways * shots, 0, patterns[labels]), labels, ways) == 1.0


def test_a_large_bin_does_not_swallow_a_small_one() -> None:
    labels = torch.tensor([0] * 3 + [1] * 200)
    patterns = torch.eye(COARSE)[:2] * 6
    features = random_features(len(labels), 0, patterns[labels])
    support = describe_support(features, labels, 2, NO_DIRECTIONS).support
    predicted = fitted(support).judged.leave_one_out.argmax(1)
    assert bool((predicted == labels).all())


@pytest.mark.parametrize("shots", [(1, 1), (1, 1, 1, 1), (1, 7), (2, 1, 3), (2,) * 100])
def test_few_and_unequal_examples_give_finite_numbers(shots: tuple[int, ...]) -> None:
    labels = torch.cat([torch.full((k,), c) for c, k in enumerate(shots)])
    described = describe_support(random_features(len(labels), 1), labels, len(shots), NO_DIRECTIONS)
    found = fitted(described.support)
    assert all(bool(part.isfinite().all()) for part in (*found.averaged, *found.judged))
    assert bool(found.support.weights.isfinite().all())
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
        (0,),
    )
    empty = ImageFeatures(*(torch.zeros(4, *size) for size in sizes))
    support = describe_support(empty, labels, 2, NO_DIRECTIONS).support
    assert all(bool(part.isfinite().all()) for part in fitted(support).averaged)


def test_the_rounds_end_when_the_weights_no_longer_change() -> None:
    labels = torch.arange(4).repeat_interleave(5)
    features = random_features(20, 3, torch.eye(COARSE)[:4][labels] * 4)
    found = fitted(describe_support(features, labels, 4, NO_DIRECTIONS).support)
    assert found.converged
    assert 1 <= found.rounds < MAX_ROUNDS
    again = image_weights(found.support, found.averaged)
    assert float((again - found.support.weights).abs().mean()) < CONVERGED_CHANGE


def test_a_mislabelled_image_weighs_least_and_hardly_pulls_the_others() -> None:
    labels = torch.arange(3).repeat_interleave(6)
    features = random_features(18, 6, torch.eye(COARSE)[:3][labels] * 5)
    wrong = labels.clone()
    wrong[0] = 1
    equal = describe_support(features, wrong, 3, NO_DIRECTIONS).support
    found = fitted(equal)
    assert int(found.support.weights.argmin()) == 0
    assert float(found.support.weights[0]) < 0.3
    trusted, before = found.averaged.leave_one_out.softmax(dim=1), found.judged.leave_one_out.softmax(dim=1)
    rest = slice(1, 6)  # the images that resemble it
    assert bool(trusted[rest, 0].mean() > before[rest, 0].mean())


def test_leave_one_out_of_an_image_does_not_use_its_label_to_choose_hypotheses() -> None:
    """Turned into another class, an image changes the weights that judge the others, but not those that judge it."""
    _, support = told_by_texture()
    other = support.labels.clone()
    other[0] = 2
    grid, rows = grid_of(support), torch.arange(len(other)) != 0
    first, second = (compare(support._replace(labels=labels), grid) for labels in (support.labels, other))
    same = first._replace(losses=first.losses.clone())  # the same regressions; its own loss alone differs
    same.losses[..., 0] = second.losses[..., 0]
    before, after = average(first, grid), average(same, grid)
    assert torch.allclose(before.leave_one_out[0], after.leave_one_out[0])
    assert not torch.allclose(before.leave_one_out[rows], after.leave_one_out[rows])


def test_the_saved_classifier_gives_the_averaged_logits(embedder: Embedder) -> None:
    labels, directions = torch.arange(3).repeat_interleave(4), embedder.backbone.class_directions
    fine, coarse = embedder.backbone.channels
    maps = torch.rand(12, coarse, *GRID, generator=torch.Generator().manual_seed(2))
    features = describe(
        ImageMaps.of(
            torch.rand(12, fine, *GRID, generator=torch.Generator().manual_seed(3)),
            maps + 3 * torch.eye(coarse)[:3][labels][..., None, None],
            torch.rand(12, CHANNELS, CELLS, CELLS, generator=torch.Generator().manual_seed(4)),
        )
    )
    described = describe_support(features, labels, 3, directions)
    support, found, *_ = fitted(described.support)
    state = fit_head(features, labels, 3, [(96, 96)] * 12, directions, 96).state
    head = TrainedHead(state, directions)
    joint = head.joint(features)
    grams = support.grams - (support.balance / support.balance.sum() @ support.grams)[:, None]
    origin = grams @ (support.balance / support.balance.sum())
    whole = torch.einsum("vqn,vnc->qc", grams - origin[:, :, None], found.dual)
    shown = state.scale * (1 - state.local_share) * head.whole(joint).double()
    assert torch.allclose(shown - shown.mean(dim=1, keepdim=True), whole - whole.mean(dim=1, keepdim=True), atol=1e-3)


def test_of_many_images_some_choose_the_hypotheses() -> None:
    labels, support = told_by_texture()
    everything, _ = shortlist(support, grid_of(support))
    with mock.patch.object(averaging, "MOST_IMAGES", 12):
        some, of_all = shortlist(support, grid_of(support))
    assert of_all.part.shape == (len(labels), 3)
    assert len(labels) > 12
    assert len(some.ridges) >= len(everything.ridges) > 0


def test_training_can_be_cancelled() -> None:
    labels = torch.arange(2).repeat_interleave(3)
    support = describe_support(random_features(6, 0), labels, 2, NO_DIRECTIONS).support
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        fit(support, grid_of(support), ignore_progress, token)


def test_a_class_that_only_its_texture_tells_is_learned_from_it() -> None:
    labels, support = told_by_texture()
    found = fitted(support).judged
    assert float(found.shares[-1]) > 2 * float(grid_of(support).typical().shares[0, -1])
    own = found.leave_one_out.argmax(1)[labels == 1]
    assert bool((own == 1).all())


def test_a_class_that_only_a_place_tells_is_learned_from_it() -> None:
    labels = torch.arange(2).repeat_interleave(6)
    maps = torch.rand(12, FINE, 6, 6, generator=torch.Generator().manual_seed(3))
    maps[labels == 0, :4, :2, :2] += 2.0  # the same thing in one corner or in the opposite one
    maps[labels == 1, :4, 4:, 4:] += 2.0
    coarse = torch.rand(12, COARSE, 3, 3, generator=torch.Generator().manual_seed(4))
    features = describe(ImageMaps.of(maps, coarse, torch.zeros(12, CHANNELS, CELLS, CELLS)))
    placeless = features._replace(layout=torch.full_like(features.layout, 1 / features.layout[0].numel() ** 0.5))
    assert accuracy(features, labels, 2) == 1.0
    assert accuracy(placeless, labels, 2) < 0.8


def test_gradients_reach_the_features() -> None:
    labels = torch.arange(3).repeat_interleave(3)
    features = random_features(9, 5)
    regions, coarse = features.coarse_map.clone().requires_grad_(), features.coarse.clone().requires_grad_()
    support = describe_support(features._replace(coarse=coarse, coarse_map=regions), labels, 3, NO_DIRECTIONS).support
    functional.cross_entropy(averaged(support).leave_one_out, labels).backward()
    for leaf in (regions, coarse):
        assert leaf.grad is not None
        assert bool(leaf.grad.isfinite().all())
        assert bool((leaf.grad != 0).any())
