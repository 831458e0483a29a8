"""Fetching: a few images of many, chosen by a kind; for instance those that are best labelled next, or like one image.

Each kind is one function of `model.runs.fetch_kinds`. Where many images are looked through, it is by their global
vectors, which a table holds (`model.embedding.global_vectors`). Figures: docs/adr/0028-fetch.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from model.errors import ImageReadError, NoImagesError, UsageError
from model.images.items import split_item
from model.progress import CancelToken, ProgressCallback, ignore_progress
from model.types import Prediction, Region

if TYPE_CHECKING:
    from model.embedding.embedder import Embedder
    from model.runs.image_classifier import ImageClassifier

MOST_ASKED = 100_000
"""Most images that can be asked for."""


class Kind(StrEnum):
    """By what images are chosen."""

    TEACH = "teach"  # those that would teach the most: typical of many that are like no labelled one
    DOUBTFUL = "doubtful"  # the first two classes are closest
    TYPICAL = "typical"  # of one class: furthest ahead of the others
    UNLIKE = "unlike"  # least like any labelled image or, without labels, like any other
    RANDOM = "random"
    LIKE = "like"  # an image, or a region of one

    @property
    def needs_classifier(self) -> bool:
        """Whether images are chosen by their predictions."""
        return self in (Kind.DOUBTFUL, Kind.TYPICAL)


@dataclass(frozen=True)
class Wanted:
    """What is to be fetched.

    count: how many images at most
    of: with `Kind.TYPICAL`, the number of the class
    like, region: with `Kind.LIKE`, the image, and the part of it in its pixels as displayed; None: all of it
    seed: with `Kind.RANDOM`; the same seed and pool give the same images
    """

    kind: Kind = Kind.TEACH
    count: int = 10
    of: int | None = None
    like: Path | None = None
    region: Region | None = None
    seed: int = 0


@dataclass(frozen=True)
class Fetched:
    """What was chosen.

    images: best first
    considered: number of readable images they were chosen from
    pool: number of images there were; larger than `considered` where an even sample was taken, or some cannot be read
    unreadable: errors of images that could not be read
    scores: for each image, what it was chosen by: the similarity with `Kind.LIKE` and `Kind.UNLIKE` (-1..1), the margin
        of the first two classes with `Kind.DOUBTFUL` (0..1), the probability of the class with `Kind.TYPICAL`; empty
        for other kinds
    regions: with a region that others are to be like, the region of each image that is most like it; else empty
    """

    images: tuple[Path, ...]
    considered: int
    pool: int
    unreadable: tuple[ImageReadError, ...] = ()
    scores: tuple[float, ...] = ()
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, eq=False)
class Search:
    """What a kind chooses from, and with.

    pool: images to choose from; labelled: images that have a label already
    side: the working side, or None: by the sizes of the images
    known: predictions by `classifier` that are there already
    """

    wanted: Wanted
    pool: Sequence[Path]
    labelled: Sequence[Path]
    embedder: Embedder
    side: int | None = None
    classifier: ImageClassifier | None = None
    known: Mapping[Path, Prediction] = field(default_factory=dict)
    progress: ProgressCallback = ignore_progress
    token: CancelToken = field(default_factory=CancelToken)


def fetch(search: Search) -> Fetched:
    """Choose images as `search.wanted` says.

    Raises `NoImagesError` where no image of the pool can be read, `ImageReadError` where the image that others are to
    be like cannot be read, `UsageError` where something that the kind needs is missing or does not fit, and
    `Cancelled`.
    """
    from model.runs.fetch_kinds import KINDS  # imports torch

    wanted = search.wanted
    if not 0 < wanted.count <= MOST_ASKED:
        raise UsageError(f"{wanted.count} images cannot be asked for: ask for 1 to {MOST_ASKED:,}.")
    if wanted.kind is Kind.LIKE and wanted.like is None:
        raise UsageError("Which image others are to be like is not said.")
    if wanted.kind.needs_classifier and search.classifier is None:
        raise UsageError(f"Choosing the most {wanted.kind} images needs a trained classifier.")
    if wanted.kind is Kind.TYPICAL:
        ways = 0 if search.classifier is None else len(search.classifier.class_names)
        if wanted.of is None or not 0 <= wanted.of < ways:
            raise UsageError("Of which class images are to be typical is not said, or the classifier lacks it.")
    if not search.pool:
        raise NoImagesError("There is no image to choose from.")
    search.token.raise_if_cancelled()
    return KINDS[wanted.kind](search)


def whole_and_region(path: Path, pool: Iterable[Path]) -> tuple[Path, Region | None]:
    """Return the image and the region that a path such as "img.png#xywh=10,20,64,64" means in `Wanted`.

    A tile that is itself one of the pool's images means that image.
    """
    item = split_item(path)
    if item.box is None or path in set(pool):
        return path, None
    return item._replace(box=None).path, item.box
