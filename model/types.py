"""The values that cross the model's border: frozen, free of torch and of Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class SupportSet:
    """The examples of an N-way task: `class_names[c]` goes with the image files `images[c]`."""

    class_names: tuple[str, ...]
    images: tuple[tuple[Path, ...], ...]

    def __post_init__(self) -> None:
        if len(self.class_names) != len(self.images):
            raise ValueError(f"{len(self.class_names)} class names for {len(self.images)} groups of images")

    @property
    def ways(self) -> int:
        """N, the number of classes."""
        return len(self.class_names)

    @property
    def shots(self) -> tuple[int, ...]:
        """K_c, the number of images of each class."""
        return tuple(len(group) for group in self.images)


@dataclass(frozen=True)
class Region:
    """A rectangle in pixels of the original image as displayed (after EXIF orientation)."""

    x: int
    y: int
    width: int
    height: int


class Status(StrEnum):
    """What became of one classified image."""

    OK = "ok"
    UNKNOWN = "unknown"  # unlike every bin; the nearest class is still named
    ERROR = "error"


@dataclass(frozen=True)
class Prediction:
    """The outcome for one image.

    `scores` holds one calibrated probability per class, in the classifier's class order, adding
    up to 1; it is empty, and `predicted`, `confidence` and `region` mean nothing, where `status`
    is `Status.ERROR`; then `message` says why. `evidence_map`, where it was asked for, is float32 (h, w)
    in 0..1 over the whole image as displayed, with a peak of 1: how much each place adds for the class
    whose `region` this is.
    """

    path: Path
    status: Status
    predicted: int = -1
    scores: tuple[float, ...] = ()
    region: Region | None = None
    message: str = ""
    evidence_map: npt.NDArray[np.float32] | None = field(default=None, compare=False, repr=False)

    @property
    def confidence(self) -> float:
        """Calibrated probability of `predicted`, 0..1 (0 for an error)."""
        return self.scores[self.predicted] if self.scores else 0.0


@dataclass(frozen=True, eq=False)
class Explanation:
    """Evidence maps, regions and scores of one image, for every class at once.

    `evidence_maps` is float32 (N, h, w) in 0..1, one map per class over the whole image as displayed
    (scaled so that each map's peak is 1); `regions[c]` is the region of highest attention for
    class c; `scores` as in `Prediction`; `image_size` is (width, height) in pixels.
    """

    path: Path
    evidence_maps: npt.NDArray[np.float32]
    regions: tuple[Region, ...]
    scores: tuple[float, ...]
    image_size: tuple[int, int]


@dataclass(frozen=True)
class ExampleReport:
    """What training learned about one support image.

    `weight` is its share in its class descriptor times K_c, so that 1.0 is an average example;
    `predicted` and `confidence` come from leaving this very image out.
    """

    path: Path
    class_index: int
    weight: float
    predicted: int
    confidence: float


@dataclass(frozen=True)
class TrainingReport:
    """What training did and how good it believes the classifier is, from the supports alone."""

    class_names: tuple[str, ...]
    examples: tuple[ExampleReport, ...]
    unreadable: tuple[tuple[Path, str], ...]  # (file, reason)
    duplicates: tuple[tuple[Path, str], ...]  # (file, reason) of pictures that a bin holds twice: each counts once
    leave_one_out_accuracy: float | None  # None where no class has two images
    accuracy_interval: tuple[float, float] | None  # 95 %, Wilson
    steps: int
    converged: bool
    seconds: float
    gain_of_doubling: float | None = None  # in accuracy, 0..1; None where there are too few examples to tell
    learning_curve: tuple[tuple[float, float], ...] = ()  # (examples of a typical class, accuracy 0..1)
    losses: tuple[float, ...] = field(default=(), repr=False)
    in_two_bins: tuple[tuple[Path, Path], ...] = ()
    """Pairs of files with the same content in different bins, of which one must be wrong; both are used."""
