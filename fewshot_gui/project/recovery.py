"""Recovery of what can still be read of a damaged project into a new file. Free of Qt; for worker threads.

The damaged file is copied and never touched. A row that a damaged page hides is looked for from both
ends of its table, by every key that another table or index still has, and in the indexes, which hold
the examples twice more: SQLite reads whatever lies on whole pages.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from fewshot_gui.project.derived import DerivedTables
from fewshot_gui.project.disk import connect, decode_path
from fewshot_gui.project.edits.base import Step
from fewshot_gui.project.edits.bins import InsertBin
from fewshot_gui.project.edits.boxes import SetBoxes
from fewshot_gui.project.edits.examples import InsertExamples
from fewshot_gui.project.edits.files import Identify
from fewshot_gui.project.edits.folders import SetFolders
from fewshot_gui.project.errors import DamagedError, ProjectError
from fewshot_gui.project.labels import Label
from fewshot_gui.project.palette import next_color
from fewshot_gui.project.recovered_record import RecoveredRecord, read_record, write_record
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.training import decode_training
from fewshot_gui.project.values import FileIdentity, ProjectSettings, clean_name, name_key
from model.images.roi import Roi
from model.messages import message, message_n
from model.project_file.boxes import box_of_row, boxes_of_rows
from model.project_file.record import HEAD
from model.types import Attend

Row = tuple[Any, ...]

_HEADER = 100
_HASH = re.compile("[0-9a-f]{64}")
_COLOR = re.compile("#[0-9a-f]{6}")
_COLUMNS_BEFORE_ANSWERS = 9  # of a label's row


@dataclass
class Recovered:
    """What was found of a project; `examples_known` counts those of which at least a trace was found."""

    bins: list[tuple[str, str, str]] = field(default_factory=list)  # id, name, color in their order
    examples: dict[bytes, tuple[str, int]] = field(default_factory=dict)  # path -> bin id, rank
    examples_known: int = 0
    bins_unnamed: int = 0
    folders: list[bytes] = field(default_factory=list)
    files: dict[bytes, FileIdentity] = field(default_factory=dict)
    settings: ProjectSettings = field(default_factory=ProjectSettings)
    revision: int = 0
    runs: list[Row] = field(default_factory=list)
    predictions: list[Row] = field(default_factory=list)
    training: Row | None = None
    classifier: list[tuple[str, bytes]] = field(default_factory=list)
    labels: list[Row] = field(default_factory=list)
    boxes: list[Row] = field(default_factory=list)  # path, is_here, x, y, width, height
    origins: list[Row] = field(default_factory=list)
    record: RecoveredRecord = field(default_factory=RecoveredRecord)

    @property
    def is_empty(self) -> bool:
        """Whether nothing worth a file was found."""
        return not (self.bins or self.folders or self.predictions or self.labels)


def survey(damaged: Path) -> Recovered:
    """Read whatever can be read; raises `DamagedError` when that is nothing, `ProjectError` without a file."""
    with tempfile.TemporaryDirectory(prefix="fewshot-") as folder:
        copy = Path(folder) / "copy"
        try:
            shutil.copyfile(damaged, copy)
            log = damaged.with_name(damaged.name + "-wal")
            if log.exists():
                shutil.copyfile(log, Path(folder) / "copy-wal")
        except OSError as error:
            raise ProjectError(
                message("“{damaged}” cannot be read: {reason}.", damaged=damaged.name, reason=error.strerror or error)
            ) from error
        found = _read(copy)
        if found.is_empty:
            _put_own_first_page(copy, Path(folder) / "whole")
            found = _read(copy)
    if found.is_empty:
        raise DamagedError(
            message("Nothing of “{damaged}” can be read any more. It has not been changed.", damaged=damaged.name)
        )
    return found


def write_recovered(found: Recovered, path: Path, who: str = "") -> None:
    """Save what was found as a project at `path`, in place of what is there. Raises `ProjectError`.

    Its record is that of the damaged file, as far as that could be read, and one entry more, by `who`.
    """
    with ProjectStore.in_memory() as store:
        with store.transaction() as connection:
            write_record(connection, found.record)
        store.write(_steps(found), found.revision + 1)
        store.save_settings(found.settings)
        _write_derived(store, found)
        store.copy_to(path, [found.record.entry(who)])


def _steps(found: Recovered) -> list[Step]:
    steps: list[Step] = [SetFolders((), tuple(map(decode_path, found.folders)))]
    placed: dict[str, list[tuple[int, Path]]] = {bin_id: [] for bin_id, _, _ in found.bins}
    for path, (bin_id, rank) in sorted(found.examples.items(), key=lambda item: item[1][1]):
        placed[bin_id].append((rank, decode_path(path)))
    for position, (bin_id, name, color) in enumerate(found.bins):
        steps += [InsertBin(position, bin_id, name, color), InsertExamples(bin_id, tuple(placed[bin_id]))]
    steps += [SetBoxes(path, Attend(), drawn) for path, drawn in boxes_of_rows(found.boxes).items()]
    return [*steps, Identify({decode_path(path): known for path, known in found.files.items()})]


def _write_derived(store: ProjectStore, found: Recovered) -> None:
    with store.transaction() as connection:
        store.register_files(decode_path(row[1]) for row in found.predictions)
        store.register_files(decode_path(row[0]) for row in found.labels)
        connection.executemany("INSERT OR IGNORE INTO labels VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", found.labels)
        connection.executemany("INSERT INTO runs VALUES (?, ?, ?)", found.runs)
        connection.executemany("INSERT OR IGNORE INTO run_origins VALUES (?, ?, ?)", found.origins)
        for row in found.predictions:
            connection.execute("INSERT OR IGNORE INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        numbers = connection.execute("SELECT row FROM predictions ORDER BY row").fetchall()
        for new, (old,) in enumerate(numbers):  # rows are counted from 0, without gaps
            connection.execute("UPDATE predictions SET row = ? WHERE row = ?", (new, old))
        if found.training is not None and found.classifier:
            connection.execute("INSERT INTO training VALUES (1, ?, ?, ?, ?)", found.training)
            connection.executemany("INSERT INTO classifier_files VALUES (?, ?)", found.classifier)
    DerivedTables(store).load()


def _read(copy: Path) -> Recovered:
    found = Recovered()
    try:
        _make_rank_index_a_table(copy)
        with closing(connect(copy)) as connection:
            connection.execute("PRAGMA cell_size_check = ON")
            tables = _Tables(connection)
            if tables.exist:
                _read_board(tables, found)
                _read_rest(tables, found)
    except (sqlite3.Error, UnicodeError, OverflowError):
        return Recovered() if not found.bins else found
    return found


def _make_rank_index_a_table(copy: Path) -> None:
    """Let the ranks be read where the table of examples is damaged: SQLite reads no index of theirs without that."""
    with suppress(sqlite3.Error), closing(connect(copy)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "INSERT INTO sqlite_schema SELECT 'table', 'ranks', 'ranks', rootpage,"
            " 'CREATE TABLE ranks (rank, path, PRIMARY KEY (rank, path)) WITHOUT ROWID' FROM sqlite_schema"
            " WHERE name = 'sqlite_autoindex_examples_2'"
        )


def _put_own_first_page(copy: Path, whole: Path) -> None:
    """Give a project that has lost its first page, with the places of its tables, that of a new one: all are alike."""
    ProjectStore.create(whole).close()
    content, page = copy.read_bytes(), whole.read_bytes()[:4096]
    pages = len(content) // 4096
    if pages < 2:
        return
    header = bytearray(page)
    header[28:32] = pages.to_bytes(4, "big")
    header[32:40] = bytes(8)  # no free pages: they cannot be told from others
    copy.write_bytes(bytes(header) + content[4096:])
    copy.with_name(copy.name + "-wal").unlink(missing_ok=True)


class _Tables:
    """Reads the tables of a damaged database as far as that goes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        count = connection.execute("PRAGMA page_count").fetchone()[0]
        self._most = 1000 * (count + 1)  # a damaged tree may lead round in circles
        self.exist = bool(self._rows("SELECT 1 FROM sqlite_schema WHERE name = 'examples'"))

    def both_ways(self, columns: str, table: str, key: str, index: str = "") -> list[Row]:
        """Return the rows from both ends of a table, up to what is damaged."""
        source = f"{table} INDEXED BY {index}" if index else table
        rows: dict[Row, None] = {}
        for order in ("ASC", "DESC"):
            query = f"SELECT {columns} FROM {source} ORDER BY {key} {order}"  # noqa: S608 - our own words
            rows.update(dict.fromkeys(self._rows(query)))
        return list(rows)

    def each(self, columns: str, table: str, key: str, values: Iterable[Any]) -> list[Row]:
        """Return the rows with these keys, of which some may be gone."""
        query = f"SELECT {columns} FROM {table} WHERE {key} = ?"  # noqa: S608 - our own words
        return [row for value in values for row in self._rows(query, (value,))]

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        rows: list[Row] = []
        try:
            for row in self._connection.execute(query, values):
                rows.append(row)
                if len(rows) > self._most:
                    break
        except (sqlite3.Error, OverflowError):
            pass  # what came before it is good
        return rows


