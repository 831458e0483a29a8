"""The long jobs of this session and what came of each, for the dialog that lists them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Slot

from fewshot_gui.controllers.job_words import describe_classification, describe_fetched, describe_training
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.naming import display_text
from fewshot_gui.jobs.messages import (
    ClassifyBatch,
    ClassifyRequest,
    ClassifySummary,
    ComparedBackbone,
    CompareRequest,
    JobFailure,
    JobProgress,
    JobRequest,
    JobResult,
    RestoreRequest,
    RestoreResult,
    StacksRequest,
    StacksResult,
    SuggestRequest,
    SuggestResult,
    TrainRequest,
    TrainResult,
)
from fewshot_gui.views.jobs_dialog import JobEnd, JobRow, JobsDialog

_MOST = 500  # jobs that are kept


class JobHistoryController(QObject):
    """Follows the runner; what a person does not wait for (explanations, maps) is no job here."""

    def __init__(self, services: AppServices, parent: QObject, clock: Callable[[], float] = time.time) -> None:
        super().__init__(parent)
        self._window, self._clock = services.window, clock
        self._rows: dict[int, JobRow] = {}
        self._counts: dict[int, int] = {}  # images or backbones that are done, by job
        self._others = itertools.count(-1, -1)  # numbers that no job of the runner has
        self._stops: dict[int, Callable[[], None]] = {}  # what stops a job that is none of the runner's
        self._runner = services.runner
        self._dialog: JobsDialog | None = None
        runner = services.runner
        runner.submitted.connect(self._on_submitted)
        runner.started.connect(self._on_started)
        runner.progressed.connect(self._on_progressed)
        runner.batch_ready.connect(self._on_batch_ready)
        runner.succeeded.connect(self._on_succeeded)
        runner.failed.connect(self._on_failed)
        runner.cancelled.connect(self._on_cancelled)
        runner.finished.connect(self._on_finished)
        services.intents.jobs_requested.connect(self._on_requested)

    def rows(self) -> tuple[JobRow, ...]:
        """All jobs, the earliest first."""
        return tuple(self._rows.values())

    def begin(self, title: str, stop: Callable[[], None] | None = None) -> int:
        """Note a job that is none of the runner's, and that begins now; returns its number, for `end`.

        `stop` stops it, where that can be done.
        """
        number = next(self._others)
        if stop is not None:
            self._stops[number] = stop
        self._add(JobRow(number, title, JobEnd.RUNNING, self._clock(), can_be_stopped=stop is not None))
        return number

    def show_progress(self, number: int, phase: str, done: int, total: int) -> None:
        """Say how far a job that runs has come: `done` of `total` steps (0: not known) of `phase`."""
        row = self._rows.get(number)
        if row is not None and row.end is JobEnd.RUNNING:
            phase = display_text(phase)
            row.progress = f"{phase} {done:,} / {total:,}" if total else f"{phase} {done:,}" if done else phase
            if self._dialog is not None:
                self._dialog.show_row(row)

    def end(self, number: int, said: str, details: str = "", end: JobEnd = JobEnd.DONE) -> None:
        """Note what came of a job that `begin` noted."""
        self._stops.pop(number, None)
        self._end(number, end, said, details)
        self._on_finished(number)

    @Slot()
    def _on_requested(self) -> None:
        if self._dialog is None:
            self._dialog = dialog = JobsDialog(self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.finished.connect(self._on_closed)
            dialog.stop_requested.connect(self._on_stop_requested)
        self._show()
        self._dialog.show()
        self._dialog.activateWindow()

    @Slot()
    def _on_closed(self) -> None:
        self._dialog = None

    @Slot(int)
    def _on_stop_requested(self, number: int) -> None:
        stop = self._stops.get(number)
        if stop is not None:
            stop()
        elif number in self._rows:
            self._runner.cancel(number)

    @Slot(object)
    def _on_submitted(self, request: JobRequest) -> None:
        title = self._title(request)
        if title:
            self._add(JobRow(request.job_id, title, can_be_stopped=True))

    @Slot(object)
    def _on_progressed(self, progress: JobProgress) -> None:
        self.show_progress(progress.job_id, progress.phase, progress.done, progress.total)

    @Slot(int)
    def _on_started(self, job_id: int) -> None:
        row = self._rows.get(job_id)
        if row is not None:
            row.end, row.begun = JobEnd.RUNNING, self._clock()
            self._show()

    @Slot(object)
    def _on_batch_ready(self, batch: ClassifyBatch | ComparedBackbone) -> None:
        if batch.job_id in self._rows:
            done = len(batch.predictions) if isinstance(batch, ClassifyBatch) else 1
            self._counts[batch.job_id] = self._counts.get(batch.job_id, 0) + done

    @Slot(object)
    def _on_succeeded(self, result: JobResult) -> None:
        self._end(result.job_id, JobEnd.DONE, self._said(result))

    @Slot(object)
    def _on_failed(self, failure: JobFailure) -> None:
        self._end(failure.job_id, JobEnd.FAILED, failure.message, failure.details)

    @Slot(int)
    def _on_cancelled(self, job_id: int) -> None:
        count = self._counts.get(job_id, 0)
        done = self.tr("Stopped; done until then: {count}").format(count=f"{count:,}") if count else ""
        self._end(job_id, JobEnd.STOPPED, done)

    @Slot(int)
    def _on_finished(self, job_id: int) -> None:
        row = self._rows.get(job_id)
        self._counts.pop(job_id, None)
        if row is not None:
            row.seconds = None if row.begun is None else max(self._clock() - row.begun, 0.0)
            self._show()

    def _add(self, row: JobRow) -> None:
        self._rows[row.number] = row
        if len(self._rows) > _MOST:
            del self._rows[next(iter(self._rows))]
        self._show()

    def _end(self, job_id: int, end: JobEnd, said: str, details: str = "") -> None:
        row = self._rows.get(job_id)
        if row is not None:
            row.end, row.said, row.details = end, said, details

    def _show(self) -> None:
        if self._dialog is not None:
            self._dialog.show_rows(self.rows())

    def _title(self, request: JobRequest) -> str:
        match request:
            case TrainRequest():
                return self.tr("Training")
            case ClassifyRequest():
                return self.tr("Classifying")
            case RestoreRequest():
                return self.tr("Loading the classifier")
            case SuggestRequest():
                return self.tr("Fetching images")
            case StacksRequest():
                return self.tr("Looking for near copies")
            case CompareRequest():
                return self.tr("Comparing backbones")
            case _:
                return ""

    def _said(self, result: JobResult) -> str:
        match result:
            case TrainResult():
                return describe_training(result.report)
            case ClassifySummary():
                return describe_classification(result)
            case RestoreResult():
                return result.device_note
            case SuggestResult():
                return describe_fetched(result, is_searching=False)
            case StacksResult():
                return self.tr("Images compared: {count}").format(count=f"{len(result.paths):,}")
            case _:
                count = self._counts.get(result.job_id, 0)
                return self.tr("Backbones compared: {count}").format(count=count) if count else ""
