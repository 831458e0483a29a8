"""The work of the worker threads, free of Qt: the model's functions applied to requests."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fewshot_gui.jobs.messages import (
    ClassifyBatch,
    ClassifyRequest,
    ClassifySummary,
    ComparedBackbone,
    CompareRequest,
    CompareResult,
    ExplainRequest,
    ExplainResult,
    MapKey,
    MapsRequest,
    MapsResult,
    PrepareRequest,
    PrepareResult,
    RestoreRequest,
    RestoreResult,
    StacksRequest,
    StacksResult,
    SuggestRequest,
    SuggestResult,
    TrainRequest,
    TrainResult,
    WarmUpRequest,
    WarmUpResult,
    WithoutRegionRequest,
    WithoutRegionResult,
)
from fewshot_gui.jobs.warm_up import import_model
from fewshot_gui.project.archive import classifier_hash, pack
from fewshot_gui.project.search_notes import NotesOfSearch, without_known
from model.backbones.names import DEFAULT_BACKBONE
from model.errors import FewShotError, NoImagesError
from model.images.scan import iter_files, iter_images
from model.messages import joined, message
from model.progress import CancelToken, Progress, ProgressCallback
from model.types import Prediction, Status, SupportSet

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from model.embedding.embedder import Embedder
    from model.embedding.near_copies import NearCopies
    from model.runs.image_classifier import ImageClassifier

_BATCH_INTERVAL = 0.05  # seconds: results reach the window at most 20 times a second

PublishCallback = Callable[[ClassifyBatch], None]


class NotTrainedError(FewShotError):
    """There is no classifier yet."""

    def __init__(self) -> None:
        super().__init__("There is no trained classifier yet. Press Train first.")


@dataclass(frozen=True)
class _Trained:
    """A classifier together with what its classes stand for; replaced as a whole, never changed."""

    classifier: ImageClassifier
    bin_ids: tuple[str, ...]
    revision: int
    hash: str


class Engine:
    """Trains, classifies and explains. Shared by all worker threads.

    It holds the classifier that was trained or restored last. The classifier is read-only once
    made and is swapped by one assignment, so that each method sees either the old or the new one.
    """

    def __init__(self) -> None:
        self._trained: _Trained | None = None
        self._copies: NearCopies | None = None
        self._embedders: dict[tuple[str, str], Embedder] = {}

    def warm_up(self, request: WarmUpRequest) -> WarmUpResult:
        """Import the model's libraries and load the default backbone."""
        import_model()
        self._embedder(DEFAULT_BACKBONE, "auto")
        return WarmUpResult(request.job_id)

    def forget(self) -> None:
        """Drop the classifier, when another project is opened. Callable from any thread."""
        self._trained = None

    def train(self, request: TrainRequest, progress: ProgressCallback, token: CancelToken) -> TrainResult:
        """Train a classifier and keep it. Raises `FewShotError` and `Cancelled`."""
        import_model()
        from model.checkpoint.files import to_files
        from model.checkpoint.origin import origin_of
        from model.training.train import train

        classifier, report = train(
            SupportSet(request.class_names, request.images, request.attend, request.drawn_on),
            backbone=request.backbone,
            seed=request.seed,
            embedder=self._embedder(request.backbone, request.device),
            rendering=request.rendering,
            progress=progress,
            token=token,
        )
        token.raise_if_cancelled()
        files = to_files(classifier)
        paths = [known.path for known in report.examples]
        hashes = zip(paths, classifier.embedder.content_hashes(paths), strict=True)
        origin = origin_of(classifier) | {
            "seed": request.seed,
            "hashes": {os.fspath(path): hash_ for path, hash_ in hashes if isinstance(hash_, str)},
        }
        if request.attend:
            origin["boxes"] = {os.fspath(path): boxes for path, boxes in request.attend.items()}
        packed = pack(files)
        token.raise_if_cancelled()
        self._trained = _Trained(classifier, request.bin_ids, request.revision, classifier_hash(files))
        made = request.job_id, request.revision, request.bin_ids, report, files, classifier.device_note
        return TrainResult(*made, origin, packed)

    def restore(self, request: RestoreRequest) -> RestoreResult:
        """Load a saved classifier and keep it. Raises `CheckpointError`."""
        import_model()
        from model.checkpoint.files import from_files

        classifier = from_files(request.files, request.device, self._embedder(DEFAULT_BACKBONE, request.device))
        self._trained = _Trained(classifier, request.bin_ids, request.revision, classifier_hash(request.files))
        return RestoreResult(request.job_id, request.revision, request.bin_ids, classifier.device_note)

    def classify(
        self,
        request: ClassifyRequest,
        progress: ProgressCallback,
        token: CancelToken,
        publish: PublishCallback,
    ) -> ClassifySummary:
        """Classify files and folders, publishing results as they come.

        Whatever was classified before a cancellation or a failure has been published.
        Raises `NotTrainedError`, `NoImagesError` and `Cancelled`.
        """
        trained = self._current()
        import_model()
        from model.runs.classify import Asked
        from model.runs.run import Run

        start = time.monotonic()
        noted = NotesOfSearch()
        paths = _find_images(request, noted, progress, token)
        progress(Progress(message("Classifying"), 0, len(paths)))
        waiting: list[Prediction] = []
        due = 0.0  # the first results are shown at once

        def flush() -> None:
            if waiting:
                publish(_batch(request.job_id, trained, waiting))
                waiting.clear()

        classifier = trained.classifier
        if request.false_alarms is not None:
            classifier = classifier.with_false_alarms(request.false_alarms)
        run = Run(
            classifier,
            paths,
            Asked(closely=request.closely),
            transductive=request.transductive,
            progress=progress,
            token=token,
        )
        try:
            for batch in run.classified():
                waiting.extend(batch)
                if time.monotonic() >= due:
                    flush()
                    due = time.monotonic() + _BATCH_INTERVAL
        finally:
            flush()
        token.raise_if_cancelled()
        for batch in run.joined():
            publish(_batch(request.job_id, trained, batch))
        return ClassifySummary(
            request.job_id,
            trained.revision,
            run.counts.images,
            run.counts.statuses[Status.ERROR],
            time.monotonic() - start,
            run.counts.changed if request.transductive else None,
            noted.notes(),
        )

    def prepare(self, request: PrepareRequest) -> PrepareResult:
        """Make explanations by the latest classifier ready. Raises `NotTrainedError`."""
        self._current().classifier.warm_up()
        return PrepareResult(request.job_id)

    def explain(self, request: ExplainRequest) -> ExplainResult:
        """Explain one image for every class. Raises `NotTrainedError` and `ImageReadError`."""
        trained = self._current()
        import_model()
        is_comparable = len(request.examples) == len(trained.bin_ids)
        explanation = trained.classifier.explain(
            request.path, request.examples if is_comparable else None, request.attend
        )
        return ExplainResult(request.job_id, trained.revision, trained.bin_ids, explanation)

    def without_region(self, request: WithoutRegionRequest) -> WithoutRegionResult:
        """Predict one image with a region covered. Raises `NotTrainedError` and `ImageReadError`."""
        trained = self._current()
        import_model()
        prediction = trained.classifier.without_region(request.path, request.region)
        return WithoutRegionResult(request.job_id, request.path, request.region, prediction)

    def maps(self, request: MapsRequest, token: CancelToken) -> MapsResult:
        """Make evidence maps from features that are kept, or else from new ones. Raises `NotTrainedError`."""
        trained = self._current()
        import_model()
        from model.embedding.image import EmbeddedImage

        classifier = trained.classifier
        looks = classifier.looks(closely=request.closely)
        wanted = [(path, bin_id) for path, bin_id in request.wanted if bin_id in trained.bin_ids]
        images = (one for batch in classifier.embedder.embed([path for path, _ in wanted], looks) for one in batch)
        by_bin: dict[str, list[EmbeddedImage]] = {}
        for (_, bin_id), image in zip(wanted, images, strict=True):
            token.raise_if_cancelled()
            if isinstance(image, EmbeddedImage):
                by_bin.setdefault(bin_id, []).append(image)
        maps: dict[MapKey, npt.NDArray[np.float32]] = {}
        for bin_id, of_bin in by_bin.items():
            for seen in classifier.predict(of_bin, trained.bin_ids.index(bin_id), with_maps=True):
                if seen.evidence_map is not None:
                    maps[seen.path, bin_id] = seen.evidence_map
        return MapsResult(request.job_id, maps)

    def suggest(self, request: SuggestRequest, progress: ProgressCallback, token: CancelToken) -> SuggestResult:
        """Choose images, see `model.runs.fetch.fetch`. Also raises `NotTrainedError`.

        Where the classifier has the backbone that is asked for, its embedder and side are used: what it classified is
        then in the cache.
        """
        import_model()
        from model.runs.fetch import fetch
        from model.runs.fetch_data import Search

        wanted, trained, side, classifier = request.wanted, self._trained, None, None
        known: dict[Path, Prediction] = {}
        if wanted.kind.needs_classifier:
            trained = self._current()
            classifier, known = trained.classifier, _known(request, trained)
            if request.bin_id is not None and request.bin_id in trained.bin_ids:
                wanted = replace(wanted, of=trained.bin_ids.index(request.bin_id))
        if trained is not None and (classifier is not None or _has_embedder(trained.classifier, request)):
            embedder, side = trained.classifier.embedder, trained.classifier.side
        else:
            embedder = self._embedder(request.backbone, request.device).rendered(request.rendering)
        search = Search(wanted, request.pool, request.labelled, embedder, side, classifier, known, progress, token)
        found = fetch(search)
        return SuggestResult(request.job_id, found.images, found.considered, len(found.unreadable), found.pool)

    def stacks(self, request: StacksRequest, progress: ProgressCallback, token: CancelToken) -> StacksResult:
        """Find near copies; images that were compared before are not compared again. Raises `Cancelled`."""
        from model.cache.folder import cache_store
        from model.embedding.near_copies import NearCopies

        if self._copies is None or self._copies.rendering != request.rendering:
            self._copies = NearCopies(cache_store(), request.rendering)
        found = self._copies.find(request.paths, progress, token)
        links = tuple((one, other) for one, other in found.links.tolist())
        return StacksResult(request.job_id, found.paths, links, tuple(found.alike.tolist()), len(found.unreadable))

    def compare(
        self,
        request: CompareRequest,
        progress: ProgressCallback,
        token: CancelToken,
        publish: Callable[[ComparedBackbone], None],
    ) -> CompareResult:
        """Compare backbones, publishing the figures of each as it is done. Raises `SupportSetError` and `Cancelled`.

        The classifier in use, and its embedder, stay as they are.
        """
        import_model()
        from model.training.comparison import compare_backbones

        support = SupportSet(request.class_names, request.images, request.attend)
        for figures in compare_backbones(
            support,
            request.backbones,
            seed=request.seed,
            device=request.device,
            rendering=request.rendering,
            progress=progress,
            token=token,
        ):
            publish(ComparedBackbone(request.job_id, figures))
        return CompareResult(request.job_id)

    def _embedder(self, backbone: str, device: str) -> Embedder:
        """Return the embedder, kept with what it has embedded; called in the work lane's thread only."""
        from model.embedding.embedder import Embedder

        key = (backbone, device)
        if key not in self._embedders:
            self._embedders = {key: Embedder.create(backbone, device)}  # one at a time: a backbone takes memory
        return self._embedders[key]

    def _current(self) -> _Trained:
        if self._trained is None:
            raise NotTrainedError
        return self._trained


