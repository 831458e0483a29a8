"""Which images got another class from one run to a later one. Free of Qt."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.project.disk import decode_path
from fewshot_gui.project.values import BinPrediction
from model.types import Status

_NONE = -1


@dataclass(frozen=True, slots=True)
class ChangedImage:
    """An image with the bins that two classifiers predict; None: unlike every bin, or it cannot be read."""

    path: Path
    before: str | None
    after: str | None


def note_changes(connection: sqlite3.Connection, rows: Sequence[tuple[int, int, BinPrediction]]) -> None:
    """Note which predictions (row, run, prediction) say another class than what their rows hold still.

    Inside the transaction that writes them, before they are written.
    """
    (there,) = connection.execute("SELECT ifnull(max(row), -1) FROM predictions").fetchone()
    bins_of: dict[int, tuple[str, ...]] = {}
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
            connection.execute(
                "INSERT INTO changes VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (run, row) DO UPDATE SET after = excluded.after",  # joined with similar images at the end
                (run, row, before_run, before, after),
            )


def changed_between(connection: sqlite3.Connection, first: str, second: str) -> list[ChangedImage]:
    """Return the images whose class after the last run of one classifier is another than after that of a second.

    In the order of the results. Empty where one of them classified nothing.
    """
    ends = [_last_run(connection, classifier) for classifier in (first, second)]
    if None in ends:
        return []
    earlier, later = sorted(end for end in ends if end is not None)
    classes: dict[int, tuple[str | None, str | None]] = {}
    for row, before, after in _changes(connection, earlier, later):
        classes[row] = (classes[row][0] if row in classes else before, after)
    is_backwards = ends[0] == later
    found = []
    for row, (before, after) in sorted(classes.items()):
        path = connection.execute("SELECT path FROM predictions WHERE row = ?", (row,)).fetchone()
        if before != after and path is not None:
            pair = (after, before) if is_backwards else (before, after)
            found.append(ChangedImage(decode_path(path[0]), *pair))
    return found


def _changes(connection: sqlite3.Connection, earlier: int, later: int) -> Iterator[tuple[int, str | None, str | None]]:
    """Yield row, bin before and bin after of each change since the end of one run, in the order of the runs."""
    bins_of: dict[int, tuple[str, ...]] = {}
    rows = connection.execute(
        "SELECT run, row, before_run, before, after FROM changes WHERE run > ? AND run <= ? ORDER BY run",
        (earlier, later),
    )
    for run, row, before_run, before, after in rows.fetchall():
        for one in (run, before_run):
            if one not in bins_of:
                bins_of[one] = _bins(connection, one)
        yield row, _bin(bins_of[before_run], before), _bin(bins_of[run], after)


def _last_run(connection: sqlite3.Connection, classifier: str) -> int | None:
    row = connection.execute("SELECT max(run) FROM run_origins WHERE classifier = ?", (classifier,)).fetchone()
    return None if row[0] is None else int(row[0])


def _bins(connection: sqlite3.Connection, run: int) -> tuple[str, ...]:
    (text,) = connection.execute("SELECT bin_ids FROM runs WHERE id = ?", (run,)).fetchone()
    return tuple(json.loads(text))


def _bin(bins: tuple[str, ...], place: int) -> str | None:
    return bins[place] if 0 <= place < len(bins) else None
