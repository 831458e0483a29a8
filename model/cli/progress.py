"""Progress on standard error: a bar on a terminal, a plain line every few seconds otherwise."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from tqdm import tqdm

from model.messages import translated
from model.progress import Progress

SECONDS_BETWEEN_LINES = 2.0


class ProgressPrinter:
    """A `ProgressCallback` that prints to standard error; a context manager, which closes the bar."""

    def __init__(self) -> None:
        self._bar: tqdm[None] | None = None
        self._phase = ""
        self._last_line = 0.0

    def __enter__(self) -> ProgressPrinter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close_bar()

    def __call__(self, progress: Progress) -> None:
        """Print one report."""
        if sys.stderr.isatty():
            self._draw(progress)
        else:
            self._print(progress)
        self._phase = progress.phase

    def _draw(self, progress: Progress) -> None:
        if self._bar is None or progress.phase != self._phase:
            self._close_bar()
            self._bar = tqdm(
                total=progress.total or None, desc=translated(progress.phase), file=sys.stderr, leave=False
            )
        self._bar.update(progress.done - self._bar.n)

    def _print(self, progress: Progress) -> None:
        now = time.monotonic()
        finished = progress.done == progress.total
        if progress.phase == self._phase and not finished and now - self._last_line < SECONDS_BETWEEN_LINES:
            return
        self._last_line = now
        count = f" {progress.done}/{progress.total}" if progress.total else ""
        sys.stderr.write(f"{translated(progress.phase)}{count}\n")

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
