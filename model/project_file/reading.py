"""Opening a project to read it, and the classifier in it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from model.errors import CheckpointError
from model.messages import message

_MARK = b"SQLite format 3\x00"
_APPLICATION_ID = b"FSHT"
_APPLICATION_PLACE = 68  # bytes into the header
_MOST_BYTES = 2**30  # of one value: SQLite's own bound

NEWEST_FORMAT = 5
"""The format of projects that this version writes; it reads all before."""


def is_project(path: Path) -> bool:
    """Whether `path` is a file that begins as a project does."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError:
        return False
    return header.startswith(_MARK) and header[_APPLICATION_PLACE:].startswith(_APPLICATION_ID)


@contextmanager
def opened_project(path: Path, *tables: str) -> Iterator[sqlite3.Connection]:
    """Open a project to read some of its tables, as it is now.

    Raises `CheckpointError` where it cannot be read, is of a newer format, or has something else in the place of one of
    the tables.
    """
    if not os.path.exists(path):  # unlike `Path.exists` also for names that are too long
        raise CheckpointError(message("{path}: there is no such file or folder.", path=path))
    if not is_project(path):
        raise CheckpointError(message("{path} is not a project of Fewshot.", path=path))
    try:
        with closing(sqlite3.connect(_address(path), uri=True, isolation_level=None)) as connection:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("BEGIN")  # one state throughout, whatever the window writes
            if connection.execute("PRAGMA user_version").fetchone()[0] > NEWEST_FORMAT:
                raise CheckpointError(
                    message("{place} was saved by a newer Fewshot. Update Fewshot to use it.", place=path)
                )
            for table in tables:
                kind = connection.execute("SELECT type FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
                if kind != ("table",):
                    raise CheckpointError(
                        message("{path} is damaged, or no project. Open it in the window to recover it.", path=path)
                    )
            yield connection
    except sqlite3.Error as error:
        raise CheckpointError(
            message("{path} cannot be read ({error}). Open it in the window to recover it.", path=path, error=error)
        ) from error


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Whether an open project has a table: those of older formats have fewer."""
    kind = connection.execute("SELECT type FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
    return bool(kind == ("table",))


def classifier_in(path: Path, names: Mapping[str, int]) -> dict[str, bytes]:
    """Return the files of the classifier in a project: content by name.

    names: of the files, with the most bytes that each may have

    Raises `CheckpointError` where there is none, or the project is damaged.
    """
    found: dict[str, bytes] = {}
    with opened_project(path, "classifier_files") as connection:
        for name, most in names.items():
            row = connection.execute(
                "SELECT content FROM classifier_files WHERE name = ? AND typeof(content) = 'blob'"
                " AND length(content) <= ?",
                (name, most),
            ).fetchone()
            if row is not None:
                found[name] = row[0]
    if found.keys() != names.keys():
        raise CheckpointError(
            message("{path} holds no trained classifier. Open it in the window and train.", path=path)
        )
    return found


def _address(path: Path) -> str:
    """A log beside it holds the last edits, of the window that has it open or of a crash; else nothing is written."""
    has_log = path.with_name(path.name + "-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'' if has_log else '&immutable=1'}"
