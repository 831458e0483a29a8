"""What a decoder knows of the file it read last: the images of a file are mostly wanted one after another."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")


def identity(path: Path) -> tuple[object, ...]:
    """Return what tells a file from another, or from itself before it changed."""
    status = os.stat(path)
    return path, status.st_size, status.st_mtime_ns, status.st_ino


class LastFile(Generic[T]):
    """Keeps what `make` made of the file asked for last, until another is asked for or the file changes.

    Never holds two at a time: `let_go` is called with the one before the next is made. Not thread-safe.
    """

    def __init__(self, make: Callable[[Path], T], let_go: Callable[[T], object] | None = None) -> None:
        self._make, self._let_go = make, let_go
        self._kept: tuple[object, T] | None = None

    def get(self, path: Path) -> T:
        """Return what was made of the file, made now if need be; raises what `make` raises."""
        wanted = identity(path)
        if self._kept is None or self._kept[0] != wanted:
            self.forget()
            self._kept = wanted, self._make(path)
        return self._kept[1]

    def forget(self) -> None:
        """Let go of what is kept."""
        kept, self._kept = self._kept, None
        if kept is not None and self._let_go is not None:
            self._let_go(kept[1])
