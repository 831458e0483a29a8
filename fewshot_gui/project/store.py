"""The project file: a SQLite database in which every edit is saved as it is made. Free of Qt."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import uuid4
from weakref import finalize

from fewshot_gui.project.board import Board
from fewshot_gui.project.disk import (
    connect,
    connect_read_only,
    copy_database,
    file_id,
    is_trouble_of_the_disk,
    reading,
    translated_errors,
)
from fewshot_gui.project.edits.base import Step, Tables, read_board
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.record import Draft, append
from fewshot_gui.project.schema import SCHEMA_VERSION, check_content, check_header, create_tables, migrate
from fewshot_gui.project.values import ProjectSettings
from model.images.roi import Roi
from model.messages import message


@dataclass(frozen=True, slots=True)
class StoredContent:
    """What a project file holds: the board, and the number of edits that led to it."""

    board: Board
    revision: int


class ProjectStore:
    """An open project file.

    Every method that writes does so in one transaction, on the disk when it returns (predictions
    excepted, see `derived.py`: they survive a crash of the app, not one of the machine). Methods
    raise `ProjectError` when the file cannot be read or written. To be used by one thread at a time.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path | None, *, is_copy: bool = False) -> None:
        """Take over `connection` to `path`, or with `is_copy` to a copy of it in memory."""
        self.path = path
        self.connection = connection
        self._file_id = None if path is None or is_copy else file_id(path)
        self._is_suspect = False  # an error may mean that the connection is of no use any more
        self._project_id, self._saves = self._state("project_id", ""), int(self._state("saves", 0))
        self._folder = os.fsencode(os.path.dirname(os.path.abspath(path))) if path else None
        self._relative_folders: dict[bytes, bytes | None] = {}

    @classmethod
    def in_memory(cls) -> Self:
        """Return a new store that lives as long as the process."""
        connection = connect(":memory:")
        create_tables(connection)
        store = cls(connection, None)
        finalize(store, connection.close)  # nobody need close what has no file
        return store

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a new, empty project at `path`, where nothing may be yet."""
        if path.exists():
            raise ProjectError(message("“{name}” exists already.", name=path.name))
        with translated_errors(path):
            connection = connect(path)
            create_tables(connection)
            connection.execute("PRAGMA journal_mode = WAL")
        return cls(connection, path)

    @classmethod
    def open(cls, path: Path, version: int | None = None) -> Self:
        """Open the project at `path`; `version` is its format, where `check_content` has just said so.

        One of an older format is migrated. Raises `ProjectError`, and leaves the file as it is, when
        it is missing, damaged, no project, or saved by a newer version.
        """
        if version is None:
            check_header(path)
            version = check_content(path)
        with reading(path):
            connection = connect(path)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                if version < SCHEMA_VERSION:
                    migrate(connection)
                return cls(connection, path)
            except BaseException:
                connection.close()
                raise

    @classmethod
    def open_copy(cls, path: Path) -> Self:
        """Read the project at `path` into memory, where it can be changed; the file never is.

        It may be open in another program, or lie where nothing can be written. Raises as `open`.
        """
        check_header(path)
        with tempfile.TemporaryDirectory(prefix="fewshot-") as folder, reading(path):
            source = path
            wal, index = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
            if wal.exists() and not (index.exists() and os.access(path.parent, os.W_OK)):
                # Left by a crash: nobody writes to it, and SQLite would put an index beside it.
                source = Path(folder) / path.name
                for suffix in ("", "-wal"):
                    shutil.copyfile(path.with_name(path.name + suffix), source.with_name(path.name + suffix))
            version = check_content(source)
            connection = connect(":memory:")
            with closing(connect_read_only(source)) as file:
                file.backup(connection)
            if version < SCHEMA_VERSION:
                migrate(connection)
        return cls(connection, path, is_copy=True)

    @property
    def file(self) -> Path | None:
        """The file that is written; None for a project, or the copy of one, in memory."""
        return None if self._file_id is None else self.path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, which is then complete by itself (no `-wal` file beside it)."""
        self.connection.close()

    def load(self) -> StoredContent:
        """Return the project's content and revision."""
        with reading(self.path):
            return StoredContent(read_board(self.connection), int(self._state("revision", 0)))

    def write(self, steps: Sequence[Step], revision: int, drafts: Sequence[Draft] = ()) -> None:
        """Save these steps, the revision they lead to and what the record says of them: all or, on an error, none."""
        with self.transaction():
            tables = Tables(self.connection, self.register_files)
            for step in steps:
                step.write(tables)
            self._set_state("revision", revision)
            append(self.connection, drafts)

    def add_to_record(self, drafts: Sequence[Draft]) -> None:
        """Save entries of the record."""
        with self.transaction() as connection:
            append(connection, drafts)

    def settings(self) -> ProjectSettings:
        """Return the project's settings."""
        default = ProjectSettings()
        with reading(self.path):
            return ProjectSettings(
                str(self._state("backbone", default.backbone)),
                int(self._state("seed", default.seed)),
                _roi(str(self._state("roi", ""))),
            )

    def save_settings(self, settings: ProjectSettings, drafts: Sequence[Draft] = ()) -> None:
        """Save the project's settings, and what the record says of them."""
        with self.transaction():
            self._set_state("backbone", settings.backbone)
            self._set_state("seed", settings.seed)
            self._set_state("roi", "" if settings.roi is None else settings.roi.percent)
            append(self.connection, drafts)

    def note(self, key: str, value: str) -> None:
        """Keep a note with the project."""
        with self.transaction():
            self._set_state(key, value)

    def noted(self, key: str) -> str:
        """Return what `note` kept last, or ""."""
        with translated_errors(self.path):
            return str(self._state(key, ""))

    def copy_to(self, path: Path, drafts: Sequence[Draft] = ()) -> None:
        """Write the whole project to `path`, as one of its own: it is there, complete, when this returns.

        Its record goes on with `drafts`.

        Until then, and for good if this fails, what was at `path` before stays.
        """
        with ProjectStore.in_memory() as image:
            self.copy_to_memory(image)
            copy = ProjectStore(image.connection, path, is_copy=True)
            with copy.transaction() as connection:
                connection.create_function("relative", 1, copy._relative, deterministic=True)
                connection.execute("UPDATE files SET relative = relative(path)")
                copy._set_state("project_id", uuid4().hex)
                append(connection, drafts)
            copy_database(image.connection, path)

    def copy_to_memory(self, copy: ProjectStore) -> None:
        """Make `copy`, one in memory, hold what this one does."""
        with translated_errors(self.path):
            self.connection.backup(copy.connection)

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """Do what is done inside as one step; with `durable` it is on the disk afterwards."""
        self._make_sure_of_the_file()
        with translated_errors(self.path):
            try:
                self.connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                self.connection.execute("BEGIN IMMEDIATE")
                yield self.connection
                self.connection.execute("UPDATE state SET value = value + 1 WHERE key = 'saves'")
                self.connection.execute("COMMIT")
            except BaseException as error:
                self._is_suspect = is_trouble_of_the_disk(error)
                with suppress(sqlite3.Error):
                    if self.connection.in_transaction:
                        self.connection.execute("ROLLBACK")
                raise
        self._saves += 1

    def _make_sure_of_the_file(self) -> None:
        """Go on only where the file that is written is the one that is found under its name.

        SQLite would write on to a file that was moved, deleted or replaced meanwhile, and what the
        user finds under its name would lack the edits. Raises `ProjectError`.
        """
        if self.path is None or self._file_id is None:
            return
        try:
            is_same = file_id(self.path) == self._file_id
        except OSError as error:
            raise ProjectError(
                message(
                    "“{file}” is not in its folder any more: "
                    "moved, deleted, or its drive is gone. Put it back, or save the project elsewhere.",
                    file=self.path.name,
                )
            ) from error
        if not is_same or self._is_suspect:
            self._connect_again(self.path)

    def _connect_again(self, path: Path) -> None:
        """Connect to what is at `path` now, if that is what was written last: a drive that came back, say."""
        found: tuple[str | int, str | int] | None = None
        with translated_errors(path):
            try:
                with closing(connect_read_only(path)) as file:
                    found = (_state(file, "project_id", ""), _state(file, "saves", -1))
            except sqlite3.Error as error:
                if is_trouble_of_the_disk(error):
                    raise
        if found != (self._project_id, self._saves):
            raise ProjectError(
                message(
                    "“{name}” was replaced by another file while it was open here. Save the project elsewhere.",
                    name=path.name,
                )
            )
        with translated_errors(path):
            connection, id_ = connect(path), file_id(path)
        with suppress(sqlite3.Error):
            self.connection.close()
        self.connection, self._file_id, self._is_suspect = connection, id_, False

    def register_files(self, paths: Iterable[Path]) -> None:
        """Make sure, inside a transaction, that `files` has a row for each of `paths`."""
        encoded = (os.fsencode(path) for path in paths)
        self.connection.executemany(
            "INSERT OR IGNORE INTO files (path, relative) VALUES (?, ?)",
            ((path, self._relative(path)) for path in encoded),
        )

    def _relative(self, path: bytes) -> bytes | None:
        folder, name = os.path.split(path)
        if folder not in self._relative_folders:  # there are many files to a folder, and relpath is slow
            self._relative_folders[folder] = _relative_to(folder, self._folder)
        relative = self._relative_folders[folder]
        return None if relative is None else os.path.join(relative, name)

    def _state(self, key: str, default: str | int) -> str | int:
        return _state(self.connection, key, default)

    def _set_state(self, key: str, value: str | int) -> None:
        self.connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (key, value))


def _state(connection: sqlite3.Connection, key: str, default: str | int) -> str | int:
    row = connection.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
    return default if row is None else row[0]


def _roi(text: str) -> Roi | None:
    """Read a region of interest; raises `ValueError` where it is none, as a project that is damaged."""
    return Roi.parse(text) if text else None


def _relative_to(path: bytes, folder: bytes | None) -> bytes | None:
    if folder is None:
        return None
    try:
        return os.path.relpath(path, folder)
    except ValueError:  # on another drive
        return None
