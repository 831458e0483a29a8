"""What images are fetched from and with, and what was fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from model.embedding.embedder import Embedder
from model.errors import ImageReadError
from model.images.items import split_item
from model.progress import CancelToken, ProgressCallback, ignore_progress
from model.runs.image_classifier import ImageClassifier
from model.types import Prediction, Region, Wanted


@dataclass(frozen=True)
class Fetched:
    """What was chosen.

    images: best first
    considered: number of readable images they were chosen from
    pool: number of images there were; larger than `considered` where an even sample was taken, or some cannot be read
    unreadable: errors of images that could not be read
    scores: for each image, what it was chosen by: the similarity with `LIKE` and `UNLIKE` (-1..1), the margin
        of the first two classes with `DOUBTFUL` (0..1), the probability of the class with `TYPICAL`; empty
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


def whole_and_region(path: Path, pool: Iterable[Path]) -> tuple[Path, Region | None]:
    """Return the image and the region that a path such as "img.png#xywh=10,20,64,64" means in `Wanted`.

    A tile that is itself one of the pool's images means that image.
    """
    item = split_item(path)
    if item.box is None or path in set(pool):
        return path, None
    return item._replace(box=None).path, item.box