def _read_board(tables: _Tables, found: Recovered) -> None:
    main = tables.both_ways("path, bin_id, rank", "examples", "path")
    by_bin = tables.both_ways("path, bin_id", "examples", "bin_id, path", "examples_by_bin")
    by_rank = tables.both_ways("path, rank", "ranks", "rank")
    files = tables.both_ways("path, size, content_hash", "files", "path")
    paths = dict.fromkeys(row[0] for row in (*main, *by_bin, *by_rank, *files) if _is_path(row[0]))
    main += tables.each("path, bin_id, rank", "examples", "path", paths)
    files += tables.each("path, size, content_hash", "files", "path", paths)
    bin_of = {path: bin_id for path, bin_id, *_ in (*by_bin, *main) if _is_path(path) and _is_id(bin_id)}
    rank_of = {row[0]: row[-1] for row in (*by_rank, *main) if _is_path(row[0]) and _is_number(row[-1])}
    found.examples_known = len(bin_of.keys() | rank_of.keys())
    _read_bins(tables, found, list(dict.fromkeys(bin_of.values())))
    taken: set[int] = set()
    last = max(rank_of.values(), default=0)
    known_bins = {bin_id for bin_id, _, _ in found.bins}
    for path, bin_id in bin_of.items():
        rank = rank_of.get(path)
        if rank is None or rank in taken:
            last += 1
            rank = last
        taken.add(rank)
        if bin_id in known_bins:
            found.examples[path] = (bin_id, rank)
    found.files = {
        path: FileIdentity(hash_, size)
        for path, size, hash_ in files
        if _is_path(path) and _is_number(size) and isinstance(hash_, str) and _HASH.fullmatch(hash_)
    }
    folders = tables.both_ways("path, position", "folders", "path") + tables.each(
        "path, position", "folders", "path", paths
    )
    places = {path: position for path, position in folders if _is_path(path) and _is_number(position)}
    found.folders = sorted(places, key=lambda path: places[path])


