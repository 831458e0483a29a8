"""The object that lives in a worker thread and turns requests into signals."""

from __future__ import annotations

import logging
import traceback

from PySide6.QtCore import Slot

from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.messages import (
    ClassifyRequest,
    CompareRequest,
    ExplainRequest,
    JobFailure,
    JobProgress,
    JobRequest,
    JobResult,
    MapsRequest,
    PrepareRequest,
    RestoreRequest,
    StacksRequest,
    SuggestRequest,
    TrainRequest,
    WarmUpRequest,
    WithoutRegionRequest,
)
from fewshot_gui.jobs.priority import lower_thread_priority
from fewshot_gui.jobs.signals import JobSignals
from fewshot_gui.jobs.throttle import ProgressThrottle
from model.errors import FewShotError
from model.messages import message
from model.progress import Cancelled, CancelToken, Progress

_log = logging.getLogger(__name__)


class Worker(JobSignals):
    """Runs one job after the other in the thread it was moved to."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()  # no parent: it moves to another thread
        self._engine = engine

    @Slot()
    def prepare_thread(self) -> None:
        """Run once when the thread has started, in it."""
        lower_thread_priority()

    @Slot(object, object)
    def run(self, request: JobRequest, token: CancelToken) -> None:
        """Do one job. Never raises."""
        job_id = request.job_id
        self.started.emit(job_id)
        try:
            token.raise_if_cancelled()  # cancelled while it waited
            result = self._do(request, token)
        except Cancelled:
            self.cancelled.emit(job_id)
        except FewShotError as error:
            _log.info("job %d failed", job_id, exc_info=True)
            self.failed.emit(JobFailure(job_id, str(error), ""))  # the message is all that the user can act on
        except Exception as error:  # noqa: BLE001 - the border of the thread: whatever it was, it is reported
            _log.exception("job %d failed unexpectedly", job_id)
            said = message(
                "Something went wrong inside the program ({kind}: {line}).",
                kind=type(error).__name__,
                line=_first_line(error),
            )
            self.failed.emit(JobFailure(job_id, said, traceback.format_exc()))
        else:
            self.succeeded.emit(result)
        finally:
            self.finished.emit(job_id)

    def _do(self, request: JobRequest, token: CancelToken) -> JobResult:
        def report(progress: Progress) -> None:
            self.progressed.emit(JobProgress(request.job_id, progress.phase, progress.done, progress.total))

        match request:
            case TrainRequest():
                return self._engine.train(request, ProgressThrottle(report), token)
            case ClassifyRequest():
                return self._engine.classify(request, ProgressThrottle(report), token, self.batch_ready.emit)
            case PrepareRequest():
                return self._engine.prepare(request)
            case ExplainRequest():
                return self._engine.explain(request)
            case WithoutRegionRequest():
                return self._engine.without_region(request)
            case MapsRequest():
                return self._engine.maps(request, token)
            case RestoreRequest():
                return self._engine.restore(request)
            case SuggestRequest():
                return self._engine.suggest(request, ProgressThrottle(report), token)
            case CompareRequest():
                return self._engine.compare(request, ProgressThrottle(report), token, self.batch_ready.emit)
            case StacksRequest():
                return self._engine.stacks(request, ProgressThrottle(report), token)
            case WarmUpRequest():
                return self._engine.warm_up(request)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
