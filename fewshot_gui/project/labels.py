"""Labels: what people say that images show, apart from the bins. Free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class LabelSource(StrEnum):
    """How a label came about."""

    ACCEPTED = "accepted"  # the person agreed with the prediction
    CORRECTED = "corrected"  # the person said something else, or there was no prediction
    OPEN = "open"  # nothing is said yet; the image is to be looked at once more


@dataclass(frozen=True, slots=True)
class Label:
    """What one reader says of an image.

    reader: who says it
    bin_id: the bin that the image belongs to, which may be gone since; None: none of these, or `OPEN`
    note: why it is to be looked at once more; None: it is not
    given_at: when, in UTC, "2026-11-29T02:40:11.000000Z"
    answered: the note with which it was marked for a second look before the reader answered; None: it was not
    predicted, confidence, revision: what the classifier said then: bin id (None: unlike every bin), probability
        0..1, and the revision of the bins that it was trained on
    """

    reader: str
    source: LabelSource
    bin_id: str | None
    note: str | None
    given_at: str
    predicted: str | None = None
    confidence: float = 0.0
    revision: int = 0
    answered: str | None = None

    @property
    def is_decided(self) -> bool:
        """Whether it says what the image shows."""
        return self.source is not LabelSource.OPEN

    @property
    def is_flagged(self) -> bool:
        """Whether the image is to be looked at once more."""
        return self.note is not None

    def as_row(self) -> tuple[Any, ...]:
        """Return the columns of the project file's table, without the path."""
        return (
            self.reader, self.source.value, self.bin_id, self.note, self.given_at, self.predicted, self.confidence,
            self.revision, self.answered,
        )  # fmt: skip

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> Label:
        """Return the label of such columns; raises `TypeError` or `ValueError` where they are none."""
        reader, source, bin_id, note, given_at, predicted, confidence, revision, answered = row
        texts = (reader, given_at, *(text for text in (bin_id, note, predicted, answered) if text is not None))
        if not all(isinstance(text, str) for text in texts) or not 0 <= float(confidence) <= 1:
            raise ValueError("a label of other values")
        return cls(
            reader, LabelSource(source), bin_id, note, given_at, predicted, float(confidence), int(revision), answered
        )


def in_order(labels: Iterable[Label]) -> tuple[Label, ...]:
    """Return the labels of an image as they are kept: the latest last."""
    return tuple(sorted(labels, key=lambda label: (label.given_at, label.reader)))


def final_label(labels: Sequence[Label]) -> Label | None:
    """Return the label that counts: the latest that says what the image shows; None where none does."""
    return next((label for label in reversed(labels) if label.is_decided), None)


def now() -> str:
    """Return the time as labels have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
