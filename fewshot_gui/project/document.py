"""The document: the only truth about a project while it is open, and every edit of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from fewshot_gui.project import commands
from fewshot_gui.project.changes import Change, InsertExamples, Relocate
from fewshot_gui.project.content import Content
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.store import ProjectStore, StoredContent
from fewshot_gui.project.values import Bin, Example, FileIdentity, clean_name

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
        changes = commands.insert_bin(self._board, bin_id, name, self.next_color())
        self._push(self.tr("Add bin ‘{name}’").format(name=name), changes)
        return bin_id

    def remove_bin(self, bin_id: str) -> None:
        """Remove a bin and its examples; no file is touched."""
        text = self.tr("Remove bin ‘{name}’").format(name=self.bin(bin_id).name)
        self._push(text, commands.remove_bin(self._board, bin_id))

    def rename_bin(self, bin_id: str, name: str) -> None:
        """Give a bin another name; `ProjectError` when it is empty or another bin's."""
        text = self.tr("Rename bin ‘{name}’").format(name=self.bin(bin_id).name)
        name = self._checked_name(name, bin_id)
        self._push(text, commands.restyle_bin(self._board, bin_id, name=name))

    def recolor_bin(self, bin_id: str, color: str) -> None:
        """Give a bin another colour, "#rrggbb"."""
        text = self.tr("Recolour bin ‘{name}’").format(name=self.bin(bin_id).name)
        self._push(text, commands.restyle_bin(self._board, bin_id, color=color.lower()))

    def move_bin(self, bin_id: str, position: int) -> None:
        """Move a bin to where it is at `position` (from 0) of the board afterwards."""
        text = self.tr("Move bin ‘{name}’").format(name=self.bin(bin_id).name)
        self._push(text, commands.move_bin(self._board, bin_id, position))

    def merge_bins(self, source_id: str, target_id: str) -> None:
        """Move the examples of `source_id` to the end of `target_id` and remove the emptied bin."""
        source, target = self.bin(source_id), self.bin(target_id)
        if source_id == target_id:
            raise ProjectError(self.tr("A bin cannot be merged into itself."))
        text = self.tr("Merge ‘{source}’ into ‘{target}’").format(source=source.name, target=target.name)
        self._push(text, commands.merge_bins(self._board, source_id, target_id))

    def add_examples(self, bin_id: str, paths: Iterable[Path]) -> int:
        """Put images at the end of a bin, out of other bins where they are in one; return how many.

        Those that were in this bin already stay in their place; one posted message says how many.
        """
        name = self.bin(bin_id).name
        wanted = _absolute(paths)
        arrivals = [path for path in wanted if self.bin_of(path) != bin_id]
        text = self.tr("Add {images} to ‘{name}’").format(images=self._images(len(arrivals)), name=name)
        self._push(text, commands.place_examples(self._board, {bin_id: arrivals}))
        if len(arrivals) < len(wanted):
            text = self.tr("Already in ‘{name}’: {images}.")
            self.message_posted.emit(text.format(name=name, images=self._images(len(wanted) - len(arrivals))))
        return len(arrivals)

    def remove_examples(self, paths: Iterable[Path]) -> int:
        """Take images out of their bins; return how many were in one. No file is touched."""
        departures = [path for path in _absolute(paths) if self.bin_of(path) is not None]
        text = self.tr("Remove {images}").format(images=self._images(len(departures)))
        self._push(text, commands.remove_examples(self._board, departures))
        return len(departures)

    def add_bins_from_folder(self, folder: Path, groups: Sequence[tuple[str, Sequence[Path]]]) -> int:
        """Put each group of images (name, images) into the bin of its name; return how many images.

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
        changes = commands.fill_bins(self._board, filled)
        text = self.tr("Add bins from folder ‘{name}’").format(name=clean_name(folder.name))
        self._push(text, changes)
        if left_out:
            text = self.tr("Without images, or with images that are in another folder too: {names}.")
            self.message_posted.emit(text.format(names=", ".join(left_out)))
        return sum(len(change.placements) for change in changes if isinstance(change, InsertExamples))

    def add_folders(self, paths: Iterable[Path]) -> None:
        """Show folders in the library, after those there; known ones stay in their place."""
        new = [path for path in _absolute(paths) if path not in self.folders]
        text = self.tr("Add folder ‘{name}’") if len(new) == 1 else self.tr("Add folders")
        text = text.format(name=clean_name(new[0].name) if new else "")
        self._push(text, commands.set_folders(self._board, (*self.folders, *new)))

    def remove_folder(self, path: Path) -> None:
        """Show a folder no longer in the library; no file is touched."""
        remaining = [folder for folder in self.folders if folder != path]
        text = self.tr("Remove folder ‘{name}’").format(name=clean_name(path.name))
        self._push(text, commands.set_folders(self._board, remaining))

    def apply_relocations(self, moved: Mapping[Path, Path]) -> None:
        """Know files and folders that were found elsewhere (old path -> new) by their new paths.

        Not undoable; edits made before are undone under the new paths. A file whose new path is an
        example already stays missing.
        """
        edits = [
            edit
            for edit in map(self.undo_stack.command, range(self.undo_stack.count()))
            if isinstance(edit, commands.Edit)
        ]
        taken = {*self.folders, *(example.path for bin_ in self.bins for example in bin_.examples)}
        taken.update(path for edit in edits for path in edit.paths())
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
        self._learn(Relocate(accepted))
        self.paths_relocated.emit(accepted)
        for bin_id in {self.bin_of(new) for new in accepted.values()} - {None}:
            self.examples_changed.emit(bin_id)
        if not set(self.folders).isdisjoint(accepted.values()):
            self.folders_changed.emit()

    def _push(self, text: str, changes: Sequence[Change]) -> None:
        if changes and self.read_only_reason:
            raise ProjectError(self.tr("Not changed: {reason}").format(reason=self.read_only_reason))
        if changes:
            self.undo_stack.push(commands.Edit(text, changes, self.apply))

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

    def _images(self, number: int) -> str:
        return self.tr("1 image") if number == 1 else self.tr("{number} images").format(number=number)


def _absolute(paths: Iterable[Path]) -> list[Path]:
    """Return the paths made absolute, each once, without a look at the disk."""
    return list(
        dict.fromkeys(
            path if path.is_absolute() and ".." not in path.parts else Path(os.path.abspath(path)) for path in paths
        )
    )
