"""Bins come and go."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from fewshot_gui.project.board import Board
from fewshot_gui.project.edits.base import STEPS, Change, Plan, Tables
from fewshot_gui.project.edits.examples import RemoveExamples
from fewshot_gui.project.signals import ContentSignals
from fewshot_gui.project.values import Bin
from fewshot_gui.translation import tr


@dataclass(frozen=True, slots=True)
class InsertBin(Change):
    """An empty bin appears at `position` of the board."""

    position: int
    bin_id: str
    name: str
    color: str

    def apply(self, board: Board) -> None:
        board.insert_bin(self.position, Bin(self.bin_id, self.name, self.color))

    def inverted(self) -> RemoveBin:
        return RemoveBin(self.position, self.bin_id, self.name, self.color)

    def write(self, tables: Tables) -> None:
        execute = tables.connection.execute
        execute("UPDATE bins SET position = position + 1 WHERE position >= ?", (self.position,))
        execute("INSERT INTO bins VALUES (?, ?, ?, ?)", (self.bin_id, self.name, self.color, self.position))

    @classmethod
    def read(cls, connection: sqlite3.Connection, board: Board) -> None:
        rows = connection.execute("SELECT id, name, color FROM bins ORDER BY position")
        for position, row in enumerate(rows):
            if not all(isinstance(text, str) for text in row):
                raise TypeError("the name of a bin is no text")
            board.insert_bin(position, Bin(*row))

    @classmethod
    def rebuild(cls, board: Board) -> Iterable[InsertBin]:
        return [cls(position, bin_.id, bin_.name, bin_.color) for position, bin_ in enumerate(board.bins)]

    def announce(self, signals: ContentSignals) -> None:
        signals.bin_inserted.emit(self.bin_id, self.position)


@dataclass(frozen=True, slots=True)
class RemoveBin(Change):
    """The bin at `position`, emptied before, goes."""

    position: int
    bin_id: str
    name: str
    color: str

    def apply(self, board: Board) -> None:
        board.remove_bin(self.bin_id)

    def inverted(self) -> InsertBin:
        return InsertBin(self.position, self.bin_id, self.name, self.color)

    def write(self, tables: Tables) -> None:
        execute = tables.connection.execute
        execute("DELETE FROM bins WHERE id = ?", (self.bin_id,))
        execute("UPDATE bins SET position = position - 1 WHERE position > ?", (self.position,))

    def announce(self, signals: ContentSignals) -> None:
        signals.bin_removed.emit(self.bin_id)


STEPS.register("insert bin", InsertBin)
STEPS.register("remove bin", RemoveBin)


def add_bin(board: Board, bin_id: str, name: str, color: str) -> Plan:
    """Plan an empty bin at the end of the board."""
    text = tr("Add bin ‘{name}’").format(name=name)
    return Plan(text, (InsertBin(len(board.bins), bin_id, name, color),))


def remove_bin(board: Board, bin_id: str) -> Plan:
    """Plan that a bin goes, with its examples; raises `ProjectError` where it does not exist."""
    bin_ = board.bin(bin_id)
    placements = tuple((example.rank, example.path) for example in bin_.examples)
    changes = (
        *([RemoveExamples(bin_id, placements)] if placements else ()),
        RemoveBin(board.position(bin_id), bin_id, bin_.name, bin_.color),
    )
    return Plan(tr("Remove bin ‘{name}’").format(name=bin_.name), changes)
