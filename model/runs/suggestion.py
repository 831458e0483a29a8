"""Suggestions: the images of a pool that best represent the rest of it, to be labelled next.

Facility location: chosen one by one, each image adds the most to the sum, over the whole pool, of the
similarity to the most similar labelled or chosen image. The greedy choice reaches at least 63 % of the
largest possible sum (Nemhauser, Wolsey and Fisher 1978). Typical images of large groups come first, then
smaller groups; outliers come late. It works without a classifier, before the first label. Choosing by
small margins of the classifier was measured to be no better up to ten labels a class
(docs/adr/0009-suggestion.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from model.embedding.embedder import Embedder, readable_sizes
from model.errors import ImageReadError, NoImagesError
from model.features.sizes import Looks, working_side
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress, reported

MOST_IMAGES = 4000
"""Most images that are compared, all pairs of them; of a larger pool an even sample is taken."""


@dataclass(frozen=True)
class Suggestions:
    """Images that are best labelled next.

    images: best first
    considered: number of readable images they were chosen from
    unreadable: errors of the images that could not be read
    """

    images: tuple[Path, ...]
    considered: int
    unreadable: tuple[ImageReadError, ...]


def suggest_images(
    pool: Sequence[Path],
    labelled: Sequence[Path],
    embedder: Embedder,
    count: int = 10,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
    *,
    most: int = MOST_IMAGES,
) -> Suggestions:
    """Choose `count` files of the pool (or all, if it has fewer); memory grows by one vector an image.

    Of a pool of more than `most` images an even sample is considered. `labelled` are files that have a label already.
    Raises `NoImagesError` where no image of the pool can be read, and `Cancelled`.
    """
    token = token or CancelToken()
    sample = [pool[index] for index in _even_sample(len(pool), most)]
    files = [*sample, *labelled]
    read = reported(sample, message("Reading sizes"), progress, token)
    side = working_side(embedder.backbone, readable_sizes(read, embedder.rendering))
    token.raise_if_cancelled()
    vectors, readable, unreadable = [], [], []
    for batch in embedder.embed(files, Looks(side)):
        token.raise_if_cancelled()
        for item in batch:
            if isinstance(item, ImageReadError):
                unreadable.append(item)
            else:
                vectors.append(item.features.joined_globals())
                readable.append(item.path)
        progress(Progress(message("Embedding"), len(readable) + len(unreadable), len(files)))
    failed = {error.path for error in unreadable}
    candidates = sum(path not in failed for path in sample)
    if not candidates:
        raise NoImagesError(message("Nothing to suggest: no image can be read."))
    globals_ = torch.cat(vectors)
    order = suggest(globals_[:candidates], count, globals_[candidates:])
    return Suggestions(tuple(readable[index] for index in order), candidates, tuple(unreadable))


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


def _even_sample(count: int, most: int) -> list[int]:
    if count <= most:
        return list(range(count))
    indices: list[int] = torch.linspace(0, count - 1, most).long().tolist()
    return indices
