"""Facts learnt about files: steps that the user does not make, and that are not undone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.project.board import Board
from fewshot_gui.project.disk import decode_path
from fewshot_gui.project.edits.base import STEPS, Step, Tables
from fewshot_gui.project.training import relocate_training
from fewshot_gui.project.values import FileIdentity


@dataclass(frozen=True, slots=True)
class Identify(Step):
    """Files have been read: by this they are known from now on."""

    identities: Mapping[Path, FileIdentity]

    def apply(self, board: Board) -> None:
        board.identify({path: known.content_hash for path, known in self.identities.items()})

    def write(self, tables: Tables) -> None:
        tables.register_files(self.identities)
        tables.connection.executemany(
            "UPDATE files SET content_hash = ?, size = ? WHERE path = ?",
            ((known.content_hash, known.size, os.fsencode(file)) for file, known in self.identities.items()),
        )

    @classmethod
    def read(cls, connection: sqlite3.Connection, board: Board) -> None:
        rows = connection.execute("SELECT path, content_hash FROM files WHERE content_hash IS NOT NULL")
        board.identify({decode_path(path): content_hash for path, content_hash in rows})


@dataclass(frozen=True, slots=True)
class Relocate(Step):
    """Files and folders are found under new paths (old path -> new path), none of them on the board yet."""

    moved: Mapping[Path, Path]

    def apply(self, board: Board) -> None:
        board.relocate(self.moved)

    def write(self, tables: Tables) -> None:
        tables.register_files(self.moved.values())
        for old, new in self.moved.items():
            _relocate(tables.connection, old, new)
        relocate_training(tables.connection, self.moved)


def _relocate(connection: sqlite3.Connection, old: Path, new: Path) -> None:
    names = (os.fsencode(new), os.fsencode(old))
    connection.execute(
        "UPDATE files SET size = known.size, content_hash = known.content_hash"
        " FROM (SELECT size, content_hash FROM files WHERE path = ?2) AS known"
        " WHERE path = ?1 AND files.content_hash IS NULL",
        names,
    )
    for table in ("examples", "predictions", "folders", "labels", "boxes"):
        # A table that has the new path (of labels: of the same reader) already keeps its old row as well.
        connection.execute(f"UPDATE OR IGNORE {table} SET path = ?1 WHERE path = ?2", names)  # noqa: S608


STEPS.register("identify", Identify)
STEPS.register("relocate", Relocate)
