"""The tables of what was derived from a project: predictions, training report, classifier. Free of Qt."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from fewshot_gui.project.store import ProjectStore, decode_path, translated_errors
from fewshot_gui.project.values import BinPrediction
from model.types import ExampleReport, Region, Status, TrainingReport

_log = logging.getLogger(__name__)
_STATUS = {status.value: status for status in Status}


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

    def relocated(self, moved: Mapping[Path, Path]) -> Training:
        """Return the training with the old paths among `moved` replaced by the new."""

        def here(path: Path) -> Path:
            return moved.get(path, path)

        report = replace(
            self.report,
            examples=tuple(replace(known, path=here(known.path)) for known in self.report.examples),
            unreadable=tuple((here(path), reason) for path, reason in self.report.unreadable),
            duplicates=tuple((here(path), reason) for path, reason in self.report.duplicates),
        )
        left_out = {here(path): bin_id for path, bin_id in self.left_out.items()}
        return replace(self, report=report, left_out=left_out)


@dataclass(frozen=True)
class StoredResults:
    """What a project file holds beside the board: predictions in the order of their rows, and a training."""

    predictions: Sequence[BinPrediction] = ()
    training: Training | None = None


class DerivedTables:
    """Reads and writes the derived tables of an open project; raises `ProjectError` as the store does."""

    def __init__(self, store: ProjectStore) -> None:
        self._store = store
        self._connection = store.connection

    def load(self) -> StoredResults:
        """Return all of it."""
        return StoredResults(self._load_predictions(), self._load_training())

    def _load_predictions(self) -> list[BinPrediction]:
        with translated_errors(self._store.path):
            runs = {
                run: (revision, tuple(json.loads(bin_ids)))
                for run, revision, bin_ids in self._connection.execute("SELECT * FROM runs")
            }
            rows = self._connection.execute(
                "SELECT path, run, status, predicted, message, scores, region FROM predictions ORDER BY row"
            ).fetchall()
        # One document of all rows: there may be 100,000, and a call for each takes ten times as long.
        numbers = json.loads(f"[{','.join(f'[{scores},{region}]' for *_, scores, region in rows)}]")
        return [
            BinPrediction(
                path=decode_path(path),
                status=_STATUS[status],
                bin_id=runs[run][1][predicted] if predicted >= 0 else None,
                scores=tuple(scores),
                bin_ids=runs[run][1],
                region=Region(*box) if box else None,
                message=message,
                revision=runs[run][0],
            )
            for (path, run, status, predicted, message, *_), (scores, box) in zip(rows, numbers, strict=True)
        ]

    def write_predictions(self, rows: Sequence[tuple[int, BinPrediction]]) -> None:
        """Save (row, prediction) pairs, in place of what these rows held.

        They survive a crash of the app at once, one of the machine a little later: predictions
        can be made again, and so need not wait for the disk.
        """
        with self._store.transaction(durable=False):
            self._store.register_files(made.path for _, made in rows)
            runs = {run: self._run_id(*run) for run in {(made.revision, made.bin_ids) for _, made in rows}}
            self._connection.executemany(
                "INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        row,
                        os.fsencode(made.path),
                        runs[made.revision, made.bin_ids],
                        made.status.value,
                        -1 if made.bin_id is None else made.bin_ids.index(made.bin_id),
                        json.dumps(made.scores),
                        json.dumps(_box(made.region)),
                        _storable(made.message),
                    )
                    for row, made in rows
                ),
            )

    def clear_predictions(self) -> None:
        """Delete all predictions."""
        with self._store.transaction():
            self._connection.execute("DELETE FROM predictions")
            self._connection.execute("DELETE FROM runs")

    def _load_training(self) -> Training | None:
        with translated_errors(self._store.path):
            row = self._connection.execute("SELECT revision, bin_ids, report, left_out FROM training").fetchone()
        if row is None:
            return None
        revision, bin_ids, report, left_out = row
        try:
            return Training(
                revision,
                tuple(json.loads(bin_ids)),
                _decode_report(json.loads(report)),
                {Path(path): bin_id for path, bin_id in json.loads(left_out).items()},
            )
        except (KeyError, TypeError, ValueError):
            # A training can be repeated; the bins must not be kept from opening for its sake.
            _log.exception("The training report in this project cannot be read; it is left out")
            return None

    def write_training(self, training: Training, files: Mapping[str, bytes]) -> None:
        """Save a training and its classifier's files (name -> content) in place of the last."""
        with self._store.transaction():
            self._connection.execute("DELETE FROM classifier_files")
            self._connection.executemany("INSERT INTO classifier_files VALUES (?, ?)", files.items())
            self._insert_training(training)

    def write_report(self, training: Training) -> None:
        """Save a training again whose report has changed; the classifier stays."""
        with self._store.transaction():
            self._insert_training(training)

    def classifier_files(self) -> dict[str, bytes]:
        """Return the classifier's files, name -> content; empty before the first training."""
        with translated_errors(self._store.path):
            return dict(self._connection.execute("SELECT name, content FROM classifier_files ORDER BY name"))

    def _run_id(self, revision: int, bin_ids: tuple[str, ...]) -> int:
        key = (revision, json.dumps(bin_ids))
        execute = self._connection.execute
        row = execute("SELECT id FROM runs WHERE revision = ? AND bin_ids = ?", key).fetchone()
        if row is None:
            row = execute("INSERT INTO runs (revision, bin_ids) VALUES (?, ?) RETURNING id", key).fetchone()
        return int(row[0])

    def _insert_training(self, training: Training) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO training VALUES (1, ?, ?, ?, ?)",
            (
                training.revision,
                json.dumps(training.bin_ids),
                # json escapes what is not ASCII, and so also the bytes of a path that are not text.
                json.dumps(asdict(training.report), default=str),
                json.dumps({str(path): bin_id for path, bin_id in training.left_out.items()}),
            ),
        )


def _decode_report(fields: dict[str, Any]) -> TrainingReport:
    interval = fields["accuracy_interval"]
    return TrainingReport(
        class_names=tuple(fields["class_names"]),
        examples=tuple(ExampleReport(**{**example, "path": Path(example["path"])}) for example in fields["examples"]),
        unreadable=tuple((Path(path), reason) for path, reason in fields["unreadable"]),
        duplicates=tuple((Path(path), reason) for path, reason in fields["duplicates"]),
        leave_one_out_accuracy=fields["leave_one_out_accuracy"],
        accuracy_interval=None if interval is None else (interval[0], interval[1]),
        steps=fields["steps"],
        converged=fields["converged"],
        seconds=fields["seconds"],
        gain_of_doubling=fields.get("gain_of_doubling"),  # reports of before have none
        learning_curve=tuple((float(shots), float(accuracy)) for shots, accuracy in fields.get("learning_curve", ())),
        losses=tuple(fields["losses"]),
    )


def _box(region: Region | None) -> tuple[int, int, int, int] | None:
    return (region.x, region.y, region.width, region.height) if region else None


def _storable(text: str) -> str:
    """Return `text`, which may name a file whose name is not text, as SQLite can hold it."""
    return text.encode("utf-8", "replace").decode("utf-8")
