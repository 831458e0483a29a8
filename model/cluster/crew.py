"""The workers of a run: started where there is room, given one part at a time, replaced when they die or hang.

A part is given only to a worker that has answered, so a worker that never starts holds up nothing.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from model.cluster.plan import Part
from model.errors import FewShotError
from model.messages import message, text_of
from model.progress import CancelToken

if TYPE_CHECKING:
    from model.cluster.worker import Work

TRIES = 5
"""How often a part is begun before it is given up; a node that dies costs the parts it was at one each."""
TRIES_AT_ONCE = 2
"""After so many tries images are taken singly, which finds the one that brings a worker down."""
LOST_A_PLACE = 20
"""So many workers for each place that die before they have started, in a row, end the run."""
FAILED_IN_A_ROW = 3
"""So many parts that are given up while none is done end the run: the fault is not theirs."""
_LOOK_SECONDS = 0.5
_ROOM_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Works(Protocol):
    """What a worker's class is made of, see `model.cluster.worker.Worker`."""

    def __init__(self, work: Work) -> None: ...
    def ready(self) -> str:
        """Return once it can work: what is to be said of it, or ""."""

    def write(self, manifest: str, rows: str, *, singly: bool) -> int:
        """Do one part; `singly` after it failed twice."""


@dataclass(frozen=True)
class Limits:
    """What a worker reserves, how many there may be (None: as many as fit), and how long parts and starts take."""

    threads: int
    gpus: float
    workers: int | None
    stall_seconds: float
    start_seconds: float = 1800.0


@dataclass
class _Task:
    """What a worker is at: a part since a time (monotonic, s), or loading its classifier (None)."""

    worker: Any
    part: Part | None
    since: float


class Crew:
    """Workers on Ray; a context manager, which ends them.

    remarked: told once what workers say of themselves
    failed: the parts that were given up, each with the reason
    """

    def __init__(
        self, kind: type[Works], work: Work, limits: Limits, remarked: Callable[[str], None] = lambda _text: None
    ) -> None:
        import ray

        self._limits = limits
        self._work = ray.put(work)  # once; each node fetches it once
        self._kind: Any = ray.remote(kind).options(
            num_cpus=limits.threads, num_gpus=limits.gpus, max_restarts=0, max_task_retries=0
        )
        self._remarked = remarked
        self._remarks: set[str] = set()
        self._tasks: dict[Any, _Task] = {}
        self._tries: Counter[str] = Counter()
        self._again: deque[Part] = deque()
        self._not_started = 0  # workers, in a row
        self._looked = -_ROOM_SECONDS
        self._room = 1
        self._failed_in_a_row = 0
        self.failed: list[tuple[Part, str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in list(self._tasks.values()):
            self._end(task.worker)
        self._tasks.clear()

    def finished(self, parts: Iterator[Part], token: CancelToken) -> Iterator[Part]:
        """Yield each part when it is done; those that fail again and again are in `failed`.

        Takes as many of `parts` as there are workers. Raises `FewShotError` where workers cannot work at all,
        `Cancelled`.
        """
        import ray

        ahead: deque[Part] = deque()
        while True:
            token.raise_if_cancelled()
            while len(ahead) < self._wanted() and (part := next(parts, None)) is not None:
                ahead.append(part)
            waiting = len(ahead) + len(self._again)
            if not waiting and not any(task.part for task in self._tasks.values()):
                return
            self._staff(waiting)
            done, _ = ray.wait(list(self._tasks), timeout=_LOOK_SECONDS)
            for one in done:
                task = self._tasks.pop(one)
                if self._succeeded(one, task):
                    self._give(task.worker, self._again or ahead)
                    if task.part is not None:
                        self._failed_in_a_row = 0
                        yield task.part
            self._end_stalled()

    def _wanted(self) -> int:
        """How many workers there is room for, or as many as were asked for."""
        import ray

        if time.monotonic() - self._looked > _ROOM_SECONDS:  # nodes come and go
            there = ray.cluster_resources()
            kind, each = ("GPU", self._limits.gpus) if self._limits.gpus else ("CPU", self._limits.threads)
            self._room = max(1, int(there.get(kind, 0) // each))
            self._looked = time.monotonic()
        return min(self._room, self._limits.workers or self._room)

    def _staff(self, waiting: int) -> None:
        """Start workers for the parts that wait, where there is room."""
        busy = sum(task.part is not None for task in self._tasks.values())
        for _ in range(min(self._wanted(), busy + waiting) - len(self._tasks)):
            worker = self._kind.remote(self._work)
            self._tasks[worker.ready.remote()] = _Task(worker, None, time.monotonic())

    def _give(self, worker: Any, parts: deque[Part]) -> None:  # noqa: ANN401 - Ray's handle of an actor
        if not parts or len(self._tasks) >= self._wanted():
            self._end(worker)
            return
        part = parts.popleft()
        singly = self._tries[str(part.manifest)] >= TRIES_AT_ONCE
        result = worker.write.remote(str(part.manifest), str(part.rows), singly=singly)
        self._tasks[result] = _Task(worker, part, time.monotonic())

    def _succeeded(self, result: Any, task: _Task) -> bool:  # noqa: ANN401 - Ray's reference
        """Whether a task went well; else its worker is ended, and its part waits for another one."""
        import ray

        try:
            said = ray.get(result)
        except ray.exceptions.RayError as error:
            self._end(task.worker)
            if task.part is None:
                self._not_made(_reason(error), its_own_fault=getattr(error, "actor_init_failed", False))
            else:
                self._failed(task.part, _reason(error))
            return False
        self._not_started = 0
        if task.part is None and said and said not in self._remarks:
            self._remarks.add(said)
            self._remarked(said)
        return True

    def _not_made(self, reason: str, *, its_own_fault: bool) -> None:
        """Count a worker that did not start; a node that dies takes many with it at once."""
        self._not_started += 1
        if self._not_started >= (TRIES if its_own_fault else LOST_A_PLACE * self._wanted()):
            raise FewShotError(message("Workers cannot start: {reason}", reason=reason))

    def _failed(self, part: Part, reason: str) -> None:
        _log.info("Part %s is begun again: %s", part.manifest, reason)
        self._tries[str(part.manifest)] += 1
        if self._tries[str(part.manifest)] < TRIES:
            self._again.append(part)
            return
        self.failed.append((part, reason))
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= FAILED_IN_A_ROW:
            raise FewShotError(
                message("No part can be classified: {reason} What is done is kept: run again to go on.", reason=reason)
            )

    def _end_stalled(self) -> None:
        now = time.monotonic()
        for result, task in list(self._tasks.items()):
            if task.part is not None and now - task.since > self._limits.stall_seconds:
                del self._tasks[result]
                self._end(task.worker)
                seconds = round(self._limits.stall_seconds)
                self._failed(task.part, message("it took longer than {seconds} s.", seconds=seconds))
        most = self._limits.start_seconds
        if self._tasks and all(task.part is None and now - task.since > most for task in self._tasks.values()):
            raise FewShotError(
                message("No worker could start in {seconds} s: the cluster has no room.", seconds=round(most))
            )

    def _end(self, worker: Any) -> None:  # noqa: ANN401 - Ray's handle of an actor
        import ray

        ray.kill(worker)


def _reason(error: Exception) -> str:
    """Return the cause in a line: of a task that failed its exception, else the last line of what Ray says."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, FewShotError):
        return text_of(cause)
    lines = [line.strip() for line in str(cause or error).splitlines() if line.strip()] or [""]
    said = f"{type(cause).__name__}: {lines[0]}" if cause else lines[-1]
    return said[:300].rstrip(": .") + "."
