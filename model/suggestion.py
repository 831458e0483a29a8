"""What to label next: the images of a pool that best stand for the rest of it.

Facility location: chosen one by one, each image adds the most to the sum, over the whole pool, of the
similarity to the most similar labelled or chosen image. The greedy choice reaches at least 63 % of the
best possible sum (Nemhauser, Wolsey and Fisher 1978). Typical images of large groups come first, then
smaller groups; outliers come late. It needs no classifier, so it works before the first label. Choosing
by small margins of the classifier instead was measured to be no better up to ten labels a class
(docs/adr/0009-suggestion.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from model.features import ImageFeatures

MOST_IMAGES = 4000
"""Of a larger pool an even sample is looked at: all pairs are compared."""


def suggest(pool: ImageFeatures, count: int, labelled: ImageFeatures | None = None) -> list[int]:
    """Return the indices of `count` images of the pool (or all, where it has fewer), best first.

    `labelled` are images that have a label already: what resembles them is covered.
    """
    globals_ = pool.joined_globals()
    sampled = _even_sample(len(globals_), MOST_IMAGES)
    known = labelled.joined_globals() if labelled is not None else globals_[:0]
    centre = globals_.mean(dim=0)
    images, known = (functional.normalize(part - centre, dim=1) for part in (globals_[sampled], known))
    covered = (images @ known.T).amax(dim=1) if len(known) else torch.full((len(images),), -1.0)
    chosen = _greedy(images @ images.T, covered, count)
    return [int(sampled[index]) for index in chosen]


def _greedy(similarity: Tensor, covered: Tensor, count: int) -> Sequence[int]:
    """Choose columns of `similarity` (n, n) that raise `covered` (n,) most, one after the other."""
    chosen: list[int] = []
    free = torch.ones(len(similarity), dtype=torch.bool)
    for _ in range(min(count, len(similarity))):
        gains = (similarity - covered[:, None]).clamp_min(0).sum(dim=0)
        best = int(torch.where(free, gains, torch.full_like(gains, -torch.inf)).argmax())
        chosen.append(best)
        free[best] = False
        covered = torch.maximum(covered, similarity[:, best])
    return chosen


def _even_sample(count: int, most: int) -> Tensor:
    return torch.arange(count) if count <= most else torch.linspace(0, count - 1, most).long()
