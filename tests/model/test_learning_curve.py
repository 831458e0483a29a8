"""The learning curve: rises where more examples help, flat where they do not, None with too few."""

from __future__ import annotations

import torch
from torch import Tensor

from model.estimates.learning_curve import LEAST_SHOTS, learning_curve
from model.head.grouping import Grouping


def _clouds(shots: int, spread: float, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Three classes around corners of a simplex in 40 dimensions."""
    labels = torch.arange(3).repeat_interleave(shots)
    noise = torch.randn(len(labels), 40, generator=torch.Generator().manual_seed(seed)).double()
    return torch.eye(40).double()[:3][labels] + spread * noise, labels


def test_hard_classes_gain_from_more_and_easy_ones_do_not() -> None:
    hard, easy = (learning_curve(*_clouds(8, spread), 3) for spread in (0.35, 0.01))
    assert hard is not None
    assert easy is not None
    assert hard.gain > 0.02
    assert easy.gain < 0.001
    assert hard.accuracies[0] < hard.accuracies[-1]
    assert easy.accuracies[-1] == 1.0


def test_the_predicted_gain_is_near_the_true_one() -> None:
    gains, true = [], []
    for seed in range(8):
        examples, labels = _clouds(16, 0.35, seed)
        half = torch.cat([torch.arange(8) + 16 * c for c in range(3)])
        tests, truth = _clouds(200, 0.35, seed + 100)
        curve = learning_curve(examples[half], labels[half], 3)
        assert curve is not None
        gains.append(curve.gain)
        accuracies = []
        for chosen in (half, torch.arange(48)):
            means = torch.stack([examples[chosen][labels[chosen] == c].mean(0) for c in range(3)])
            accuracies.append(float((torch.cdist(tests, means).argmin(1) == truth).double().mean()))
        true.append(accuracies[1] - accuracies[0])
    assert abs(sum(gains) - sum(true)) / 8 < 0.04


def test_pure_noise_promises_little() -> None:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(4).repeat_interleave(10)
    gains = [learning_curve(torch.randn(40, 30, generator=generator).double(), labels, 4) for _ in range(10)]
    assert sum(curve.gain for curve in gains if curve is not None) / 10 < 0.05


def test_few_or_unequal_examples() -> None:
    examples, labels = _clouds(LEAST_SHOTS - 1, 0.2)
    assert learning_curve(examples, labels, 3) is None
    many, labels = _clouds(9, 0.2)
    kept = torch.cat((torch.arange(9), torch.arange(9, 18), torch.tensor([18, 19])))
    curve = learning_curve(many[kept], labels[kept], 3)
    assert curve is not None
    assert 0 <= curve.gain < 1


def test_the_same_examples_give_the_same_curve() -> None:
    examples, labels = _clouds(6, 0.3)
    assert learning_curve(examples, labels, 3) == learning_curve(examples, labels, 3)


def test_groups_are_on_one_side_of_a_draw() -> None:
    """Every image thrice, with labels that mean nothing: only copies of an image could tell its class."""
    generator = torch.Generator().manual_seed(0)
    examples = torch.randn(24, 30, generator=generator).double().repeat_interleave(3, dim=0)
    labels, groups = torch.arange(3).repeat_interleave(24), torch.arange(24).repeat_interleave(3)
    leaking = learning_curve(examples, labels, 3)
    honest = learning_curve(examples, labels, 3, groups=Grouping.of(groups))
    assert leaking is not None
    assert honest is not None
    assert leaking.accuracies[-1] > 0.9
    assert max(honest.accuracies) < 0.6
