"""Leaving out whole groups of images, against refitting without them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from model.head import class_description, local_feature
from model.head.averaging import average, compare
from model.head.class_description import has_others
from model.head.grouping import Grouping
from model.head.hypotheses import Hypotheses
from model.head.support import Support, leave_one_out_local_scores
from model.head.unknown import Subspaces, leave_one_out_unlikeness, unknown_threshold
from tests.model.test_class_description import refitted

LABELS = torch.tensor([0, 0, 0, 1, 1, 2])
NUMBERS = torch.tensor([7, 3, 7, 3, 5, 9])  # a pair of one class, a pair of two classes, and two images alone
WAYS = 3


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def support(groups: Grouping, local: Tensor) -> Support:
    weights = random(6, seed=3).abs() + 0.5
    grams = random(6, 4) @ random(6, 4).T
    return Support((), grams[None], local, torch.tensor(1.0).double(), LABELS, WAYS, weights, groups)


def test_groups_are_numbered_and_put_into_blocks_by_size() -> None:
    groups = Grouping.of(torch.tensor([4, 8, 4, 1, 8, 4]))
    assert groups.numbers.tolist() == [1, 2, 1, 0, 2, 1]
    assert [block.tolist() for block in groups.blocks] == [[[1, 4]], [[0, 2, 5]]]
    assert groups.independent == 3
    assert groups.sums(torch.arange(6.0)).tolist() == [7, 5, 7, 3, 5, 7]
    assert groups.pick(torch.tensor([0, 3, 5])).numbers.tolist() == [1, 0, 1]


def test_images_left_and_independent_examples_are_counted_by_class() -> None:
    groups = Grouping.of(NUMBERS)
    assert groups.left(LABELS, WAYS).tolist() == [[1, 2, 1], [2, 1, 1], [1, 2, 1], [2, 1, 1], [3, 1, 1], [3, 2, 0]]
    assert groups.per_class(LABELS, WAYS).tolist() == [2, 2, 1]


def test_an_image_whose_class_is_its_group_cannot_be_left_out() -> None:
    groups = Grouping.of(torch.tensor([0, 0, 0, 1, 2, 3]))
    assert has_others(LABELS, groups).tolist() == [False, False, False, True, True, False]
    assert has_others(LABELS, Grouping.alone(6)).tolist() == has_others(LABELS).tolist()


def test_scores_equal_refitting_without_the_group() -> None:
    points, ridge, groups = random(6, 4), torch.tensor(0.7).double(), Grouping.of(NUMBERS)
    balance = class_description.class_balance(LABELS, WAYS) * (random(6, seed=1).abs() + 0.5)
    gram = class_description.centred_gram(points @ points.T, balance)
    _, scores = class_description.left_out_ridge(gram, balance, ridge, LABELS, WAYS, groups)
    for i in range(6):
        mean, slope = refitted(points, balance, [k for k in range(6) if NUMBERS[k] != NUMBERS[i]], ridge)
        assert torch.allclose((points[i] - mean) @ slope, scores[i])


def test_scores_of_images_alone_are_those_without_groups() -> None:
    points, ridge = random(6, 4), torch.tensor(0.7).double()
    balance = class_description.class_balance(LABELS, WAYS)
    gram = class_description.centred_gram(points @ points.T, balance)
    plain = class_description.left_out_ridge(gram, balance, ridge, LABELS, WAYS)
    alone = class_description.left_out_ridge(gram, balance, ridge, LABELS, WAYS, Grouping.alone(6))
    assert all(torch.equal(*pair) for pair in zip(plain, alone, strict=True))


def test_a_group_of_all_images_leaves_scores_of_zero() -> None:
    points, balance = random(6, 4), class_description.class_balance(LABELS, WAYS)
    gram = class_description.centred_gram(points @ points.T, balance)
    everything = Grouping.of(torch.zeros(6))
    _, scores = class_description.left_out_ridge(gram, balance, torch.tensor(0.7).double(), LABELS, WAYS, everything)
    assert not scores.any()


def test_gradients_agree_with_finite_differences() -> None:
    balance, groups = class_description.class_balance(LABELS, WAYS), Grouping.of(NUMBERS)

    def scores(points: Tensor, ridge: Tensor) -> Tensor:
        gram = class_description.centred_gram(points @ points.T, balance)
        return class_description.left_out_ridge(gram, balance, ridge, LABELS, WAYS, groups)[1]

    inputs = (random(6, 4).requires_grad_(), torch.tensor(0.7).double().requires_grad_())
    assert torch.autograd.gradcheck(scores, inputs)


def test_local_scores_are_means_over_the_images_of_other_groups() -> None:
    one = support(Grouping.of(NUMBERS), random(6, 6, seed=5))
    scores = leave_one_out_local_scores(one)
    for i in range(6):
        means: list[float | None] = []
        for c in range(WAYS):
            others = [k for k in range(6) if LABELS[k] == c and NUMBERS[k] != NUMBERS[i]]
            weight = float(one.weights[others].sum())
            means.append(float(one.weights[others] @ one.local[i, others]) / weight if others else None)
        known = [mean for mean in means if mean is not None]
        expected = [sum(known) / len(known) if mean is None else mean for mean in means]
        assert scores[i].tolist() == pytest.approx(expected)


def test_regions_are_compared_with_the_images_of_other_groups() -> None:
    regions, globals_ = random(6, 5, 4), random(6, 4, seed=2)
    found = local_feature.leave_one_out_similarities(regions, globals_, LABELS, WAYS, Grouping.of(NUMBERS))
    for i in range(6):
        for c in range(WAYS):
            others = [k for k in range(6) if LABELS[k] == c and NUMBERS[k] != NUMBERS[i]]
            mean = globals_[others].mean(dim=0) if others else torch.zeros(4).double()
            assert torch.allclose(found[i, c], regions[i] @ mean)


def test_the_weights_that_judge_an_image_have_not_seen_its_group() -> None:
    local = random(6, 6, seed=5)
    grid = Hypotheses(
        torch.ones(2, 1).double(),
        torch.tensor([0.1, 1.0]).double(),
        torch.tensor([0.0, 0.1]).double(),
        torch.tensor([2.0, 8.0]).double(),
        torch.zeros(2, 2, 2).double(),
    )
    compared = compare(support(Grouping.of(NUMBERS), local), grid)
    judged = average(compared, grid).leave_one_out
    kept = NUMBERS != 7
    blind = compared._replace(losses=compared.losses * kept)
    assert torch.allclose(average(blind, grid).leave_one_out[~kept], judged[~kept])


def test_unlikeness_is_as_never_having_had_the_group() -> None:
    examples = random(6, 5)
    found = leave_one_out_unlikeness(examples, LABELS, WAYS, Grouping.of(NUMBERS))
    for i in range(6):
        kept = NUMBERS[i] != NUMBERS
        expected = Subspaces.of(examples[kept], LABELS[kept], WAYS).unlikeness(examples[i : i + 1])[0]
        assert float(found[i]) == pytest.approx(float(expected))


def test_the_threshold_counts_groups() -> None:
    values = torch.arange(8.0).double()
    assert unknown_threshold(values, 2) == float("inf")
    assert unknown_threshold(values, 4) > unknown_threshold(values) == unknown_threshold(values, 8)
