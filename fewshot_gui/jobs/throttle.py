"""Limit on the number of progress reports a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from model.progress import Progress, ProgressCallback

MAX_REPORTS_PER_SECOND = 20


class ProgressThrottle:
    """A `ProgressCallback` that hands on at most 20 reports a second.

    The first and the last report of each phase always pass. It is called from one thread.
    """

    def __init__(
        self,
        target: ProgressCallback,
        *,
        per_second: float = MAX_REPORTS_PER_SECOND,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._target = target
        self._interval = 1.0 / per_second
        self._clock = clock
        self._phase: str | None = None
        self._due = 0.0

    def __call__(self, progress: Progress) -> None:
        """Report `progress`, or swallow it when another has just been reported."""
        now = self._clock()
        is_last = progress.total > 0 and progress.done >= progress.total
        if progress.phase == self._phase and not is_last and now < self._due:
            return
        self._phase = progress.phase
        self._due = now + self._interval
        self._target(progress)
