"""The parts of a kind of edit: steps, which change the board and the project file, and a plan of steps with a name."""

from __future__ import annotations

import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, ClassVar

from fewshot_gui.project.board import Board
from fewshot_gui.project.record import plain
from fewshot_gui.project.signals import ContentSignals
from model.registry import Registry


@dataclass(frozen=True)
class Tables:
    """The project file inside a transaction.

    `register_files` makes sure that the table `files` has a row for each of some paths.
    """

    connection: sqlite3.Connection
    register_files: Callable[[Iterable[Path]], None]


class Step(ABC):
    """The smallest part of a project's history: a value that changes the board in memory and the file alike.

    `read_after` names the steps (by their names in `STEPS`) that are read before this one.
    """

    read_after: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def apply(self, board: Board) -> None:
        """Change the board. The step must fit it, as those made for it do."""

    @abstractmethod
    def write(self, tables: Tables) -> None:
        """Change the project file as `apply` changes the board."""

    @classmethod  # noqa: B027 - for steps that add no rows
    def read(cls, connection: sqlite3.Connection, board: Board) -> None:
        """Put on `board` what steps of this kind have left in the project file.

        What is no project raises `TypeError`, `ValueError` or `LookupError`.
        """

    @classmethod
    def rebuild(cls, board: Board) -> Iterable[Step]:  # noqa: ARG003 - for steps that add no rows
        """Return the steps of this kind that make an empty project hold what `board` holds."""
        return ()


class Change(Step):
    """A step that the user makes, as part of an edit: it can be undone."""

    @abstractmethod
    def inverted(self) -> Change:
        """Return the step that takes this one back."""

    def relocated(self, moved: Mapping[Path, Path]) -> Change:  # noqa: ARG002 - most changes name no path
        """Return this step with the old paths among `moved` replaced by the new."""
        return self

    def images(self) -> Iterator[Path]:
        """Yield the images that this step is of: none that is found elsewhere may take the path of one of these."""
        yield from ()

    def announce(self, signals: ContentSignals) -> None:
        """Tell, by one of `signals`, what is another now."""

    def bins_refilled(self) -> tuple[str, ...]:
        """Return the ids of bins that hold other examples now; `examples_changed` is emitted once for each."""
        return ()


@dataclass(frozen=True)
class Plan:
    """One entry of the undo stack before it is made: what it is called, and its changes; none: nothing to do."""

    text: str
    changes: tuple[Change, ...]


STEPS: Registry[type[Step]] = Registry("fewshot_gui.project.edits", "fewshot.edits")
"""Every kind of step by name."""


def facts_of(changes: Sequence[Change], board: Board, paths: dict[Path, None]) -> dict[str, Any]:
    """Return what the record says of changes that `board` has by now: their names and fields, before and after.

    `content` has the SHA-256 of each image where it is known, `bins` the names of the bins, `images` all paths, which
    are added to `paths` as well.
    """
    names = {kind: name for name in STEPS.names() if (kind := STEPS.get(name)) is not None}
    told = [{"step": names.get(type(change), type(change).__name__), **plain(change, paths)} for change in changes]
    known = {os.fspath(path): hash_ for path in paths if (hash_ := board.content_hash(path)) is not None}
    ids = _texts(told)
    bins = {bin_id: name for bin_id, name in board.names().items() if bin_id in ids}
    return {"changes": told, "images": [os.fspath(path) for path in paths], "content": known, "bins": bins}


def _texts(value: object) -> set[str]:
    """Return every text in a value of JSON."""
    if isinstance(value, str):
        return {value}
    parts: Iterable[object] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(_texts, parts))


def read_board(connection: sqlite3.Connection) -> Board:
    """Return the board that a project file holds; raises as `Step.read` where it is damaged."""
    board = Board()
    for kind in _in_order():
        kind.read(connection, board)
    return board


def rebuild(board: Board) -> list[Step]:
    """Return the steps that make an empty project hold what `board` holds."""
    return [step for kind in _in_order() for step in kind.rebuild(board)]


def _in_order() -> list[type[Step]]:
    """Return all kinds of steps, each after those that it is to be read after."""
    kinds = {name: kind for name in STEPS.names() if (kind := STEPS.get(name)) is not None}
    order = TopologicalSorter({name: kind.read_after for name, kind in kinds.items()}).static_order()
    return [kinds[name] for name in order]
