"""The class description module against values worked out by hand and against refitting without an image."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from model.head import class_description

LABELS = torch.tensor([0, 0, 0, 1, 1, 2])
WAYS = 3


def vectors(seed: int = 0) -> Tensor:
    return torch.randn(len(LABELS), 4, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_every_class_counts_the_same() -> None:
    balance = class_description.class_balance(torch.tensor([0, 0, 0, 0, 1]), 2)
    assert balance.tolist() == [0.25, 0.25, 0.25, 0.25, 1.0]


def test_centring_subtracts_the_mean_of_the_class_means() -> None:
    points = torch.tensor([[0.0], [2.0], [5.0]], dtype=torch.float64)  # class means 1 and 5: centre 3
    balance = class_description.class_balance(torch.tensor([0, 0, 1]), 2)
    gram = class_description.centred_gram(points @ points.T, balance)
    assert torch.allclose(gram, torch.tensor([[9.0, 3.0, -6.0], [3.0, 1.0, -2.0], [-6.0, -2.0, 4.0]]).double())


def test_margins_are_over_the_best_other_class() -> None:
    scores = torch.tensor([[0.5, 0.2, -0.7], [0.1, 0.3, 0.6]])
    assert class_description.margins(scores, torch.tensor([0, 1])).tolist() == pytest.approx([0.3, -0.3])


def test_the_odd_image_of_a_class_weighs_least_and_less_with_more_examples() -> None:
    lowest = []
    for shots in (3, 10, 40):
        labels = torch.arange(2).repeat_interleave(shots)
        margin = torch.full((2 * shots,), 0.6).double()
        margin[1] = -0.8
        weights = class_description.image_weights(margin, labels, 2)
        assert int(weights.argmin()) == 1
        assert weights[:shots].sum().item() == pytest.approx(shots)
        assert weights[shots:].tolist() == pytest.approx([1.0] * shots)
        lowest.append(float(weights[1]))
    assert lowest[0] > 0.5
    assert lowest[1] < 0.15
    assert lowest[2] == pytest.approx(lowest[1], rel=0.1)


def test_two_images_of_a_class_weigh_the_same() -> None:
    margin = torch.tensor([0.9, -0.9, 0.3, 0.1, 0.2]).double()
    weights = class_description.image_weights(margin, torch.tensor([0, 0, 1, 1, 1]), 2)
    assert weights[:2].tolist() == [1.0, 1.0]


def weighted_balance() -> Tensor:
    weights = torch.rand(6, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) + 0.5
    return class_description.class_balance(LABELS, WAYS) * weights


def refitted(points: Tensor, balance: Tensor, rows: list[int], ridge: Tensor) -> tuple[Tensor, Tensor]:
    """The mean and the slopes of a weighted ridge regression on some rows, in the primal form."""
    targets = functional.one_hot(LABELS, WAYS).double() - 1 / WAYS
    mean = balance[rows] @ points[rows] / balance[rows].sum()
    centred, diagonal = points[rows] - mean, torch.diag(balance[rows])
    scatter = centred.T @ diagonal @ centred + ridge * torch.eye(4).double()
    return mean, torch.linalg.solve(scatter, centred.T @ diagonal @ targets[rows])


def test_leave_one_out_scores_equal_refitting_without_the_image() -> None:
    points, balance = vectors(), weighted_balance()
    ridge = torch.tensor(0.7, dtype=torch.float64)
    gram = class_description.centred_gram(points @ points.T, balance)
    dual, scores = class_description.left_out_ridge(gram, balance, ridge, LABELS, WAYS)
    assert torch.allclose(dual, class_description.dual_descriptors(gram, balance, ridge, LABELS, WAYS))
    for i in range(6):
        mean, slope = refitted(points, balance, [k for k in range(6) if k != i], ridge)
        assert torch.allclose((points[i] - mean) @ slope, scores[i])


def test_dual_descriptors_are_weighted_ridge_regression() -> None:
    points, balance = vectors(), weighted_balance()
    ridge = torch.tensor(0.3, dtype=torch.float64)
    mean, slope = refitted(points, balance, list(range(6)), ridge)
    gram = class_description.centred_gram(points @ points.T, balance)
    dual = class_description.dual_descriptors(gram, balance, ridge, LABELS, WAYS)
    assert torch.allclose((points - mean).T @ dual, slope)


def test_gradients_agree_with_finite_differences() -> None:
    balance = weighted_balance()

    def scores(points: Tensor, ridge: Tensor) -> Tensor:
        gram = class_description.centred_gram(points @ points.T, balance)
        return class_description.left_out_ridge(gram, balance, ridge, LABELS, WAYS)[1]

    inputs = (vectors().requires_grad_(), torch.tensor(0.7).double().requires_grad_())
    assert torch.autograd.gradcheck(scores, inputs)
