"""Near copies: pictures that are the same but for recompression, brightness, size or a crop; bursts and frames.

Found by fingerprints (`model.images.fingerprint`), whatever classes there are; `embedding.groups` joins examples of one
class for leave-one-out by their features, which is another question.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from model.cache.store import BlobStore
from model.embedding.table import Floats, Ints, Made, VectorTable
from model.errors import ImageReadError
from model.images.fingerprint import CROPPED, NUMBERS, READ_SIDE, fingerprint
from model.images.reading import read_image
from model.images.rendering import USUAL, Rendering
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress

LEAST_ALIKE = 0.85
"""Pairs below this likeness are never near copies."""

USUAL_ALIKE = 0.95
"""Likeness from which two pictures are near copies. Fitted on four sets; in four others, of the pairs of different
groups that are joined all show the same tile or cell (docs/adr/0028-fetch.md)."""

_AT_ONCE = 32
_BLOCK = 512
_VERSION = "1"  # change it with the fingerprint


@dataclass(frozen=True, eq=False)
class Copies:
    """The near copies among n images, as links of a tree: two images are in one stack at a likeness if a way of links
    that are at least so alike leads from one to the other. No pair is left out by that: a pair that is no link has a
    way of links which are more alike.

    paths: the images that can be read
    links: int32 (m, 2), numbers of `paths`, the most alike first
    alike: float32 (m,), 0..1, theirs; none below `LEAST_ALIKE`
    unreadable: the errors of the other images
    """

    paths: tuple[Path, ...]
    links: npt.NDArray[np.int32]
    alike: Floats
    unreadable: tuple[ImageReadError, ...]


class NearCopies:
    """Finds near copies; what was compared once is not compared again. One thread at a time.

    blobs: the store on disk, for the fingerprints; rendering: how files become pixels
    """

    def __init__(self, blobs: BlobStore, rendering: Rendering = USUAL) -> None:
        self.rendering = rendering
        space = f"fingerprints {_VERSION} {rendering.key}"
        self._table = VectorTable(blobs, space, (1 + len(CROPPED)) * NUMBERS, self._fingerprints)
        self._compared: Ints = np.zeros(0, np.int64)  # rows
        self._pairs: npt.NDArray[np.int64] = np.zeros((0, 2), np.int64)  # rows that are alike: a forest
        self._alike: Floats = np.zeros(0, np.float32)
        self.comparisons = 0
        """Pairs of images that were compared so far."""

    def find(
        self, paths: Sequence[Path], progress: ProgressCallback = ignore_progress, token: CancelToken | None = None
    ) -> Copies:
        """Return the near copies among `paths`. Raises `Cancelled`; fingerprints made before that are kept.

        The first time this takes the square of the number of images; images that come later are compared with all.
        """
        token = token or CancelToken()
        found = self._table.find(list(dict.fromkeys(paths)), "Looking at pictures", progress, token)
        self._compare(found.rows, progress, token)
        number = np.full(len(self._table), -1, np.int64)
        number[found.rows] = np.arange(len(found.rows))
        links = number[self._pairs]
        here = (links >= 0).all(axis=1)
        links, alike = links[here], self._alike[here]
        order = np.argsort(-alike, kind="stable")
        return Copies(tuple(found.paths), links[order].astype(np.int32), alike[order], found.unreadable)

    def _fingerprints(self, paths: Sequence[Path]) -> Made:
        def one(path: Path) -> Floats | ImageReadError:
            try:
                picture = read_image(path, READ_SIDE, self.rendering.ground, self.rendering.greys)
            except ImageReadError as error:
                return error
            return fingerprint(picture).ravel()

        with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="look") as pool:
            for start in range(0, len(paths), _AT_ONCE):
                yield list(pool.map(one, paths[start : start + _AT_ONCE]))

    def _compare(self, rows: Ints, progress: ProgressCallback, token: CancelToken) -> None:
        """Compare the images that are new with all others. Where another image was left since, start anew.

        A forest of more images than are asked for would lack links: of three alike images the one between may be gone.
        """
        new = np.setdiff1d(rows, self._compared)
        if len(np.setdiff1d(self._compared, rows)):
            self._compared, new = np.zeros(0, np.int64), np.unique(rows)
            self._pairs, self._alike = np.zeros((0, 2), np.int64), np.zeros(0, np.float32)
        if not len(new):
            return
        pairs, alike = [self._pairs], [self._alike]
        every = np.concatenate((self._compared, new))
        for done, (block, others) in enumerate(self._blocks(new, every)):
            token.raise_if_cancelled()
            first, second, likeness = self._alike_in(block, others)
            pairs.append(np.stack((first, second), axis=1))
            alike.append(likeness)
            if sum(map(len, alike)) > 4 * len(every) + 100_000:
                pairs, alike = _forest(pairs, alike)
            progress(Progress(message("Comparing"), min((done + 1) * _BLOCK, len(new)), len(new)))
        (self._pairs,), (self._alike,) = _forest(pairs, alike)
        self._compared = every

    def _blocks(self, new: Ints, every: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Each block of new rows, and the rows before its end: every pair comes once."""
        before = len(every) - len(new)
        for start in range(0, len(new), _BLOCK):
            block = new[start : start + _BLOCK]
            yield block, every[: before + start + len(block)]

    def _alike_in(self, block: Ints, others: Ints) -> tuple[Ints, Ints, Floats]:
        of_block = self._table.vectors(block).reshape(len(block), -1, NUMBERS)
        firsts, seconds, found = [], [], []
        for start in range(0, len(others), _BLOCK):
            part = others[start : start + _BLOCK]
            of_part = self._table.vectors(part).reshape(len(part), -1, NUMBERS)
            likeness = of_block[:, 0] @ of_part[:, 0].T
            for crop in range(1, 1 + len(CROPPED)):
                np.maximum(likeness, of_block[:, 0] @ of_part[:, crop].T, out=likeness)
                np.maximum(likeness, of_block[:, crop] @ of_part[:, 0].T, out=likeness)
            self.comparisons += likeness.size
            one, other = np.nonzero(likeness >= LEAST_ALIKE)
            keep = block[one] != part[other]
            firsts.append(block[one[keep]])
            seconds.append(part[other[keep]])
            found.append(likeness[one[keep], other[keep]])
        return np.concatenate(firsts), np.concatenate(seconds), np.concatenate(found)


