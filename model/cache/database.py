"""The database of `model.cache.store`: its tables, and a safe way to open it, even where someone else made the file."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from model.cache.files import BlobFiles

LONGEST_VALUE = 256 * 2**20
"""Most bytes of one value. Longer ones, which this program never writes, are not read into memory."""

_FORMAT = 3  # raised too where what is kept is of no use any more: a database of another format goes, with its files
_BUSY_SECONDS = 5.0
_PAUSE = 0.01  # seconds
_SCHEMA = """
CREATE TABLE entries (key BLOB PRIMARY KEY, file INTEGER NOT NULL, start INTEGER NOT NULL, bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX entries_by_file ON entries (file);
CREATE TABLE files (id INTEGER PRIMARY KEY AUTOINCREMENT, bytes INTEGER NOT NULL, used INTEGER NOT NULL);
CREATE INDEX files_by_use ON files (used, id);
CREATE TABLE notes (key BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the database, or create it; raises `sqlite3.Error` where it is not a cache of this version."""
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
        database.execute("PRAGMA trusted_schema = OFF")
        _write_ahead(database)
        database.execute("PRAGMA synchronous = NORMAL")  # a crash of the system loses the latest, but damages nothing
        database.execute("PRAGMA journal_size_limit = 67108864")
        if _is_empty(database):
            with transaction(database):
                if _is_empty(database):  # another process may have made the tables meanwhile
                    BlobFiles(path.parent).clear()
                    for statement in filter(str.strip, _SCHEMA.split(";")):
                        database.execute(statement)
                    database.execute(f"PRAGMA user_version = {_FORMAT}")
        _check_schema(database)
    except BaseException:
        database.close()
        raise
    return database


def _write_ahead(database: sqlite3.Connection) -> None:
    """Switch to SQLite's write-ahead log; SQLite itself does not wait here while another process does the same."""
    end = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as problem:
            if error_code(problem) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(_PAUSE)


def _check_schema(database: sqlite3.Connection) -> None:
    """Raise `sqlite3.DatabaseError` unless the tables are exactly those of this version.

    In a foreign file, a view or a trigger in place of a table could compute without end.
    """
    if database.execute("PRAGMA user_version").fetchone() != (_FORMAT,):
        raise sqlite3.DatabaseError("it is of another version")
    query = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"
    found = {(kind, name, _squeezed(sql)) for kind, name, sql in database.execute(query)}
    if found != _expected_schema():
        raise sqlite3.DatabaseError("it holds other tables than a cache")


def _expected_schema() -> set[tuple[str, str, str]]:
    statements = [_squeezed(statement) for statement in _SCHEMA.split(";") if statement.strip()]
    return {(statement.split()[1].lower(), statement.split()[2], statement) for statement in statements}


def _squeezed(sql: object) -> str:
    return " ".join(str(sql).split())


@contextlib.contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Run the block as one transaction, all or nothing; other writers wait meanwhile."""
    with database:  # commits, or rolls back
        database.execute("BEGIN IMMEDIATE")
        yield


def _is_empty(database: sqlite3.Connection) -> bool:
    return database.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def error_code(problem: sqlite3.Error) -> int:
    """Return SQLite's primary result code."""
    # An error of Python's own has no code; it is raised for text that cannot be decoded.
    return int(getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)) & 0xFF
