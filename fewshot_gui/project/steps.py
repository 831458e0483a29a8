"""What each step of a project's history does in the tables of its file. Free of Qt."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from fewshot_gui.project.changes import (
    Change,
    Fact,
    Identify,
    InsertBin,
    InsertExamples,
    MoveBin,
    Relocate,
    RemoveBin,
    RemoveExamples,
    RestyleBin,
    SetFolders,
)
from fewshot_gui.project.training import relocate_training

RegisterFiles = Callable[[Iterable[Path]], None]


def write_step(connection: sqlite3.Connection, register_files: RegisterFiles, step: Change | Fact) -> None:
    """Do in the tables, inside a transaction, what `Board.apply` does in memory.

    `register_files` makes sure that `files` has a row for each of some paths.
    """
    execute, executemany = connection.execute, connection.executemany
    match step:
        case InsertBin(position, bin_id, name, color):
            execute("UPDATE bins SET position = position + 1 WHERE position >= ?", (position,))
            execute("INSERT INTO bins VALUES (?, ?, ?, ?)", (bin_id, name, color, position))
        case RemoveBin(position, bin_id):
            execute("DELETE FROM bins WHERE id = ?", (bin_id,))
            execute("UPDATE bins SET position = position - 1 WHERE position > ?", (position,))
        case RestyleBin(bin_id, _, (name, color)):
            execute("UPDATE bins SET name = ?, color = ? WHERE id = ?", (name, color, bin_id))
        case MoveBin(bin_id, source, target):
            execute("UPDATE bins SET position = position - 1 WHERE position > ?", (source,))
            execute("UPDATE bins SET position = position + 1 WHERE position >= ?", (target,))
            execute("UPDATE bins SET position = ? WHERE id = ?", (target, bin_id))
        case InsertExamples(bin_id, placements):
            register_files(path for _, path in placements)
            executemany(
                "INSERT INTO examples VALUES (?, ?, ?)",
                ((os.fsencode(path), bin_id, rank) for rank, path in placements),
            )
        case RemoveExamples(_, placements):
            executemany("DELETE FROM examples WHERE path = ?", ((os.fsencode(path),) for _, path in placements))
        case SetFolders(_, new):
            execute("DELETE FROM folders")
            register_files(new)
            executemany(
                "INSERT INTO folders VALUES (?, ?)",
                ((os.fsencode(path), position) for position, path in enumerate(new)),
            )
        case Identify(identities):
            register_files(identities)
            executemany(
                "UPDATE files SET content_hash = ?, size = ? WHERE path = ?",
                ((known.content_hash, known.size, os.fsencode(file)) for file, known in identities.items()),
            )
        case Relocate(moved):
            register_files(moved.values())
            for old_path, new_path in moved.items():
                _relocate(connection, old_path, new_path)
            relocate_training(connection, moved)


def _relocate(connection: sqlite3.Connection, old: Path, new: Path) -> None:
    names = (os.fsencode(new), os.fsencode(old))
    connection.execute(
        "UPDATE files SET size = known.size, content_hash = known.content_hash"
        " FROM (SELECT size, content_hash FROM files WHERE path = ?2) AS known"
        " WHERE path = ?1 AND files.content_hash IS NULL",
        names,
    )
    for table in ("examples", "predictions", "folders"):
        # A table that has the new path already keeps its old row as well.
        connection.execute(f"UPDATE OR IGNORE {table} SET path = ?1 WHERE path = ?2", names)  # noqa: S608
