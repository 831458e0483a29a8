"""A person draws boxes on an image: "here" it shows its class, "not here" is something else."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.project.board import Board
from fewshot_gui.project.edits.base import STEPS, Change, Plan, Tables
from fewshot_gui.project.signals import ContentSignals
from fewshot_gui.translation import tr
from model.project_file.boxes import read_boxes
from model.types import Attend


@dataclass(frozen=True, slots=True)
class SetBoxes(Change):
    """An image has the boxes `new` instead of `old`."""

    read_after = ("identify",)

    path: Path
    old: Attend
    new: Attend

    def apply(self, board: Board) -> None:
        board.set_boxes(self.path, self.new)

    def inverted(self) -> SetBoxes:
        return SetBoxes(self.path, self.new, self.old)

    def relocated(self, moved: Mapping[Path, Path]) -> Change:
        return SetBoxes(moved.get(self.path, self.path), self.old, self.new)

    def images(self) -> Iterator[Path]:
        yield self.path

    def write(self, tables: Tables) -> None:
        tables.register_files([self.path])
        encoded = os.fsencode(self.path)
        tables.connection.execute("DELETE FROM boxes WHERE path = ?", (encoded,))
        drawn = [(1, box) for box in self.new.inside] + [(0, box) for box in self.new.outside]
        tables.connection.executemany(
            "INSERT INTO boxes VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((encoded, at, here, box.x, box.y, box.width, box.height) for at, (here, box) in enumerate(drawn)),
        )

    @classmethod
    def read(cls, connection: sqlite3.Connection, board: Board) -> None:
        for path, boxes in read_boxes(connection).items():
            board.set_boxes(path, boxes)

    @classmethod
    def rebuild(cls, board: Board) -> Iterable[SetBoxes]:
        return [cls(path, Attend(), boxes) for path, boxes in board.boxes.items()]

    def announce(self, signals: ContentSignals) -> None:
        signals.boxes_changed.emit(self.path)


STEPS.register("set boxes", SetBoxes)


def set_boxes(board: Board, path: Path, boxes: Attend) -> Plan:
    """Plan that an image has these boxes and no others."""
    old = board.boxes.get(path, Attend())
    fewer = len(boxes.inside) + len(boxes.outside) < len(old.inside) + len(old.outside)
    text = tr("Remove a box from an example") if fewer else tr("Draw a box on an example")
    return Plan(text, (SetBoxes(path, old, boxes),) if boxes != old else ())
