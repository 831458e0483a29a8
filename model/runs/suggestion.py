"""Suggestion: the images of a pool that best represent the rest of it, to be labelled next.

Facility location: chosen one by one, each image adds the most to the sum, over the whole pool, of the
similarity to the most similar labelled or chosen image. The greedy choice reaches at least 63 % of the
largest possible sum (Nemhauser, Wolsey and Fisher 1978). Typical images of large groups come first, then
smaller groups; outliers come late. It works without a classifier, before the first label. Choosing by
small margins of the classifier was measured to be no better up to ten labels a class
(docs/adr/0009-suggestion.md).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

MOST_IMAGES = 4000
"""Most images that are compared, all pairs of them; of a larger pool an even sample is taken."""


def suggest(pool: Tensor, count: int, labelled: Tensor | None = None) -> list[int]:
    """Return the indices of `count` images of the pool (or all, if it has fewer), best first.

    pool: float32 (n, D) joined global features
    labelled: (m, D) of images that have a label already; images similar to them come late
    """
    known = labelled if labelled is not None else pool[:0]
    centre = pool.mean(dim=0)
    images, known = (functional.normalize(part - centre, dim=1) for part in (pool, known))
    covered = (images @ known.T).amax(dim=1) if len(known) else torch.full((len(images),), -1.0)
    return _greedy(images @ images.T, covered, count)


def _greedy(similarity: Tensor, covered: Tensor, count: int) -> list[int]:
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


def even_sample(count: int, most: int) -> list[int]:
    """Return the places of `most` of `count` things, evenly apart; of all where there are not more."""
    if count <= most:
        return list(range(count))
    indices: list[int] = torch.linspace(0, count - 1, most).long().tolist()
    return indices
