"""Images come into bins and leave them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fewshot_gui.project.board import Board, Placement
from fewshot_gui.project.disk import decode_path
from fewshot_gui.project.edits.base import STEPS, Change, Plan, Tables
from fewshot_gui.translation import tr


@dataclass(frozen=True, slots=True)
class _ExamplesChange(Change):
    bin_id: str
    placements: tuple[Placement, ...]

    def relocated(self, moved: Mapping[Path, Path]) -> Change:
        placements = tuple((rank, moved.get(path, path)) for rank, path in self.placements)
        return replace(self, placements=placements)

    def images(self) -> Iterator[Path]:
        yield from (path for _, path in self.placements)

    def bins_refilled(self) -> tuple[str, ...]:
        return (self.bin_id,)


@dataclass(frozen=True, slots=True)
class InsertExamples(_ExamplesChange):
    """Images that are in no bin come into one, each at the place its rank gives it."""

    read_after = ("insert bin", "identify")

    def apply(self, board: Board) -> None:
        board.insert_examples(self.bin_id, self.placements)

    def inverted(self) -> RemoveExamples:
        return RemoveExamples(self.bin_id, self.placements)

    def write(self, tables: Tables) -> None:
        tables.register_files(path for _, path in self.placements)
        tables.connection.executemany(
            "INSERT INTO examples VALUES (?, ?, ?)",
            ((os.fsencode(path), self.bin_id, rank) for rank, path in self.placements),
        )

    @classmethod
    def read(cls, connection: sqlite3.Connection, board: Board) -> None:
        placements: dict[str, list[Placement]] = {}
        for path, bin_id, rank in connection.execute("SELECT path, bin_id, rank FROM examples ORDER BY rank"):
            placements.setdefault(bin_id, []).append((rank, decode_path(path)))
        for bin_id, placed in placements.items():
            if bin_id not in board:
                raise LookupError("examples of a bin that is not there")
            board.insert_examples(bin_id, tuple(placed))

    @classmethod
    def rebuild(cls, board: Board) -> Iterable[InsertExamples]:
        return [cls(bin_.id, tuple((known.rank, known.path) for known in bin_.examples)) for bin_ in board.bins]


@dataclass(frozen=True, slots=True)
class RemoveExamples(_ExamplesChange):
    """Images leave their bin."""

    def apply(self, board: Board) -> None:
        board.remove_examples(self.bin_id, self.placements)

    def inverted(self) -> InsertExamples:
        return InsertExamples(self.bin_id, self.placements)

    def write(self, tables: Tables) -> None:
        encoded = ((os.fsencode(path),) for _, path in self.placements)
        tables.connection.executemany("DELETE FROM examples WHERE path = ?", encoded)


STEPS.register("insert examples", InsertExamples)
STEPS.register("remove examples", RemoveExamples)


def add_examples(board: Board, bin_id: str, paths: Sequence[Path]) -> Plan:
    """Plan that images go to the end of a bin; those that are in it already stay where they are."""
    arrivals = [path for path in paths if board.bin_of(path) != bin_id]
    text = tr("Add {images} to ‘{name}’").format(images=count_images(len(arrivals)), name=board.bin(bin_id).name)
    return Plan(text, place(board, {bin_id: arrivals}))


def remove_examples(board: Board, paths: Sequence[Path]) -> Plan:
    """Plan that images leave their bins; those that are in none are passed over."""
    departures = [path for path in paths if board.bin_of(path) is not None]
    return Plan(tr("Remove {images}").format(images=count_images(len(departures))), take_out(board, departures))


def place(board: Board, groups: Mapping[str, Sequence[Path]]) -> tuple[Change, ...]:
    """Return the changes by which images go to the end of bins (bin id -> images), out of those that they are in.

    Images that are in their bin already stay where they are. No image may be named twice.
    """
    arrivals = {bin_id: [path for path in paths if board.bin_of(path) != bin_id] for bin_id, paths in groups.items()}
    changes = list(take_out(board, [path for paths in arrivals.values() for path in paths]))
    rank = board.next_rank
    for bin_id, paths in arrivals.items():
        if paths:
            changes.append(InsertExamples(bin_id, tuple(enumerate(paths, rank))))
            rank += len(paths)
    return tuple(changes)


def take_out(board: Board, paths: Sequence[Path]) -> tuple[Change, ...]:
    """Return the changes by which images leave their bins; those that are in none are passed over."""
    departures: dict[str, list[Placement]] = {}
    for path in paths:
        bin_id = board.bin_of(path)
        if bin_id is not None:
            departures.setdefault(bin_id, []).append(board.placement(path))
    return tuple(RemoveExamples(bin_id, tuple(sorted(gone))) for bin_id, gone in departures.items())


def count_images(number: int) -> str:
    """Return "1 image", "2 images" and so on."""
    return tr("1 image") if number == 1 else tr("{number} images").format(number=number)
