"""Lines that the command writes for people, without characters that steer a terminal."""

from __future__ import annotations

import sys
from pathlib import Path


def printable(text: object) -> str:
    """Return text on one line, without what would steer a terminal or make one name look like another.

    Such characters (control codes, line ends, marks of writing direction) become their numbers.
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(text))


def say(text: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(printable(text) + "\n")


def warn_of(path: Path, reason: str) -> None:
    """Write a remark on a file or folder to standard error."""
    warn(f"{path}: {reason}")


def warn(text: str) -> None:
    """Write a remark to standard error, on one line."""
    sys.stderr.write(printable(" ".join(text.split())) + "\n")
