"""Reads projects in the background: one with 100,000 results takes seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal, Slot

from fewshot_gui.project.backups import Backups
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.opening import OpenedProject, open_project
from model.messages import message

_log = logging.getLogger(__name__)

_PAUSE = 50  # milliseconds until it is asked again whether a project may be shown


class ProjectOpener(QObject):
    """Answers each `open` with `opened` or `refused`, unless another is asked for or `cancel` is called before.

    What was read by then is closed again. `is_engaged` says that the user is in the middle of something
    that belongs to the project in sight, a dialog or a drag: `opened` waits until that is over.
    """

    opened = Signal(object)  # OpenedProject; now the receiver's
    refused = Signal(Path, object)  # the project's file, ProjectError

    _answered = Signal(int, object)  # from the pool's thread: number, OpenedProject or (path, ProjectError)

    def __init__(self, is_engaged: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_engaged = is_engaged
        self._pool = QThreadPool(self)
        self._number = 0  # of the latest project asked for
        self._is_busy = False
        self._ready: OpenedProject | None = None
        self._ask_again = QTimer(self, singleShot=True, interval=_PAUSE)
        self._ask_again.timeout.connect(self._hand_over)
        self._answered.connect(self._on_answered)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is due."""
        return self._is_busy

    def open(self, path: Path, backups: Backups, *, is_untitled: bool = False) -> None:
        """Read the project at `path`, absolute, as `open_project` does."""
        self.cancel()
        self._is_busy = True
        number = self._number

        def job() -> None:
            answer: object
            try:
                answer = open_project(path, backups, is_untitled=is_untitled)
            except ProjectError as error:
                answer = (path, error)
            except Exception as error:  # noqa: BLE001 - the border of the thread
                _log.exception("a project could not be opened")
                answer = (
                    path,
                    ProjectError(message("“{name}” cannot be opened: {reason}", name=path.name, reason=error)),
                )
            self._answered.emit(number, answer)

        self._pool.start(job)

    def cancel(self) -> None:
        """Answer nothing to what was asked so far."""
        self._number += 1
        self._is_busy = False
        self._ask_again.stop()
        ready, self._ready = self._ready, None
        if ready is not None:
            ready.close()

    def shutdown(self, timeout: float = 5.0) -> bool:
        """Cancel and wait; False when a project was still being read after `timeout` seconds.

        What was read is closed when the window's thread processes its events.
        """
        self.cancel()
        return self._pool.waitForDone(int(timeout * 1000))

    @Slot(int, object)
    def _on_answered(self, number: int, answer: object) -> None:
        if isinstance(answer, OpenedProject):
            if number != self._number:
                answer.close()
            else:
                self._ready = answer
                self._hand_over()
        elif number == self._number and isinstance(answer, tuple):
            self._is_busy = False
            self.refused.emit(*answer)

    @Slot()
    def _hand_over(self) -> None:
        if self._is_engaged():
            self._ask_again.start()
            return
        ready, self._ready = self._ready, None
        self._is_busy = False
        if ready is not None:
            self.opened.emit(ready)
