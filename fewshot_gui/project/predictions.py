"""The predictions of a project by image, in the order in which they arrived. Free of Qt."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Self

from fewshot_gui.project.disk import decode_path
from fewshot_gui.project.values import BinPrediction, Origin
from model.types import Region, Status

_SAID = """iif(message = '', '""', json_quote(message))"""  # most say nothing
KEPT_ROW = f"""printf('[%d,"%s",%d,%s,%s,%s]', run, status, predicted, {_SAID}, scores, region)"""
"""A prediction as SQL: one text, a list in JSON. A million tuples would take twice the memory, and collecting garbage
would walk them all.
"""

MADE_AT_ONCE = 100_000
"""Rows of a project that are made while it is read, in a second, in the background: a review looks at all of them."""

_STATUS = {status.value: status for status in Status}
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Run:
    """What the predictions of a run have in common."""

    revision: int
    bin_ids: tuple[str, ...]
    origin: Origin


class RowFacts(NamedTuple):
    """What tables sort and filter a prediction by; see `BinPrediction`. It is made in a fifth of its time."""

    path: str
    status: Status
    bin_id: str | None
    scores: tuple[float, ...]
    bin_ids: tuple[str, ...]
    is_labelled: bool = False

    @classmethod
    def of(cls, made: BinPrediction) -> Self:
        """Return those of a prediction."""
        return cls(str(made.path), made.status, made.bin_id, made.scores, made.bin_ids, made.label is not None)


class PredictionRows:
    """Rows that keep their numbers: an image classified again changes in its place.

    Looking up an image or a row costs O(1). Of more than `MADE_AT_ONCE` rows that come from a project file, each stays
    as it is there until somebody asks for it, and is made then, in 10 microseconds: a million would be waited for.
    """

    def __init__(self, rows: Iterable[BinPrediction] = ()) -> None:
        self._rows: list[BinPrediction | str] = list(rows)
        self._paths: list[bytes] = []  # of the rows that came from a file
        self._runs: Mapping[int, Run] = {}
        self._row_of = {_key(made.path): row for row, made in enumerate(self)}
        self._revisions = Counter(made.revision for made in self)

    @classmethod
    def kept(cls, paths: list[bytes], rows: list[str], runs: Mapping[int, Run], counts: Mapping[int, int]) -> Self:
        """Take over rows of a project file: their paths, `KEPT_ROW`, and how many there are of each run.

        `made_of` must not fail for any of them.
        """
        self = cls()
        self._rows, self._paths, self._runs = [*rows], paths, runs
        if os.name == "posix":  # where the bytes of a path are its key
            self._row_of = {path: row for row, path in enumerate(paths)}
        else:
            self._row_of = {_key(decode_path(path)): row for row, path in enumerate(paths)}
        for run, count in counts.items():
            self._revisions[runs[run].revision] += count
        if len(rows) <= MADE_AT_ONCE:
            for row in range(len(rows)):
                self.at(row)
        return self

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[BinPrediction]:
        return map(self.at, range(len(self._rows)))

    def at(self, row: int) -> BinPrediction:
        """Return the prediction that arrived as number `row`, from 0."""
        made = self._rows[row]
        if isinstance(made, str):
            made = self._rows[row] = made_of(self._paths[row], made, self._runs)
        return made

    def facts(self, first: int, end: int) -> Iterator[RowFacts]:
        """Return what tables need of the rows from `first` to before `end`; none of them is made."""
        for number, row in enumerate(self._rows[first:end], first):
            if isinstance(row, str):
                of_run, status, predicted, _, scores, _ = _DECODER.raw_decode(row)[0]
                bin_ids = self._runs[of_run].bin_ids
                bin_id = bin_ids[predicted] if predicted >= 0 else None
                yield RowFacts(os.fsdecode(self._paths[number]), _STATUS[status], bin_id, tuple(scores), bin_ids)
            else:
                yield RowFacts.of(row)

    def row_of(self, path: Path) -> int | None:
        """Return the row of an image, or None when it was not classified."""
        return self._row_of.get(_key(path))

    def count_at(self, revision: int | None) -> int:
        """Return how many predictions were made by the classifier of a revision."""
        return 0 if revision is None else self._revisions[revision]

    def put(self, made: BinPrediction) -> int:
        """Take in a prediction, in place of the one of its image if there is one; return its row."""
        row = self._row_of.setdefault(_key(made.path), len(self._rows))
        if row == len(self._rows):
            self._rows.append(made)
        else:
            self._revisions[self._revision(self._rows[row])] -= 1
            self._rows[row] = made
        self._revisions[made.revision] += 1
        return row

    def _revision(self, row: BinPrediction | str) -> int:
        if isinstance(row, str):
            return self._runs[_DECODER.raw_decode(row)[0][0]].revision
        return row.revision

    def copy(self) -> PredictionRows:
        """Return rows of their own, for another thread, in 10 ms for a million."""
        copy = PredictionRows()
        copy._rows, copy._paths, copy._runs = self._rows.copy(), self._paths, self._runs
        copy._row_of, copy._revisions = self._row_of.copy(), self._revisions.copy()
        return copy

    def relocated(self, moved: Mapping[Path, Path]) -> PredictionRows | None:
        """Return the rows with the old paths among `moved` replaced by the new; None where nothing changes.

        An image whose new path has a row already keeps its old one.
        """
        found = {self.row_of(old): new for old, new in moved.items() if self.row_of(new) is None}
        here = {row: new for row, new in found.items() if row is not None}
        if not here:
            return None
        copy = self.copy()
        for row, new in here.items():
            made = self.at(row)
            del copy._row_of[_key(made.path)]
            copy._row_of[_key(new)] = row
            copy._rows[row] = replace(made, path=new)
        return copy

    def drop(self, count: int) -> None:
        """Forget up to `count` rows: of what nobody looks at any more, to free it piece by piece."""
        del self._rows[-count:]
        for _ in range(min(count, len(self._row_of))):
            self._row_of.popitem()


def made_of(path: bytes, row: str, runs: Mapping[int, Run]) -> BinPrediction:
    """Return the prediction of a row of a project file, its path and `KEPT_ROW`.

    Raises `LookupError`, `TypeError` or `ValueError` where the row is not one that a project holds.
    """
    number, status, predicted, message, scores, box = _DECODER.raw_decode(row)[0]
    run = runs[number]
    return BinPrediction(
        path=decode_path(path),
        status=_STATUS[status],
        bin_id=run.bin_ids[predicted] if predicted >= 0 else None,
        scores=tuple(scores),
        bin_ids=run.bin_ids,
        region=Region(*box[:4]) if box else None,
        message=message,
        revision=run.revision,
        steadiness=box[4] if box and len(box) > 4 else None,
        origin=run.origin,
    )


def _key(path: Path) -> bytes:
    """Return what is the same for paths that are equal."""
    return os.fsencode(os.path.normcase(path))
