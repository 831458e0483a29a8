"""Collect cyclic garbage in the window's thread only.

Python runs its cyclic collector in whichever thread happens to allocate. When that is a worker,
and the garbage holds a Qt object of the window's thread (a QTimer, say), the object is destroyed
in the wrong thread: Qt warns, crashes or deadlocks. So automatic collection is switched off and
a timer in the window's thread collects when there is something to collect.

A collection walks all objects of its generation and blocks the window: a quarter of a second with a
library of 100,000 images. So the timer fires often, while there are few young objects; objects that
survived two collections are frozen, and walked again only after another project was opened, while the
user is in another program.
"""

from __future__ import annotations

import gc
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from fewshot_gui.jobs.warm_up import importing

_INTERVAL_MS = 100
_MIDDLE_AFTER = 2  # young collections
_OLD_AFTER = 20  # middle ones
_BITE = 4000  # rows that are freed at once, 4 ms


class Emptiable(Protocol):
    """A large container that is not needed any more and can be emptied part by part."""

    def __len__(self) -> int: ...

    def drop(self, count: int) -> None:
        """Remove `count` of its elements."""


class GarbageCollector(QObject):
    """Collects in the thread it lives in."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._has_frozen = self._is_all_due = False
        self._leftovers: list[Emptiable] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def stop(self) -> None:
        """Hand collection back to the interpreter."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def collect_all(self) -> None:
        """Collect frozen objects, too, as soon as the user is in another program: it takes 0.1 to 0.3 s."""
        self._is_all_due = self._has_frozen

    @Slot(object)
    def take_apart(self, leftover: Emptiable) -> None:
        """Free a container that nothing else refers to, part by part: 100,000 rows at once would take 0.1 s."""
        self._leftovers.append(leftover)

    @Slot()
    def _on_timeout(self) -> None:
        if importing.is_set():
            return  # everything is young then, and nothing is garbage
        if self._leftovers:
            self._leftovers[-1].drop(_BITE)
            if not len(self._leftovers[-1]):
                self._leftovers.pop()
        young, middle, old = gc.get_count()
        if self._is_all_due and QGuiApplication.focusWindow() is None:
            self._has_frozen = self._is_all_due = False
            gc.unfreeze()
            gc.collect()
            gc.freeze()
        elif old >= _OLD_AFTER:
            gc.collect(1)
            gc.freeze()
            self._has_frozen = True
        elif middle >= _MIDDLE_AFTER:
            gc.collect(1)
        elif young > gc.get_threshold()[0]:
            gc.collect(0)
