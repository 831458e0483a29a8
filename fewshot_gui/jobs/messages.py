"""Frozen requests and results that cross between the window's thread and the worker's.

Every request and result carries the job id it belongs to and the document revision it was made
from, so that a late answer can be told from a current one. Classes are bin ids here, never names
or rows: a bin may be renamed or moved while a job runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fewshot_gui.project.archive import Packed
from fewshot_gui.project.search_notes import NOTHING, SearchNotes
from fewshot_gui.project.values import BinPrediction
from model.images.cutting import Cutting
from model.images.rendering import USUAL, Rendering
from model.types import Attend, BackboneFigures, Explanation, Prediction, Region, TrainingReport, Wanted

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MapKey = tuple[Path, str]
"""The image, and the id of the bin for whose class the map is."""


@dataclass(frozen=True)
class WarmUpRequest:
    """Import the model's libraries, so that the first real job need not wait for them."""

    job_id: int


@dataclass(frozen=True)
class TrainRequest:
    """Train on `images[c]` for the bin `bin_ids[c]`, called `class_names[c]`.

    `attend`: boxes on some of them; `drawn_on`: hashes of what these files held when the boxes were drawn.
    """

    job_id: int
    revision: int
    bin_ids: tuple[str, ...]
    class_names: tuple[str, ...]
    images: tuple[tuple[Path, ...], ...]
    backbone: str
    device: str
    seed: int
    rendering: Rendering = USUAL  # how the images are read; the classifier keeps it
    attend: Mapping[Path, Attend] = field(default_factory=dict)
    drawn_on: Mapping[Path, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ClassifyRequest:
    """Classify files and folders (read recursively) with the classifier trained last.

    Files are cut into images by `cutting`; without, what is named is one image each. `closely`: regions
    are looked for at twice the size. `transductive`: at the end, results are joined with what similar
    images show. `done`: images that are left out. `false_alarms`: the share of a bin's images that may be
    called unlike every bin; None: that for which the classifier was trained. `hashes`: a list of the content of files
    that are left out.
    """

    job_id: int
    revision: int
    paths: tuple[Path, ...]
    cutting: Cutting | None = None
    closely: bool = False
    transductive: bool = False
    false_alarms: float | None = None
    done: frozenset[Path] = field(default=frozenset(), repr=False)
    hashes: Path | None = None


@dataclass(frozen=True)
class ExplainRequest:
    """Explain one image for every class; `examples[c]` are the files of class c, to be compared with it.

    Without `examples` nothing is compared. `attend`: boxes on some of them.
    """

    job_id: int
    revision: int
    path: Path
    examples: tuple[tuple[Path, ...], ...] = field(default=(), repr=False)
    attend: Mapping[Path, Attend] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class WithoutRegionRequest:
    """Predict one image with a region of it covered; `region` is in pixels as displayed."""

    job_id: int
    path: Path
    region: Region


@dataclass(frozen=True)
class MapsRequest:
    """Make the evidence maps of some images, of the look at which results are made (`closely`)."""

    job_id: int
    wanted: tuple[MapKey, ...]
    closely: bool = False


@dataclass(frozen=True)
class PrepareRequest:
    """Make explanations ready, so that the first does not wait."""

    job_id: int


@dataclass(frozen=True)
class RestoreRequest:
    """Load the classifier that was saved with the project at `revision` (file name -> content)."""

    job_id: int
    revision: int
    bin_ids: tuple[str, ...]
    files: Mapping[str, bytes] = field(repr=False)
    device: str


@dataclass(frozen=True)
class SuggestRequest:
    """Choose from `pool` a few images, as `wanted` says; `labelled` ones are in a bin.

    `bin_id`: the class that images are to be typical of. `known`: the predictions that there are; those by the
    classifier trained last, at `revision`, are not made again.
    """

    job_id: int
    pool: tuple[Path, ...]
    labelled: tuple[Path, ...]
    backbone: str
    device: str
    rendering: Rendering = USUAL
    wanted: Wanted = field(default_factory=Wanted)
    bin_id: str | None = None
    known: tuple[BinPrediction, ...] = field(default=(), repr=False)
    revision: int | None = None


@dataclass(frozen=True)
class StacksRequest:
    """Find the near copies among `paths`."""

    job_id: int
    paths: tuple[Path, ...] = field(repr=False)
    rendering: Rendering = USUAL


@dataclass(frozen=True)
class StacksResult:
    """The near copies: `links` and `alike` as in `model.embedding.near_copies.Copies`, most alike first."""

    job_id: int
    paths: tuple[Path, ...] = field(repr=False)
    links: tuple[tuple[int, int], ...] = field(repr=False)
    alike: tuple[float, ...] = field(repr=False)
    unreadable: int = 0


@dataclass(frozen=True)
class CompareRequest:
    """Compare backbones on `images[c]`, the examples of the bin called `class_names[c]`; `attend` as for training."""

    job_id: int
    class_names: tuple[str, ...]
    images: tuple[tuple[Path, ...], ...]
    backbones: tuple[str, ...]
    device: str
    seed: int
    rendering: Rendering = USUAL
    attend: Mapping[Path, Attend] = field(default_factory=dict)


@dataclass(frozen=True)
class ComparedBackbone:
    """One backbone of a comparison is done."""

    job_id: int
    figures: BackboneFigures


@dataclass(frozen=True)
class CompareResult:
    """All backbones of a comparison are done."""

    job_id: int


@dataclass(frozen=True)
class MapsResult:
    """The maps, float32 (h, w) in 0..1; those that cannot be had are missing."""

    job_id: int
    maps: Mapping[MapKey, npt.NDArray[np.float32]] = field(repr=False)


@dataclass(frozen=True)
class PrepareResult:
    """Explanations are ready."""

    job_id: int


@dataclass(frozen=True)
class WarmUpResult:
    """The model's libraries are imported."""

    job_id: int


@dataclass(frozen=True)
class TrainResult:
    """A classifier is ready in the worker; `bin_ids[c]` is class c of the report.

    `files` is the classifier as saved, file name -> content, to be kept with the project.
    `device_note` says what it runs on, for people ("CPU (no CUDA device found)"). `origin` is what the record
    says of it; `packed`, the files as they are kept to go back to.
    """

    job_id: int
    revision: int
    bin_ids: tuple[str, ...]
    report: TrainingReport
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    device_note: str = ""
    origin: Mapping[str, Any] = field(default_factory=dict, repr=False)
    packed: Packed | None = field(default=None, repr=False)


@dataclass(frozen=True)
class RestoreResult:
    """The classifier saved at `revision` is ready in the worker again."""

    job_id: int
    revision: int
    bin_ids: tuple[str, ...]
    device_note: str


@dataclass(frozen=True)
class ClassifyBatch:
    """Some images done (or done again); `bin_ids[c]` belongs to `scores[c]` of each prediction.

    `classifier`: the SHA-256 by which the record knows the one that made them.
    """

    job_id: int
    revision: int
    bin_ids: tuple[str, ...]
    predictions: tuple[Prediction, ...]
    classifier: str = ""


@dataclass(frozen=True)
class ClassifySummary:
    """A classification reached its end: `total` images, `unreadable` of them with an error.

    `changed` of them got another class from similar images; None where these were not asked. `notes`: what the
    search of folders left aside.
    """

    job_id: int
    revision: int
    total: int
    unreadable: int
    seconds: float
    changed: int | None = None
    notes: SearchNotes = NOTHING


@dataclass(frozen=True)
class ExplainResult:
    """The maps, regions and scores of one image; `bin_ids[c]` belongs to class c."""

    job_id: int
    revision: int
    bin_ids: tuple[str, ...]
    explanation: Explanation


@dataclass(frozen=True)
class WithoutRegionResult:
    """What is predicted of the image with its region covered."""

    job_id: int
    path: Path
    region: Region
    prediction: Prediction


@dataclass(frozen=True)
class SuggestResult:
    """The images chosen, best first, of `considered` ones; `unreadable` more could not be read.

    `total`: how many images there were to choose from.
    """

    job_id: int
    images: tuple[Path, ...]
    considered: int = 0
    unreadable: int = 0
    total: int = 0


@dataclass(frozen=True)
class JobProgress:
    """`done` of `total` (0: not known yet) steps of `phase`, e.g. "Training", "Classifying"."""

    job_id: int
    phase: str
    done: int
    total: int


@dataclass(frozen=True)
class JobFailure:
    """A job failed: `message` is for the user, `details` for a bug report: a traceback, "" where it is no bug."""

    job_id: int
    message: str
    details: str


JobRequest = (
    WarmUpRequest
    | TrainRequest
    | ClassifyRequest
    | PrepareRequest
    | ExplainRequest
    | WithoutRegionRequest
    | MapsRequest
    | RestoreRequest
    | SuggestRequest
    | CompareRequest
    | StacksRequest
)
JobResult = (
    WarmUpResult
    | TrainResult
    | ClassifySummary
    | PrepareResult
    | ExplainResult
    | WithoutRegionResult
    | MapsResult
    | RestoreResult
    | SuggestResult
    | CompareResult
    | StacksResult
)
