"""The predictions as columns of numbers, so that sorting and filtering 100,000 of them is quick."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from fewshot_gui.items.roles import readable, searchable
from fewshot_gui.project.results import BinPrediction
from model.types import Status

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_STATUSES = tuple(Status)
_NUMBER = re.compile(r"\d+")


class Column(IntEnum):
    """The columns of the results table."""

    IMAGE = 0
    CLASS = 1
    CONFIDENCE = 2
    STATUS = 3


@dataclass(frozen=True)
class PredictionFilter:
    """Which predictions are shown: all conditions must hold; None and "" hold always.

    `text`: every word is in the path; `bin_id`: labelled, predicted or nearest; `sure_from`: in a bin with at
    least this confidence, 0..1, or labelled; `doubtful_below`: in a bin with less than it, or unlike every
    bin, and not labelled; `labelled`: whether a person said what it shows.
    """

    text: str = ""
    bin_id: str | None = None
    status: Status | None = None
    sure_from: float | None = None
    doubtful_below: float | None = None
    labelled: bool | None = None


class PredictionColumns:
    """One entry a prediction, in the order of arrival."""

    def __init__(self) -> None:
        self._texts: list[str] = []  # what the text filter looks at
        self._sort_keys: list[str] = []  # file name in natural order: "img 2" before "img 10"
        self._bins: list[str | None] = []
        self._confidences: list[float] = []
        self._statuses: list[int] = []
        self._labelled: list[bool] = []  # by a person

    def __len__(self) -> int:
        return len(self._texts)

    def extend(self, predictions: Iterable[BinPrediction]) -> None:
        """Append."""
        for made in predictions:
            text = searchable(made.path)
            self._texts.append(text)
            self._sort_keys.append(natural_key(readable(made.path.name).casefold()))
            self._bins.append(made.bin_id)
            self._confidences.append(made.confidence)
            self._statuses.append(_STATUSES.index(made.status))
            self._labelled.append(made.label is not None)

    def replace(self, row: int, made: BinPrediction) -> None:
        """The image of `row` was classified again."""
        self._bins[row] = made.bin_id
        self._confidences[row] = made.confidence
        self._statuses[row] = _STATUSES.index(made.status)
        self._labelled[row] = made.label is not None

    def matching(self, wanted: PredictionFilter, first: int = 0) -> list[int]:
        """The rows from `first` on that `wanted` shows, in the order of arrival."""
        if first == len(self):
            return []
        import numpy as np  # here: the window starts without it

        shown = np.ones(len(self) - first, dtype=bool)
        statuses = np.array(self._statuses[first:])
        in_a_bin = statuses == _STATUSES.index(Status.OK)
        confidences = np.array(self._confidences[first:])
        labelled = np.array(self._labelled[first:], dtype=bool)
        if wanted.sure_from is not None:
            shown &= in_a_bin & (labelled | (confidences >= wanted.sure_from))
        if wanted.doubtful_below is not None:
            unknown = statuses == _STATUSES.index(Status.UNKNOWN)
            shown &= ~labelled & (unknown | (in_a_bin & (confidences < wanted.doubtful_below)))
        if wanted.labelled is not None:
            shown &= labelled == wanted.labelled
        if wanted.status is not None:
            shown &= statuses == _STATUSES.index(wanted.status)
        rows: list[int] = (np.flatnonzero(shown) + first).tolist()
        if wanted.bin_id is not None:
            rows = [row for row in rows if self._bins[row] == wanted.bin_id]
        for word in searchable(wanted.text).split():
            rows = [row for row in rows if word in self._texts[row]]
        return rows

    def ordered(self, rows: Sequence[int], column: Column, descending: bool, positions: Mapping[str, int]) -> list[int]:
        """`rows` by `column`; equal ones stay in order of arrival; classes go by their `positions`."""
        arrival = sorted(rows)
        if column is Column.IMAGE:
            return sorted(arrival, key=self._sort_keys.__getitem__, reverse=descending)
        import numpy as np

        index = np.array(arrival, dtype=np.intp)
        values: npt.NDArray[np.float64] = np.array(self._numbers(column, positions), dtype=np.float64)[index]
        order = np.argsort(-values if descending else values, kind="stable")
        result: list[int] = index[order].tolist()
        return result

    def _numbers(self, column: Column, positions: Mapping[str, int]) -> Sequence[float]:
        if column is Column.CONFIDENCE:
            return self._confidences
        if column is Column.STATUS:
            return self._statuses
        last = len(positions)
        return [positions.get(bin_id or "", last) for bin_id in self._bins]


def natural_key(text: str) -> str:
    """Sorts numbers in `text` by value."""
    return _NUMBER.sub(lambda number: number.group().lstrip("0").zfill(12), text)
