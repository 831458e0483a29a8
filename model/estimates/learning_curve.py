"""The learning curve: accuracy by number of examples, extrapolated to twice as many.

Subsets of each class are drawn; ridge regression in the joint space is fitted to each in closed form and measured on
the other examples. The error is described by an inverse power law a + b k^-c (Cortes et al. 1994), averaged over a grid
of exponents with weights by how well each fits, since a few points do not determine the exponent. Only the difference
between K and 2 K is used, added to the leave-one-out accuracy. No group of images is on both sides of a draw.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from model.backbones.devices import one_thread
from model.head import class_description
from model.head.grouping import Grouping

LEAST_SHOTS = 4
"""Examples of a typical class below which the curve would have at most one point."""

FRACTIONS = (0.25, 0.5, 0.75)
DRAWS = 20
RIDGE = 0.1  # in units of the mean squared length
EXPONENTS = torch.linspace(0.1, 2.0, 20, dtype=torch.float64)
LIKELY_EXPONENT, EXPONENT_SPREAD = 0.6, 0.6  # of a log-normal prior
POINT_DEVIATION = 0.02  # of a point's accuracy, beyond the spread of its draws


class LearningCurve(NamedTuple):
    """Accuracy by number of examples, 0..1.

    shots: examples of a typical class
    accuracies: one for each of `shots`
    gain, gain_deviation: mean and standard deviation of the accuracy gained with twice as many examples
    """

    shots: tuple[float, ...]
    accuracies: tuple[float, ...]
    gain: float
    gain_deviation: float


@one_thread()
def learning_curve(
    examples: Tensor, labels: Tensor, ways: int, seed: int = 0, groups: Grouping | None = None
) -> LearningCurve | None:
    """Fit the curve to joint vectors (n, D), float64, with int64 labels (n,); None with too few examples.

    groups: which images belong together (default: none)
    """
    groups = groups or Grouping.alone(len(labels))
    counts = torch.bincount(labels, minlength=ways)
    typical = float(counts.double().median())
    if float(groups.per_class(labels, ways).double().median()) < LEAST_SHOTS:
        return None
    generator = torch.Generator().manual_seed(seed)
    gram = examples @ examples.T
    shots, accuracies = [], []
    for fraction in FRACTIONS:
        sizes = [max(1, min(round(fraction * int(count)), int(count) - 1)) for count in counts]
        hits = [_held_out_accuracy(gram, labels, ways, sizes, generator, groups) for _ in range(DRAWS)]
        hits = [hit for hit in hits if not math.isnan(hit)]
        if not hits:
            return None
        shots.append(fraction * typical)
        accuracies.append(sum(hits) / len(hits))
    gain, deviation = _gain(shots, accuracies, typical)
    return LearningCurve(tuple(shots), tuple(accuracies), gain, deviation)


def _held_out_accuracy(
    gram: Tensor, labels: Tensor, ways: int, sizes: list[int], generator: torch.Generator, groups: Grouping
) -> float:
    """Accuracy on the images outside a random subset of `sizes` images a class, each class counting the same.

    NaN where there is none. Whole groups are drawn, as far as the sizes allow.
    """
    chosen = []
    for c, size in enumerate(sizes):
        members = torch.nonzero(labels == c).flatten()
        chosen.append(_drawn(members, groups, generator)[:size])
    inside = torch.cat(chosen)
    held_out = torch.ones(len(labels), dtype=torch.bool)
    held_out[inside] = False
    held_out &= ~torch.isin(groups.numbers, groups.numbers[inside])
    if not bool(held_out.any()):
        return math.nan
    balance = class_description.class_balance(labels[inside], ways)
    share = balance / balance.sum()
    part = gram[inside][:, inside]
    centred = class_description.centred_gram(part, balance)
    across = gram[held_out][:, inside]
    across = across - (across @ share)[:, None] - (part @ share)[None, :] + share @ part @ share
    ridge = RIDGE * (centred.diagonal() * balance).mean().clamp_min(1e-9)
    dual = class_description.dual_descriptors(centred, balance, ridge, labels[inside], ways)
    truth = labels[held_out]
    right = ((across @ dual).argmax(1) == truth).double()
    weights = 1.0 / torch.bincount(truth, minlength=ways).double()[truth]
    return float((right * weights).sum() / weights.sum())


def _drawn(members: Tensor, groups: Grouping, generator: torch.Generator) -> Tensor:
    """Shuffle the rows of a class, int64 (k,), with those of a group behind one another."""
    order = members[torch.randperm(len(members), generator=generator)]
    if not groups.blocks:
        return order
    first = {number: at for at, number in reversed(list(enumerate(groups.numbers[order].tolist())))}
    places = torch.tensor([first[number] for number in groups.numbers[order].tolist()])
    return order[torch.argsort(places, stable=True)]


def _gain(shots: list[float], accuracies: list[float], typical: float) -> tuple[float, float]:
    """Mean and standard deviation, over exponents, of the error saved by twice as many examples."""
    errors = 1 - torch.tensor(accuracies, dtype=torch.float64)
    sizes = torch.tensor(shots, dtype=torch.float64)
    prior = -0.5 * ((EXPONENTS / LIKELY_EXPONENT).log() / EXPONENT_SPREAD) ** 2
    gains, weights = [], []
    for exponent, log_prior in zip(EXPONENTS, prior, strict=True):
        powers = sizes**-exponent
        slope = ((powers - powers.mean()) * (errors - errors.mean())).sum() / (powers - powers.mean()).square().sum()
        slope = slope.clamp(min=0.0)
        slope = torch.minimum(slope, errors.mean() / powers.mean())  # the error in the limit is not negative
        residual = errors - errors.mean() - slope * (powers - powers.mean())
        gains.append(slope * (typical**-exponent - (2 * typical) ** -exponent))
        weights.append(log_prior - 0.5 * residual.square().sum() / POINT_DEVIATION**2)
    share = torch.softmax(torch.stack(weights), dim=0)
    values = torch.stack(gains)
    mean = (share * values).sum()
    return float(mean), float((share * (values - mean).square()).sum().sqrt())
