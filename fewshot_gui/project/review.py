"""The review of results by a person: which images, in what order, and how far it is. Free of Qt."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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


MembersOf = Callable[[Path], tuple[Path, ...]]
"""Returns the images of the stack of near copies that an image is in; () where it is in none."""

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
    with_stacks: whether of each stack of near copies one image is looked at, and its label goes to all of them
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
    with_stacks: bool = False

    @property
    def choice(self) -> Choice:
        """Which results, with what belongs to that."""
        return self.reviewed, {Reviewed.TO_CHECK: self.allowed, Reviewed.CLASS: self.bin_id}.get(self.reviewed)


def chosen_images(
    document: Document, results: Results, plan: ReviewPlan, members_of: MembersOf | None = None
) -> list[Path]:
    """Return the images of a review in its order: the most doubtful first, or at random; see `_choices_of`.

    With `members_of`, of each stack of near copies only the first in that order: in a sample a stack counts once.
    """
    sure_from = _thresholds(results, [plan.choice])
    found = [made for made in results if plan.choice in _choices_of(document, made, plan.reader, sure_from)]
    if plan.reviewed is Reviewed.SAMPLE:
        pool = sorted(made.path for made in found)
        if members_of is not None:
            pool = _one_of_each(pool, members_of)
        return random.Random(plan.seed).sample(pool, min(plan.count, len(pool)))
    ordered = [made.path for made in sorted(found, key=doubt_first)]
    return ordered if members_of is None else _one_of_each(ordered, members_of)


def sizes(
    document: Document,
    results: Results,
    choices: Sequence[Choice],
    reader: str,
    members_of: MembersOf | None = None,
) -> dict[Choice, int]:
    """Return how many images each choice has, in one pass; with `members_of`, a stack counts once."""
    sure_from = _thresholds(results, choices)
    counted: Counter[Choice] = Counter()
    seen: set[tuple[Choice, Path]] = set()
    for made in results:
        stack = members_of(made.path) if members_of is not None else ()
        for choice in _choices_of(document, made, reader, sure_from):
            if stack:
                if (choice, stack[0]) in seen:
                    continue
                seen.add((choice, stack[0]))
            counted[choice] += 1
    return {choice: counted[choice] for choice in choices}


def copies_to_label(
    document: Document, results: Results, path: Path, reader: str, members_of: MembersOf
) -> list[BinPrediction]:
    """Return the predictions of the near copies of an image that get the label which `reader` gives it.

    None of those that are in a bin, and of those that the reader labelled by themselves.
    """
    before = _given_at(document, path, reader)
    copies = [one for one in members_of(path) if one != path and document.bin_of(one) is None]
    found = (results.prediction(one) for one in copies if _given_at(document, one, reader) in (None, before))
    return [made for made in found if made is not None and made.status is not Status.ERROR]


def copies_labelled(document: Document, paths: Iterable[Path], reader: str, members_of: MembersOf) -> int:
    """Return how many near copies of `paths` got their label from `reader` together with them."""
    found = 0
    for path in paths:
        given_at = _given_at(document, path, reader)
        copies = (one for one in members_of(path) if one != path)
        found += sum(given_at is not None and _given_at(document, one, reader) == given_at for one in copies)
    return found


def _given_at(document: Document, path: Path, reader: str) -> str | None:
    """Return when `reader` said what an image shows; None where that is not said."""
    labels = document.labels_of(path)
    return next((said.given_at for said in labels if said.reader == reader and said.is_decided), None)


def _one_of_each(paths: Iterable[Path], members_of: MembersOf) -> list[Path]:
    """Return `paths` without those of a stack that is among them already."""
    found: list[Path] = []
    seen: set[Path] = set()
    for path in paths:
        stack = members_of(path)
        if stack and stack[0] in seen:
            continue
        seen.update(stack[:1])
        found.append(path)
    return found


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
