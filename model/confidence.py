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
    is the squared distance from it). The vectors are joint ones, `model.fusion`, not brought to one
    length: how far an image lies from all the classes' common mean says as much as the direction.
    """
    return _residuals(queries, examples, labels, ways).amin(dim=1)


def leave_one_out_unlikeness(examples: Tensor, labels: Tensor, ways: int) -> Tensor:
    """`unlikeness` of each example when it is left out: (n, D) -> (n,); inf where no other example is left."""
    residuals = _residuals(examples, examples, labels, ways)
    for index, label in enumerate(labels.tolist()):  # leaving it out changes nothing but its own class
        others = labels == label
        others[index] = False
        residuals[index, label] = _residual(examples[index : index + 1], examples[others][:SUBSPACE_EXAMPLES])[0]
    return residuals.amin(dim=1)


def _residuals(queries: Tensor, examples: Tensor, labels: Tensor, ways: int) -> Tensor:
    """Squared distance from every class's subspace: (q, N)."""
    return torch.stack([_residual(queries, examples[labels == c][:SUBSPACE_EXAMPLES]) for c in range(ways)], dim=1)


def _residual(queries: Tensor, examples: Tensor) -> Tensor:
    """Squared distance from one class's subspace: (q, D), (k, D) -> (q,), inf where the class has no example."""
    if not len(examples):
        return queries.new_full((len(queries),), math.inf)
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
