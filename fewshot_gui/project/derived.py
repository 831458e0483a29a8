"""Tables of derived data: predictions, training report, classifier. Free of Qt."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fewshot_gui.project.archive import (
    FACTS_FILE,
    KEPT_BYTES,
    REPORT,
    Packed,
    classifier_hash,
    drop_beyond,
    keep,
    pack,
)
from fewshot_gui.project.changed import note_changes
from fewshot_gui.project.disk import reading, translated_errors
from fewshot_gui.project.predictions import KEPT_ROW, PredictionRows, Run, made_of
from fewshot_gui.project.record import DROPPED, Draft, append
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.training import Training, decode_training, encode_training
from fewshot_gui.project.values import NO_ORIGIN, BinPrediction, Origin
from model.types import Region, Status

_log = logging.getLogger(__name__)
_RUNS = (
    "SELECT id, revision, bin_ids, ifnull(classifier, ''), ifnull(asked, '')"
    " FROM runs LEFT JOIN run_origins ON run_origins.run = runs.id"
)
_STATUSES = ", ".join(f"'{status.value}'" for status in Status)
_ODD = (
    f"SELECT path, {KEPT_ROW} FROM predictions WHERE status NOT IN ({_STATUSES})"  # noqa: S608
    " OR NOT json_valid(scores) OR json_type(scores) != 'array'"
    " OR region != 'null' AND (NOT json_valid(region) OR json_type(region) != 'array'"
    " OR json_array_length(region) < 4)"
)
"""Rows that may not be what a project holds; SQLite looks at a million in half a second, Python in ten."""

_CLASSES = "SELECT run, max(predicted), count(*) FROM predictions GROUP BY run"
_AT_ONCE = 1000  # rows: fetching them is one call, during which no other thread runs, 1 ms


@dataclass(frozen=True)
class StoredResults:
    """The derived data of a project file: predictions and a training. `Results` takes the predictions over.

    classifier: the SHA-256 of the training's classifier, "" where there is none
    """

    predictions: PredictionRows = field(default_factory=PredictionRows)
    training: Training | None = None
    classifier: str = ""


@dataclass(frozen=True)
class NewTraining:
    """A training that is to be saved: its classifier's files (name -> content), what the record says of it, and the
    files as they are kept for later, within `most_bytes` of all that are kept.
    """

    training: Training
    files: Mapping[str, bytes] = field(repr=False)
    draft: Draft
    packed: Packed = field(repr=False)
    most_bytes: int = KEPT_BYTES


class DerivedTables:
    """Reads and writes the derived tables of an open project; raises `ProjectError` as the store does."""

    def __init__(self, store: ProjectStore) -> None:
        self._store = store

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._store.connection

    def load(self) -> StoredResults:
        """Return all of it."""
        return StoredResults(self._load_predictions(), self._load_training(), self._load_classifier_hash())

    def _load_classifier_hash(self) -> str:
        with reading(self._store.path):
            query = "SELECT name, content FROM classifier_files WHERE name = ?"
            facts = dict(self._connection.execute(query, (FACTS_FILE,)))
            return classifier_hash(facts or self.classifier_files())

    def _load_predictions(self) -> PredictionRows:
        with reading(self._store.path):
            runs = {
                number: Run(revision, tuple(json.loads(bin_ids)), Origin(*origin))
                for number, revision, bin_ids, *origin in self._connection.execute(_RUNS)
            }
            counts = _check_rows(self._connection, runs)
            return PredictionRows.kept(*self._fetch_rows(), runs, counts)

    def _fetch_rows(self) -> tuple[list[bytes], list[str]]:
        paths, rows = list[bytes](), list[str]()
        cursor = self._connection.execute(f"SELECT path, {KEPT_ROW} FROM predictions ORDER BY row")  # noqa: S608
        while some := cursor.fetchmany(_AT_ONCE):
            paths += [path for path, _ in some]
            rows += [row for _, row in some]
        return paths, rows

    def write(
        self,
        predictions: Sequence[tuple[int, BinPrediction]] = (),
        new: NewTraining | None = None,
        drafts: Sequence[Draft] = (),
    ) -> None:
        """Save (row, prediction) pairs, in place of what these rows held, a training, and what the record says of both.

        All of it or, on an error, nothing. Without a training it survives a crash of the app at once, one of the
        machine a little later: predictions can be made again, and so need not wait for the disk.
        """
        with self._store.transaction(durable=new is not None):
            numbers = append(self._connection, drafts)
            self._write_predictions(predictions)
            if new is not None:
                self._write_training(new, numbers.get(id(new.draft)))

    def _write_predictions(self, rows: Sequence[tuple[int, BinPrediction]]) -> None:
        self._store.register_files(made.path for _, made in rows)
        kinds = {(made.revision, made.bin_ids, made.origin) for _, made in rows}
        runs = {kind: self._run_id(*kind) for kind in kinds}
        numbered = [(row, runs[made.revision, made.bin_ids, made.origin], made) for row, made in rows]
        note_changes(self._connection, numbered)
        self._connection.executemany(
            "INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    row,
                    os.fsencode(made.path),
                    run,
                    made.status.value,
                    -1 if made.bin_id is None else made.bin_ids.index(made.bin_id),
                    json.dumps(made.scores),
                    json.dumps(_box(made.region, made.steadiness)),
                    _storable(made.message),
                )
                for row, run, made in numbered
            ),
        )

    def _write_training(self, new: NewTraining, entry: int | None) -> None:
        execute = self._connection.execute
        row = encode_training(new.training)
        hash_ = classifier_hash(new.files)
        if entry is not None and hash_:
            report = pack({REPORT: json.dumps(row).encode()})
            keep(self._connection, hash_, entry, new.packed.joined(report))
            self._drop_beyond(new.most_bytes, hash_, new.draft.who)
        execute("DELETE FROM classifier_files")
        self._connection.executemany("INSERT INTO classifier_files VALUES (?, ?)", new.files.items())
        execute("INSERT OR REPLACE INTO training VALUES (1, ?, ?, ?, ?)", row)

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

    def classifier_files(self) -> dict[str, bytes]:
        """Return the classifier's files, name -> content; empty before the first training."""
        with translated_errors(self._store.path):
            return dict(self._connection.execute("SELECT name, content FROM classifier_files ORDER BY name"))

    def drop_beyond(self, most_bytes: int, in_use: str, who: str) -> None:
        """Throw away the oldest classifiers where all take more than `most_bytes`; the record says which."""
        with self._store.transaction():
            self._drop_beyond(most_bytes, in_use, who)

    def _drop_beyond(self, most_bytes: int, in_use: str, who: str) -> None:
        dropped = drop_beyond(self._connection, most_bytes, in_use)
        if dropped:
            append(self._connection, [Draft(DROPPED, who, {"classifiers": dropped, "most_bytes": most_bytes})])

    def _run_id(self, revision: int, bin_ids: tuple[str, ...], origin: Origin) -> int:
        key = (revision, json.dumps(bin_ids))
        execute = self._connection.execute
        known = execute(_RUNS + " WHERE revision = ? AND bin_ids = ?", key)
        for run, _, _, classifier, asked in known:
            if (classifier, asked) == (origin.classifier, origin.run):
                return int(run)
        row = execute("INSERT INTO runs (revision, bin_ids) VALUES (?, ?) RETURNING id", key).fetchone()
        if origin != NO_ORIGIN:
            execute("INSERT INTO run_origins VALUES (?, ?, ?)", (row[0], origin.classifier, origin.run))
        return int(row[0])


def _check_rows(connection: sqlite3.Connection, runs: Mapping[int, Run]) -> dict[int, int]:
    """Return the number of rows of each run.

    Raises what `made_of` does where it would for any row: now, while the project can still be refused.
    """
    for path, row in connection.execute(_ODD):
        made_of(path, row, runs)
    counts = {}
    for run, predicted, count in connection.execute(_CLASSES):
        if predicted >= len(runs[run].bin_ids):
            raise ValueError("a class that the classifier does not know")
        counts[run] = count
    return counts


def _box(region: Region | None, steadiness: float | None) -> tuple[float, ...] | None:
    """A region as it is kept: four numbers, and its steadiness where that is known."""
    if region is None:
        return None
    box = (region.x, region.y, region.width, region.height)
    return box if steadiness is None else (*box, round(steadiness, 3))


def _storable(text: str) -> str:
    """Return `text`, which may name a file whose name is not text, as SQLite can hold it."""
    return text.encode("utf-8", "replace").decode("utf-8")
