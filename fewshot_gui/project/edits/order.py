"""A bin moves on the board."""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.project.board import Board
from fewshot_gui.project.edits.base import STEPS, Change, Plan, Tables
from fewshot_gui.project.signals import ContentSignals
from fewshot_gui.translation import tr


@dataclass(frozen=True, slots=True)
class MoveBin(Change):
    """A bin goes from position `source` of the board to `target`."""

    bin_id: str
    source: int
    target: int

    def apply(self, board: Board) -> None:
        board.move_bin(self.bin_id, self.target)

    def inverted(self) -> MoveBin:
        return MoveBin(self.bin_id, self.target, self.source)

    def write(self, tables: Tables) -> None:
        execute = tables.connection.execute
        execute("UPDATE bins SET position = position - 1 WHERE position > ?", (self.source,))
        execute("UPDATE bins SET position = position + 1 WHERE position >= ?", (self.target,))
        execute("UPDATE bins SET position = ? WHERE id = ?", (self.target, self.bin_id))

    def announce(self, signals: ContentSignals) -> None:
        signals.bins_reordered.emit()


STEPS.register("move bin", MoveBin)


def move_bin(board: Board, bin_id: str, position: int) -> Plan:
    """Plan that a bin goes to `position`, from 0, or to the nearest that there is."""
    source = board.position(bin_id)
    target = min(max(position, 0), len(board.bins) - 1)
    text = tr("Move bin ‘{name}’").format(name=board.bin(bin_id).name)
    return Plan(text, (MoveBin(bin_id, source, target),) if target != source else ())
