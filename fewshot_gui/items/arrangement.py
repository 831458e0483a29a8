"""How the gallery arranges predictions: in groups, and in an order within each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from model.types import Status


class Grouping(StrEnum):
    """By what predictions are put together."""

    NONE = "none"
    CLASS = "class"
    OUTCOME = "outcome"
    FOLDER = "folder"
    FILE = "file"  # pages, frames and tiles of one

    @property
    def is_of_cases(self) -> bool:
        """Whether images of a group may be of one case, a patient or a series, and have a verdict together."""
        return self in (Grouping.FOLDER, Grouping.FILE)


class Sorting(StrEnum):
    """In what order the predictions of a group are."""

    CONFIDENCE = "confidence"  # most confident first
    DOUBT = "doubt"  # least margin between the first two classes first
    TYPICALITY = "typicality"  # most typical of the predicted class first; unlike every bin last
    NAME = "name"
    ARRIVAL = "arrival"


class Outcome(StrEnum):
    """What came out of classifying an image, with the errors that are allowed."""

    SURE = "sure"
    TO_CHECK = "to check"
    UNLIKE = "unlike"
    ERROR = "error"


@dataclass(frozen=True)
class Arrangement:
    """Groups, and the order within them, or the opposite of it; errors are last in both."""

    grouping: Grouping = Grouping.NONE
    sorting: Sorting = Sorting.CONFIDENCE
    is_reversed: bool = False


@dataclass(frozen=True)
class Group:
    """`count` rows from `first` on that belong together. `key`: a bin's id, an `Outcome`, a folder or file, "" for
    the rest.
    """

    key: str
    first: int
    count: int


def outcome_of(status: Status, confidence: float, sure_from: float | None) -> Outcome:
    """Return the outcome of a prediction; where nothing is known of what may be accepted, none is to be checked."""
    if status is Status.ERROR:
        return Outcome.ERROR
    if status is Status.UNKNOWN:
        return Outcome.UNLIKE
    return Outcome.TO_CHECK if sure_from is not None and confidence < sure_from else Outcome.SURE
