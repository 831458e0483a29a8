"""The predictions as columns of numbers, so that sorting and filtering 100,000 of them is quick."""

from __future__ import annotations

import math
import os
import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from fewshot_gui.items.arrangement import Arrangement, Group, Grouping, Outcome, Sorting
from fewshot_gui.items.roles import readable, searchable
from fewshot_gui.project.predictions import RowFacts
from model.types import Status

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from fewshot_gui.items.shown_rows import Rows

_STATUSES = tuple(Status)
_NUMBER_OF = {status: number for number, status in enumerate(_STATUSES)}
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
    """One entry a prediction, in the order of arrival. Rows are numbers of entries, int64 arrays."""

    def __init__(self) -> None:
        self._paths: list[str] = []
        self._texts: list[str] = []  # what the text filter looks at
        self._sort_keys: list[str] = []  # file name in natural order: "img 2" before "img 10"
        self._bins = array("q")  # numbers of `_bin_numbers`
        self._bin_numbers: dict[str | None, int] = {None: 0}
        self._confidences = array("d")
        self._statuses = array("b")
        self._labelled = array("b")  # by a person
        self._margins = array("d")  # between the scores of the first two classes
        self._leads = array("d")  # of the first class over the second, as the logarithm of their ratio
        self._folders = array("q")  # numbers of `_folder_numbers`
        self._folder_numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def extend(self, predictions: Iterable[RowFacts]) -> None:
        """Append."""
        for facts in predictions:
            path = facts.path
            folder, name = os.path.split(path)
            text = searchable(path)
            self._paths.append(path)
            self._texts.append(path if text == path else text)
            self._sort_keys.append(natural_key(readable(name).casefold()))
            self._folders.append(_number(folder, self._folder_numbers))
            self._bins.append(_number(facts.bin_id, self._bin_numbers))
            self._statuses.append(_NUMBER_OF[facts.status])
            self._labelled.append(facts.is_labelled)
            own, other = _scores(facts)
            self._confidences.append(own)
            self._margins.append(own - other)
            self._leads.append(_lead(own, other))

    def replace(self, row: int, facts: RowFacts) -> None:
        """The image of `row` was classified again."""
        self._bins[row] = _number(facts.bin_id, self._bin_numbers)
        self._statuses[row] = _NUMBER_OF[facts.status]
        self._labelled[row] = facts.is_labelled
        own, other = _scores(facts)
        self._confidences[row], self._margins[row], self._leads[row] = own, own - other, _lead(own, other)

    def matching(self, wanted: PredictionFilter, first: int = 0) -> Rows:
        """The rows from `first` on that `wanted` shows, in the order of arrival."""
        import numpy as np  # here: the window starts without it

        shown = np.ones(len(self) - first, dtype=bool)
        statuses = np.asarray(self._statuses)[first:]
        in_a_bin = statuses == _NUMBER_OF[Status.OK]
        confidences = np.asarray(self._confidences)[first:]
        labelled = np.asarray(self._labelled)[first:] > 0
        if wanted.sure_from is not None:
            shown &= in_a_bin & (labelled | (confidences >= wanted.sure_from))
        if wanted.doubtful_below is not None:
            unknown = statuses == _NUMBER_OF[Status.UNKNOWN]
            shown &= ~labelled & (unknown | (in_a_bin & (confidences < wanted.doubtful_below)))
        if wanted.labelled is not None:
            shown &= labelled == wanted.labelled
        if wanted.status is not None:
            shown &= statuses == _NUMBER_OF[wanted.status]
        if wanted.bin_id is not None:
            shown &= np.asarray(self._bins)[first:] == self._bin_numbers.get(wanted.bin_id, -1)
        if wanted.rows is not None:
            fetched = np.zeros(len(self), dtype=bool)
            fetched[[row for row in wanted.rows if row < len(self)]] = True
            shown &= fetched[first:]
        rows: Rows = np.flatnonzero(shown) + first
        for word in searchable(wanted.text).split():
            texts = self._texts if len(rows) == len(self) else map(self._texts.__getitem__, rows.tolist())
            rows = rows[np.fromiter((word in text for text in texts), dtype=bool, count=len(rows))]
        return rows

    def by_arrival(self, rows: Rows) -> Rows:
        """`rows`, each once, in the order of arrival."""
        import numpy as np

        is_there = np.zeros(len(self), dtype=bool)
        is_there[rows] = True
        result: Rows = np.flatnonzero(is_there)
        return result

    def ordered(self, rows: Rows, column: Column, descending: bool, positions: Mapping[str, int]) -> Rows:
        """`rows` by `column`; equal ones stay in order of arrival; classes go by their `positions`."""
        import numpy as np

        arrival = self.by_arrival(rows)
        if column is Column.IMAGE:
            return np.array(sorted(arrival.tolist(), key=self._sort_keys.__getitem__, reverse=descending), np.int64)
        values = self._numbers(column, positions)[arrival]
        return arrival[_in_order(-values if descending else values)]

    def arranged(
        self, rows: Rows, how: Arrangement, positions: Mapping[str, int], sure_from: float | None
    ) -> tuple[Rows, list[Group]]:
        """`rows` in groups and in order within them, equal ones in order of arrival; and the groups that there are.

        Groups by class go by the bins' `positions`, those by folder by name. See `outcome_of` for `sure_from`.
        """
        import numpy as np

        index = self.by_arrival(rows)
        if how.sorting is Sorting.NAME:
            index = np.array(sorted(index.tolist(), key=self._sort_keys.__getitem__), dtype=np.int64)
        elif how.sorting is not Sorting.ARRIVAL:
            index = index[_in_order(self._ranks(how.sorting)[index])]
        if how.is_reversed:
            is_error = np.asarray(self._statuses)[index[::-1]] == _NUMBER_OF[Status.ERROR]
            index = index[::-1][_in_order(is_error)]
        numbers, keys = self._group_numbers(how.grouping, positions, sure_from)
        if numbers is None:
            return index, []
        places = numbers[index]
        index = index[_in_order(places)]
        counts = np.bincount(places, minlength=len(keys)).tolist()
        groups, first = [], 0
        for key, count in zip(keys, counts, strict=True):
            if count:
                groups.append(Group(key, first, count))
            first += count
        return index, groups

    def _ranks(self, sorting: Sorting) -> npt.NDArray[np.float64]:
        """What comes first has the least."""
        import numpy as np

        statuses = np.asarray(self._statuses)
        if sorting is Sorting.TYPICALITY:
            ranks = np.arctan(-np.asarray(self._leads)) + 4.0 * (statuses == _NUMBER_OF[Status.UNKNOWN])
        elif sorting is Sorting.DOUBT:
            ranks = np.asarray(self._margins)
        else:
            ranks = -np.asarray(self._confidences)
        result: npt.NDArray[np.float64] = np.where(statuses == _NUMBER_OF[Status.ERROR], 9.0, ranks)
        return result

    def _group_numbers(
        self, grouping: Grouping, positions: Mapping[str, int], sure_from: float | None
    ) -> tuple[Rows | None, list[str]]:
        """The number of each row's group, and the groups' keys; None where there are none."""
        import numpy as np

        if grouping is Grouping.CLASS:
            order = dict.fromkeys(sorted(positions, key=positions.__getitem__))
            order |= dict.fromkeys(bin_id for bin_id in self._bin_numbers if bin_id is not None)
            place_of = {bin_id: number for number, bin_id in enumerate((*order, None))}
            return self._of_bins([place_of[bin_id] for bin_id in self._bin_numbers]), [*order, ""]
        if grouping is Grouping.FOLDER:
            return _in_natural_order(self._folders, self._folder_numbers)
        if grouping is Grouping.FILE:
            files: dict[str, int] = {}
            numbers = array("q", (_number(_PART.sub("", path) if "#" in path else path, files) for path in self._paths))
            return _in_natural_order(numbers, files)
        if grouping is Grouping.OUTCOME:
            statuses = np.asarray(self._statuses)
            is_sure = np.asarray(self._confidences) >= (0.0 if sure_from is None else sure_from)
            is_sure |= np.asarray(self._labelled) > 0
            outcomes = np.where(is_sure, _OUTCOMES.index(Outcome.SURE), _OUTCOMES.index(Outcome.TO_CHECK))
            for status, outcome in ((Status.UNKNOWN, Outcome.UNLIKE), (Status.ERROR, Outcome.ERROR)):
                outcomes[statuses == _NUMBER_OF[status]] = _OUTCOMES.index(outcome)
            return outcomes, [str(outcome) for outcome in _OUTCOMES]
        return None, []

    def _numbers(self, column: Column, positions: Mapping[str, int]) -> npt.NDArray[np.float64] | Rows:
        import numpy as np

        if column is Column.CONFIDENCE:
            return np.asarray(self._confidences)
        if column is Column.STATUS:
            return np.asarray(self._statuses)
        return self._of_bins([positions.get(bin_id or "", len(positions)) for bin_id in self._bin_numbers])

    def _of_bins(self, values: Sequence[int]) -> Rows:
        """The value of each row's bin, from one for each of `_bin_numbers`."""
        import numpy as np

        result: Rows = np.array(values, dtype=np.int64)[np.asarray(self._bins)]
        return result