def _read_bins(tables: _Tables, found: Recovered, used: Sequence[str]) -> None:
    """Find the bins; those that only their examples tell of get a name from the training, or "Recovered n"."""
    rows = tables.both_ways("id, name, color, position", "bins", "id")
    rows += tables.each("id, name, color, position", "bins", "id", used)
    placed = {row[0]: row for row in rows if _is_id(row[0]) and isinstance(row[1], str)}
    ordered = sorted(placed.values(), key=lambda row: row[3] if _is_number(row[3]) else len(placed))
    trained = _training_names(tables)
    names: set[str] = set()
    for bin_id, name, color, _ in [*ordered, *((bin_id, "", "", 0) for bin_id in used if bin_id not in placed)]:
        found.bins_unnamed += bin_id not in placed
        wanted = clean_name(name) or trained.get(bin_id, "") or f"Recovered {len(found.bins) + 1}"
        while name_key(wanted) in names:
            wanted += " (2)"
        names.add(name_key(wanted))
        good = isinstance(color, str) and _COLOR.fullmatch(color)
        found.bins.append((bin_id, wanted, color if good else next_color([bin_[2] for bin_ in found.bins])))


def _training_names(tables: _Tables) -> dict[str, str]:
    for row in tables.both_ways("revision, bin_ids, report, left_out", "training", "only"):
        try:
            training = decode_training(row)
        except (KeyError, TypeError, ValueError):
            continue
        return {
            bin_id: clean_name(name)
            for bin_id, name in zip(training.bin_ids, training.report.class_names, strict=False)
        }
    return {}


