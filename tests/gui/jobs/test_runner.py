"""The contract of jobs: exactly one outcome, then `finished`; cancelled by token; ended in bounded time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from fewshot_gui.jobs.messages import ClassifyRequest, ExplainRequest, JobFailure, TrainRequest
from fewshot_gui.jobs.runner import Runner
from model.errors import SupportSetError
from model.progress import CancelToken, Progress, ProgressCallback
from tests.gui.jobs.fakes import FakeEngine

OUTCOMES = ("succeeded", "failed", "cancelled")


class Recorder:
    """Writes down every signal of a runner, and the thread it arrived in."""

    def __init__(self, runner: Runner) -> None:
        self.events: list[tuple[str, object]] = []
        self.threads: set[QThread] = set()
        self.failures: list[JobFailure] = []
        runner.failed.connect(self.failures.append)
        for name in ("started", "progressed", "batch_ready", *OUTCOMES, "finished"):
            getattr(runner, name).connect(self._recorder(name))

    def _recorder(self, name: str) -> Callable[[object], None]:
        def record(value: object) -> None:
            self.events.append((name, getattr(value, "job_id", value)))
            self.threads.add(QThread.currentThread())

        return record

    def names(self, job_id: int) -> list[str]:
        return [name for name, job in self.events if job == job_id]


def train_request(job_id: int) -> TrainRequest:
    return TrainRequest(job_id, 7, ("a", "b"), ("A", "B"), ((Path("1"),), (Path("2"),)), "none", "cpu", 0)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def runner(qapp: object, engine: FakeEngine) -> Iterator[Runner]:
    runner = Runner(engine)
    runner.start()
    yield runner
    engine.explain_may_go_on.set()
    assert runner.shutdown(5) == []


def test_success_is_reported_once_and_then_finished(runner: Runner, qtbot: QtBot) -> None:
    recorder = Recorder(runner)
    with qtbot.waitSignal(runner.finished):
        job_id = runner.submit(train_request)
    assert recorder.names(job_id) == ["started", "progressed", "succeeded", "finished"]
    assert not runner.is_busy


def test_jobs_run_in_another_thread_and_signals_arrive_in_ours(
    runner: Runner, engine: FakeEngine, qtbot: QtBot
) -> None:
    recorder = Recorder(runner)
    with qtbot.waitSignal(runner.finished):
        runner.submit(train_request)
    assert engine.threads.isdisjoint({threading.get_ident()})
    assert recorder.threads == {QThread.currentThread()}


def test_known_error_shows_its_own_message(runner: Runner, engine: FakeEngine, qtbot: QtBot) -> None:
    def fail(_progress: ProgressCallback, _token: CancelToken) -> None:
        raise SupportSetError("Bin ‘A’ is empty.")

    engine.on_train = fail
    recorder = Recorder(runner)
    with qtbot.waitSignal(runner.finished):
        job_id = runner.submit(train_request)
    assert [failure.message for failure in recorder.failures] == ["Bin ‘A’ is empty."]
    assert recorder.names(job_id) == ["started", "failed", "finished"]


@pytest.mark.expected_log("failed unexpectedly")
def test_unknown_error_carries_its_traceback_and_the_lane_goes_on(
    runner: Runner, engine: FakeEngine, qtbot: QtBot
) -> None:
    def fail(_progress: ProgressCallback, _token: CancelToken) -> None:
        raise ZeroDivisionError("ouch")

    engine.on_train = fail
    recorder = Recorder(runner)
    with qtbot.waitSignal(runner.finished):
        runner.submit(train_request)
    assert "ZeroDivisionError: ouch" in recorder.failures[0].details
    engine.on_train = None
    with qtbot.waitSignal(runner.succeeded):
        runner.submit(train_request)


def test_cancelling_stops_a_running_job(runner: Runner, engine: FakeEngine, qtbot: QtBot) -> None:
    def run_until_cancelled(progress: ProgressCallback, token: CancelToken) -> None:
        progress(Progress("Training", 0, 1))
        for _ in range(1000):
            token.raise_if_cancelled()
            threading.Event().wait(0.01)

    engine.on_train = run_until_cancelled
    recorder = Recorder(runner)
    with qtbot.waitSignal(runner.progressed):
        job_id = runner.submit(train_request)
    with qtbot.waitSignal(runner.finished, timeout=1000):
        runner.cancel(job_id)
    assert [name for name in recorder.names(job_id) if name in OUTCOMES] == ["cancelled"]


def test_a_waiting_job_that_is_cancelled_never_begins(runner: Runner, engine: FakeEngine, qtbot: QtBot) -> None:
    gate, opened = threading.Event(), list[bool]()
    engine.on_train = lambda _progress, _token: opened.append(gate.wait(10))
    recorder = Recorder(runner)
    first = runner.submit(train_request)
    second = runner.submit(lambda job_id: ClassifyRequest(job_id, 1, (Path("x"),)))
    runner.cancel(second)
    with qtbot.waitSignals([runner.finished, runner.finished]):
        gate.set()
    assert opened == [True]
    assert recorder.names(first)[-2:] == ["succeeded", "finished"]
    assert recorder.names(second) == ["started", "cancelled", "finished"]


def test_explaining_does_not_wait_behind_training(runner: Runner, engine: FakeEngine, qtbot: QtBot) -> None:
    gate, opened = threading.Event(), list[bool]()
    engine.on_train = lambda _progress, _token: opened.append(gate.wait(10))
    recorder = Recorder(runner)
    training = runner.submit(train_request)
    with qtbot.waitSignal(runner.finished):
        explanation = runner.submit(lambda job_id: ExplainRequest(job_id, 1, Path("x")))
    assert recorder.names(explanation)[-1] == "finished"
    assert "finished" not in recorder.names(training)
    with qtbot.waitSignal(runner.finished):
        gate.set()
    assert opened == [True]
    assert recorder.names(training)[-2:] == ["succeeded", "finished"]


def test_only_the_latest_explanation_is_made(runner: Runner, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.explain_may_go_on.clear()
    recorder = Recorder(runner)
    jobs = [runner.submit(lambda job_id: ExplainRequest(job_id, 1, Path("first")))]
    qtbot.waitUntil(lambda: len(engine.explained) == 1)  # "started" comes before the last look at the token
    jobs += [runner.submit(lambda job_id: ExplainRequest(job_id, 1, Path("next"))) for _ in range(20)]
    with qtbot.waitSignals([runner.finished] * 21):
        engine.explain_may_go_on.set()
    assert [request.job_id for request in engine.explained] == [jobs[0], jobs[-1]]
    assert [recorder.names(job)[-2] for job in jobs[1:-1]] == ["cancelled"] * 19


def test_shutdown_cancels_and_waits(qapp: object, engine: FakeEngine, qtbot: QtBot) -> None:
    def run_until_cancelled(progress: ProgressCallback, token: CancelToken) -> None:
        progress(Progress("Training", 0, 1))
        while not token.is_cancelled:
            threading.Event().wait(0.01)
        token.raise_if_cancelled()

    engine.on_train = run_until_cancelled
    runner = Runner(engine)
    runner.start()
    with qtbot.waitSignal(runner.progressed):
        runner.submit(train_request)
    assert runner.shutdown(5) == []


def test_a_stuck_thread_is_reported_not_killed(qapp: object, engine: FakeEngine, qtbot: QtBot) -> None:
    gate, entered = threading.Event(), threading.Event()

    def be_deaf(_progress: ProgressCallback, _token: CancelToken) -> None:
        entered.set()
        gate.wait(10)

    engine.on_train = be_deaf
    runner = Runner(engine)
    runner.start()
    runner.submit(train_request)
    assert entered.wait(5)
    assert runner.shutdown(0.1) == ["work"]
    gate.set()
    assert runner.shutdown(5) == []


def test_many_jobs_each_end_exactly_once(runner: Runner, qtbot: QtBot) -> None:
    recorder = Recorder(runner)
    jobs = []
    with qtbot.waitSignals([runner.finished] * 60):
        for number in range(60):
            jobs.append(runner.submit(train_request))
            if number % 3 == 0:
                runner.cancel(jobs[-1])
    for job in jobs:
        names = recorder.names(job)
        assert names[0] == "started"
        assert names[-1] == "finished"
        assert sum(name in OUTCOMES for name in names) == 1
