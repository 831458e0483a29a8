"""Records of a project's files, by which moved files are found again. Free of Qt."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from fewshot_gui.project.disk import connect_live, decode_path, reading, translated_errors
from fewshot_gui.project.store import ProjectStore


class FileRecord(NamedTuple):
    """What the project knows of a file or library folder, to find it again.

    `name` is its path as bytes: there may be 100,000, of which few are ever looked at as a `Path`.
    `relative` is its path from the project's folder when both were last seen together; `size`, in
    bytes, and `content_hash` are those of an example that was read.
    """

    name: bytes
    relative: bytes | None
    size: int | None
    content_hash: str | None

    @property
    def path(self) -> Path:
        """The path by which the project knows it."""
        return decode_path(self.name)


def record_reader(store: ProjectStore) -> Callable[[], tuple[FileRecord, ...]]:
    """Return what reads, once and in any thread, the records of every example, classified image and library folder.

    What it returns raises `ProjectError` when the project cannot be read. There may be 100,000 records,
    half a second's worth: so a file is read by a connection of its own, and of what is in memory a copy.
    """
    if store.file is not None:
        return partial(_read_file, store.file)
    copy = ProjectStore.in_memory()
    store.copy_to_memory(copy)
    return partial(_read_copy, copy)


def _read_file(path: Path) -> tuple[FileRecord, ...]:
    with translated_errors(path), closing(connect_live(path)) as connection:
        return _read(connection, path)


def _read_copy(copy: ProjectStore) -> tuple[FileRecord, ...]:
    with copy:
        return _read(copy.connection, copy.path)


def _read(connection: sqlite3.Connection, path: Path | None) -> tuple[FileRecord, ...]:
    with reading(path):
        rows = connection.execute(
            "SELECT path, relative, size, content_hash FROM files WHERE path IN (SELECT path FROM"
            " examples UNION SELECT path FROM predictions UNION SELECT path FROM folders)"
        )
        return tuple(map(FileRecord._make, rows))
