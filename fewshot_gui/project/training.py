"""A training as the project keeps it, and its row in the project file. Free of Qt."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from model.estimates.report_json import check_classes, report_from_json, report_to_json
from model.types import Attend, TrainingReport

Row = tuple[int, str, str, str]
"""What a training is in the file: revision, and bin ids, report and left-out images as JSON."""


@dataclass(frozen=True, slots=True)
class ExampleVerdict:
    """What training learnt about an example.

    `weight` is its share in its bin's description (1.0: average). `predicted_bin_id` and
    `confidence` (0..1) come from leaving it out: where that is another bin than `bin_id`, the one
    it was in for training, the example may be in the wrong one. None where there is no other bin, or
    it cannot be left out. `group` is the number of those that it was left out with; None: it is alone.
    """

    bin_id: str
    weight: float
    predicted_bin_id: str | None
    confidence: float
    group: int | None = None

    @property
    def agrees(self) -> bool:
        """Whether the other examples put it into the bin it was in."""
        return self.predicted_bin_id == self.bin_id


@dataclass(frozen=True)
class Training:
    """A training: the document revision it saw, its classes as bin ids, and what it reported.

    `left_out` says in which bin the images were that it could not use (path -> bin id).
    """

    revision: int
    bin_ids: tuple[str, ...]
    report: TrainingReport
    left_out: Mapping[Path, str | None]

    @property
    def examples(self) -> dict[Path, str | None]:
        """The bins' content that this is the training of: path -> bin id."""
        used = {known.path: self.bin_ids[known.class_index] for known in self.report.examples}
        return {**self.left_out, **used}

    @property
    def boxes(self) -> dict[Path, Attend]:
        """The boxes of each example that it used."""
        return {known.path: known.attend for known in self.report.examples}

    @property
    def remarks(self) -> dict[Path, tuple[str, ...]]:
        """What should be known of the boxes on some examples: sentences by file."""
        found: dict[Path, tuple[str, ...]] = {}
        for path, remark in self.report.remarks:
            found[path] = (*found.get(path, ()), remark)
        return found

    @property
    def verdicts(self) -> dict[Path, ExampleVerdict]:
        """What it learnt about each example that it used."""
        verdicts = {}
        for known in self.report.examples:
            can_tell = known.predicted >= 0 and len(self.bin_ids) > 1
            predicted = self.bin_ids[known.predicted] if can_tell else None
            bin_id = self.bin_ids[known.class_index]
            verdicts[known.path] = ExampleVerdict(bin_id, known.weight, predicted, known.confidence, known.group)
        return verdicts

    def relocated(self, moved: Mapping[Path, Path]) -> Training:
        """Return the training with the old paths among `moved` replaced by the new."""

        def here(path: Path) -> Path:
            return moved.get(path, path)

        report = replace(
            self.report,
            examples=tuple(replace(known, path=here(known.path)) for known in self.report.examples),
            unreadable=tuple((here(path), reason) for path, reason in self.report.unreadable),
            duplicates=tuple((here(path), reason) for path, reason in self.report.duplicates),
            in_two_bins=tuple((here(one), here(other)) for one, other in self.report.in_two_bins),
            remarks=tuple((here(path), remark) for path, remark in self.report.remarks),
        )
        left_out = {here(path): bin_id for path, bin_id in self.left_out.items()}
        return replace(self, report=report, left_out=left_out)


def encode_training(training: Training) -> Row:
    """Return the training as a row."""
    return (
        training.revision,
        json.dumps(training.bin_ids),
        report_to_json(training.report),
        json.dumps({str(path): bin_id for path, bin_id in training.left_out.items()}),
    )


def decode_training(row: Row) -> Training:
    """Return the training of a row; raises `KeyError`, `TypeError` or `ValueError` when it is none."""
    revision, bin_ids, report, left_out = row
    training = Training(
        revision,
        tuple(json.loads(bin_ids)),
        report_from_json(report),
        {Path(path): bin_id for path, bin_id in json.loads(left_out).items()},
    )
    check_classes(training.report, len(training.bin_ids))
    return training


def relocate_training(connection: sqlite3.Connection, moved: Mapping[Path, Path]) -> None:
    """Have the file's training, if there is one, name files by their new paths; inside a transaction."""
    row = connection.execute("SELECT revision, bin_ids, report, left_out FROM training").fetchone()
    if row is None:
        return
    try:
        training = decode_training(row)
    except (KeyError, TypeError, ValueError):
        return  # it is left out when the project is opened, too
    connection.execute("UPDATE training SET report = ?, left_out = ?", encode_training(training.relocated(moved))[2:])
