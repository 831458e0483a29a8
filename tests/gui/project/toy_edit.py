"""A kind of edit from outside of the app: a bin gets a note. A plug-in would be a module like this one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from fewshot_gui.project.board import Board
from fewshot_gui.project.edits.base import STEPS, Change, Plan, Tables
from fewshot_gui.project.signals import ContentSignals

_KEY = "note: "


@dataclass(frozen=True)
class SetNote(Change):
    """A bin gets another note; "" is none."""

    bin_id: str
    old: str
    new: str

    def apply(self, board: Board) -> None:
        board.extras["notes"] = {**notes(board), self.bin_id: self.new}

    def inverted(self) -> SetNote:
        return SetNote(self.bin_id, self.new, self.old)

    def write(self, tables: Tables) -> None:
        tables.connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (_KEY + self.bin_id, self.new))

    @classmethod
    def read(cls, connection: sqlite3.Connection, board: Board) -> None:
        rows = connection.execute(
            "SELECT substr(key, ?), value FROM state WHERE key LIKE ?", (len(_KEY) + 1, f"{_KEY}%")
        )
        board.extras["notes"] = dict(rows)

    @classmethod
    def rebuild(cls, board: Board) -> Iterable[SetNote]:
        return [cls(bin_id, "", note) for bin_id, note in notes(board).items()]

    def announce(self, signals: ContentSignals) -> None:
        signals.bin_changed.emit(self.bin_id)


def notes(board: Board) -> dict[str, str]:
    found = board.extras.get("notes", {})
    assert isinstance(found, dict)
    return found


def set_note(board: Board, bin_id: str, note: str) -> Plan:
    old = notes(board).get(bin_id, "")
    return Plan(f"Note on ‘{board.bin(bin_id).name}’", (SetNote(bin_id, old, note),) if note != old else ())


STEPS.register("set note", SetNote)
