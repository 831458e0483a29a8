"""The class description module against values worked out by hand and against refitting without an image."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from model import class_description

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


def test_contrast_matches_the_definition_image_by_image() -> None:
    similarity = vectors() @ vectors().T
    contrast = class_description.contrast_with_others(similarity, LABELS, WAYS)

    def defined(j: int, left_out: int) -> float:
        means = {}
        for c in range(WAYS):
            others = [similarity[j, k] for k in range(6) if k not in (j, left_out) and LABELS[k] == c]
            if others:
                means[c] = float(sum(others) / len(others))
        third = means.pop(int(LABELS[j]), 0.0)
        return third - (sum(means.values()) / len(means) if means else 0.0)

    for j, left_out in itertools.product(range(6), range(7)):
        if j != left_out:
            assert contrast[j, left_out].item() == pytest.approx(defined(j, left_out))


def test_the_odd_image_of_a_class_weighs_least() -> None:
    labels = torch.tensor([0, 0, 0, 1, 1, 1])
    points = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.0, 1.0], [0.1, 1.0], [0.0, 0.9]]).double()
    points = functional.normalize(points, dim=1)
    contrast = class_description.contrast_with_others(points @ points.T, labels, 2)
    weights = class_description.relative_weights(contrast, labels, 2, torch.tensor(0.03).double())[:, -1]
    assert int(weights[:3].argmin()) == 2
    assert weights[2] < 0.2
    assert weights[:3].sum().item() == pytest.approx(3.0)
    assert weights[3:].tolist() == pytest.approx([1.0, 1.0, 1.0], abs=1e-6)


def test_two_images_of_a_class_weigh_the_same() -> None:
    contrast = torch.tensor([[0.9], [-0.9], [0.3], [0.1], [0.2]]).double()
    weights = class_description.relative_weights(
        contrast, torch.tensor([0, 0, 1, 1, 1]), 2, torch.tensor(0.03).double()
    )
    assert weights[:2, 0].tolist() == [1.0, 1.0]


def test_leave_one_out_scores_equal_refitting_without_the_image() -> None:
    points, balance = vectors(), class_description.class_balance(LABELS, WAYS)
    relative = torch.rand(6, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) + 0.5
    ridge = torch.tensor(0.7, dtype=torch.float64)
    gram = class_description.centred_gram(points @ points.T, balance)
    hat = class_description.hat_matrix(gram, balance, ridge)
    scores = class_description.leave_one_out_scores(hat, balance, relative, LABELS, WAYS)
    targets = functional.one_hot(LABELS, WAYS).double() - 1 / WAYS
    for i in range(6):
        rest = [k for k in range(6) if k != i]
        mean = balance[rest] @ points[rest] / balance[rest].sum()
        centred, diagonal = points[rest] - mean, torch.diag(balance[rest])
        goal = relative[rest, i][:, None] * targets[rest]
        slope = torch.linalg.solve(
            centred.T @ diagonal @ centred + ridge * torch.eye(4).double(), centred.T @ diagonal @ goal
        )
        assert torch.allclose((points[i] - mean) @ slope, scores[i])


def test_dual_descriptors_with_equal_weights_are_ridge_regression() -> None:
    points, balance = vectors(), class_description.class_balance(LABELS, WAYS)
    ridge = torch.tensor(0.3, dtype=torch.float64)
    targets = functional.one_hot(LABELS, WAYS).double() - 1 / WAYS
    mean = balance @ points / balance.sum()
    centred, diagonal = points - mean, torch.diag(balance)
    slope = torch.linalg.solve(
        centred.T @ diagonal @ centred + ridge * torch.eye(4).double(), centred.T @ diagonal @ targets
    )
    gram = class_description.centred_gram(points @ points.T, balance)
    dual = class_description.dual_descriptors(gram, balance, ridge, torch.ones(6).double(), targets)
    assert torch.allclose(centred.T @ dual, slope)


def test_gradients_agree_with_finite_differences() -> None:
    balance = class_description.class_balance(LABELS, WAYS)

    def scores(points: Tensor, ridge: Tensor, temperature: Tensor) -> Tensor:
        similarity = points @ points.T
        contrast = class_description.contrast_with_others(similarity, LABELS, WAYS)
        weights = class_description.relative_weights(contrast, LABELS, WAYS, temperature)[:, :-1]
        hat = class_description.hat_matrix(class_description.centred_gram(similarity, balance), balance, ridge)
        return class_description.leave_one_out_scores(hat, balance, weights, LABELS, WAYS)

    inputs = (vectors().requires_grad_(), *(torch.tensor(v).double().requires_grad_() for v in (0.7, 0.5)))
    assert torch.autograd.gradcheck(scores, inputs)