def _batch(job_id: int, trained: _Trained, predictions: Sequence[Prediction]) -> ClassifyBatch:
    return ClassifyBatch(job_id, trained.revision, trained.bin_ids, tuple(predictions), trained.hash)


def _has_embedder(classifier: ImageClassifier, request: SuggestRequest) -> bool:
    embedder = classifier.embedder
    return embedder.backbone.name == request.backbone and embedder.rendering == request.rendering


def _known(request: SuggestRequest, trained: _Trained) -> dict[Path, Prediction]:
    """The predictions that the classifier made already."""
    return {
        made.path: Prediction(made.path, made.status, made.bin_ids.index(made.bin_id), made.scores)
        for made in request.known
        if request.revision == trained.revision == made.revision
        and made.bin_ids == trained.bin_ids
        and made.bin_id is not None
    }


def _find_images(
    request: ClassifyRequest, noted: NotesOfSearch, progress: ProgressCallback, token: CancelToken
) -> list[Path]:
    found: list[Path] = []
    notes = noted.passed_over, noted.left_aside
    if request.cutting is None:
        images = iter_files(request.paths, *notes)
    else:
        images = iter_images(request.paths, request.cutting, *notes, noted.passed_over)
    for path in without_known(images, request.hashes, noted):
        token.raise_if_cancelled()
        found.append(path)
        progress(Progress(message("Finding images"), len(found), 0))
    if not found:
        raise NoImagesError(joined(_nothing_found(request.paths), noted.left_aside.said()))
    return [path for path in found if path not in request.done] if request.done else found


def _nothing_found(paths: Sequence[Path]) -> str:
    if len(paths) == 1:
        return message(
            "“{folder}” and its sub-folders hold no image that can be read. Choose a folder with pictures, such as "
            "PNG, JPEG, TIFF or DICOM files.",
            folder=paths[0].name or paths[0],
        )
    return message(
        "What was chosen holds no image that can be read. Choose a folder with pictures, such as PNG, JPEG, TIFF or "
        "DICOM files."
    )
