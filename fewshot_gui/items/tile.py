"""What a tile of the gallery says of a prediction."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from model.types import Region, Status


class Tone(StrEnum):
    """How the sign of a mark is coloured; what it means, sign and text say, too."""

    PLAIN = "plain"
    SUCCESS = "success"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Mark:
    """What is to be known at a glance: a character or number, for tiles that have no room for more, and a word or two.

    `color` ("#rrggbb"), if there is one, is laid under the sign, as under the numbers of bins.
    """

    sign: str
    text: str
    tone: Tone = Tone.PLAIN
    color: str = ""


@dataclass(frozen=True)
class Tile:
    """A prediction as a tile shows it; texts as the window shows them, `color` "#rrggbb" or "" for none."""

    path: Path = field(repr=False)  # its name may be hidden
    name: str
    status: Status
    bin_id: str | None
    class_name: str
    color: str
    confidence: str
    region: Region | None
    is_stale: bool
    marks: tuple[Mark, ...] = ()
