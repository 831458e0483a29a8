"""The predictions as columns of numbers, so that sorting and filtering 100,000 of them is quick."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from fewshot_gui.items.arrangement import Arrangement, Group, Grouping, Outcome, Sorting
from fewshot_gui.items.roles import readable, searchable
from fewshot_gui.project.results import BinPrediction
from model.types import Status

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_STATUSES = tuple(Status)
_OUTCOMES = tuple(Outcome)
_LEAST_SCORE = 1e-300  # its logarithm stands for that of 0
_PART = re.compile(r"#[^#/\\\\]*$")  # of a file: page, frame or tile, see `model.images.items`
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
    bin, and not labelled; `labelled`: whether a person said what it shows; `rows`: of the results, those that were
    fetched, best first.
    """

    text: str = ""
    bin_id: str | None = None
    status: Status | None = None
    sure_from: float | None = None
    doubtful_below: float | None = None
    labelled: bool | None = None
    rows: tuple[int, ...] | None = None


class PredictionColumns:
    """One entry a prediction, in the order of arrival."""

    def __init__(self) -> None:
        self._texts: list[str] = []  # what the text filter looks at
        self._sort_keys: list[str] = []  # file name in natural order: "img 2" before "img 10"
        self._bins: list[str | None] = []
        self._confidences: list[float] = []
        self._statuses: list[int] = []
        self._labelled: list[bool] = []  # by a person
        self._margins: list[float] = []  # between the scores of the first two classes
        self._leads: list[float] = []  # of the first class over the second, as the logarithm of their ratio
        self._folders: list[int] = []  # numbers of `_folder_numbers`
        self._folder_numbers: dict[str, int] = {}
        self._files: list[int] = []  # numbers of `_file_numbers`
        self._file_numbers: dict[str, int] = {}

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
            margin, lead = _ahead(made)
            self._margins.append(margin)
            self._leads.append(lead)
            folder = os.path.dirname(made.path)
            self._folders.append(self._folder_numbers.setdefault(folder, len(self._folder_numbers)))
            file = _PART.sub("", str(made.path))
            self._files.append(self._file_numbers.setdefault(file, len(self._file_numbers)))

    def replace(self, row: int, made: BinPrediction) -> None:
        """The image of `row` was classified again."""
        self._bins[row] = made.bin_id
        self._confidences[row] = made.confidence
        self._statuses[row] = _STATUSES.index(made.status)
        self._labelled[row] = made.label is not None
        self._margins[row], self._leads[row] = _ahead(made)

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
        if wanted.rows is not None:
            fetched = set(wanted.rows)
            rows = [row for row in rows if row in fetched]
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

    def arranged(
        self, rows: Sequence[int], how: Arrangement, positions: Mapping[str, int], sure_from: float | None
    ) -> tuple[list[int], list[Group]]:
        """`rows` in groups and in order within them, equal ones in order of arrival; and the groups that there are.

        Groups by class go by the bins' `positions`, those by folder by name. See `outcome_of` for `sure_from`.
        """
        if not rows:
            return [], []
        import numpy as np

        index = np.array(sorted(rows), dtype=np.intp)
        if how.sorting is Sorting.NAME:
            index = np.array(sorted(index.tolist(), key=self._sort_keys.__getitem__), dtype=np.intp)
        elif how.sorting is not Sorting.ARRIVAL:
            index = index[np.argsort(self._ranks(how.sorting)[index], kind="stable")]
        if how.is_reversed:
            is_error = np.array(self._statuses)[index[::-1]] == _STATUSES.index(Status.ERROR)
            index = index[::-1][np.argsort(is_error, kind="stable")]
        numbers, keys = self._group_numbers(how.grouping, positions, sure_from)
        if numbers is None:
            return index.tolist(), []
        places = numbers[index]
        index = index[np.argsort(places, kind="stable")]
        counts = np.bincount(places, minlength=len(keys)).tolist()
        groups, first = [], 0
        for key, count in zip(keys, counts, strict=True):
            if count:
                groups.append(Group(key, first, count))
            first += count
        return index.tolist(), groups

    def _ranks(self, sorting: Sorting) -> npt.NDArray[np.float64]:
        """What comes first has the least."""
        import numpy as np

        statuses = np.array(self._statuses)
        if sorting is Sorting.TYPICALITY:
            ranks = np.arctan(-np.array(self._leads)) + 4.0 * (statuses == _STATUSES.index(Status.UNKNOWN))
        elif sorting is Sorting.DOUBT:
            ranks = np.array(self._margins)
        else:
            ranks = -np.array(self._confidences)
        result: npt.NDArray[np.float64] = np.where(statuses == _STATUSES.index(Status.ERROR), 9.0, ranks)
        return result

    def _group_numbers(
        self, grouping: Grouping, positions: Mapping[str, int], sure_from: float | None
    ) -> tuple[npt.NDArray[np.intp] | None, list[str]]:
        """The number of each row's group, and the groups' keys; None where there are none."""
        import numpy as np

        if grouping is Grouping.CLASS:
            order = dict.fromkeys(sorted(positions, key=positions.__getitem__))
            order |= dict.fromkeys(bin_id for bin_id in dict.fromkeys(self._bins) if bin_id is not None)
            number_of = {bin_id: number for number, bin_id in enumerate((*order, None))}
            return np.array([number_of[bin_id] for bin_id in self._bins], dtype=np.intp), [*order, ""]
        if grouping is Grouping.FOLDER:
            return _in_natural_order(self._folders, self._folder_numbers)
        if grouping is Grouping.FILE:
            return _in_natural_order(self._files, self._file_numbers)
        if grouping is Grouping.OUTCOME:
            statuses = np.array(self._statuses)
            is_sure = np.array(self._confidences) >= (0.0 if sure_from is None else sure_from)
            is_sure |= np.array(self._labelled, dtype=bool)
            outcomes = np.where(is_sure, _OUTCOMES.index(Outcome.SURE), _OUTCOMES.index(Outcome.TO_CHECK))
            for status, outcome in ((Status.UNKNOWN, Outcome.UNLIKE), (Status.ERROR, Outcome.ERROR)):
                outcomes[statuses == _STATUSES.index(status)] = _OUTCOMES.index(outcome)
            return outcomes, [str(outcome) for outcome in _OUTCOMES]
        return None, []

    def _numbers(self, column: Column, positions: Mapping[str, int]) -> Sequence[float]:
        if column is Column.CONFIDENCE:
            return self._confidences
        if column is Column.STATUS:
            return self._statuses
        last = len(positions)
        return [positions.get(bin_id or "", last) for bin_id in self._bins]


def _in_natural_order(numbers: Sequence[int], known: Mapping[str, int]) -> tuple[npt.NDArray[np.intp], list[str]]:
    """The place of each row's name among all of them, which `known` numbers as they came; and these in their order."""
    import numpy as np

    names = sorted(known, key=lambda name: natural_key(readable(name).casefold()))
    place = np.empty(len(names), dtype=np.intp)
    place[[known[name] for name in names]] = np.arange(len(names))
    return place[np.array(numbers, dtype=np.intp)], names


def _ahead(made: BinPrediction) -> tuple[float, float]:
    """How far the predicted class is ahead of the best other one: the margin, and the logarithm of the ratio."""
    if made.bin_id is None:
        return 0.0, 0.0
    own = made.confidence
    other = max(
        (score for bin_id, score in zip(made.bin_ids, made.scores, strict=False) if bin_id != made.bin_id), default=0.0
    )
    return own - other, math.log(max(own, _LEAST_SCORE)) - math.log(max(other, _LEAST_SCORE))


def natural_key(text: str) -> str:
    """Sorts numbers in `text` by value."""
    return _NUMBER.sub(lambda number: number.group().lstrip("0").zfill(12), text)
