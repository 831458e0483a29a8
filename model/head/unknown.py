"""Unknown images: how unlike every class an image is, and from how much on it is flagged.

The threshold comes from the support images alone, each measured when it is left out.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import torch
from torch import Tensor

UNKNOWN_FALSE_ALARMS = 0.01
"""Share of images of known classes that may be flagged as unknown, were their unlikeness normally distributed."""

SUBSPACE_EXAMPLES = 64
"""Examples of a class that span its subspace: more cost time and change little."""

SUBSPACE_RIDGE = 0.3
"""Over the mean squared distance of a class's examples from their mean."""


class Subspaces(NamedTuple):
    """What the examples of each class span, for N classes and m directions in all; float64.

    means:  (N, D) of the examples
    basis:  (m, D) directions from the means: of a class, the k x D matrix L^-1 C with C the centred
            examples and L L' = C C' + ridge, so that |L^-1 C d|^2 is what they explain of a difference d
    offsets: (m,) the directions' products with their class's mean
    owners: int64 (m,) the direction's class
    empty:  bool (N,) classes without an example
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
        """How little images resemble any class: (q, D) -> (q,), higher is less alike.

        The squared distance from the nearest class's subspace: what of an image, less the class's mean,
        the differences among the class's examples do not explain (a ridge regression on them; of one
        example it is the squared distance from it). The vectors are joint ones, `model.head.joint_space`, not
        brought to one length: how far an image lies from all the classes' common mean says as much as
        the direction.
        """
        return self.distances(queries).amin(dim=1)


def leave_one_out_unlikeness(examples: Tensor, labels: Tensor, ways: int) -> Tensor:
    """`unlikeness` of each example when it is left out: (n, D) -> (n,); inf where no other example is left."""
    distances = Subspaces.of(examples, labels, ways).distances(examples)
    nothing = torch.zeros((), dtype=torch.int64)
    for index, label in enumerate(labels.tolist()):  # leaving it out changes nothing but its own class
        others = labels == label
        others[index] = False
        own = Subspaces.of(examples[others], nothing.expand(int(others.sum())), 1)
        distances[index, label] = own.distances(examples[index : index + 1])[0, 0]
    return distances.amin(dim=1)


def _span(examples: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (D,) and basis (k, D) of one class, as in `Subspaces`; no basis where nothing varies."""
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
