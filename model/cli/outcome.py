"""The outcome of a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What `--json` prints, and how many images could not be read."""

    result: dict[str, Any]
    unreadable: int
