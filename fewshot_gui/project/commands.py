"""The undo command, and the changes each kind of edit consists of.

The functions look at the board and return changes; they do not touch it. Changes are made by
`Edit` alone, when it is pushed on the undo stack, undone or redone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

from PySide6.QtGui import QUndoCommand

from fewshot_gui.project.board import Board
from fewshot_gui.project.changes import (
    Change,
    InsertBin,
    InsertExamples,
    MoveBin,
    Placement,
    RemoveBin,
    RemoveExamples,
    RestyleBin,
    SetFolders,
)
from fewshot_gui.project.palette import next_color
from fewshot_gui.project.values import name_key

Changes = tuple[Change, ...]


class Edit(QUndoCommand):
    """One entry of the undo stack: `apply` gets its changes, or their inverses backwards."""

    def __init__(self, text: str, changes: Sequence[Change], apply: Callable[[Sequence[Change]], None]) -> None:
        super().__init__(text)
        self._changes = tuple(changes)
        self._apply = apply

    def redo(self) -> None:
        self._apply(self._changes)

    def undo(self) -> None:
        self._apply([change.inverted() for change in reversed(self._changes)])

    def paths(self) -> Iterator[Path]:
        """Yield the images that this edit puts into a bin or takes out of one."""
        for change in self._changes:
            if isinstance(change, InsertExamples | RemoveExamples):
                yield from (path for _, path in change.placements)

    def relocate(self, moved: Mapping[Path, Path]) -> None:
        """Name the files that were found under new paths by these from now on."""
        self._changes = tuple(change.relocated(moved) for change in self._changes)


def insert_bin(board: Board, bin_id: str, name: str, color: str) -> Changes:
    """An empty bin comes to the end of the board."""
    return (InsertBin(len(board.bins), bin_id, name, color),)


def remove_bin(board: Board, bin_id: str) -> Changes:
    """A bin goes, with its examples."""
    bin_ = board.bin(bin_id)
    placements = tuple((example.rank, example.path) for example in bin_.examples)
    return (
        *([RemoveExamples(bin_id, placements)] if placements else ()),
        RemoveBin(board.position(bin_id), bin_id, bin_.name, bin_.color),
    )


def restyle_bin(board: Board, bin_id: str, *, name: str | None = None, color: str | None = None) -> Changes:
    """A bin gets another name or colour; nothing changes where it has it already."""
    bin_ = board.bin(bin_id)
    old = (bin_.name, bin_.color)
    new = (bin_.name if name is None else name, bin_.color if color is None else color)
    return (RestyleBin(bin_id, old, new),) if new != old else ()


def move_bin(board: Board, bin_id: str, position: int) -> Changes:
    """A bin goes to `position`, or to the nearest there is."""
    source = board.position(bin_id)
    target = min(max(position, 0), len(board.bins) - 1)
    return (MoveBin(bin_id, source, target),) if target != source else ()


def merge_bins(board: Board, source_id: str, target_id: str) -> Changes:
    """The examples of one bin go to the end of another, and the emptied bin goes."""
    source = board.bin(source_id)
    placed = place_examples(board, {target_id: [example.path for example in source.examples]})
    return (*placed, RemoveBin(board.position(source_id), source_id, source.name, source.color))


def place_examples(board: Board, groups: Mapping[str, Sequence[Path]]) -> Changes:
    """Images go to the end of bins (bin id -> images), out of other bins where they are in one.

    Images that are in their bin already stay where they are. No image may be named twice.
    """
    arrivals = {bin_id: [path for path in paths if board.bin_of(path) != bin_id] for bin_id, paths in groups.items()}
    changes = list(remove_examples(board, [path for paths in arrivals.values() for path in paths]))
    rank = board.next_rank
    for bin_id, paths in arrivals.items():
        if paths:
            changes.append(InsertExamples(bin_id, tuple(enumerate(paths, rank))))
            rank += len(paths)
    return tuple(changes)


def fill_bins(board: Board, groups: Sequence[tuple[str, Sequence[Path]]]) -> Changes:
    """Images go to the bins of these names (name, images), those that are missing being added.

    No image may be named twice.
    """
    new_bins: dict[str, InsertBin] = {}
    placed: dict[str, list[Path]] = {}
    colors = [bin_.color for bin_ in board.bins]
    for name, paths in groups:
        bin_id = board.bin_named(name)
        if bin_id is None:
            key = name_key(name)
            if key not in new_bins:
                colors.append(next_color(colors))
                new_bins[key] = InsertBin(len(colors) - 1, uuid4().hex, name, colors[-1])
            bin_id = new_bins[key].bin_id
        placed.setdefault(bin_id, []).extend(paths)
    return (*new_bins.values(), *place_examples(board, placed))


def remove_examples(board: Board, paths: Sequence[Path]) -> Changes:
    """Images leave their bins; those that are in none are passed over."""
    departures: dict[str, list[Placement]] = {}
    for path in paths:
        bin_id = board.bin_of(path)
        if bin_id is not None:
            departures.setdefault(bin_id, []).append(board.placement(path))
    return tuple(RemoveExamples(bin_id, tuple(sorted(gone))) for bin_id, gone in departures.items())


def set_folders(board: Board, folders: Sequence[Path]) -> Changes:
    """The library shows `folders`."""
    return (SetFolders(board.folders, tuple(folders)),) if tuple(folders) != board.folders else ()
