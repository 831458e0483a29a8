"""Progress arrives often enough to see and rarely enough to draw."""

from __future__ import annotations

from fewshot_gui.jobs.throttle import ProgressThrottle
from model.progress import Progress


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_at_most_twenty_a_second_and_the_last_always() -> None:
    clock, passed = Clock(), list[Progress]()
    throttle = ProgressThrottle(passed.append, clock=clock)
    for done in range(1001):
        throttle(Progress("Classifying", done, 1000))
        clock.now += 0.001
    assert 20 <= len(passed) <= 22
    assert passed[0].done == 0
    assert passed[-1].done == 1000


def test_a_new_phase_always_passes() -> None:
    passed: list[Progress] = []
    throttle = ProgressThrottle(passed.append, clock=Clock())
    throttle(Progress("Finding images", 1, 0))
    throttle(Progress("Finding images", 2, 0))
    throttle(Progress("Classifying", 0, 2))
    assert [(report.phase, report.done) for report in passed] == [("Finding images", 1), ("Classifying", 0)]
