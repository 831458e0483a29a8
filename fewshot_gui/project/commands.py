"""The undo command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from PySide6.QtGui import QUndoCommand

from fewshot_gui.project.edits.base import Change, Plan


class Edit(QUndoCommand):
    """One entry of the undo stack: `apply` gets the changes of `plan`, or their inverses backwards."""

    def __init__(self, plan: Plan, apply: Callable[[Sequence[Change]], None]) -> None:
        super().__init__(plan.text)
        self._changes = plan.changes
        self._apply = apply

    def redo(self) -> None:
        self._apply(self._changes)

    def undo(self) -> None:
        self._apply([change.inverted() for change in reversed(self._changes)])

    def images(self) -> Iterator[Path]:
        """Yield the images that this edit puts into a bin or takes out of one."""
        for change in self._changes:
            yield from change.images()

    def relocate(self, moved: Mapping[Path, Path]) -> None:
        """Name the files that were found under new paths by these from now on."""
        self._changes = tuple(change.relocated(moved) for change in self._changes)
