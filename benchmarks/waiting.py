"""Letting the window's thread go on, for a time or until something is so; whether it stops, and what it takes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

BEAT = 5  # milliseconds


class Heart:
    """The longest gap between two beats of the window's thread since `restart`, in milliseconds."""

    def __init__(self) -> None:
        self._timer = QTimer(interval=BEAT)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        self.restart()

    def restart(self) -> None:
        """Forget what was."""
        self._last, self.longest = time.perf_counter(), 0.0

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, 1000 * (now - self._last) - BEAT)
        self._last = now


def run_for(seconds: float) -> None:
    """Let events be handled for `seconds`."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def run_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Let events be handled until `condition`, asked every 2 ms, is so; raises TimeoutError after `seconds`."""
    end = time.perf_counter() + seconds
    while not condition():
        if time.perf_counter() > end:
            raise TimeoutError
        run_for(0.002)


def resident() -> int:
    """Bytes of memory in use now; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
