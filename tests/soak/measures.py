"""What must not grow while the window is used: memory, threads, open files, widgets."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject

_WARM_UP = 0.35  # share of the samples in which libraries are loaded and caches filled

# Allowed from the warm-up's end to the end of the run: noise of the allocator, and what a log or a list of recent
# projects adds. A leak of one widget or file a project is more than that within minutes.
MEMORY = 48 * 2**20
THREADS = 4
FILES = 6
QT_OBJECTS = 60
PYTHON_OBJECTS = 20_000  # of those that the collector follows; there are some 400,000
_ALLOWED = {
    "memory": MEMORY,
    "threads": THREADS,
    "files": FILES,
    "qt_objects": QT_OBJECTS,
    "python_objects": PYTHON_OBJECTS,
}


@dataclass(frozen=True)
class Sample:
    """What the process holds at a moment when the window rests over an empty project."""

    step: int
    memory: int  # bytes of the resident set; 0 where the system does not tell
    threads: int
    files: int
    qt_objects: int
    python_objects: int

    def __str__(self) -> str:
        return (
            f"step {self.step:6}: {self.memory / 2**20:7.1f} MiB, {self.threads} threads, {self.files} files, "
            f"{self.qt_objects} Qt objects, {self.python_objects:,} Python objects"
        )


def take_sample(step: int, window: QObject) -> Sample:
    """Measure this process; garbage is collected first."""
    gc.unfreeze()
    gc.collect()
    return Sample(step, _memory(), _threads(), _files(), len(window.findChildren(QObject)), len(gc.get_objects()))


def grown(samples: list[Sample]) -> list[str]:
    """Say what grew after the warm-up: the least of the last third against the most of the first samples behind it."""
    settled = samples[int(len(samples) * _WARM_UP) :]
    if len(settled) < 4:
        return []
    part = max(len(settled) // 3, 1)
    before, after = settled[:part], settled[-part:]
    found = []
    for name, allowed in _ALLOWED.items():
        first, last = max(getattr(one, name) for one in before), min(getattr(one, name) for one in after)
        if last - first > allowed:
            found.append(f"{name} grew from {first:,} to {last:,}")
    return found


def _memory() -> int:
    status = Path("/proc/self/statm")
    if not status.exists():
        return 0
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's: else its own reserve is counted too
        if trim is not None:
            trim(0)
    return int(status.read_text().split()[1]) * 4096


def _threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else threading.active_count()


def _files() -> int:
    files = Path("/proc/self/fd")
    return len(list(files.iterdir())) if files.exists() else 0
