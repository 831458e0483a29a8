"""Collect cyclic garbage in the window's thread only.

Python runs its cyclic collector in whichever thread happens to allocate. When that is a worker,
and the garbage holds a Qt object of the window's thread (a QTimer, say), the object is destroyed
in the wrong thread: Qt warns, crashes or deadlocks. So automatic collection is switched off and
a timer in the window's thread collects when there is something to collect.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

from fewshot_gui.jobs.warm_up import importing

_INTERVAL_MS = 500


class GarbageCollector(QObject):
    """Collects in the thread it lives in, by the interpreter's own thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def stop(self) -> None:
        """Hand collection back to the interpreter."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def _on_timeout(self) -> None:
        if importing.is_set():
            return  # everything is young then, and nothing is garbage
        counts = gc.get_count()
        for generation in (2, 1, 0):
            # The young generation's count is what grew in half a second; an old one is dear to walk.
            if counts[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return
