"""Frozen data that the model takes and returns, free of torch and of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


FEWEST_OF_ONE_BIN = 3
"""Images that a single class needs: with fewer nothing can be said of what is unlike them."""


@dataclass(frozen=True)
class Region:
    """A rectangle in pixels of the original image as displayed (after EXIF orientation)."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Attend:
    """Where an example shows its class (`inside`, "here"; empty: anywhere), and where it does not ("not here")."""

    inside: tuple[Region, ...] = ()
    outside: tuple[Region, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.inside or self.outside)


@dataclass(frozen=True)
class SupportSet:
    """The examples of an N-way task: `images[c]` are the image files of the class `class_names[c]`.

    attend: where some of them show their class, and where not
    drawn_on: the content of images with boxes when these were drawn, as 64 hexadecimal digits of SHA-256, where it is
        known: the report has a remark where the file holds another one by now
    Raises `ValueError` where the two differ in length, or `attend` names an image that is no example.
    """

    class_names: tuple[str, ...]
    images: tuple[tuple[Path, ...], ...]
    attend: Mapping[Path, Attend] = field(default_factory=dict, hash=False)
    drawn_on: Mapping[Path, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if len(self.class_names) != len(self.images):
            raise ValueError(f"{len(self.class_names)} class names for {len(self.images)} groups of images")
        strange = self.attend.keys() - {path for group in self.images for path in group}
        if strange:
            raise ValueError(f"Boxes of images that are no examples: {', '.join(map(str, sorted(strange)))}")

    @property
    def ways(self) -> int:
        """N, the number of classes."""
        return len(self.class_names)

    @property
    def shots(self) -> tuple[int, ...]:
        """K_c, the number of images of each class."""
        return tuple(len(group) for group in self.images)


class Status(StrEnum):
    """The outcome of classifying one image."""

    OK = "ok"
    UNKNOWN = "unknown"  # unlike every bin; the nearest class is still named
    ERROR = "error"
    LEFT_OUT = "left_out"  # its content is on a list of what is to be left out; it was not decoded

    @property
    def has_class(self) -> bool:
        """Whether there is a class: the image was read and classified."""
        return self in (Status.OK, Status.UNKNOWN)


class MapStyle(StrEnum):
    """What is drawn over a picture: nothing, the box of its region, or the box with the evidence map in one way."""

    OFF = "off"
    BOX = "box"
    HEAT = "heat"  # in colours, more opaque where there is more evidence
    CONTOUR = "contour"  # lines where the evidence has half, and where it has four fifths of its peak
    SPOTLIGHT = "spotlight"  # dark where there is little
    DIFFERENCE = "difference"  # in two colours: where there is more for one class than for another

    @property
    def has_box(self) -> bool:
        """Whether the box of the region is drawn."""
        return self is not MapStyle.OFF

    @property
    def has_map(self) -> bool:
        """Whether the evidence map of one class is drawn."""
        return self in (MapStyle.HEAT, MapStyle.CONTOUR, MapStyle.SPOTLIGHT)


@dataclass(frozen=True)
class Prediction:
    """The prediction for one image.

    predicted: number of the class, in the classifier's order
    scores: one calibrated probability for each class, in the classifier's order, adding up to 1
    region: the region shown for the predicted class, or for the class that was asked for; where there is a single
        class the one most unlike its examples
    steadiness: how far that region can be relied on, 0..1: how well it stays in place when examples are left out, and
        how well two kinds of evidence agree on it; None where no example can be left out, or there is a single class
    message: a remark; the reason where `status` is `Status.ERROR` or `Status.LEFT_OUT`
    evidence_map: float32 (h, w) in 0..1 with a peak of 1, over the whole image as displayed: the evidence for the class
        whose `region` this is; None unless asked for

    Unless `status.has_class` there are no scores and no region, and `predicted` is -1.
    """

    path: Path
    status: Status
    predicted: int = -1
    scores: tuple[float, ...] = ()
    region: Region | None = None
    message: str = ""
    evidence_map: npt.NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    steadiness: float | None = None

    @property
    def confidence(self) -> float:
        """Calibrated probability of `predicted`, 0..1 (0 for an error)."""
        return self.scores[self.predicted] if self.scores else 0.0


@dataclass(frozen=True)
class LikeRegion:
    """A region of an example that resembles a region of an image.

    region: in pixels of the example as displayed
    similarity: cosine of the two regions' vectors, -1 to 1
    """

    path: Path
    region: Region
    similarity: float


@dataclass(frozen=True)
class ByExample:
    """The examples' regions that the region shown for a class resembles most, the most like first."""

    class_index: int
    like: tuple[LikeRegion, ...]


@dataclass(frozen=True, eq=False)
class Explanation:
    """Evidence maps, regions and scores of one image, for every class at once.

    evidence_maps: float32 (N, h, w) in 0..1, one map for each class over the whole image as displayed, each with a peak
        of 1
    regions: the region shown for each class
    scores: as in `Prediction`
    image_size: (width, height) in pixels
    steadiness: of each region, as in `Prediction`
    evidence: float32 (N, h, w), what the maps are made of, on their grid and in units of the attention's temperature;
        None where only the maps are known
    by_example: for the most probable class and the runner-up, the examples' regions that are most like the image's
        region for it; empty unless asked for
    """

    path: Path
    evidence_maps: npt.NDArray[np.float32]
    regions: tuple[Region, ...]
    scores: tuple[float, ...]
    image_size: tuple[int, int]
    steadiness: tuple[float | None, ...] = ()
    evidence: npt.NDArray[np.float32] | None = field(default=None, repr=False)
    by_example: tuple[ByExample, ...] = ()

    @property
    def ranked(self) -> tuple[int, ...]:
        """The numbers of the classes, the most probable first."""
        return tuple(sorted(range(len(self.scores)), key=lambda c: -self.scores[c]))

    @property
    def is_of_unlikeness(self) -> bool:
        """Whether the map shows what is most unlike a single class, instead of evidence for one.

        Classifiers of one class from before regions took part show evidence, and say how steady the region is.
        """
        return len(self.regions) == 1 and self.steadiness == (None,)

    @property
    def difference(self) -> npt.NDArray[np.float32] | None:
        """The evidence for the most probable class less that for the runner-up, see `between`; None for one class."""
        return self.between(*self.ranked[:2]) if len(self.scores) > 1 else None

    def between(self, first: int, second: int) -> npt.NDArray[np.float32] | None:
        """Return the evidence for one class less that for another, float32 (h, w): above 0 it speaks for the first.

        None where only the maps are known.
        """
        return None if self.evidence is None else self.evidence[first] - self.evidence[second]


@dataclass(frozen=True)
class ExampleReport:
    """The result of a training for one support image.

    weight: its share in its class descriptor times K_c, so that 1.0 is an average example
    predicted, confidence: leave-one-out prediction of this image
    group: a number, the same for examples that belong together and are left out together; None: it is alone
    attend: the boxes that it was trained with
    """

    path: Path
    class_index: int
    weight: float
    predicted: int
    confidence: float
    group: int | None = None
    attend: Attend = Attend()


@dataclass(frozen=True)
class TrainingReport:
    """The report of a training: its course, and estimates of accuracy from the support set alone.

    steps: rounds in which the image weights were fitted; converged: whether they stopped changing
    """

    class_names: tuple[str, ...]
    examples: tuple[ExampleReport, ...]
    unreadable: tuple[tuple[Path, str], ...]  # (file, reason)
    duplicates: tuple[tuple[Path, str], ...]  # (file, reason) of pictures that a bin holds twice: each counts once
    leave_one_out_accuracy: float | None  # None where no class has two images that can be told apart by group
    accuracy_interval: tuple[float, float] | None  # 95 %, see `estimates.intervals.left_out_interval`, by groups
    steps: int
    converged: bool
    seconds: float
    gain_of_doubling: float | None = None  # in accuracy, 0..1; None where there are too few examples to tell
    learning_curve: tuple[tuple[float, float], ...] = ()  # (examples of a typical class, accuracy 0..1)
    in_two_bins: tuple[tuple[Path, Path], ...] = ()
    """Pairs of files with the same content in different bins, of which one must be wrong; both are used."""
    remarks: tuple[tuple[Path, str], ...] = ()  # (file, sentence) on examples whose boxes do not do what was meant


@dataclass(frozen=True)
class BackboneFigures:
    """What a comparison says of one backbone on a support set.

    accuracy, interval: as in `TrainingReport`; difference: accuracy less that of the first backbone, on the same
        examples, with its 95 % interval, -1..1; None for the first itself
    seconds_per_image: to read, embed and classify one image by itself, the median of a few
    message: why there are no figures; "" where there are
    """

    name: str
    accuracy: float | None = None
    interval: tuple[float, float] | None = None
    difference: float | None = None
    difference_interval: tuple[float, float] | None = None
    seconds_per_image: float | None = None
    message: str = ""


class FetchKind(StrEnum):
    """By what images are fetched, see `model.runs.fetch`."""

    TEACH = "teach"  # those that would teach the most: typical of many that are like no labelled one
    DOUBTFUL = "doubtful"  # the first two classes are closest
    TYPICAL = "typical"  # of one class: furthest ahead of the others
    UNLIKE = "unlike"  # least like any labelled image or, without labels, like any other
    RANDOM = "random"
    LIKE = "like"  # an image, or a region of one

    @property
    def needs_classifier(self) -> bool:
        """Whether images are chosen by their predictions."""
        return self in (FetchKind.DOUBTFUL, FetchKind.TYPICAL)


@dataclass(frozen=True)
class Wanted:
    """Which images are to be fetched.

    count: how many images at most
    of: with `FetchKind.TYPICAL`, the number of the class
    like, region: with `FetchKind.LIKE`, the image, and the part of it in its pixels as displayed; None: all of it
    seed: with `FetchKind.RANDOM`; the same seed and pool give the same images
    """

    kind: FetchKind = FetchKind.TEACH
    count: int = 10
    of: int | None = None
    like: Path | None = None
    region: Region | None = None
    seed: int = 0
