"""Which images got another class from one run to a later one. Free of Qt."""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.project.disk import decode_path
from fewshot_gui.project.values import BinPrediction
from model.types import Status

_NONE = -1
_CHANGE = struct.Struct("<4q")  # row of the prediction, run before, class before and after (their numbers; -1: none)
_MOST_BYTES = 64 * 2**20
Place = tuple[int, int]
"""A run, and the number of a class in it."""


@dataclass(frozen=True, slots=True)
class ChangedImage:
    """An image with the bins that two classifiers predict; None: unlike every bin, or it cannot be read."""

    path: Path
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ChangedImages:
    """How many images there are with another class, and the first of them."""

    count: int
    images: tuple[ChangedImage, ...]


def note_changes(connection: sqlite3.Connection, rows: Sequence[tuple[int, int, BinPrediction]]) -> None:
    """Note which predictions (row, run, prediction) say another class than what their rows hold still.

    Inside the transaction that writes them, before they are written.
    """
    (there,) = connection.execute("SELECT ifnull(max(row), -1) FROM predictions").fetchone()
    bins_of: dict[int, tuple[str, ...]] = {}
    packed: dict[int, list[bytes]] = {}
    for row, run, made in rows:
        if row > there:
            continue
        found = connection.execute("SELECT run, status, predicted FROM predictions WHERE row = ?", (row,)).fetchone()
        if found is None:
            continue
        before_run, status, predicted = found
        if before_run not in bins_of:
            bins_of[before_run] = _bins(connection, before_run)
        before = predicted if status == Status.OK.value else _NONE
        is_class = made.status is Status.OK and made.bin_id is not None
        after = made.bin_ids.index(made.bin_id) if is_class and made.bin_id is not None else _NONE
        if _bin(bins_of[before_run], before) != (made.bin_id if is_class else None):
            packed.setdefault(run, []).append(_CHANGE.pack(row, before_run, before, after))
    connection.executemany(
        "INSERT INTO changes (run, content) VALUES (?, ?)",
        ((run, zlib.compress(b"".join(some))) for run, some in packed.items()),
    )


def changed_between(connection: sqlite3.Connection, first: str, second: str, most: int) -> ChangedImages | None:
    """Return the images whose class after the last run of one classifier is another than after that of a second.

    In the order of the results; at most `most` of them are named. None where one of them classified nothing.
    """
    ends = [_last_run(connection, classifier) for classifier in (first, second)]
    if ends[0] is None or ends[1] is None:
        return None
    is_backwards = ends[0] > ends[1]
    before: dict[int, Place] = {}
    after: dict[int, Place] = {}
    for run, row, before_run, old, new in _changes(connection, min(ends[0], ends[1]), max(ends[0], ends[1])):
        before.setdefault(row, (before_run, old))
        after[row] = (run, new)
    bins = {run: _bins(connection, run) for run in {run for run, _ in (*before.values(), *after.values())}}
    found = []
    for row in sorted(after):
        pair = [_bin(bins[run], place) for run, place in (before[row], after[row])]
        if pair[0] != pair[1]:
            found.append((row, *(reversed(pair) if is_backwards else pair)))
    images = []
    for row, old_bin, new_bin in found[:most]:
        path = connection.execute("SELECT path FROM predictions WHERE row = ?", (row,)).fetchone()
        if path is not None:
            images.append(ChangedImage(decode_path(path[0]), old_bin, new_bin))
    return ChangedImages(len(found), tuple(images))


def _changes(connection: sqlite3.Connection, earlier: int, later: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield run, row, run before, class before and after of each change since the end of one run, in their order."""
    rows = connection.execute(
        "SELECT run, content FROM changes WHERE run > ? AND run <= ? ORDER BY id", (earlier, later)
    )
    for run, content in rows:
        changes = zlib.decompressobj().decompress(content, _MOST_BYTES)
        for change in _CHANGE.iter_unpack(changes[: len(changes) // _CHANGE.size * _CHANGE.size]):
            yield run, *change


def _last_run(connection: sqlite3.Connection, classifier: str) -> int | None:
    row = connection.execute("SELECT max(run) FROM run_origins WHERE classifier = ?", (classifier,)).fetchone()
    return None if row[0] is None else int(row[0])


def _bins(connection: sqlite3.Connection, run: int) -> tuple[str, ...]:
    row = connection.execute("SELECT bin_ids FROM runs WHERE id = ?", (run,)).fetchone()
    return () if row is None else tuple(json.loads(row[0]))


def _bin(bins: tuple[str, ...], place: int) -> str | None:
    return bins[place] if 0 <= place < len(bins) else None
