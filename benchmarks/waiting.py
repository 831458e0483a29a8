"""Letting the window's thread go on, for a time or until something is so."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer


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
