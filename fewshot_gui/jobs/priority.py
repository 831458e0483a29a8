"""Keep the window's thread first in line for a core."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

_BACKGROUND_NICENESS = 2  # enough to yield to the window, without starving beside other programs


def lower_thread_priority() -> None:
    """Make the calling thread, and the threads it starts later, yield to the window's thread.

    Linux ignores `QThread.setPriority` for ordinary threads but keeps a niceness for each
    thread; the threads that torch starts from here inherit it. Other systems heed the priority
    with which the QThread was started, and nothing is done here.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a sandbox may forbid it; then it is only less smooth
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BACKGROUND_NICENESS)
