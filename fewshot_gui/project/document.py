"""The document: the only truth about a project while it is open, and every edit of it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from fewshot_gui.project.commands import Edit
from fewshot_gui.project.content import Content
from fewshot_gui.project.edits import bins, examples, folders, merging, order, style
from fewshot_gui.project.edits import labels as labelling
from fewshot_gui.project.edits.base import Plan
from fewshot_gui.project.edits.files import Relocate
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.labels import Label
from fewshot_gui.project.record import FOUND, Draft
from fewshot_gui.project.store import ProjectStore, StoredContent
from fewshot_gui.project.values import Bin, Example, FileIdentity, clean_name
from model.types import FEWEST_OF_ONE_BIN

__all__ = ["Bin", "Document", "Example", "FileIdentity"]


class Document(Content):
    """Bins, their examples and the library's folders, with undo.

    Images are known by absolute path; each is in one bin at most. Every edit is one entry of
    `undo_stack`; an edit that would change nothing is none. Edits raise `ProjectError` when they
    name a bin that is gone or a name that cannot be given, and all of them where the project can
    only be read. No edit looks at a file.
    """

    paths_relocated = Signal(object)  # old path -> new path (dict of Path)

    def __init__(self, parent: QObject | None = None) -> None:
        """Make an empty document in memory; `show` ties it to a file."""
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)

    def show(self, content: StoredContent, store: ProjectStore, path: Path | None, read_only_reason: str = "") -> None:
        """Show another project, as `Content.show`; there is nothing to undo in it yet."""
        self.undo_stack.clear()
        super().show(content, store, path, read_only_reason)

    def add_bin(self, name: str | None = None) -> str:
        """Add an empty bin at the end, called "Bin n" where no name is given; return its id."""
        name = self._free_name() if name is None else self._checked_name(name)
        bin_id = uuid4().hex
        self.edit(bins.add_bin(self._board, bin_id, name, self.next_color()))
        return bin_id

    def remove_bin(self, bin_id: str) -> None:
        """Remove a bin and its examples; no file is touched."""
        self.edit(bins.remove_bin(self._board, bin_id))

    def rename_bin(self, bin_id: str, name: str) -> None:
        """Give a bin another name; `ProjectError` when it is empty or another bin's."""
        self.bin(bin_id)  # raises where it is gone, before anything is said of the name
        self.edit(style.rename_bin(self._board, bin_id, self._checked_name(name, bin_id)))

    def recolor_bin(self, bin_id: str, color: str) -> None:
        """Give a bin another colour, "#rrggbb"."""
        self.edit(style.recolor_bin(self._board, bin_id, color.lower()))

    def move_bin(self, bin_id: str, position: int) -> None:
        """Move a bin to where it is at `position` (from 0) of the board afterwards."""
        self.edit(order.move_bin(self._board, bin_id, position))

    def merge_bins(self, source_id: str, target_id: str) -> None:
        """Move the examples of `source_id` to the end of `target_id` and remove the emptied bin."""
        self.edit(merging.merge_bins(self._board, source_id, target_id))

    def add_examples(self, bin_id: str, paths: Iterable[Path]) -> int:
        """Put images at the end of a bin, out of other bins where they are in one; return how many.

        Those that were in this bin already stay in their place; one posted message says how many.
        """
        wanted = _absolute(paths)
        arrivals = sum(self.bin_of(path) != bin_id for path in wanted)
        self.edit(examples.add_examples(self._board, bin_id, wanted))
        if arrivals < len(wanted):
            text = self.tr("Already in ‘{name}’: {images}.")
            count = examples.count_images(len(wanted) - arrivals)
            self.message_posted.emit(text.format(name=self.bin(bin_id).name, images=count))
        return arrivals

    def remove_examples(self, paths: Iterable[Path]) -> int:
        """Take images out of their bins; return how many were in one. No file is touched."""
        departures = [path for path in _absolute(paths) if self.bin_of(path) is not None]
        self.edit(examples.remove_examples(self._board, departures))
        return len(departures)

    def add_bins_from_folder(self, folder: Path | None, groups: Sequence[tuple[str, Sequence[Path]]]) -> int:
        """Put each group of images (name, images) into the bin of its name; return how many images.

        `folder` is the one that they all come from, None where there is no such folder.

        Bins that are not there yet are added. A group without images adds none, and an image that
        is in several groups goes with the first; a posted message names what was left out.
        """
        taken: set[Path] = set()
        filled: list[tuple[str, Sequence[Path]]] = []
        left_out: list[str] = []
        for group_name, paths in groups:
            name = clean_name(group_name) or self._free_name()
            images = [path for path in _absolute(paths) if path not in taken]
            taken.update(images)
            if images:
                filled.append((name, images))
            if len(images) < max(1, len(paths)):
                left_out.append(f"‘{name}’")
        plan = merging.fill_bins(self._board, "" if folder is None else clean_name(folder.name), filled)
        self.edit(plan)
        if left_out:
            text = self.tr("Without images, or with images that are in another folder too: {names}.")
            self.message_posted.emit(text.format(names=", ".join(left_out)))
        return sum(len(change.placements) for change in plan.changes if isinstance(change, examples.InsertExamples))

    def give_labels(self, labels: Mapping[Path, Label], *, as_examples: Collection[Path] = ()) -> None:
        """Keep what a reader says of images, in place of what that reader said of them before.

        `as_examples`: those of them that go into the bins that they are labelled as, too.
        """
        self.edit(labelling.give_labels(self._board, labels, as_examples=as_examples))

    def take_back_labels(self, paths: Iterable[Path], reader: str) -> None:
        """Forget what a reader says of images."""
        self.edit(labelling.take_back_labels(self._board, _absolute(paths), reader))

    def add_folders(self, paths: Iterable[Path]) -> None:
        """Show folders in the library, after those there; known ones stay in their place."""
        self.edit(folders.add_folders(self._board, _absolute(paths)))

    def remove_folder(self, path: Path) -> None:
        """Show a folder no longer in the library; no file is touched."""
        self.edit(folders.remove_folder(self._board, path))

    def apply_relocations(self, moved: Mapping[Path, Path]) -> None:
        """Know files and folders that were found elsewhere (old path -> new) by their new paths.

        Not undoable; edits made before are undone under the new paths. A file whose new path is an
        example already stays missing.
        """
        commands = map(self.undo_stack.command, range(self.undo_stack.count()))
        edits = [command for command in commands if isinstance(command, Edit)]
        taken = {*self.folders, *(example.path for bin_ in self.bins for example in bin_.examples)}
        taken.update(path for edit in edits for path in edit.images())
        taken.update(moved)  # no file goes where another one left in the same step: order must not matter
        accepted: dict[Path, Path] = {}
        for old, new in moved.items():
            if new not in taken:
                accepted[old] = new
                taken.add(new)
        if not accepted:
            return
        for edit in edits:
            edit.relocate(accepted)
        self._missing -= accepted.keys()
        relocation = Relocate(accepted)
        relocation.apply(self._board)
        pairs = [(os.fspath(old), os.fspath(new)) for old, new in accepted.items()]
        self._save([relocation], [Draft(FOUND, self.who, {"moved": pairs}, (*accepted, *accepted.values()))])
        self.paths_relocated.emit(accepted)
        for bin_id in {self.bin_of(new) for new in accepted.values()} - {None}:
            self.examples_changed.emit(bin_id)
        if not set(self.folders).isdisjoint(accepted.values()):
            self.folders_changed.emit()

    @property
    def can_train(self) -> bool:
        """Whether there are examples enough: in two bins, or `FEWEST_OF_ONE_BIN` in one."""
        counts = [len(bin_.examples) for bin_ in self.bins if bin_.examples]
        return len(counts) >= 2 or sum(counts) >= FEWEST_OF_ONE_BIN

    def edit(self, plan: Plan) -> None:
        """Make an edit of any kind, planned for the content as it is now; one without changes is none."""
        if plan.changes and self.read_only_reason:
            raise ProjectError(self.tr("Not changed: {reason}").format(reason=self.read_only_reason))
        if plan.changes:
            self.undo_stack.push(Edit(plan, self.apply))

    def _checked_name(self, name: str, bin_id: str | None = None) -> str:
        cleaned = clean_name(name)
        if not cleaned:
            raise ProjectError(self.tr("A bin needs a name."))
        namesake = self._board.bin_named(cleaned)
        if namesake not in {None, bin_id}:
            raise ProjectError(self.tr("There is a bin called ‘{name}’ already.").format(name=cleaned))
        return cleaned

    def _free_name(self) -> str:
        names = (self.tr("Bin {number}").format(number=number) for number in count(1))
        return next(name for name in names if self._board.bin_named(name) is None)


def _absolute(paths: Iterable[Path]) -> list[Path]:
    """Return the paths made absolute, each once, without a look at the disk."""
    return list(
        dict.fromkeys(
            path if path.is_absolute() and ".." not in path.parts else Path(os.path.abspath(path)) for path in paths
        )
    )
