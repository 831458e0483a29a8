"""The predictions of a project by image, in the order in which they arrived. Free of Qt."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from fewshot_gui.project.disk import decode_path
from fewshot_gui.project.values import BinPrediction, Origin
from model.types import Region, Status

KeptRow = tuple[bytes, int, str, int, str, str, str]
"""A prediction as the project file has it: path, run, status, predicted class, message, scores and region as JSON."""

_STATUS = {status.value: status for status in Status}
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Run:
    """What the predictions of a run have in common."""

    revision: int
    bin_ids: tuple[str, ...]
    origin: Origin


class PredictionRows:
    """Rows that keep their numbers: an image classified again changes in its place.

    Looking up an image or a row costs O(1). Rows that come from a project file stay as they are there until somebody
    asks for them, and are made then, 10 microseconds each: opening a million need not wait for it.
    """

    def __init__(self, rows: Iterable[BinPrediction] = ()) -> None:
        self._rows: list[BinPrediction | KeptRow] = list(rows)
        self._runs: Mapping[int, Run] = {}
        self._row_of = {_key(made.path): row for row, made in enumerate(self)}
        self._revisions = Counter(made.revision for made in self)

    @classmethod
    def kept(cls, rows: list[KeptRow], runs: Mapping[int, Run]) -> Self:
        """Take over rows of a project file; `made_of` must not fail for any of them."""
        self = cls()
        self._runs = runs
        if os.name == "posix":  # where the bytes of a path are its key
            self._row_of = {row[0]: number for number, row in enumerate(rows)}
        else:
            self._row_of = {_key(decode_path(row[0])): number for number, row in enumerate(rows)}
        for run, count in Counter(row[1] for row in rows).items():
            self._revisions[runs[run].revision] += count
        self._rows = [*rows]
        return self

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[BinPrediction]:
        return map(self.at, range(len(self._rows)))

    def at(self, row: int) -> BinPrediction:
        """Return the prediction that arrived as number `row`, from 0."""
        made = self._rows[row]
        if isinstance(made, tuple):
            made = self._rows[row] = made_of(made, self._runs)
        return made

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
            self._revisions[self.at(row).revision] -= 1
            self._rows[row] = made
        self._revisions[made.revision] += 1
        return row

    def copy(self) -> PredictionRows:
        """Return rows of their own, for another thread, in 10 ms for a million."""
        copy = PredictionRows()
        copy._rows, copy._runs = self._rows.copy(), self._runs
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


def made_of(row: KeptRow, runs: Mapping[int, Run]) -> BinPrediction:
    """Return the prediction of a row of a project file.

    Raises `LookupError`, `TypeError` or `ValueError` where the row is not one that a project holds.
    """
    path, number, status, predicted, message, scores, region = row
    run = runs[number]
    of_classes, box = _DECODER.raw_decode(f"[{scores},{region}]")[0]
    return BinPrediction(
        path=decode_path(path),
        status=_STATUS[status],
        bin_id=run.bin_ids[predicted] if predicted >= 0 else None,
        scores=tuple(of_classes),
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
