"""N-way K-shot episodes, the same for every method, and the means and intervals over them."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

import torch
from torch import Tensor

QUERIES = 15
"""Queries of each class, or as many as it has images left."""


@dataclass(frozen=True)
class Episode:
    """int64 indices into a set: `support` (n,) and `queries` (q,), with labels 0..ways-1; `classes` are the set's."""

    support: Tensor
    support_labels: Tensor
    queries: Tensor
    query_labels: Tensor
    classes: tuple[int, ...]


def draw_episodes(
    labels: Tensor, ways: int, shots: int, episodes: int, key: str, sources: Tensor | None = None
) -> Iterator[Episode]:
    """Draw episodes from images with int64 `labels` (n,); `key` and the shots decide which.

    sources: int64 (n,); no query has the source of a support image.
    """
    generator = torch.Generator().manual_seed(zlib.crc32(f"{key} {ways} {shots}".encode()))
    for _ in range(episodes):
        classes = torch.randperm(int(labels.max()) + 1, generator=generator)[:ways].tolist()
        support, queries = [], []
        for c in classes:
            members = torch.nonzero(labels == c).flatten()
            order = members[torch.randperm(len(members), generator=generator)]
            support.append(order[:shots])
            rest = order[shots:]
            if sources is not None:
                rest = rest[~torch.isin(sources[rest], sources[order[:shots]])]
            queries.append(rest[:QUERIES])
        yield Episode(torch.cat(support), numbered(support), torch.cat(queries), numbered(queries), tuple(classes))


def numbered(groups: Sequence[Tensor]) -> Tensor:
    """Return the labels of rows that are grouped by class: int64."""
    return torch.cat([torch.full((len(group),), label) for label, group in enumerate(groups)])


Samples = dict[str, list[float]]
"""One value for each episode (or image) by name of what was measured; a single value has no interval."""


@dataclass(frozen=True)
class Mean:
    """A mean and the half-width of its 95 % interval (normal approximation)."""

    value: float
    half_width: float


def mean_of(values: Sequence[float]) -> Mean:
    """Mean over episodes."""
    if not values:
        return Mean(math.nan, math.nan)
    deviation = stdev(values) if len(values) > 1 else 0.0
    return Mean(fmean(values), NormalDist().inv_cdf(0.975) * deviation / math.sqrt(len(values)))


def mean_over_sets(means: Sequence[Mean]) -> Mean:
    """Mean over sets, each counting the same; the interval is that of these sets, not of sets in general."""
    if not means:
        return Mean(math.nan, math.nan)
    return Mean(fmean(m.value for m in means), math.sqrt(sum(m.half_width**2 for m in means)) / len(means))
