"""The hypotheses over which the head averages, and their prior.

A hypothesis is a share for each view, a ridge, a share beta of the local feature and a scale kappa of the logits. With
few examples many of them explain the examples about equally well; averaging over them is more accurate and less sure
of itself than the best one (docs/adr/0022-averaged-head.md). The prior prefers the first view, and scales around one
that grows with the number of classes. Its constants are fitted by `python -m benchmarks.constants`, on other image sets
than those on which they are reported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import torch
from torch import Tensor

from model.features.view import View

RIDGES = (0.15, 0.6)
"""In units of the class-balanced scatter."""

SCALES = (0.6, 1.0, 1.8, 3.2, 5.6, 10.0, 18.0)
"""kappa."""

LOCAL_SHARES = (0.0, 0.1, 0.3)
"""beta."""

MOST_OF_OTHERS = 0.91
"""Largest sum of the shares of all views but the first."""


@dataclass(frozen=True)
class PriorConstants:
    """Constants of the prior, in nats unless said otherwise.

    share_cost, share_cost_of_few: a share of 1 for another view costs share_cost + share_cost_of_few / K, where K is
        the number of examples of a typical class
    local_cost, local_cost_of_few: the same for the local feature
    log_scale, log_scale_by_ways: ln kappa is expected around log_scale + log_scale_by_ways ln N
    scale_deviation: its standard deviation
    """

    share_cost: float = 3.186
    share_cost_of_few: float = 4.881
    local_cost: float = 1.136
    local_cost_of_few: float = 11.918
    log_scale: float = 0.692
    log_scale_by_ways: float = 0.752
    scale_deviation: float = 0.465


CONSTANTS = PriorConstants()


class Hypotheses(NamedTuple):
    """A grid of hypotheses; float64.

    shares: (S, V), adding up to 1 in each row, and ridges: (S,); together they make S regressions
    local_shares: (B,)
    scales: (G,)
    log_prior: (S, B, G), up to a constant
    """

    shares: Tensor
    ridges: Tensor
    local_shares: Tensor
    scales: Tensor
    log_prior: Tensor

    @classmethod
    def grid(
        cls, labels: Tensor, ways: int, views: Sequence[View], constants: PriorConstants = CONSTANTS
    ) -> Hypotheses:
        """Make the grid for images of `ways` classes with int64 `labels` (n,)."""
        shots = max(float(torch.bincount(labels, minlength=ways).double().median()), 1.0)
        each = [(shares, ridge) for shares in _share_vectors(views) for ridge in RIDGES]
        shares = torch.tensor([row for row, _ in each], dtype=torch.float64)
        of_first = shares[:, [at for at, view in enumerate(views) if at == 0 or view.beside]].sum(dim=1)
        local = torch.tensor(LOCAL_SHARES, dtype=torch.float64)
        scales = torch.tensor(SCALES, dtype=torch.float64)
        expected = constants.log_scale + constants.log_scale_by_ways * math.log(ways)
        of_views = -(constants.share_cost + constants.share_cost_of_few / shots) * (1 - of_first)
        of_local = -(constants.local_cost + constants.local_cost_of_few / shots) * local
        of_scale = -0.5 * ((scales.log() - expected) / constants.scale_deviation).square()
        log_prior = of_views[:, None, None] + of_local[:, None] + of_scale
        ridges = torch.tensor([ridge for _, ridge in each], dtype=torch.float64)
        return cls(shares, ridges, local, scales, log_prior)

    def pick(self, regressions: Tensor) -> Hypotheses:
        """Return the hypotheses of some of the S regressions only; int64 or bool indices."""
        return self._replace(
            shares=self.shares[regressions], ridges=self.ridges[regressions], log_prior=self.log_prior[regressions]
        )

    def typical(self) -> Hypotheses:
        """Return the single hypothesis at the mean of the prior."""
        weights = torch.softmax(self.log_prior.flatten(), dim=0).view_as(self.log_prior)
        regressions, local, scales = weights.sum((1, 2)), weights.sum((0, 2)), weights.sum((0, 1))
        return Hypotheses(
            (regressions @ self.shares)[None],
            (regressions @ self.ridges)[None],
            (local @ self.local_shares)[None],
            (scales @ self.scales)[None],
            torch.zeros(1, 1, 1, dtype=torch.float64),
        )


def _share_vectors(views: Sequence[View]) -> list[tuple[float, ...]]:
    """Every combination of the shares that the views may have; the first view and those beside it have the rest."""
    others = product(*((0.0, *view.levels) for view in views[1:]))
    beside = [view.beside for view in views[1:]]
    of_first = 1 - sum(beside)
    vectors = []
    for row in others:
        rest = 1 - sum(row)
        if sum(row) <= MOST_OF_OTHERS:
            vectors.append((of_first * rest, *(own + part * rest for own, part in zip(row, beside, strict=True))))
    return vectors
