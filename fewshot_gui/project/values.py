"""The values that a project consists of: frozen, free of Qt."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from fewshot_gui.project.labels import Label
from model.images.roi import Roi
from model.types import Prediction, Region, Status


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """By what a file is found again under another name: its SHA-256 (64 hex digits) and size in bytes."""

    content_hash: str
    size: int


@dataclass(frozen=True, slots=True)
class Example:
    """An image in a bin.

    `content_hash` is None until the background thread has read the file. `rank` orders the
    examples of a bin; it is given once, when the image is put into the bin, and never reused, so
    that an undone removal finds its old place.
    """

    path: Path
    content_hash: str | None = None
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Bin:
    """A class of the project: `id` never changes; `color` is "#rrggbb"; examples are in their order."""

    id: str
    name: str
    color: str
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What training uses in this project.

    backbone: its name
    seed: of every random choice
    roi: the part of every image that is looked at; None: all of it
    """

    backbone: str = "efficientnet-lite0"
    seed: int = 0
    roi: Roi | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where predictions come from: SHA-256 of the classifier, id of the run in the record; "": not known."""

    classifier: str = ""
    run: str = ""


NO_ORIGIN = Origin()


@dataclass(frozen=True, slots=True)
class BinPrediction:
    """What the classifier of `revision` said of an image, in terms of bins.

    `scores[c]` is the calibrated probability of the bin `bin_ids[c]`. `bin_id` is the predicted
    bin; where `status` is UNKNOWN it is the nearest one, where it is ERROR there is none, no score
    and no region, and `message` says why. A bin may have been removed since. `label`: what a person
    says of the image, by which class and status are, see `labelled`; None in what is saved.
    `steadiness`: how far the region can be relied on, 0..1; None where that is not known. `origin`: by which
    classifier, and in which run.
    """

    path: Path
    status: Status
    bin_id: str | None
    scores: tuple[float, ...]
    bin_ids: tuple[str, ...]
    region: Region | None
    message: str
    revision: int
    steadiness: float | None = None
    label: Label | None = None
    origin: Origin = NO_ORIGIN

    @classmethod
    def of(cls, prediction: Prediction, bin_ids: tuple[str, ...], revision: int, origin: Origin = NO_ORIGIN) -> Self:
        """Return `prediction` of a classifier whose class c is the bin `bin_ids[c]`."""
        return cls(
            prediction.path,
            prediction.status,
            bin_ids[prediction.predicted] if prediction.scores else None,
            prediction.scores,
            bin_ids,
            prediction.region,
            prediction.message,
            revision,
            prediction.steadiness,
            origin=origin,
        )

    @property
    def confidence(self) -> float:
        """Calibrated probability of `bin_id`, 0..1 (0 for an error)."""
        return 0.0 if self.bin_id is None else self.score(self.bin_id)

    def labelled(self, label: Label | None) -> BinPrediction:
        """Return it with the class that a person says; itself where nobody does, or it cannot be read.

        None of these is as unlike every bin. A region is that of the class predicted: another class has none.
        """
        if label is None or self.status is Status.ERROR:
            return self
        if label.bin_id is None:
            return replace(self, status=Status.UNKNOWN, region=None, steadiness=None, label=label)
        region = self.region if label.bin_id == self.bin_id else None
        steadiness = self.steadiness if region is not None else None
        return replace(self, status=Status.OK, bin_id=label.bin_id, region=region, steadiness=steadiness, label=label)

    @property
    def is_of_one_bin(self) -> bool:
        """Whether the classifier knew a single bin: then only how unlike it the image is has a meaning."""
        return len(self.bin_ids) == 1

    @property
    def is_region_unlike(self) -> bool:
        """Whether `region` is what is most unlike the single bin.

        Classifiers of one bin from before regions took part show what is most like it, and say how steady that is.
        """
        return self.is_of_one_bin and self.region is not None and self.steadiness is None

    @property
    def is_joined(self) -> bool:
        """Whether similar images took part in it (`model.runs.transduction`)."""
        return self.status is Status.OK and bool(self.message)

    def score(self, bin_id: str) -> float:
        """Return the probability of a bin, 0..1 (0 for one that the classifier does not know)."""
        return dict(zip(self.bin_ids, self.scores, strict=False)).get(bin_id, 0.0)


def clean_name(text: str) -> str:
    """Return `text` as a bin name: one line, trimmed, storable; "" where nothing is left of it.

    Runs of white space become one space, control characters go, and bytes of a folder's name
    that are not text become "?". Joiners and direction marks stay: some scripts need them.
    """
    storable = text.encode("utf-8", "replace").decode("utf-8")
    visible = "".join(char for char in storable if char.isspace() or unicodedata.category(char) != "Cc")
    return " ".join(visible.split())


def name_key(name: str) -> str:
    """Return that by which two bin names count as the same: case and composition do not matter."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
