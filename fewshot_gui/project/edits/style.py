"""A bin gets another name or colour."""

from __future__ import annotations

from dataclasses import dataclass

from fewshot_gui.project.board import Board
from fewshot_gui.project.edits.base import STEPS, Change, Plan, Tables
from fewshot_gui.project.signals import ContentSignals
from fewshot_gui.translation import tr


@dataclass(frozen=True, slots=True)
class RestyleBin(Change):
    """A bin gets another name or colour; both are (name, color)."""

    bin_id: str
    old: tuple[str, str]
    new: tuple[str, str]

    def apply(self, board: Board) -> None:
        board.restyle_bin(self.bin_id, *self.new)

    def inverted(self) -> RestyleBin:
        return RestyleBin(self.bin_id, self.new, self.old)

    def write(self, tables: Tables) -> None:
        tables.connection.execute("UPDATE bins SET name = ?, color = ? WHERE id = ?", (*self.new, self.bin_id))

    def announce(self, signals: ContentSignals) -> None:
        signals.bin_changed.emit(self.bin_id)


STEPS.register("restyle bin", RestyleBin)


def rename_bin(board: Board, bin_id: str, name: str) -> Plan:
    """Plan another name; nothing changes where the bin has it already."""
    bin_ = board.bin(bin_id)
    return _restyle(board, tr("Rename bin ‘{name}’"), bin_id, (name, bin_.color))


def recolor_bin(board: Board, bin_id: str, color: str) -> Plan:
    """Plan another colour, "#rrggbb"; nothing changes where the bin has it already."""
    bin_ = board.bin(bin_id)
    return _restyle(board, tr("Recolour bin ‘{name}’"), bin_id, (bin_.name, color))


def _restyle(board: Board, text: str, bin_id: str, new: tuple[str, str]) -> Plan:
    bin_ = board.bin(bin_id)
    old = (bin_.name, bin_.color)
    return Plan(text.format(name=bin_.name), (RestyleBin(bin_id, old, new),) if new != old else ())
