"""How sure the classifier may be: from the supports alone, by leaving each of them out."""

from __future__ import annotations

import math
from statistics import NormalDist

import torch
from torch import Tensor

UNKNOWN_FALSE_ALARMS = 0.01
"""Share of images of known classes that may be flagged as unknown, were their unlikeness normally distributed."""

SUBSPACE_EXAMPLES = 64
"""Examples of a class that span its subspace: more cost time and change little."""

SUBSPACE_RIDGE = 0.3
"""Over the mean squared distance of a class's examples from their mean."""


def unlikeness(queries: Tensor, examples: Tensor, labels: Tensor, ways: int) -> Tensor:
    """How little images resemble any class: (q, D), (n, D), int64 (n,) -> (q,), higher is less alike.

    The squared distance from the nearest class's subspace: what of an image, less the class's mean, the
    differences among the class's examples do not explain (a ridge regression on them; of one example it
    is the squared distance from it). The vectors are joint ones, `model.fusion`, not brought to one length: how far an
    image lies from all the classes' common mean says as much as the direction.
    """
    distances = [
        _residual(queries, examples[labels == c][:SUBSPACE_EXAMPLES]) for c in range(ways) if bool((labels == c).any())
    ]
    nearest: Tensor = torch.stack(distances, dim=1).amin(dim=1)
    return nearest


def leave_one_out_unlikeness(examples: Tensor, labels: Tensor, ways: int) -> Tensor:
    """`unlikeness` of each example when it is left out: (n, D) -> (n,). inf for an example alone in all its bins."""
    kept = torch.ones(len(labels), dtype=torch.bool)
    values = []
    for index in range(len(labels)):
        kept[index] = False
        values.append(unlikeness(examples[index : index + 1], examples[kept], labels[kept], ways)[0])
        kept[index] = True
    return torch.stack(values)


def _residual(queries: Tensor, examples: Tensor) -> Tensor:
    mean = examples.mean(dim=0)
    differences, centred = queries - mean, examples - mean
    lengths = differences.square().sum(dim=1)
    scatter = centred.square().sum(dim=1).mean()
    if len(examples) < 2 or float(scatter) <= 0:
        return lengths
    gram = centred @ centred.T
    gram.diagonal().add_(SUBSPACE_RIDGE * scatter)
    inner = differences @ centred.T
    explained = (inner * torch.linalg.solve(gram, inner.T).T).sum(dim=1)
    unexplained: Tensor = (lengths - explained).clamp_min(0)
    return unexplained


def unknown_threshold(leave_one_out: Tensor) -> float:
    """Return the unlikeness above which an image is unlike every bin.

    leave_one_out: float64 (n,), see `leave_one_out_unlikeness`. The threshold lies as many standard
    deviations above the mean as `UNKNOWN_FALSE_ALARMS` asks, and more the fewer examples there are
    (ours: the factor 1 + 4 / n stands for what n values cannot tell). Fewer than three say nothing.
    """
    count = len(leave_one_out)
    if count < 3:
        return math.inf
    deviations = -NormalDist().inv_cdf(UNKNOWN_FALSE_ALARMS) * (1 + 4 / count)
    return float(leave_one_out.mean() + deviations * leave_one_out.std())


def expected_calibration_error(probabilities: Tensor, labels: Tensor, bins: int = 10) -> float:
    """Mean gap between confidence and accuracy over equal-width bins (Guo et al. 2017): (n, N), (n,) -> 0..1."""
    confidence, predicted = probabilities.max(dim=1)
    correct = (predicted == labels).double()
    index = (confidence * bins).long().clamp_max(bins - 1)
    error = 0.0
    for b in range(bins):
        inside = index == b
        if bool(inside.any()):
            gap = (confidence[inside].double().mean() - correct[inside].mean()).abs()
            error += float(gap) * float(inside.double().mean())
    return error