def _read_rest(tables: _Tables, found: Recovered) -> None:
    state: dict[Any, Any] = dict(tables.both_ways("key, value", "state", "key"))
    default = ProjectSettings()
    backbone, seed = state.get("backbone"), state.get("seed")
    found.settings = ProjectSettings(
        backbone if isinstance(backbone, str) else default.backbone,
        seed if _is_number(seed) else default.seed,
        _roi(state.get("roi")),
    )
    revision = state.get("revision")
    found.revision = revision if _is_number(revision) else 0
    for run in tables.both_ways("id, revision, bin_ids", "runs", "id"):
        if _is_list(run[2]) and all(map(_is_number, run[:2])):
            found.runs.append(run)
    bins_of_run = {run[0]: len(_json(run[2])) for run in found.runs}
    predictions = tables.both_ways("*", "predictions", "row")
    if predictions:
        first, last = predictions[0][0], max(row[0] for row in predictions if _is_number(row[0]))
        seen = {row[0] for row in predictions}
        predictions += tables.each("*", "predictions", "row", (at for at in range(first, last) if at not in seen))
    found.predictions = [row for row in predictions if _is_prediction(row, bins_of_run)]
    for row in tables.both_ways("revision, bin_ids, report, left_out", "training", "only"):
        try:
            decode_training(row)
        except (KeyError, TypeError, ValueError):
            continue
        found.training = row
    rows = (_with_answer(row) for row in tables.both_ways("*", "labels", "path"))
    found.labels = [row for row in rows if _is_label(row)]
    columns = "path, is_here, x, y, width, height"
    found.boxes = [row for row in tables.both_ways(columns, "boxes", "path, position") if _is_box(row)]
    found.origins = [
        row
        for row in tables.both_ways("run, classifier, asked", "run_origins", "run")
        if row[0] in bins_of_run and all(isinstance(text, str) for text in row[1:])
    ]
    found.record = read_record(tables, state.get(HEAD))
    index = "sqlite_autoindex_classifier_files_1"
    names = [name for (name,) in tables.both_ways("name", "classifier_files", "name", index)]
    files: dict[str, bytes] = dict(tables.each("name, content", "classifier_files", "name", names))
    if len(files) == len(names):  # a part of a classifier is none
        found.classifier = sorted(files.items())


def _is_prediction(row: Row, bins_of_run: dict[Any, int]) -> bool:
    number, path, run, status, predicted, scores, region, message = row
    if not (_is_number(number) and _is_path(path) and run in bins_of_run and _is_number(predicted, -1)):
        return False
    count = bins_of_run[run]
    return (
        status in {"ok", "unknown", "error"}
        and predicted < count
        and isinstance(message, str)
        and _is_list(scores)
        and len(_json(scores)) in {0, count}
        and (region == "null" or (_is_list(region) and len(_json(region)) in {4, 5}))
    )


def _is_box(row: Row) -> bool:
    return _is_path(row[0]) and box_of_row(row) is not None


def _is_label(row: Row) -> bool:
    path, *said = row
    try:
        return _is_path(path) and Label.of_row(said).reader == said[0]
    except (TypeError, ValueError):
        return False


def _is_path(value: object) -> bool:
    return isinstance(value, bytes) and b"\0" not in value and decode_path(value).is_absolute()


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= 64


def _is_number(value: object, least: int = 0) -> TypeGuard[int]:
    return isinstance(value, int) and least <= value < 2**53


def _json(text: str) -> list[Any]:
    value = json.loads(text)
    return value if isinstance(value, list) else []


def _is_list(text: object) -> bool:
    try:
        return isinstance(text, str) and text.startswith("[") and bool(_json(text))
    except (ValueError, RecursionError):
        return False


def iter_words(found: Recovered) -> Iterator[str]:
    """Yield, in a few words each, what was found."""
    yield message_n("{count} bin", "{count} bins", count=len(found.bins))
    yield message("{count:,} of {known:,} examples", count=len(found.examples), known=found.examples_known)
    if found.predictions:
        yield message("{count:,} results", count=len(found.predictions))
    if found.labels:
        yield message("{count:,} labelled images", count=len({row[0] for row in found.labels}))
    if found.training is not None and found.classifier:
        yield message("the classifier")
    entries, missing = len(found.record.entries), found.record.missing
    if entries and missing:
        yield message("{count:,} entries of the record, {missing:,} missing", count=entries, missing=missing)
    elif entries:
        yield message("{count:,} entries of the record", count=entries)


def _with_answer(row: Row) -> Row:
    """Return a label's row as it is now: those of the format before have a column less."""
    return (*row, None) if len(row) == _COLUMNS_BEFORE_ANSWERS else row


def _roi(text: object) -> Roi | None:
    with suppress(ValueError):
        return Roi.parse(text) if isinstance(text, str) and text else None
    return None
