"""Unknown images: the unlikeness of an image to every class, and the threshold above which it is unknown.

The threshold is computed from the support images alone, each measured when it is left out.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import torch
from torch import Tensor

from model.head.grouping import Grouping

UNKNOWN_FALSE_ALARMS = 0.01
"""Share of images of known classes that may be flagged as unknown, for normally distributed unlikeness."""

SUBSPACE_EXAMPLES = 64
"""Number of examples of a class that span its subspace: more take longer and change little."""

SUBSPACE_RIDGE = 0.3
"""Ridge in units of the mean squared distance of a class's examples from their mean."""


class Subspaces(NamedTuple):
    """The subspaces spanned by the examples of N classes, with m directions in all; float64.

    means: (N, D) of the examples
    basis: (m, D) directions from the means: of a class, the k x D matrix L^-1 C with C the centred examples and L L' =
        C C' + ridge, so that |L^-1 C d|^2 is what they explain of a difference d
    offsets: (m,) the directions' products with their class's mean
    owners: int64 (m,) the direction's class
    empty: bool (N,) classes without an example
    """

    means: Tensor
    basis: Tensor
    offsets: Tensor
    owners: Tensor
    empty: Tensor

    @classmethod
    def of(cls, examples: Tensor, labels: Tensor, ways: int) -> Subspaces:
        """Span the classes of joint vectors (n, D) with int64 labels (n,)."""
        parts = [_span(examples[labels == c][:SUBSPACE_EXAMPLES]) for c in range(ways)]
        owners = torch.tensor([c for c, (_, basis) in enumerate(parts) for _ in range(len(basis))], dtype=torch.int64)
        empty = torch.bincount(labels, minlength=ways) == 0
        means, basis = torch.stack([mean for mean, _ in parts]), torch.cat([basis for _, basis in parts])
        return cls(means, basis, (basis * means[owners]).sum(dim=1), owners, empty)

    def distances(self, queries: Tensor) -> Tensor:
        """Squared distance from every class's subspace: (q, D) -> (q, N), inf where a class has no example."""
        squares = queries.square().sum(dim=1, keepdim=True) + self.means.square().sum(dim=1)
        lengths = squares - 2 * queries @ self.means.T
        along = (queries @ self.basis.T - self.offsets).square()
        explained = torch.zeros_like(lengths).index_add_(1, self.owners, along)
        return (lengths - explained).clamp_min(0).masked_fill(self.empty, math.inf)

    def unlikeness(self, queries: Tensor) -> Tensor:
        """Return the squared distance from the nearest class's subspace: (q, D) -> (q,), higher is less alike.

        It is the part of the difference from the class's mean that the differences among the class's examples do not
        explain (by ridge regression on them); with one example, the squared distance from it. The joint vectors are not
        normalised: their distance from the common mean of the classes is as informative as their direction.
        """
        return self.distances(queries).amin(dim=1)


def leave_one_out_unlikeness(examples: Tensor, labels: Tensor, ways: int, groups: Grouping | None = None) -> Tensor:
    """`unlikeness` of each example when its group is left out: (n, D) -> (n,); inf where no other example is left."""
    distances = Subspaces.of(examples, labels, ways).distances(examples)
    numbers = (groups or Grouping.alone(len(labels))).numbers
    for number in range(int(numbers.max()) + 1):
        group = numbers == number
        for label in labels[group].unique().tolist():  # leaving the group out changes its own classes only
            others = examples[(labels == label) & ~group]
            own = Subspaces.of(others, torch.zeros(len(others), dtype=torch.int64), 1)
            distances[group, label] = own.distances(examples[group])[:, 0]
    return distances.amin(dim=1)


def _span(examples: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (D,) and basis (k, D) of one class, as in `Subspaces`; k is 0 unless examples differ."""
    nothing = examples.new_zeros(0, examples.shape[1])
    if not len(examples):
        return examples.new_zeros(examples.shape[1]), nothing
    mean = examples.mean(dim=0)
    centred = examples - mean
    scatter = centred.square().sum(dim=1).mean()
    if len(examples) < 2 or float(scatter) <= 0:
        return mean, nothing
    gram = centred @ centred.T
    gram.diagonal().add_(SUBSPACE_RIDGE * scatter)
    basis: Tensor = torch.linalg.solve_triangular(torch.linalg.cholesky(gram), centred, upper=False)
    return mean, basis


def unknown_threshold(
    leave_one_out: Tensor, independent: int | None = None, false_alarms: float = UNKNOWN_FALSE_ALARMS
) -> float:
    """Return the unlikeness above which an image is unknown; infinite with fewer than three independent examples.

    independent: n, the number of groups (default: of examples)
    leave_one_out: float64, one value for each example, see `leave_one_out_unlikeness`. The threshold lies above the
        mean by the number of standard deviations that `false_alarms` requires, times 1 + 4 / n (ours, since n values
        are few).
    """
    count = len(leave_one_out) if independent is None else independent
    if count < 3:
        return math.inf
    deviations = -NormalDist().inv_cdf(false_alarms) * (1 + 4 / count)
    return float(leave_one_out.mean() + deviations * leave_one_out.std())
