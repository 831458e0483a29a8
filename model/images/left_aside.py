"""What a search of folders left aside: files of other kinds, with their endings, so that it can be said."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from model.messages import listed, message, message_n

MOST_FILES = 10_000
"""Paths of so many files are kept; all are counted."""

_MOST_ENDINGS = 5  # that a sentence names


@dataclass
class LeftAside:
    """A tally that `iter_images` and `iter_files` fill while they are gone through. Not thread-safe.

    `endings` counts the files by their endings, in lower case with the dot, "" for none; `files` are the first
    `MOST_FILES` of them. Hidden files are not counted.
    """

    endings: Counter[str] = field(default_factory=Counter)
    files: list[Path] = field(default_factory=list)

    def add(self, path: Path) -> None:
        """Count a file."""
        self.endings[os.path.splitext(path.name)[1].lower()] += 1
        if len(self.files) < MOST_FILES:
            self.files.append(path)

    @property
    def count(self) -> int:
        """How many files were left aside."""
        return self.endings.total()

    def __str__(self) -> str:
        """One sentence, such as "3 files of other kinds left aside: .txt (2), without an ending (1)."; "" for none."""
        return str(self.said())

    def said(self) -> str:
        """The same as a message that can be translated."""
        if not self.count:
            return ""
        ordered = sorted(self.endings.items(), key=lambda item: (-item[1], item[0]))
        named: list[str] = [
            message("{ending} ({count:,})", ending=ending or message("without an ending"), count=number)
            for ending, number in ordered[:_MOST_ENDINGS]
        ]
        more = len(ordered) - len(named)
        if more:
            named.append(message_n("and {count:,} more ending", "and {count:,} more endings", count=more))
        return message_n(
            "{count:,} file of another kind left aside: {endings}.",
            "{count:,} files of other kinds left aside: {endings}.",
            count=self.count,
            endings=listed(named),
        )
