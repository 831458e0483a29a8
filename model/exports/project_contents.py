"""What reports and exports tell of a project, read from its file. Needs neither torch nor Qt."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from model.errors import CheckpointError
from model.estimates.report_json import check_classes, report_from_json
from model.messages import message
from model.project_file import has_table, opened_project
from model.project_file.boxes import read_boxes
from model.project_file.identity import identity_of
from model.project_file.record import RecordCheck, check_project
from model.project_file.staleness import bins_changed, boxes_changed, is_out_of_date
from model.types import Attend, Region, Status, TrainingReport

GREY = "#8a8f98"
"""The colour of a class without a bin."""

PERSON = "person"
"""Who says of which class an example is."""

__all__ = [
    "GREY",
    "PERSON",
    "ProjectContents",
    "RecordCheck",
    "ResultRow",
    "SaidOfImage",
    "check_project",
    "read_project",
]

_COLOR = re.compile("#[0-9a-f]{6}")
_STATUS = {status.value: status for status in Status}


@dataclass(frozen=True)
class SaidOfImage:
    """What a reader says of an image: a class by its id, None for none of these; what was predicted then."""

    reader: str
    class_id: str | None
    given_at: str
    predicted: str | None


@dataclass(frozen=True)
class ResultRow:
    """The result of one image; classes by their ids.

    scores: probability of each class that the classifier knew, by id
    steadiness: of the region, 0..1; None where it is not known
    said: what readers say, the latest last
    classifier: SHA-256 of the classifier that made it, by which the record knows its examples; "" where not known
    bin_id: the bin that the image is an example of; None where it is in none
    """

    path: Path
    status: Status
    class_id: str | None
    scores: dict[str, float]
    region: Region | None
    message: str
    revision: int
    steadiness: float | None = None
    said: tuple[SaidOfImage, ...] = ()
    classifier: str = ""
    bin_id: str | None = None

    @property
    def is_of_one_class(self) -> bool:
        """Whether the classifier knew a single class, whose region is what is most unlike it."""
        return len(self.scores) == 1

    @property
    def label(self) -> SaidOfImage | None:
        """What counts of what people say: the bin that the image is in now, else what a reader said last.

        Where a reader says the same as the bin, it is the reader's word.
        """
        last = self.said[-1] if self.said else None
        if self.bin_id is None or (last is not None and last.class_id == self.bin_id):
            return last
        return SaidOfImage(PERSON, self.bin_id, "", None)

    @property
    def confidence(self) -> float | None:
        """Probability of the class predicted; None without one."""
        return None if self.class_id is None else self.scores.get(self.class_id)

    @property
    def short_classifier(self) -> str:
        """The short name of the classifier that made it, as tables have it; "" where not known."""
        return f"c{self.classifier[:12]}" if self.classifier else ""


@dataclass(frozen=True)
class ProjectContents:
    """A project as reports and exports need it.

    names, colors: of each class by its id, in the order of the bins
    examples: images of each bin
    trained: ids of the classes that the last training knew, in its order; `report` is its report, None before the first
    facts: what the classifier's file says of itself; {} without one
    identity: a short name of the classifier; "" without one
    record_head: hash of the last of the record's entries, which anchors all of them; "" where there is none
    record_entries: how many there are
    trained_on: the bin of each image that the last training had, those that it could not use included
    boxes: where images show their class and where not; only images that have boxes
    images: all examples and all results, whatever `results` holds of them; by these hidden names are told apart
    """

    path: Path
    names: dict[str, str]
    colors: dict[str, str]
    examples: dict[str, tuple[Path, ...]]
    trained: tuple[str, ...]
    trained_revision: int
    report: TrainingReport | None
    results: tuple[ResultRow, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    identity: str = ""
    record_head: str = ""
    record_entries: int = 0
    trained_on: dict[Path, str | None] = field(default_factory=dict)
    boxes: dict[Path, Attend] = field(default_factory=dict)
    images: tuple[Path, ...] = ()

    @cached_property
    def is_changed_since_training(self) -> bool:
        """Whether the bins hold other examples, or these other boxes, than the last training had."""
        if self.report is None:
            return False
        now = {path: class_id for class_id, paths in self.examples.items() for path in paths}
        drawn = {one.path: one.attend for one in self.report.examples}
        return bins_changed(self.trained_on, len(now), now.get) or boxes_changed(drawn, self.boxes)

    def is_stale(self, row: ResultRow) -> bool:
        """Whether a result was made by an earlier classifier, or the bins changed since."""
        at = None if self.report is None else self.trained_revision
        return is_out_of_date(row.revision, at, changed=self.is_changed_since_training)


def read_project(path: Path) -> ProjectContents:
    """Read a project, which may be open in the window. Raises `CheckpointError` where that cannot be done."""
    try:
        with opened_project(path, "bins", "examples", "runs", "predictions", "training", "classifier_files") as file:
            return _read(path, file)
    except (KeyError, TypeError, ValueError, IndexError, RecursionError, OverflowError) as error:
        raise CheckpointError(
            message("{path} is damaged ({error}). Open it in the window to recover it.", path=path, error=error)
        ) from error


def _read(path: Path, file: sqlite3.Connection) -> ProjectContents:
    bins = file.execute("SELECT id, name, color FROM bins ORDER BY position").fetchall()
    examples: dict[str, list[Path]] = {bin_id: [] for bin_id, _, _ in bins}
    for where, bin_id in file.execute("SELECT path, bin_id FROM examples ORDER BY rank"):
        examples[bin_id].append(_path(where))
    names = {bin_id: str(name) for bin_id, name, _ in bins}
    colors = {bin_id: color if _COLOR.fullmatch(str(color)) else GREY for bin_id, _, color in bins}
    report: TrainingReport | None = None
    trained: tuple[str, ...] = ()
    revision = -1
    trained_on: dict[Path, str | None] = {}
    row = file.execute("SELECT revision, bin_ids, report, left_out FROM training").fetchone()
    if row is not None:
        revision, trained, report = int(row[0]), tuple(map(str, json.loads(row[1]))), report_from_json(row[2])
        check_classes(report, min(len(trained), len(report.class_names)))
        trained_on = {Path(where): bin_id for where, bin_id in dict(json.loads(row[3])).items()}
        trained_on |= {one.path: trained[one.class_index] for one in report.examples}
        for class_id, name in zip(trained, report.class_names, strict=True):
            names.setdefault(class_id, str(name))
    facts, identity = _classifier(file)
    results = tuple(_results(file, {path: bin_id for bin_id, paths in examples.items() for path in paths}))
    for result in results:
        for known in (*result.scores, result.class_id, *(said.class_id for said in result.said)):
            if known is not None:
                names.setdefault(known, known[:8])
    kept = {bin_id: tuple(paths) for bin_id, paths in examples.items()}
    end = _end_of_record(file)
    images = (*(path for paths in kept.values() for path in paths), *(row.path for row in results))
    return ProjectContents(
        *(path, names, colors, kept, trained, revision, report, results, facts, identity, *end),
        trained_on=trained_on,
        boxes=read_boxes(file),
        images=images,
    )


def _end_of_record(file: sqlite3.Connection) -> tuple[str, int]:
    if not has_table(file, "record"):
        return "", 0
    row = file.execute("SELECT hash, number FROM record ORDER BY number DESC LIMIT 1").fetchone()
    return ("", 0) if row is None else (str(row[0]), int(row[1]))


def _classifier(file: sqlite3.Connection) -> tuple[dict[str, Any], str]:
    row = file.execute("SELECT content FROM classifier_files WHERE name = 'classifier.json'").fetchone()
    if row is None or not isinstance(row[0], bytes):
        return {}, ""
    facts = json.loads(row[0])
    return (facts if isinstance(facts, dict) else {}), identity_of(row[0])


def _results(file: sqlite3.Connection, bins: Mapping[Path, str]) -> list[ResultRow]:
    said: dict[bytes, list[SaidOfImage]] = {}
    if has_table(file, "labels"):
        query = "SELECT path, reader, bin_id, given_at, predicted FROM labels WHERE source != 'open' ORDER BY given_at"
        for where, reader, class_id, given_at, predicted in file.execute(query):
            said.setdefault(where, []).append(SaidOfImage(str(reader), class_id, str(given_at), predicted))
    runs = {
        run: (int(revision), tuple(map(str, json.loads(bin_ids))))
        for run, revision, bin_ids in file.execute("SELECT id, revision, bin_ids FROM runs")
    }
    origins: dict[int, str] = {}
    if has_table(file, "run_origins"):
        origins = {run: str(made_by) for run, made_by in file.execute("SELECT run, classifier FROM run_origins")}
    results = []
    columns = "path, run, status, predicted, scores, region, message"
    for where, run, status, predicted, scores, region, told in file.execute(
        f"SELECT {columns} FROM predictions ORDER BY row"  # noqa: S608 - our own words
    ):
        revision, bin_ids = runs[run]
        values = [float(score) for score in json.loads(scores)]
        if not all(0 <= value <= 1 for value in values):
            raise ValueError(message("a probability that is none"))
        box = json.loads(region)
        path = _path(where)
        results.append(
            ResultRow(
                path,
                _STATUS[status],
                bin_ids[predicted] if predicted >= 0 else None,
                dict(zip(bin_ids, values, strict=bool(values))),
                Region(*map(int, box[:4])) if box else None,
                str(told),
                revision,
                float(box[4]) if box and len(box) > 4 else None,
                tuple(said.get(where, ())),
                origins.get(run, ""),
                bins.get(path),
            )
        )
    return results


def _path(where: object) -> Path:
    if not isinstance(where, bytes):
        raise TypeError("a path that is none")
    return Path(os.fsdecode(where))
