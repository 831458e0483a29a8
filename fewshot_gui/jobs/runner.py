"""The runner of jobs: owns the worker threads, gives out job ids, cancels jobs and ends the threads."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable

from PySide6.QtCore import QDeadlineTimer, QObject, Qt, QThread, Signal, Slot

from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.messages import (
    CompareRequest,
    ExplainRequest,
    JobRequest,
    MapsRequest,
    PrepareRequest,
    WithoutRegionRequest,
)
from fewshot_gui.jobs.signals import JobSignals
from fewshot_gui.jobs.worker import Worker
from model.progress import CancelToken

_log = logging.getLogger(__name__)


class Lane(QObject):
    """One long-lived thread with one worker; jobs sent to it run in the order they came."""

    _requested = Signal(object, object)  # JobRequest, CancelToken

    def __init__(self, name: str, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.thread_ = QThread(self)
        self.thread_.setObjectName(name)
        self.worker = Worker(engine)
        self.worker.moveToThread(self.thread_)
        self._tokens: dict[int, CancelToken] = {}
        queued = Qt.ConnectionType.QueuedConnection
        self.thread_.started.connect(self.worker.prepare_thread, queued)
        self._requested.connect(self.worker.run, queued)
        self.worker.finished.connect(self._on_finished, queued)

    @property
    def is_busy(self) -> bool:
        """Whether a job runs or waits."""
        return bool(self._tokens)

    def start(self) -> None:
        """Start the thread; jobs may have been sent before."""
        self.thread_.start(QThread.Priority.LowPriority)

    def submit(self, request: JobRequest) -> None:
        """Queue a job."""
        token = CancelToken()
        self._tokens[request.job_id] = token
        self._requested.emit(request, token)

    def cancel(self, job_id: int | None = None) -> None:
        """Ask one job, or all, to stop. A job that waits ends as cancelled when its turn comes."""
        for each, token in self._tokens.items():
            if job_id is None or each == job_id:
                token.cancel()

    def quit(self) -> None:
        """Cancel everything and let the thread end after the job that runs."""
        self.cancel()
        self.thread_.quit()

    def wait(self, deadline: QDeadlineTimer) -> bool:
        """Wait for the thread's end after `quit`; False when it did not end in time."""
        return self.thread_.wait(deadline)

    @Slot(int)
    def _on_finished(self, job_id: int) -> None:
        self._tokens.pop(job_id, None)


class Runner(JobSignals):
    """Sends requests to the lanes and hands on what they answer, in the window's thread.

    Training, classifying and restoring share a lane, so that they see one another's classifier
    in the order they were asked for; explaining, the maps of the gallery and comparing
    backbones have lanes of their own and need not wait.
    """

    submitted = Signal(object)  # JobRequest, before it starts

    def __init__(self, engine: Engine | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine if engine is not None else Engine()
        self._ids = itertools.count(1)
        self._work = Lane("work", self._engine, self)
        self._inspection = Lane("inspection", self._engine, self)
        self._maps = Lane("maps", self._engine, self)
        self._comparison = Lane("comparison", self._engine, self)
        for lane in self._lanes:
            lane.worker.forward_to(self)

    @property
    def _lanes(self) -> tuple[Lane, ...]:
        return (self._work, self._inspection, self._maps, self._comparison)

    @property
    def is_busy(self) -> bool:
        """Whether a job other than an explanation runs or waits."""
        return self._work.is_busy

    def start(self) -> None:
        """Start the threads."""
        for lane in self._lanes:
            lane.start()

    def submit(self, make_request: Callable[[int], JobRequest]) -> int:
        """Queue the request that `make_request` makes for a new job id; returns that id.

        A new explanation cancels those before it: only the image looked at now matters.
        """
        job_id = next(self._ids)
        request = make_request(job_id)
        lane = self._work
        if isinstance(request, ExplainRequest | PrepareRequest | WithoutRegionRequest):
            lane = self._inspection
        elif isinstance(request, MapsRequest):
            lane = self._maps
        elif isinstance(request, CompareRequest):
            lane = self._comparison
        if isinstance(request, ExplainRequest):
            lane.cancel()
        self.submitted.emit(request)
        lane.submit(request)
        return job_id

    def cancel(self, job_id: int) -> None:
        """Ask one job to stop."""
        for lane in self._lanes:
            lane.cancel(job_id)

    def cancel_all(self) -> None:
        """Ask every job to stop."""
        for lane in self._lanes:
            lane.cancel()

    def forget_classifier(self) -> None:
        """Stop all jobs and drop the classifier, when another project is opened."""
        self.cancel_all()
        self._engine.forget()

    def shutdown(self, timeout: float = 10.0) -> list[str]:
        """Cancel all jobs and end the threads; waits at most `timeout` seconds altogether.

        Returns the names of threads that did not end, none as a rule. Those are never
        terminated: the caller decides whether to leave the process with them running.
        """
        for lane in self._lanes:
            lane.quit()
        begin = time.monotonic()
        deadline = QDeadlineTimer(int(timeout * 1000))
        stuck = [lane.thread_.objectName() for lane in self._lanes if not lane.wait(deadline)]
        _log.info("worker threads ended in %.2f s; stuck: %s", time.monotonic() - begin, stuck or "none")
        return stuck