def _forest(
    pairs: list[npt.NDArray[np.int64]], alike: list[Floats]
) -> tuple[list[npt.NDArray[np.int64]], list[Floats]]:
    """Return the links of the most alike forest: as many as there are images at most, with the same stacks."""
    from scipy.sparse import coo_array  # slow to import
    from scipy.sparse.csgraph import minimum_spanning_tree

    every, likeness = np.concatenate(pairs), np.concatenate(alike)
    if not len(every):
        return [every], [likeness]
    names, numbers = np.unique(every, return_inverse=True)
    ends = np.sort(numbers.reshape(every.shape), axis=1)
    # Of pairs that come twice the most alike counts: in a sparse matrix they would be added up.
    order = np.lexsort((-likeness, ends[:, 1], ends[:, 0]))
    ends, likeness = ends[order], likeness[order]
    is_first = np.ones(len(ends), bool)
    is_first[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    ends, likeness = ends[is_first], likeness[is_first]
    lengths = 2.0 - np.minimum(likeness.astype(np.float64), 1.0)  # never 0, which would be no link
    graph = coo_array((lengths, (ends[:, 0], ends[:, 1])), shape=(len(names), len(names)))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    kept = np.stack((names[tree.row], names[tree.col]), axis=1).astype(np.int64)
    return [kept], [(2.0 - tree.data).astype(np.float32)]
