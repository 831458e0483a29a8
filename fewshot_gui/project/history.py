"""What the record of a project tells: its trainings, and what was said of an image. Free of Qt."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fewshot_gui.project import archive, record
from fewshot_gui.project.changed import ChangedImages, changed_between
from fewshot_gui.project.disk import decode_path, translated_errors
from fewshot_gui.project.record import Entry
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.training import Training, decode_training

NAMED = 200
"""Images that are named one by one where there may be very many."""


@dataclass(frozen=True)
class PastTraining:
    """A training as the record has it.

    number: of its entry
    bins: name and examples of each bin by its id; an example is known by the SHA-256 of its content
    accuracy, interval: the estimate from the examples alone, 0..1, and its 95 % interval; None where there is none
    is_kept: whether its classifier can be used again without training
    """

    number: int
    at: str
    who: str
    classifier: str
    backbone: str
    bins: Mapping[str, tuple[str, tuple[str, ...]]]
    accuracy: float | None
    interval: tuple[float, float] | None
    is_kept: bool

    @property
    def examples(self) -> dict[str, str]:
        """The bin id of each example, by the SHA-256 of its content."""
        return {hash_: bin_id for bin_id, (_, hashes) in self.bins.items() for hash_ in hashes}


@dataclass(frozen=True)
class Comparison:
    """What differs between two trainings.

    came, gone: examples of the second alone and of the first alone, by the SHA-256 of their content
    moved: examples of both that are in another bin
    changed: images of results whose class is another; None where one of the classifiers classified nothing
    """

    first: PastTraining
    second: PastTraining
    came: tuple[str, ...]
    gone: tuple[str, ...]
    moved: tuple[str, ...]
    changed: ChangedImages | None


@dataclass(frozen=True)
class Said:
    """What is known of an image: the entries that name it, and whence its prediction is.

    classifier: SHA-256 of the one that made its prediction; "" where it has none, or it is not known
    training, run: the entries of that classifier and of the run; None where the record has none
    as_example: the trainings that it was an example of, with the bin's name
    """

    path: Path
    entries: tuple[Entry, ...]
    classifier: str
    predicted: str | None
    training: PastTraining | None
    run: Entry | None
    as_example: tuple[tuple[PastTraining, str], ...]


class History:
    """Reads the record of an open project; every method raises `ProjectError` where the file cannot be read."""

    def __init__(self, store: ProjectStore) -> None:
        self._store = store

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._store.connection

    def head(self) -> tuple[int, str]:
        """Return how many entries there are, and the hash of the last."""
        with translated_errors(self._store.path):
            return record.head(self._connection)

    def stored(self) -> tuple[int, int]:
        """Return how many classifiers are kept, and how many bytes they take."""
        with translated_errors(self._store.path):
            return archive.stored_bytes(self._connection)

    def trainings(self) -> list[PastTraining]:
        """Return all trainings, the earliest first."""
        with translated_errors(self._store.path):
            kept = archive.kept_hashes(self._connection)
            return [_training(entry, kept) for entry in record.entries(self._connection, record.TRAINING)]

    def compare(self, first: PastTraining, second: PastTraining) -> Comparison:
        """Say what differs between two trainings."""
        before, after = first.examples, second.examples
        changed: ChangedImages | None = None
        with translated_errors(self._store.path), suppress(zlib.error, struct.error):
            changed = changed_between(self._connection, first.classifier, second.classifier, NAMED)
        return Comparison(
            first,
            second,
            tuple(hash_ for hash_ in after if hash_ not in before),
            tuple(hash_ for hash_ in before if hash_ not in after),
            tuple(hash_ for hash_, bin_id in after.items() if before.get(hash_, bin_id) != bin_id),
            changed,
        )

    def paths_of(self, hashes: Sequence[str]) -> dict[str, Path]:
        """Return the file of each content (SHA-256) that the project knows one of; the one in a bin goes first."""
        found: dict[str, Path] = {}
        with translated_errors(self._store.path):
            known: dict[str, Path] = {}
            rows = self._connection.execute(
                "SELECT content_hash, path FROM files WHERE content_hash IS NOT NULL"
                " ORDER BY path IN (SELECT path FROM examples)"
            )
            for hash_, path in rows:
                known[hash_] = decode_path(path)
        for hash_ in hashes:
            if hash_ in known:
                found[hash_] = known[hash_]
            elif os.path.isabs(hash_):  # an image whose hash was not known stands there with its path
                found[hash_] = Path(hash_)
        return found

    def moved(self) -> dict[Path, Path]:
        """Return where files and folders are now that were found elsewhere: each path of before -> the last."""
        found: dict[str, str] = {}
        with translated_errors(self._store.path):
            for entry in record.entries(self._connection, record.FOUND):
                step = {str(old): str(new) for old, new in entry.what.get("moved", ())}
                found = {old: step.get(new, new) for old, new in found.items()} | step
        return {Path(old): Path(new) for old, new in found.items()}

    def kept_training(self, past: PastTraining) -> tuple[Training, dict[str, bytes]] | None:
        """Return a training and its classifier's files; None where they are not kept any more."""
        with translated_errors(self._store.path):
            files = archive.unpack(self._connection, past.classifier)
        if files is None or archive.REPORT not in files:
            return None
        try:
            training = decode_training(json.loads(files.pop(archive.REPORT)))
        except (KeyError, TypeError, ValueError, RecursionError):
            return None
        return (training, files) if archive.classifier_hash(files) == past.classifier else None

    def said_of(self, path: Path, content_hash: str | None) -> Said:
        """Return what the record says of an image, and whence its prediction is."""
        with translated_errors(self._store.path):
            row = self._connection.execute(
                "SELECT classifier, asked, predicted, bin_ids FROM predictions"
                " JOIN runs ON runs.id = predictions.run LEFT JOIN run_origins ON run_origins.run = runs.id"
                " WHERE path = ?",
                (os.fsencode(path),),
            ).fetchone()
            classifier, run, predicted, bin_ids = row if row is not None else (None, None, -1, "[]")
            bins = json.loads(bin_ids)
            entries = record.entries_of_image(self._connection, path)
            runs = record.entries_of_word(self._connection, run) if run else []
            made = self._trainings_of(classifier) if classifier else []
            return Said(
                path,
                tuple(entries),
                classifier or "",
                bins[predicted] if 0 <= predicted < len(bins) else None,
                made[-1] if made else None,
                next((entry for entry in runs if entry.kind == record.RUN), None),
                tuple(self._as_example({os.fspath(path), content_hash or os.fspath(path)})),
            )

    def _trainings_of(self, classifier: str) -> list[PastTraining]:
        kept = archive.kept_hashes(self._connection)
        found = record.entries_of_word(self._connection, classifier)
        return [_training(entry, kept) for entry in found if entry.kind == record.TRAINING]

    def _as_example(self, names: set[str]) -> list[tuple[PastTraining, str]]:
        kept = archive.kept_hashes(self._connection)
        texts = tuple(json.dumps(name) for name in names)  # as they stand in an entry
        found = []
        for entry in record.entries_with(self._connection, record.TRAINING, texts):
            past = _training(entry, kept)
            found += [(past, name) for name, examples in past.bins.values() if not names.isdisjoint(examples)]
        return found


def _training(entry: Entry, kept: frozenset[str]) -> PastTraining:
    what: Mapping[str, Any] = entry.what
    interval = what.get("interval")
    return PastTraining(
        entry.number,
        entry.at,
        entry.who,
        str(what.get("classifier", "")),
        str(what.get("backbone", "")),
        {one["id"]: (one["name"], tuple(known[0] for known in one["examples"])) for one in what.get("bins", ())},
        what.get("accuracy"),
        None if interval is None else (float(interval[0]), float(interval[1])),
        what.get("classifier") in kept,
    )
