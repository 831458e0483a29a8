"""What boxes on examples say is "not here", taken out of the directions by which classes are told apart.

Whatever is marked so on the examples of a class, such as a caption that no other class has, would tell the class of
every image that shows it. What it adds to an example's vector x of a view is x - x', x' being the vector without the
marked cells, and the mean of that over the class's marked examples is a direction u. All examples lose their part along
it,

    x  ->  x - (x . u) u                                   for each view, and for each class that has marked examples

so that the class descriptors, which are sums of examples, have none either: what a query has along u changes no score.
Ours (docs/adr/0038-here-and-not-here.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

_LEAST = 1e-6
"""Shorter directions, in units of a view's root mean squared vector, are none."""


def without_ignored(
    vectors: Sequence[Tensor], ignoring: Sequence[Tensor], ignores: Tensor, labels: Tensor
) -> tuple[Tensor, ...]:
    """Take what is ignored out of the vectors of each view, float64 (n, D_v) each.

    ignoring: the vectors of the same images without what is not to count; ignores: bool (n,), which have anything of
    the kind; labels: int64 (n,)
    """
    if not bool(ignores.any()):
        return tuple(vectors)
    return tuple(_without(view, view - other, ignores, labels) for view, other in zip(vectors, ignoring, strict=True))


def _without(vectors: Tensor, added: Tensor, ignores: Tensor, labels: Tensor) -> Tensor:
    marked = labels[ignores]
    means = torch.stack([added[ignores][marked == label].mean(dim=0) for label in marked.unique()])
    _, lengths, axes = torch.linalg.svd(means, full_matrices=False)
    kept = axes[lengths > _LEAST]
    rest: Tensor = vectors - (vectors @ kept.T) @ kept
    return rest
