"""The outcome of a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """The outcome of a command: what `--json` prints, and the number of images that could not be read."""

    result: dict[str, Any]
    unreadable: int
