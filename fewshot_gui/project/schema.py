"""The tables of a project file, and the check that a file is one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from fewshot_gui.project.errors import ProjectError

APPLICATION_ID = int.from_bytes(b"FSHT")
SCHEMA_VERSION = 1

# Paths are bytes (os.fsencode), as a file's name need not be text. `files` holds what is known of
# every file and library folder: its path relative to the project's folder finds it again when both
# were moved together; size and hash find it when it alone was moved or renamed.
TABLES = """
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

_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\x00"


def create_tables(connection: sqlite3.Connection) -> None:
    """Make an empty database a project, in one transaction.

    It must not be in WAL mode yet: so the header that `check_header` reads is in the file itself.
    """
    connection.executescript(
        f"BEGIN IMMEDIATE; {TABLES}"
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
    )


def check_header(path: Path) -> None:
    """Raise `ProjectError` unless the file begins as a project that this version can open.

    Reads the first bytes only: a file that is refused has not been touched by SQLite.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        raise ProjectError(f"“{path.name}” does not exist (any more). Was it moved or renamed?") from None
    except OSError as error:
        raise ProjectError(f"“{path.name}” cannot be read: {error.strerror}.") from error
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise ProjectError(f"“{path.name}” is not a Fewshot project, or it is damaged.")
    user_version = int.from_bytes(header[60:64])
    application_id = int.from_bytes(header[68:72])
    if application_id != APPLICATION_ID or user_version < 1:
        raise ProjectError(f"“{path.name}” is not a Fewshot project.")
    if user_version > SCHEMA_VERSION:
        raise ProjectError(
            f"“{path.name}” was saved by a newer version of Fewshot (project format {user_version}; this"
            f" version reads up to {SCHEMA_VERSION}). Please update Fewshot; the project has not been changed."
        )


def check_content(path: Path) -> None:
    """Raise `ProjectError` when the database is damaged; nothing is written to it or beside it."""
    # A `-wal` file is left by a crash and holds the last edits. Without one, "immutable" keeps
    # SQLite from putting an empty one there.
    mode = "ro" if path.with_name(path.name + "-wal").exists() else "ro&immutable=1"
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    finally:
        if connection is not None:
            connection.close()
    if verdict != "ok":
        raise ProjectError(f"“{path.name}” is damaged ({verdict}). It has not been changed.")
