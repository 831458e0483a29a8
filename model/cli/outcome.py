"""The outcome of a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from model.cli.text import warn
from model.images.left_aside import LeftAside


@dataclass(frozen=True)
class Outcome:
    """The outcome of a command: what `--json` prints, and the number of images that could not be read."""

    result: dict[str, Any]
    unreadable: int


def told_left_aside(left_aside: LeftAside) -> dict[str, Any]:
    """Say on standard error which files a search left aside, and return them for `--json`: their endings and names."""
    if left_aside.count:
        warn(str(left_aside))
    return {"left_aside": dict(left_aside.endings), "files_left_aside": [str(path) for path in left_aside.files]}
