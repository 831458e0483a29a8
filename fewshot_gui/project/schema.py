"""The tables of a project file, and the check that a file is one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from fewshot_gui.project.disk import LONGEST_VALUE, connect_read_only
from fewshot_gui.project.errors import DamagedError, ProjectError
from fewshot_gui.project.record import BEGUN, Draft, append, program_version
from model.messages import message
from model.project_file import NEWEST_FORMAT
from model.project_file.boxes import LARGEST_NUMBER
from model.project_file.record import HEAD

APPLICATION_ID = int.from_bytes(b"FSHT")
SCHEMA_VERSION = NEWEST_FORMAT

# Paths are bytes (os.fsencode), as a file's name need not be text. `files` holds what is known of
# every file and library folder: its path relative to the project's folder finds it again when both
# were moved together; size and hash find it when it alone was moved or renamed. `state` holds, beside
# the settings and the revision, a `project_id` and how many `saves` there were: by both a file is known
# to be the one that was written last.
_BEFORE_LABELS = """
CREATE TABLE state (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE bins (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, color TEXT NOT NULL, position INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE files (path BLOB PRIMARY KEY, relative BLOB, size INTEGER, content_hash TEXT) WITHOUT ROWID;
CREATE TABLE examples (
    path BLOB PRIMARY KEY REFERENCES files (path),
    bin_id TEXT NOT NULL REFERENCES bins (id),
    rank INTEGER NOT NULL UNIQUE
) WITHOUT ROWID;
CREATE TABLE folders (path BLOB PRIMARY KEY REFERENCES files (path), position INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX examples_by_bin ON examples (bin_id);
CREATE TABLE runs (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, bin_ids TEXT NOT NULL);
CREATE TABLE predictions (
    row INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE REFERENCES files (path),
    run INTEGER NOT NULL REFERENCES runs (id),
    status TEXT NOT NULL,
    predicted INTEGER NOT NULL,
    scores TEXT NOT NULL,
    region TEXT NOT NULL,
    message TEXT NOT NULL
);
CREATE TABLE training (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    revision INTEGER NOT NULL,
    bin_ids TEXT NOT NULL,
    report TEXT NOT NULL,
    left_out TEXT NOT NULL
);
CREATE TABLE classifier_files (name TEXT PRIMARY KEY, content BLOB NOT NULL);
"""
_LABELS_BEFORE_ANSWERS = """
CREATE TABLE labels (
    path BLOB NOT NULL REFERENCES files (path),
    reader TEXT NOT NULL,
    source TEXT NOT NULL,
    bin_id TEXT,
    note TEXT,
    given_at TEXT NOT NULL,
    predicted TEXT,
    confidence REAL NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (path, reader)
) WITHOUT ROWID;
"""
_LABELS = """
CREATE TABLE labels (
    path BLOB NOT NULL REFERENCES files (path),
    reader TEXT NOT NULL,
    source TEXT NOT NULL,
    bin_id TEXT,
    note TEXT,
    given_at TEXT NOT NULL,
    predicted TEXT,
    confidence REAL NOT NULL,
    revision INTEGER NOT NULL,
    answered TEXT,
    PRIMARY KEY (path, reader)
) WITHOUT ROWID;
"""
# `record` is only added to; `record_index` says by which words an entry is found and can be made again from it.
# `run_origins` tells of which classifier and which run of the record the predictions of a row of `runs` are;
# `changes`, which images got another class in it, packed (`changed.py`). `blobs` are compressed parts of classifiers,
# by the SHA-256 of what they hold; a recipe lists the parts of each file (docs/adr/0030-record.md).
_RECORD = """
CREATE TABLE record (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, entry TEXT NOT NULL);
CREATE TABLE record_index (
    key BLOB NOT NULL, number INTEGER NOT NULL REFERENCES record (number), PRIMARY KEY (key, number)
) WITHOUT ROWID;
CREATE TABLE run_origins (
    run INTEGER PRIMARY KEY REFERENCES runs (id), classifier TEXT NOT NULL, asked TEXT NOT NULL
);
CREATE TABLE changes (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (id), content BLOB NOT NULL);
CREATE INDEX changes_by_run ON changes (run);
CREATE TABLE blobs (hash TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE classifiers (
    hash TEXT PRIMARY KEY, entry INTEGER NOT NULL REFERENCES record (number), recipe TEXT NOT NULL
);
"""
# What people draw on images, in pixels as displayed: is_here 1 where a class shows, 0 where what shows is not it.
_BOXES = """
CREATE TABLE boxes (
    path BLOB NOT NULL REFERENCES files (path),
    position INTEGER NOT NULL,
    is_here INTEGER NOT NULL,
    x INTEGER NOT NULL,
    y INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    PRIMARY KEY (path, position)
) WITHOUT ROWID;
"""
TABLES = _BEFORE_LABELS + _LABELS + _RECORD + _BOXES

_STATE_KINDS = {
    "revision": "INTEGER",
    "saves": "INTEGER",
    "seed": "INTEGER",
    "project_id": "TEXT",
    "backbone": "TEXT",
    "roi": "TEXT",
    HEAD: "TEXT",
}
_TABLES_OF = {  # of older formats
    1: _BEFORE_LABELS,
    2: _BEFORE_LABELS,
    3: _BEFORE_LABELS + _LABELS_BEFORE_ANSWERS,
    4: _BEFORE_LABELS + _LABELS + _RECORD,
}
_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\x00"


def create_tables(connection: sqlite3.Connection) -> None:
    """Make an empty database a project, in one transaction.

    It must not be in WAL mode yet: so the header that `check_header` reads is in the file itself.
    """
    connection.executescript(
        f"BEGIN IMMEDIATE; {TABLES}PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
    )
    _know_which_file_was_written_last(connection)
    connection.execute("COMMIT")


def _know_which_file_was_written_last(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO state VALUES ('project_id', ?), ('saves', 0)", (uuid4().hex,))


def _keep_labels(connection: sqlite3.Connection) -> None:
    connection.execute(_LABELS_BEFORE_ANSWERS)


def _keep_answered_notes(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE labels RENAME TO labels_before")
    connection.execute(_LABELS)
    connection.execute("INSERT INTO labels SELECT *, NULL FROM labels_before")
    connection.execute("DROP TABLE labels_before")


def _keep_a_record(connection: sqlite3.Connection) -> None:
    """Begin the record: with what the project holds, as nobody knows any more who made it so."""
    for statement in filter(str.strip, _RECORD.split(";")):
        connection.execute(statement)
    counts = {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - our own words
        for name in ("bins", "examples", "labels", "predictions")
    }
    facts = connection.execute("SELECT content FROM classifier_files WHERE name = 'classifier.json'").fetchone()
    classifier = "" if facts is None else sha256(bytes(facts[0])).hexdigest()
    what = {"format": 3, "version": program_version(), "classifier": classifier, "held": counts}
    append(connection, [Draft(BEGUN, "", what)])
    connection.execute(
        "INSERT INTO run_origins SELECT id, ?, '' FROM runs"
        " WHERE ? != '' AND revision = (SELECT revision FROM training)",
        (classifier, classifier),
    )


def _keep_answers_and_a_record(connection: sqlite3.Connection) -> None:
    _keep_answered_notes(connection)
    _keep_a_record(connection)


def _keep_boxes(connection: sqlite3.Connection) -> None:
    connection.execute(_BOXES)


MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {
    1: _know_which_file_was_written_last,
    2: _keep_labels,
    3: _keep_answers_and_a_record,
    4: _keep_boxes,
}
"""What makes a project of format n one of format n + 1; inside a transaction."""


def format_of(connection: sqlite3.Connection) -> int:
    """Return the format (schema version) of an open project."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a project of an older format to the present one: in one transaction, or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for version in range(format_of(connection), SCHEMA_VERSION):
            MIGRATIONS[version](connection)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that the header tells the format


def check_header(path: Path) -> None:
    """Raise `ProjectError` unless the file begins as a project that this version can open.

    Reads the first bytes only: a file that is refused has not been touched by SQLite. A file that may
    be a damaged project raises `DamagedError`.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        raise ProjectError(
            message("“{name}” does not exist (any more). Was it moved or renamed?", name=path.name)
        ) from None
    except OSError as error:
        raise ProjectError(
            message("“{name}” cannot be read: {reason}.", name=path.name, reason=error.strerror)
        ) from error
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise DamagedError(message("“{name}” is not a Fewshot project, or it is damaged.", name=path.name))
    user_version = int.from_bytes(header[60:64])
    application_id = int.from_bytes(header[68:72])
    if application_id != APPLICATION_ID or user_version < 1:
        raise ProjectError(message("“{name}” is not a Fewshot project.", name=path.name))
    _check_version(path, user_version)


def check_content(path: Path) -> int:
    """Return the project's format; nothing is written to the file.

    Raises `DamagedError` when the database is damaged, `ProjectError` when it is of a newer version.
    """
    shared = path.with_name(path.name + "-shm")
    was_shared = shared.exists()
    version, connection = 0, None
    try:
        connection = connect_read_only(path)
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        version = format_of(connection)
        if verdict == "ok" and version <= SCHEMA_VERSION:
            verdict = _what_is_strange(connection, _TABLES_OF.get(version, TABLES))
    except (sqlite3.DatabaseError, ValueError) as error:  # what SQLite says of a damaged schema may be no text
        verdict = str(error)
    finally:
        if connection is not None:
            connection.close()
        if not was_shared:
            with suppress(OSError):  # none, where nothing can be written
                shared.unlink()  # an index that was made to look through what a crash left
    if verdict != "ok":
        raise DamagedError(
            message("“{name}” is damaged ({verdict}). It has not been changed.", name=path.name, verdict=verdict)
        )
    _check_version(path, version)
    return version


def _what_is_strange(connection: sqlite3.Connection, tables: str) -> str:
    """Return "ok" where there are the `tables` of the file's format, nothing else, and in them values of their kinds.

    A project from elsewhere could hold a view that computes for ever in place of a table, or a trigger
    that changes other rows with every edit.
    """
    found = {_squeezed(sql) for (sql,) in connection.execute("SELECT sql FROM sqlite_schema WHERE sql NOT NULL")}
    if found != {_squeezed(statement) for statement in tables.split(";") if statement.strip()}:
        return "it holds other tables than a project"
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for name in names:
        columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
        strange = " OR ".join(_is_strange(column, kind, required) for _, column, kind, required, *_ in columns)
        if connection.execute(f"SELECT EXISTS (SELECT 1 FROM {name} WHERE {strange})").fetchone()[0]:  # noqa: S608
            return f"values in “{name}” are of the wrong kind"
    if any(_names_what_is_not_there(connection, name) for name in names):
        return "it names what it does not hold"
    for key, kind in _STATE_KINDS.items():
        query = "SELECT EXISTS (SELECT 1 FROM state WHERE key = ? AND " + _is_strange("value", kind, True) + ")"  # noqa: S608
        if connection.execute(query, (key,)).fetchone()[0]:
            return f"its {key} makes no sense"
    return "ok"


def _names_what_is_not_there(connection: sqlite3.Connection, table: str) -> bool:
    """Whether a table refers to rows that others do not have.

    SQLite merges the two in their order, in a tenth of the time that its own `foreign_key_check` takes.
    """
    for _, _, parent, column, key, *_ in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall():
        known = f"SELECT {key} FROM {parent}"  # noqa: S608
        query = f"SELECT {column} FROM {table} WHERE {column} NOT NULL EXCEPT {known} ORDER BY 1 LIMIT 1"  # noqa: S608
        if connection.execute(query).fetchone() is not None:
            return True
    return False


def _is_strange(column: str, kind: str, required: bool) -> str:
    """Return the SQL by which a value is not of its column's kind, of which SQLite itself takes no notice."""
    if not kind:
        return "0"
    strange = f"typeof({column}) != '{kind.lower()}'"
    if kind == "BLOB":
        strange += f" OR length({column}) > {LONGEST_VALUE}"
    if kind == "INTEGER":
        strange += f" OR {column} NOT BETWEEN -1 AND {LARGEST_NUMBER}"
    return f"({strange})" if required else f"({column} NOT NULL AND ({strange}))"


def _squeezed(sql: str) -> str:
    return " ".join(sql.split())


def _check_version(path: Path, version: int) -> None:
    if version > SCHEMA_VERSION:
        raise ProjectError(
            message(
                "“{name}” was saved by a newer version of Fewshot "
                "(project format {version}; this version reads up to {schema_version}). "
                "Please update Fewshot; the project has not been changed.",
                name=path.name,
                version=version,
                schema_version=SCHEMA_VERSION,
            )
        )
