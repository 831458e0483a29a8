"""Progress reports and cancellation of long work, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")


class Cancelled(Exception):  # noqa: N818 - not an error, a request that was honoured
    """The work stopped because its token was cancelled; what was done so far is kept by the caller."""


class CancelToken:
    """A thread-safe flag that stops work: the caller sets it, the work checks it between batches."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next check. Idempotent, callable from any thread."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` has been called."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` once `cancel` has been called."""
        if self._event.is_set():
            raise Cancelled


@dataclass(frozen=True)
class Progress:
    """One report: `done` of `total` steps of `phase` (`total` 0: not known yet)."""

    phase: str
    done: int
    total: int


ProgressCallback = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """Do nothing: the default callback."""


def reported(items: Sequence[_T], phase: str, progress: ProgressCallback, token: CancelToken) -> Iterator[_T]:
    """Yield `items`; report each as a step of `phase` when the next one is requested. Raises `Cancelled`."""
    for done, item in enumerate(items, start=1):
        token.raise_if_cancelled()
        yield item
        progress(Progress(phase, done, len(items)))
