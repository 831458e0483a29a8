"""The review of results by a person: which images, in what order, and how far it is. Free of Qt."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
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


def chosen_images(document: Document, results: Results, plan: ReviewPlan) -> list[Path]:
    """Return the images of a review in its order: the most doubtful first, or at random.

    Left out are images that cannot be read, examples, and those that are labelled, by the reader where others are
    reviewed.
    """
    found = [made for made in results if _is_open(document, made, plan)]
    if plan.reviewed is Reviewed.SAMPLE:
        pool = sorted(made.path for made in found)
        return random.Random(plan.seed).sample(pool, min(plan.count, len(pool)))
    wanted = _condition(results, plan)
    return [made.path for made in sorted(filter(wanted, found), key=doubt_first)]


def sizes(
    document: Document, results: Results, choices: Sequence[tuple[Reviewed, object]], reader: str
) -> dict[tuple[Reviewed, object], int]:
    """Return how many images each choice has, in one pass; a share of errors or a bin's id comes with a choice."""
    report = results.report
    counts: dict[tuple[Reviewed, object], int] = dict.fromkeys(choices, 0)
    sure_from = {
        value: math.inf if report is None else accepting_confidence(report, value)
        for reviewed, value in choices
        if reviewed is Reviewed.TO_CHECK and isinstance(value, float)
    }
    for made in results:
        if made.status is Status.ERROR or document.bin_of(made.path) is not None:
            continue
        labels = document.labels_of(made.path)
        said_by = {label.reader for label in labels if label.is_decided} if labels else set()
        found: list[tuple[Reviewed, object]] = []
        if any(label.is_flagged for label in labels):
            found.append((Reviewed.FLAGGED, None))
        if said_by:
            found += [] if reader in said_by else [(Reviewed.OTHERS, None)]
        else:
            found += [(Reviewed.ALL, None), (Reviewed.SAMPLE, None)]
            is_unlike = made.status is Status.UNKNOWN
            found.append((Reviewed.UNLIKE, None) if is_unlike else (Reviewed.CLASS, made.bin_id))
            confidence = made.confidence
            found += [(Reviewed.TO_CHECK, v) for v, least in sure_from.items() if is_unlike or confidence < least]
        for choice in found:
            if choice in counts:
                counts[choice] += 1
    return counts


def _is_open(document: Document, made: BinPrediction, plan: ReviewPlan) -> bool:
    if made.status is Status.ERROR or document.bin_of(made.path) is not None:
        return False
    labels = document.labels_of(made.path)
    if plan.reviewed is Reviewed.FLAGGED:
        return any(label.is_flagged for label in labels)
    said_by = {label.reader for label in labels if label.is_decided}
    if plan.reviewed is Reviewed.OTHERS:
        return bool(said_by) and plan.reader not in said_by
    return not said_by


def _condition(results: Results, plan: ReviewPlan) -> Callable[[BinPrediction], bool]:
    if plan.reviewed is Reviewed.UNLIKE:
        return lambda made: made.status is Status.UNKNOWN
    if plan.reviewed is Reviewed.CLASS:
        return lambda made: made.status is Status.OK and made.bin_id == plan.bin_id
    if plan.reviewed is Reviewed.TO_CHECK:
        report = results.report
        sure_from = math.inf if report is None else accepting_confidence(report, plan.allowed)
        return lambda made: made.status is Status.UNKNOWN or made.confidence < sure_from
    return lambda _: True


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
