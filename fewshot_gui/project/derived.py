"""Tables of derived data: predictions, training report, classifier. Free of Qt."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fewshot_gui.project.disk import decode_path, reading, translated_errors
from fewshot_gui.project.predictions import PredictionRows
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.training import Training, decode_training, encode_training
from fewshot_gui.project.values import BinPrediction
from model.types import Region, Status

_log = logging.getLogger(__name__)
_STATUS = {status.value: status for status in Status}
_AT_ONCE = 1000  # rows: parsing them is one call, during which no other thread runs, 2 ms


@dataclass(frozen=True)
class StoredResults:
    """The derived data of a project file: predictions and a training. `Results` takes the predictions over."""

    predictions: PredictionRows = field(default_factory=PredictionRows)
    training: Training | None = None


class DerivedTables:
    """Reads and writes the derived tables of an open project; raises `ProjectError` as the store does."""

    def __init__(self, store: ProjectStore) -> None:
        self._store = store

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._store.connection

    def load(self) -> StoredResults:
        """Return all of it."""
        return StoredResults(self._load_predictions(), self._load_training())

    def _load_predictions(self) -> PredictionRows:
        with reading(self._store.path):
            return PredictionRows(self._iter_predictions())

    def _iter_predictions(self) -> Iterator[BinPrediction]:
        runs = {
            run: (revision, tuple(json.loads(bin_ids)))
            for run, revision, bin_ids in self._connection.execute("SELECT * FROM runs")
        }
        rows = self._connection.execute(
            "SELECT path, run, status, predicted, message, scores, region FROM predictions ORDER BY row"
        )
        while some := rows.fetchmany(_AT_ONCE):
            # One document of many rows: there may be 100,000, and a call for each takes ten times as long.
            numbers = json.loads(f"[{','.join(f'[{scores},{region}]' for *_, scores, region in some)}]")
            for (path, run, status, predicted, message, *_), (scores, box) in zip(some, numbers, strict=True):
                revision, bin_ids = runs[run]
                yield BinPrediction(
                    path=decode_path(path),
                    status=_STATUS[status],
                    bin_id=bin_ids[predicted] if predicted >= 0 else None,
                    scores=tuple(scores),
                    bin_ids=bin_ids,
                    region=Region(*box[:4]) if box else None,
                    message=message,
                    revision=revision,
                    steadiness=box[4] if box and len(box) > 4 else None,
                )

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
                        json.dumps(_box(made.region, made.steadiness)),
                        _storable(made.message),
                    )
                    for row, made in rows
                ),
            )

    def _load_training(self) -> Training | None:
        with reading(self._store.path):
            row = self._connection.execute("SELECT revision, bin_ids, report, left_out FROM training").fetchone()
        if row is None:
            return None
        try:
            return decode_training(row)
        except (KeyError, TypeError, ValueError):
            # A training can be repeated; the bins must not be kept from opening for its sake.
            _log.exception("The training report in this project cannot be read; it is left out")
            return None

    def write_training(self, training: Training, files: Mapping[str, bytes]) -> None:
        """Save a training and its classifier's files (name -> content) in place of the last."""
        with self._store.transaction():
            self._connection.execute("DELETE FROM classifier_files")
            self._connection.executemany("INSERT INTO classifier_files VALUES (?, ?)", files.items())
            self._connection.execute(
                "INSERT OR REPLACE INTO training VALUES (1, ?, ?, ?, ?)", encode_training(training)
            )

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


def _box(region: Region | None, steadiness: float | None) -> tuple[float, ...] | None:
    """A region as it is kept: four numbers, and its steadiness where that is known."""
    if region is None:
        return None
    box = (region.x, region.y, region.width, region.height)
    return box if steadiness is None else (*box, round(steadiness, 3))


def _storable(text: str) -> str:
    """Return `text`, which may name a file whose name is not text, as SQLite can hold it."""
    return text.encode("utf-8", "replace").decode("utf-8")
