"""Output of lines for people, without characters that control a terminal."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

from model.messages import message, translated


def printable(text: object) -> str:
    """Return text on one line, without characters that control a terminal or make one name look like another.

    Such characters (control codes, line ends, marks of writing direction) are replaced by their codes, and the space
    that keeps a number and its unit together by an ordinary one.
    """
    text = str(text).replace("\u00a0%", " %")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese characters take two each."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def padded(text: str, columns: int, *, to_the_right: bool = False) -> str:
    """Return a text with spaces after it, or before it, so that it takes so many columns."""
    spaces = " " * (columns - columns_of(text))
    return spaces + text if to_the_right else text + spaces


def say(text: str) -> None:
    """Write a line to standard output, in the language in use."""
    sys.stdout.write(printable(translated(text)) + "\n")


def warn_of(path: Path, reason: str) -> None:
    """Write a warning about a file or folder to standard error."""
    warn(message("{path}: {reason}", path=path, reason=reason))


def warn(text: str) -> None:
    """Write a warning to standard error, on one line, in the language in use."""
    sys.stderr.write(printable(" ".join(translated(text).split())) + "\n")
