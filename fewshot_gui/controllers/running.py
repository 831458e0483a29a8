"""Training, classifying and explaining: intents become jobs, results of jobs go to the project."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.controllers.job_words import describe_classification, describe_training
from fewshot_gui.controllers.noted_run import NotedRun
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.jobs.messages import (
    ClassifyBatch,
    ClassifyRequest,
    ClassifySummary,
    ExplainRequest,
    ExplainResult,
    JobFailure,
    JobProgress,
    JobRequest,
    JobResult,
    PrepareRequest,
    RestoreRequest,
    RestoreResult,
    TrainRequest,
    TrainResult,
    WarmUpRequest,
)
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.unfinished import UnfinishedWork
from fewshot_gui.project.values import Origin
from fewshot_gui.settings import FALSE_ALARMS
from model.backbones.names import DEFAULT_BACKBONE, THOROUGH_BACKBONE, is_thorough_installed
from model.images.cutting import Cutting
from model.images.rendering import Rendering
from model.messages import joined

_VERY_LONG = 30.0  # seconds after which the desktop says so
_LONG = 10.0  # seconds of work after which its end is worth a sign, where the window is not in front
_log = logging.getLogger(__name__)


class RunningController(QObject):
    """Sends training, classification and explanations to the runner and hands out their results.

    Jobs belong to the project they were started in: what arrives after another was opened is
    dropped. After training, the images that have results are classified again; until then, or where
    that is stopped, their predictions stay, marked as stale.
    """

    job_ended = Signal()  # nothing runs any more but explanations
    classifier_ready = Signal()  # trained or restored
    work_begun = Signal(object)  # UnfinishedWork: what is lost if the program ends before `job_ended`

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._document, self._results = services.session, services.document, services.results
        self._settings = services.settings
        self._runner, self._window = services.runner, services.window
        self._status = services.status
        self._titles: dict[int, str] = {}  # jobs of this project that the user waits for
        self._explained: tuple[int, Path] | None = None  # the latest explanation asked for
        self._is_trained = False
        self._busy_since = 0.0
        self._training: int | None = None  # the latest training asked for
        self._quiet: set[int] = set()  # jobs nobody asked for: their troubles are no dialog's worth
        self._followed: set[int] = set()  # classifiers being loaded with which results are made again
        self._runs: dict[int, NotedRun] = {}  # classifications of this project, for the record
        services.intents.train_requested.connect(self.train)
        services.intents.thorough_chosen.connect(self._on_thorough_chosen)
        services.intents.closely_chosen.connect(self._on_closely_chosen)
        services.intents.transductive_chosen.connect(self._on_transductive_chosen)
        services.intents.false_alarms_chosen.connect(self._on_false_alarms_chosen)
        services.intents.cancel_requested.connect(self._on_cancel_requested)
        services.intents.explain_requested.connect(self._on_explain_requested)
        services.runner.started.connect(self._on_started)
        services.runner.progressed.connect(self._on_progressed)
        services.runner.batch_ready.connect(self._on_batch_ready)
        services.runner.succeeded.connect(self._on_succeeded)
        services.runner.failed.connect(self._on_failed)
        services.runner.cancelled.connect(self._on_cancelled)
        services.runner.finished.connect(self._on_finished)
        self._document.reset.connect(self._on_reset)

    def warm_up(self) -> None:
        """Import the model's libraries in the background."""
        self._runner.submit(WarmUpRequest)

    @Slot()
    def train(self) -> int:
        """Train on the examples in the bins; empty bins are left out. Returns the job's id."""
        bins = [bin_ for bin_ in self._document.bins if bin_.examples]
        chosen, boxes = self._session.settings, self._document.boxes_of_examples()
        self.work_begun.emit(UnfinishedWork())
        self._training = self.submit(
            self.tr("Training"),
            partial(
                TrainRequest,
                revision=self._document.revision,
                bin_ids=tuple(bin_.id for bin_ in bins),
                class_names=tuple(bin_.name for bin_ in bins),
                images=tuple(tuple(example.path for example in bin_.examples) for bin_ in bins),
                backbone=self.backbone(),
                device=self._settings.device,
                seed=chosen.seed,
                rendering=self.rendering,
                attend=boxes,
                drawn_on={path: hash_ for path in boxes if (hash_ := self._document.board.content_hash(path))},
            ),
        )
        return self._training

    @property
    def is_busy(self) -> bool:
        """Whether something runs, or waits, but explanations."""
        return bool(self._titles)

    def train_again(self) -> bool:
        """Train without being asked; False while something runs that the user asked for."""
        if any(job_id not in self._quiet for job_id in self._titles):
            return False
        for job_id in self._titles:
            self._runner.cancel(job_id)
        self._quiet.add(self.train())
        return True

    def classify(
        self,
        paths: tuple[Path, ...],
        cutting: Cutting | None = None,
        *,
        done: frozenset[Path] = frozenset(),
        is_whole: bool = False,
    ) -> int:
        """Classify files and folders, see `ClassifyRequest`, with the latest classifier; returns the job's id.

        `is_whole`: where this is cut off and gone on with, images that have a result already are classified again.
        """
        is_whole = is_whole or self._settings.transductive
        noted = None if cutting is None else (cutting.video_rate, cutting.tile_side)
        self.work_begun.emit(UnfinishedWork(paths, noted, is_whole))
        request = partial(
            ClassifyRequest,
            revision=self._document.revision,
            paths=paths,
            cutting=cutting,
            closely=self._settings.closely,
            transductive=self._settings.transductive,
            false_alarms=self._settings.false_alarms if self._settings.false_alarms != FALSE_ALARMS[0] else None,
            done=frozenset() if is_whole else done,
            hashes=self._settings.hashes,
        )
        job_id = self.submit(self.tr("Classifying"), request)
        self._runs[job_id] = NotedRun(
            paths, cutting, self._settings.closely, self._settings.transductive, self._settings.false_alarms
        )
        return job_id

    def classify_quietly(self, paths: tuple[Path, ...], cutting: Cutting) -> bool:
        """Classify without being asked; False while something else runs, or where there is no classifier."""
        if self._titles or not self._is_trained:
            return False
        self._quiet.add(self.classify(paths, cutting))
        return True

    def restore(self, files: Mapping[str, bytes] | None = None, *, classify_again: bool = False) -> None:
        """Load the classifier that is saved with the project, if there is one; `files` are its, if they were read.

        `classify_again`: the images that have results are classified with it.
        """
        revision = self._results.classifier_revision
        if revision is None:
            return
        try:
            files = files or self._results.classifier_files()
        except ProjectError as error:
            self._status.show_message(str(error))
            return
        job_id = self.submit(
            self.tr("Loading the classifier"),
            partial(
                RestoreRequest,
                revision=revision,
                bin_ids=self._results.classifier_bin_ids,
                files=files,
                device=self._settings.device,
            ),
        )
        if classify_again:
            self._followed.add(job_id)

    @property
    def rendering(self) -> Rendering:
        """How images are read: as chosen for all projects, and what is looked at of them in this one."""
        return replace(self._settings.rendering, roi=self._session.settings.roi)

    def backbone(self) -> str:
        """Name of the backbone to train: the project's, or the thorough one in place of the default one."""
        own = self._session.settings.backbone
        is_thorough = own == DEFAULT_BACKBONE and self._settings.thorough and is_thorough_installed()
        return THOROUGH_BACKBONE if is_thorough else own

    def submit(self, title: str, make_request: Callable[[int], JobRequest]) -> int:
        """Run a job that the user waits for; `title` says what it is. Returns its id."""
        if not self._titles:
            self._busy_since = time.monotonic()
            self._status.start_job(title)
        job_id = self._runner.submit(make_request)
        self._titles[job_id] = title
        return job_id

    @Slot()
    def _on_reset(self) -> None:
        """Another project was opened."""
        self._runner.forget_classifier()
        self._titles.clear()
        self._quiet.clear()
        self._runs.clear()
        self._explained = None
        self._is_trained = False
        self._status.finish_job()

    @Slot()
    def _on_cancel_requested(self) -> None:
        if self._titles:
            self._status.set_cancelling()
        for job_id in self._titles:
            self._runner.cancel(job_id)

    @Slot(Path)
    def _on_explain_requested(self, path: Path) -> None:
        if self._is_trained:
            examples = self._results.trained_examples
            request = partial(
                ExplainRequest,
                revision=self._document.revision,
                path=path,
                examples=examples,
                attend=self._document.boxes_of_examples(),
            )
            self._explained = (self._runner.submit(request), path)

    @Slot(int)
    def _on_started(self, job_id: int) -> None:
        if job_id in self._titles:
            self._status.start_job(self._titles[job_id])
        if job_id == self._training:
            self._window.set_training(True)

    @Slot(object)
    def _on_progressed(self, progress: JobProgress) -> None:
        if progress.job_id in self._titles:
            self._status.set_job_progress(progress.phase, progress.done, progress.total)

    @Slot(object)
    def _on_batch_ready(self, batch: ClassifyBatch) -> None:
        if batch.job_id in self._titles:
            run = self._runs.get(batch.job_id)
            draft = None if run is None else run.take(batch, self._document.who)
            origin = Origin(batch.classifier, "" if run is None else run.id)
            self._results.add_predictions(batch.revision, batch.bin_ids, batch.predictions, origin, draft)

    @Slot(object)
    def _on_succeeded(self, result: JobResult) -> None:
        if isinstance(result, ExplainResult):
            if self._explained is not None and result.job_id == self._explained[0]:
                explanation = result.explanation
                self._window.show_explanation(explanation.path, result.bin_ids, explanation)
            return
        if result.job_id not in self._titles:
            return  # warmed up, or of a project that is closed
        match result:
            case TrainResult():
                made = result.revision, result.bin_ids, result.report, result.files
                self._results.set_training(*made, result.origin, result.packed)
                self._on_classifier_ready(result.device_note)
                self._status.show_message(describe_training(result.report))
                self._classify_again()
            case RestoreResult():
                self._on_classifier_ready(result.device_note)
                if result.job_id in self._followed:
                    self._classify_again()
            case ClassifySummary():
                self._end_run(result.job_id, "done", result.seconds)
                self._status.show_notes(result.notes, describe_classification(result))
                self._runner.submit(PrepareRequest)  # not before: the first time it takes half a second

    @Slot(bool)
    def _on_thorough_chosen(self, chosen: bool) -> None:
        """The next training uses it; a classifier keeps the backbone that it was trained with."""
        self._settings.thorough = chosen

    @Slot(bool)
    def _on_closely_chosen(self, chosen: bool) -> None:
        self._settings.closely = chosen
        self._classify_again(is_whole=True)

    @Slot(bool)
    def _on_transductive_chosen(self, chosen: bool) -> None:
        self._settings.transductive = chosen
        self._classify_again(is_whole=True)

    @Slot(float)
    def _on_false_alarms_chosen(self, chosen: float) -> None:
        if chosen != self._settings.false_alarms:
            self._settings.false_alarms = chosen
            self._classify_again(is_whole=True)

    def _classify_again(self, *, is_whole: bool = False) -> None:
        """Bring the results up to date with a new classifier or choice: they follow every correction."""
        if self._is_trained and len(self._results):
            seen = self._window.images_in_sight()
            rows = {self._results.row_of(path) for path in seen}  # 100,000 paths would take long to compare
            rest = [made.path for row, made in enumerate(self._results) if row not in rows]
            self._quiet.add(self.classify((*seen, *rest), is_whole=is_whole))

    def _on_classifier_ready(self, device_note: str) -> None:
        self._is_trained = True
        self._status.set_device(device_note)
        self._window.explain_again()
        self.classifier_ready.emit()

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        _log.info("job %d failed: %s", failure.job_id, failure.message)
        if self._explained is not None and failure.job_id == self._explained[0]:
            self._window.show_explanation_failure(self._explained[1], failure.message)
        elif failure.job_id in self._quiet:
            self._status.show_message(joined(f"{self._titles[failure.job_id]}:", failure.message))
        elif failure.job_id in self._titles:
            self._window.show_error(self._titles[failure.job_id], failure.message, failure.details)

    @Slot(int)
    def _on_cancelled(self, job_id: int) -> None:
        if job_id in self._titles and job_id not in self._quiet:
            self._status.show_message(self.tr("Stopped. What was done so far is kept."))

    def _end_run(self, job_id: int, outcome: str, seconds: float | None = None) -> None:
        """Have the record say how a classification ended, if it is one that came to a result."""
        run = self._runs.pop(job_id, None)
        if run is not None and run.is_begun:
            self._results.add_to_record(run.ended(outcome, seconds, self._document.who))

    @Slot(int)
    def _on_finished(self, job_id: int) -> None:
        self._end_run(job_id, "stopped")
        self._quiet.discard(job_id)
        self._followed.discard(job_id)
        if job_id == self._training:
            self._window.set_training(False)
        if self._titles.pop(job_id, None) is None:
            return
        if not self._titles:
            self._status.finish_job()
            taken = time.monotonic() - self._busy_since
            if taken > _LONG:
                self._window.ask_for_attention(self._status.currentMessage() if taken > _VERY_LONG else "")
            self.job_ended.emit()