def _number(key: Any, known: dict[Any, int]) -> int:  # noqa: ANN401 - of any kind
    """The number of `key`, which gets the next one where it is new."""
    return known.setdefault(key, len(known))


def _in_order(values: npt.NDArray[Any]) -> Rows:
    """The places of `values` from the least to the greatest, equal ones in their order.

    Values count as equal where they are in float32. NumPy sorts numbers of 16 bits digit by digit, a million in 6 ms:
    twice that is a sixth of the time that `argsort` takes for the whole values.
    """
    import numpy as np

    bits = (values.astype(np.float32) + np.float32(0)).view(np.uint32)  # adding 0 makes one of the two zeros
    keys = np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31))  # in the order of the numbers
    places = np.argsort((keys & 0xFFFF).astype(np.uint16), kind="stable")
    high = (keys >> 16).astype(np.uint16)[places]
    result: Rows = places[np.argsort(high, kind="stable")].astype(np.int64, copy=False)
    return result


def _in_natural_order(numbers: array[int], known: Mapping[str, int]) -> tuple[Rows, list[str]]:
    """The place of each row's name among all of them, which `known` numbers as they came; and these in their order."""
    import numpy as np

    names = sorted(known, key=lambda name: natural_key(readable(name).casefold()))
    place = np.empty(len(names), dtype=np.int64)
    place[[known[name] for name in names]] = np.arange(len(names))
    return place[np.asarray(numbers)], names


def _scores(made: RowFacts) -> tuple[float, float]:
    """The scores of the predicted class and of the best other one; 0 where there is none."""
    scores, bin_ids = made.scores, made.bin_ids
    at = bin_ids.index(made.bin_id) if made.bin_id in bin_ids else len(scores)
    if made.bin_id is None or not scores:
        return 0.0, 0.0
    own = scores[at] if at < len(scores) else 0.0
    return own, max(scores[:at] + scores[at + 1 :], default=0.0)


def _lead(own: float, other: float) -> float:
    """The logarithm of the ratio of two scores."""
    return math.log(max(own, _LEAST_SCORE)) - math.log(max(other, _LEAST_SCORE))


def natural_key(text: str) -> str:
    """Sorts numbers in `text` by value."""
    return _NUMBER.sub(lambda number: number.group().lstrip("0").zfill(12), text)
