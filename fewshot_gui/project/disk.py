"""Project files on the disk: connections, copies, file identity, and the meaning of errors. Free of Qt."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fewshot_gui.project.errors import DamagedError, ProjectError
from model.messages import message

FileId = tuple[int, int]
"""(device, number) of a file: another one under the same name has another."""

LONGEST_VALUE = 256 * 2**20
"""Bytes of one value: the largest that is written is a classifier's backbone, 50 MB."""

_REASONS = {
    "SQLITE_FULL": message("the disk is full"),
    "SQLITE_READONLY": message("it is write-protected"),
    "SQLITE_PERM": message("access is denied"),
    "SQLITE_CANTOPEN": message("it cannot be opened, or its folder cannot be written to"),
    "SQLITE_IOERR": message("the disk does not answer"),
    "SQLITE_CORRUPT": message("it is damaged"),
    "SQLITE_NOTADB": message("it is damaged"),
    "SQLITE_BUSY": message("another program is using it"),
}


def decode_path(path: bytes) -> Path:
    """Return the path that `os.fsencode` made these bytes from."""
    return Path(os.fsdecode(path))


@contextmanager
def translated_errors(path: Path | None) -> Iterator[None]:
    """Turn what SQLite and the system raise into a `ProjectError` that names the project."""
    name = f"“{path.name}”" if path else "The project"
    try:
        yield
    except sqlite3.Error as error:
        code = "_".join(str(getattr(error, "sqlite_errorname", "")).split("_")[:2])
        raise ProjectError(
            message("{name} cannot be read or saved: {code}.", name=name, code=_REASONS.get(code, error))
        ) from error
    except OSError as error:
        raise ProjectError(
            message("{name} cannot be read or saved: {reason}.", name=name, reason=error.strerror or error)
        ) from error


@contextmanager
def reading(path: Path | None) -> Iterator[None]:
    """As `translated_errors`, where values of the wrong kind and missing tables mean a `DamagedError`."""
    name = f"“{path.name}”" if path else "The project"
    with translated_errors(path):
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_ERROR", "SQLITE_CORRUPT", "SQLITE_NOTADB")):
                raise DamagedError(
                    message("{name} is damaged ({reason}). It has not been changed.", name=name, reason=error)
                ) from error
            raise
        except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RecursionError) as error:
            raise DamagedError(
                message("{name} is damaged ({reason}). It has not been changed.", name=name, reason=error)
            ) from error


def is_trouble_of_the_disk(error: BaseException) -> bool:
    """Whether the file could not be reached at all, so that a new connection to it may do better."""
    return str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN"))


def connect(path: Path | str) -> sqlite3.Connection:
    """Open a database to read and write; it is made where there is none.

    A project is read in one thread and shown in another: whoever has the connection alone uses it.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)  # transactions are ours
    connection.execute("PRAGMA foreign_keys = ON")
    return _bounded(connection)


def connect_live(path: Path) -> sqlite3.Connection:
    """Open a project to read it while it is open to be written, by this program or another."""
    return _bounded(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None))


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a database that nobody writes to so that nothing is written to it, and no `-wal` file put beside it."""
    if path.with_name(path.name + "-wal").exists():  # it holds the last edits; of a crash, or of who has it open
        return connect_live(path)
    return _bounded(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None))


def _bounded(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Let a project from elsewhere neither take all memory nor call functions from its schema."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def file_id(path: Path) -> FileId:
    """Return the identity (device, number) of the file that is at `path` now; raises OSError."""
    found = path.stat()
    return found.st_dev, found.st_ino


def sync(path: Path) -> None:
    """Have the system write the file, or the folder's entries, to the disk."""
    if os.name == "nt" and path.is_dir():  # Windows has no such thing for folders
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_database(source: sqlite3.Connection, path: Path) -> None:
    """Write what `source` holds to `path`: when this returns it is there, complete and on the disk.

    Until then, and for good if this fails, what was at `path` before stays. Raises `ProjectError`.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with translated_errors(path):
            partial.unlink(missing_ok=True)  # of a crash, of another program that had this number
            target = connect(partial)
            try:
                source.backup(target)
            finally:
                target.close()
            put_in_place(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def copy_file(source: Path, path: Path) -> None:
    """Copy a closed database to `path` as `copy_database` does. Raises `ProjectError`."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with translated_errors(path):
            shutil.copyfile(source, partial)
            put_in_place(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def put_in_place(partial: Path, path: Path) -> None:
    """Make the complete database `partial` the one at `path`; raises OSError."""
    sync(partial)
    for suffix in ("-wal", "-shm", "-journal"):  # of a crash at the old file; they would spoil the new one
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    partial.replace(path)
    sync(path.parent)
