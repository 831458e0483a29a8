"""Watching of folders for new images, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from model.errors import FewShotError
from model.images.arrivals import Arrivals, State
from model.messages import message
from model.progress import CancelToken

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 64
"""Files that are handed out at once; the next ones wait until these are done."""


@dataclass(frozen=True)
class ArrivedFiles:
    """Files that are complete, each handed out once in a watch."""

    watch_id: int
    paths: tuple[Path, ...]


class FolderWatcher(QObject):
    """Hands out files that came into folders, by signals emitted from its thread: connect bound slots.

    After `arrived` it waits for `go_on`, so that no more is handed out than is worked off.
    """

    arrived = Signal(object)  # ArrivedFiles
    failed = Signal(int, object)  # watch id, why nothing is watched

    def __init__(self, parent: QObject | None = None, *, settle: float = 2.0) -> None:
        super().__init__(parent)
        self.settle = settle
        """Seconds that a file must stay as it is; for watches that are started later."""
        self._thread: threading.Thread | None = None
        self._token = CancelToken()
        self._go_on = threading.Event()
        self._known: set[Path] = set()
        self._lock = threading.Lock()
        self._watch_id = 0

    def start(self, folders: Sequence[Path], known: Iterable[Path], *, polling: bool = False) -> int:
        """Watch `folders` instead of what was watched; files in `known` are not handed out. Returns the watch's id."""
        self.stop()
        self._watch_id += 1
        self._token, self._go_on, self._known = CancelToken(), threading.Event(), set(known)
        self._thread = threading.Thread(
            target=self._watch,
            args=(self._watch_id, tuple(folders), polling, self._token, self._go_on),
            name="folder watcher",
        )
        self._thread.start()
        return self._watch_id

    def go_on(self, undone: Iterable[Path] = ()) -> None:
        """Hand out more; files in `undone` once more, when they are found by the next search."""
        with self._lock:
            self._known.difference_update(undone)
        self._go_on.set()

    def stop(self, timeout: float = 5.0) -> bool:
        """Watch no more; False when the thread did not end in `timeout` seconds."""
        self._token.cancel()
        self._go_on.set()
        thread, self._thread = self._thread, None
        if thread is None:
            return True
        thread.join(timeout)
        return not thread.is_alive()

    def _is_known(self, path: Path, _state: State) -> bool:
        with self._lock:
            return path in self._known

    def _watch(
        self, watch_id: int, folders: Sequence[Path], polling: bool, token: CancelToken, go_on: threading.Event
    ) -> None:
        try:
            arrivals = Arrivals(folders, self._is_known, _pass_over, settle=self.settle, polling=polling)
            for files in arrivals.ready(MOST_AT_ONCE, token):
                if not files:
                    continue
                with self._lock:
                    self._known.update(files)
                go_on.clear()
                if token.is_cancelled:
                    return
                self.arrived.emit(ArrivedFiles(watch_id, tuple(files)))
                go_on.wait()
        except FewShotError as error:
            self.failed.emit(watch_id, str(error))
        except Exception as error:  # noqa: BLE001 - the border of the thread
            _log.exception("watching a folder failed")
            self.failed.emit(watch_id, message("Folders cannot be watched here: {error}", error=str(error)))


def _pass_over(folder: Path, reason: str) -> None:
    _log.info("%s: %s", folder, reason)
