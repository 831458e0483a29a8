"""Partial vectors: what regions are compared with, each time without a fifth of the examples.

They say how far the region that is shown would move with other examples (`regions.steadiness`). Images of one group are
left out together. Ours (docs/adr/0007-attention.md).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from model.head.class_description import class_balance, has_others
from model.head.grouping import Grouping
from model.head.local_feature import class_means
from model.head.responses import response_directions

PARTS = 5
"""The examples are left out in so many parts."""


class PartialVectors(NamedTuple):
    """Vectors of N classes, each time without one of F parts of the examples; float32.

    means: (F, N, L) class means, see `local_feature.class_means`
    responses: (F, N, D_coarse) response directions, see `head.responses`
    """

    means: Tensor
    responses: Tensor


def partial_vectors(
    compared: Tensor, coarse: Tensor, labels: Tensor, ways: int, weights: Tensor, groups: Grouping
) -> PartialVectors:
    """Fit the vectors to n examples without each part; F is 0 where no example can be left out.

    compared (n, L): the global features that regions are compared with; coarse (n, D_coarse): those at stride 32;
    labels: int64 (n,); weights: float64 (n,) of the images
    """
    means, responses = [], []
    for kept in _kept(labels, ways, groups):
        some = labels[kept]
        means.append(class_means(compared[kept], some, ways))
        balance = class_balance(some, ways) * weights[kept]
        responses.append(response_directions(coarse[kept], balance, some, ways))
    if not means:
        return PartialVectors(
            compared.new_zeros(0, ways, compared.shape[1]), coarse.new_zeros(0, ways, coarse.shape[1])
        )
    return PartialVectors(torch.stack(means).float(), torch.stack(responses))


def _kept(labels: Tensor, ways: int, groups: Grouping) -> list[Tensor]:
    """Return which examples stay when each part is left out, bool (n,); a class that would be empty keeps its own."""
    if not bool(has_others(labels, groups).any()):
        return []
    # Groups are dealt out class by class, so that every part takes about as many of each class.
    order = torch.argsort(labels, stable=True).tolist()
    turns: dict[int, int] = {}
    for number in groups.numbers[order].tolist():
        turns.setdefault(number, len(turns) % PARTS)
    parts = torch.tensor([turns[number] for number in groups.numbers.tolist()])
    members = functional.one_hot(labels, ways)
    found = []
    for part in range(PARTS):
        kept = parts != part
        kept = kept | (members[kept].sum(dim=0) == 0)[labels]
        if not bool(kept.all()):
            found.append(kept)
    return found
