"""The undo command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtGui import QUndoCommand

from fewshot_gui.project.edits.base import Change, Plan
from fewshot_gui.project.record import EDIT, REDO, UNDO


class Apply(Protocol):
    """Makes changes as one step; `kind` (edit, undo, redo) and `name` are for the record."""

    def __call__(self, changes: Sequence[Change], *, kind: str, name: str) -> None: ...


class Edit(QUndoCommand):
    """One entry of the undo stack: `apply` gets the changes of `plan`, or their inverses backwards."""

    def __init__(self, plan: Plan, apply: Apply) -> None:
        super().__init__(plan.text)
        self._changes = plan.changes
        self._apply = apply
        self._kind = EDIT  # of the next `redo`: Qt calls it first of all

    def redo(self) -> None:
        kind, self._kind = self._kind, REDO
        self._apply(self._changes, kind=kind, name=self.text())

    def undo(self) -> None:
        self._apply([change.inverted() for change in reversed(self._changes)], kind=UNDO, name=self.text())

    def images(self) -> Iterator[Path]:
        """Yield the images that this edit is of."""
        for change in self._changes:
            yield from change.images()

    def relocate(self, moved: Mapping[Path, Path]) -> None:
        """Name the files that were found under new paths by these from now on."""
        self._changes = tuple(change.relocated(moved) for change in self._changes)
