"""The review of results by a person: which images, in what order, and how far it is. Free of Qt."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fewshot_gui.project.document import Document
from fewshot_gui.project.labels import Label
from fewshot_gui.project.results import BinPrediction, Results
from model.estimates.checking import Agreement, agreement
from model.estimates.report import accepting_confidence
from model.types import Status


class Reviewed(StrEnum):
    """Which results a review goes through."""

    TO_CHECK = "to check"  # less sure than the errors allowed ask for, or unlike every bin
    UNLIKE = "unlike"  # unlike every bin
    CLASS = "class"  # predicted as one class
    ALL = "all"
    SAMPLE = "sample"  # at random
    FLAGGED = "flagged"  # marked for a second look
    OTHERS = "others"  # labelled by another reader


class AsExamples(StrEnum):
    """Which images that a review labels go into the bins as well."""

    NEVER = "never"
    CORRECTIONS = "corrections"
    ALL = "all"


Choice = tuple[Reviewed, object]
"""Which results, with the share of errors allowed (`TO_CHECK`), the bin's id (`CLASS`), or None."""


@dataclass(frozen=True)
class ReviewPlan:
    """What a person asks for.

    allowed: share of wrong predictions among those that need no check, 0..1, for `TO_CHECK`
    bin_id: for `CLASS`
    count, seed: size of the sample, and what it is drawn with
    reader: who reviews
    is_blind: whether predictions and other readers' labels are hidden
    until: expected share of wrong predictions among all that nobody checked at which it is done; None: at the end
    as_examples: which of the images go into the bins as well
    """

    reviewed: Reviewed
    reader: str
    allowed: float = 0.05
    bin_id: str | None = None
    count: int = 100
    seed: int = 0
    is_blind: bool = False
    until: float | None = None
    as_examples: AsExamples = AsExamples.NEVER

    @property
    def choice(self) -> Choice:
        """Which results, with what belongs to that."""
        return self.reviewed, {Reviewed.TO_CHECK: self.allowed, Reviewed.CLASS: self.bin_id}.get(self.reviewed)


def chosen_images(document: Document, results: Results, plan: ReviewPlan) -> list[Path]:
    """Return the images of a review in its order: the most doubtful first, or at random; see `_choices_of`."""
    sure_from = _thresholds(results, [plan.choice])
    found = [made for made in results if plan.choice in _choices_of(document, made, plan.reader, sure_from)]
    if plan.reviewed is Reviewed.SAMPLE:
        pool = sorted(made.path for made in found)
        return random.Random(plan.seed).sample(pool, min(plan.count, len(pool)))
    return [made.path for made in sorted(found, key=doubt_first)]


def sizes(document: Document, results: Results, choices: Sequence[Choice], reader: str) -> dict[Choice, int]:
    """Return how many images each choice has, in one pass."""
    sure_from = _thresholds(results, choices)
    counted = Counter(choice for made in results for choice in _choices_of(document, made, reader, sure_from))
    return {choice: counted[choice] for choice in choices}


def _thresholds(results: Results, choices: Sequence[Choice]) -> dict[float, float]:
    """Return the confidence from which predictions need no check, by the share of errors that is allowed."""
    report = results.report
    allowed = [value for reviewed, value in choices if reviewed is Reviewed.TO_CHECK and isinstance(value, float)]
    return {share: math.inf if report is None else accepting_confidence(report, share) for share in allowed}


def _choices_of(document: Document, made: BinPrediction, reader: str, sure_from: Mapping[float, float]) -> list[Choice]:
    """Return the choices that an image belongs to.

    None of an image that cannot be read, or is an example. What somebody labelled is reviewed by another reader, or
    where it is marked for a second look.
    """
    if made.status is Status.ERROR or document.bin_of(made.path) is not None:
        return []
    labels = document.labels_of(made.path)
    found: list[Choice] = [(Reviewed.FLAGGED, None)] if any(label.is_flagged for label in labels) else []
    said_by = {label.reader for label in labels if label.is_decided}
    if said_by:
        return found if reader in said_by else [*found, (Reviewed.OTHERS, None)]
    is_unlike, confidence = made.status is Status.UNKNOWN, made.confidence
    found += [(Reviewed.ALL, None), (Reviewed.SAMPLE, None)]
    found.append((Reviewed.UNLIKE, None) if is_unlike else (Reviewed.CLASS, made.bin_id))
    found += [(Reviewed.TO_CHECK, share) for share, least in sure_from.items() if is_unlike or confidence < least]
    return found


def doubt_first(made: BinPrediction) -> tuple[bool, float, str]:
    """Sort unlike images first, then the least sure; equal ones by name."""
    return made.status is not Status.UNKNOWN, made.confidence, str(made.path)


class ReviewQueue:
    """Images one after the other, with a place in them; those behind it may be sorted anew."""

    def __init__(self, images: Sequence[Path]) -> None:
        self._images, self._at = list(images), 0

    def __len__(self) -> int:
        return len(self._images)

    @property
    def place(self) -> int:
        """The place of the current image, from 0; the number of images at the end."""
        return self._at

    @property
    def current(self) -> Path | None:
        """The image that is being looked at; None at the end."""
        return self._images[self._at] if self._at < len(self._images) else None

    def go_on(self) -> None:
        """Go to the next image, or to the end."""
        self._at = min(self._at + 1, len(self._images))

    def go_back(self) -> None:
        """Go to the image before, or stay at the first."""
        self._at = max(self._at - 1, 0)

    def go_to(self, path: Path | None) -> None:
        """Go to an image of the queue; stay where it is None."""
        if path is not None:
            self._at = self._images.index(path)

    def sort_the_rest(self, key: Callable[[Path], object]) -> None:
        """Sort the images behind the current one."""
        rest = self._images[self._at + 1 :]
        self._images[self._at + 1 :] = sorted(rest, key=key)  # type: ignore[arg-type]


def readers_of(document: Document) -> list[str]:
    """Return everybody who labelled an image, in alphabetical order."""
    return sorted({label.reader for labels in document.board.labels.values() for label in labels if label.is_decided})


def agreement_of(document: Document, first: str, second: str) -> Agreement:
    """Compare what two readers say of the images that both labelled."""
    pairs = []
    for labels in document.board.labels.values():
        said = {label.reader: label for label in labels if label.is_decided}
        if first in said and second in said:
            pairs.append((said[first].bin_id, said[second].bin_id))
    return agreement([one for one, _ in pairs], [other for _, other in pairs])


def is_right(label: Label) -> bool:
    """Whether the prediction said what the label says; None stands for "unlike every bin" and "none of these"."""
    return label.predicted == label.bin_id
