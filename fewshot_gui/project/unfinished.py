"""A note in the project of work that is under way, so that the next start knows what a crash cut off. Free of Qt."""

from __future__ import annotations

import base64
import json
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

KEY = "unfinished_work"
"""Under which the note is kept in `state`, which older versions leave alone."""

_MOST_BYTES = 2**28  # of a note, unpacked


@dataclass(frozen=True)
class UnfinishedWork:
    """Training or, where there are `paths`, classifying files and folders.

    cutting: (frames a second, side of tiles or None); None: each path is one image. is_whole: images that have a
    result of the present classifier are done again, too
    """

    paths: tuple[Path, ...] = ()
    cutting: tuple[float, int | None] | None = None
    is_whole: bool = False


def encode(work: UnfinishedWork) -> str:
    """Return the work as text: 100,000 paths take some hundred kilobytes."""
    fields = {
        "paths": [os.fsencode(path).decode("latin-1") for path in work.paths],
        "cutting": work.cutting,
        "whole": work.is_whole,
    }
    return base64.b85encode(zlib.compress(json.dumps(fields).encode("ascii"), 1)).decode("ascii")


def decode(text: str) -> UnfinishedWork | None:
    """Return the work that a note tells of; None where it is none."""
    try:
        unpacker = zlib.decompressobj()
        fields = json.loads(unpacker.decompress(base64.b85decode(text), _MOST_BYTES))
        cutting = fields["cutting"]
        if cutting is not None:
            rate, side = cutting
            cutting = (float(rate), None if side is None else int(side))
        paths = tuple(Path(os.fsdecode(path.encode("latin-1"))) for path in fields["paths"])
        return UnfinishedWork(paths, cutting, bool(fields["whole"]))
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error):
        return None
