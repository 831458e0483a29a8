"""The library shows other folders."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.project.board import Board
from fewshot_gui.project.disk import decode_path
from fewshot_gui.project.edits.base import STEPS, Change, Plan, Tables
from fewshot_gui.project.signals import ContentSignals
from fewshot_gui.project.values import clean_name
from fewshot_gui.translation import tr


@dataclass(frozen=True, slots=True)
class SetFolders(Change):
    """The library shows the folders `new` instead of `old`, in their order."""

    old: tuple[Path, ...]
    new: tuple[Path, ...]

    def apply(self, board: Board) -> None:
        board.folders = self.new

    def inverted(self) -> SetFolders:
        return SetFolders(self.new, self.old)

    def relocated(self, moved: Mapping[Path, Path]) -> Change:
        old, new = (tuple(moved.get(path, path) for path in paths) for paths in (self.old, self.new))
        return SetFolders(old, new)

    def write(self, tables: Tables) -> None:
        tables.connection.execute("DELETE FROM folders")
        tables.register_files(self.new)
        tables.connection.executemany(
            "INSERT INTO folders VALUES (?, ?)",
            ((os.fsencode(path), position) for position, path in enumerate(self.new)),
        )

    @classmethod
    def read(cls, connection: sqlite3.Connection, board: Board) -> None:
        rows = connection.execute("SELECT path FROM folders ORDER BY position")
        board.folders = tuple(decode_path(path) for (path,) in rows)

    @classmethod
    def rebuild(cls, board: Board) -> Iterable[SetFolders]:
        return [cls((), board.folders)]

    def announce(self, signals: ContentSignals) -> None:
        signals.folders_changed.emit()


STEPS.register("set folders", SetFolders)


def add_folders(board: Board, paths: Sequence[Path]) -> Plan:
    """Plan folders after those there; known ones stay in their place."""
    new = [path for path in paths if path not in board.folders]
    text = tr("Add folder ‘{name}’") if len(new) == 1 else tr("Add folders")
    return Plan(text.format(name=clean_name(new[0].name) if new else ""), _set_folders(board, (*board.folders, *new)))


def remove_folder(board: Board, path: Path) -> Plan:
    """Plan that a folder goes; nothing changes where it is not shown."""
    remaining = tuple(folder for folder in board.folders if folder != path)
    text = tr("Remove folder ‘{name}’").format(name=clean_name(path.name))
    return Plan(text, _set_folders(board, remaining))


def _set_folders(board: Board, folders: tuple[Path, ...]) -> tuple[Change, ...]:
    return (SetFolders(board.folders, folders),) if folders != board.folders else ()
