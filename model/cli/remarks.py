"""Remarks on images for standard error: what is said of many images of one file is said once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import TracebackType

from model.cli.text import warn_of
from model.images.items import source_file
from model.messages import message_n


class Remarks:
    """Writes remarks on images as they come; used as a context manager.

    What was said already of another image of the same file (a page, a frame, a tile) is counted, and one line at the
    end says of how many more images it holds.
    """

    def __init__(self) -> None:
        self._more: Counter[tuple[Path, str]] = Counter()

    def __enter__(self) -> Remarks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for (file, reason), count in self._more.items():
            if count:
                said = message_n(
                    "the same holds for {count} more image of this file: {reason}",
                    "the same holds for {count} more images of this file: {reason}",
                    count=count,
                    reason=reason,
                )
                warn_of(file, said)

    def add(self, path: Path, reason: str) -> None:
        """Say it, or count it."""
        key = (source_file(path), reason)
        if key in self._more:
            self._more[key] += 1
        else:
            self._more[key] = 0
            warn_of(path, reason)
