"""Output of lines for people, without characters that control a terminal."""

from __future__ import annotations

import sys
from pathlib import Path

from model.messages import message


def printable(text: object) -> str:
    """Return text on one line, without characters that control a terminal or make one name look like another.

    Such characters (control codes, line ends, marks of writing direction) are replaced by their codes.
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(text))


def say(text: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(printable(text) + "\n")


def warn_of(path: Path, reason: str) -> None:
    """Write a warning about a file or folder to standard error."""
    warn(message("{path}: {reason}", path=path, reason=reason))


def warn(text: str) -> None:
    """Write a warning to standard error, on one line."""
    sys.stderr.write(printable(" ".join(text.split())) + "\n")
