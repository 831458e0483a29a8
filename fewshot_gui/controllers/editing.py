"""Edits of the document, made from what the user does with images and bins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.mime import DraggedImages
from fewshot_gui.items.naming import display_name
from fewshot_gui.jobs.files import DroppedImages
from fewshot_gui.project.errors import ProjectError
from model.types import Attend

_BOARD = "board"
_BIN = "bin:"


class EditingController(QObject):
    """Answers the intents of the board and the lists. The status bar says why an edit was refused."""

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._files, self._window = services.document, services.files, services.window
        self._status, self._stacks = services.status, services.stacks
        services.intents.files_dropped_on_bin.connect(self._on_files_dropped_on_bin)
        services.intents.files_dropped_on_board.connect(self._on_files_dropped_on_board)
        services.intents.examples_dropped_out.connect(self._on_remove_examples_requested)
        services.intents.remove_examples_requested.connect(self._on_remove_examples_requested)
        services.intents.boxes_requested.connect(self._on_boxes_requested)
        services.intents.assign_requested.connect(self._on_assign_requested)
        services.intents.bin_add_requested.connect(self._on_bin_add_requested)
        services.intents.bin_rename_requested.connect(self._on_bin_rename_requested)
        services.intents.bin_recolor_requested.connect(self._on_bin_recolor_requested)
        services.intents.bin_move_requested.connect(self._on_bin_move_requested)
        services.intents.bin_merge_requested.connect(self._on_bin_merge_requested)
        services.intents.bin_remove_requested.connect(self._on_bin_remove_requested)
        services.files.drop_expanded.connect(self._on_drop_expanded)

    @Slot(str, object)
    def _on_files_dropped_on_bin(self, bin_id: str, dropped: DraggedImages) -> None:
        if dropped.source == "files":  # from another program: may be folders, or no images at all
            self._files.expand_drop(_BIN + bin_id, list(dropped.paths))
        else:
            stacked = dropped.source in ("library", "results")
            self._add_examples(bin_id, self._stacks.all_under(dropped.paths) if stacked else dropped.paths)

    @Slot(list)
    def _on_files_dropped_on_board(self, paths: list[Path]) -> None:
        self._files.expand_drop(_BOARD, paths, by_folder=True)

    @Slot(object)
    def _on_drop_expanded(self, dropped: DroppedImages) -> None:
        said = ""
        if dropped.target == _BOARD:
            self._add_bins(dropped)
        elif dropped.target.startswith(_BIN):
            if dropped.images:
                self._add_examples(dropped.target.removeprefix(_BIN), dropped.images)
            elif not dropped.refused:
                said = self.tr("Nothing was added: the folder holds no images.")
        if dropped.refused:
            said = self._describe_refused(dropped.refused)
        self._status.show_notes(dropped.notes, said)

    @Slot(list)
    def _on_remove_examples_requested(self, paths: list[Path]) -> None:
        self._attempt(lambda: self._document.remove_examples(paths))

    @Slot(Path, object)
    def _on_boxes_requested(self, path: Path, boxes: Attend) -> None:
        self._attempt(lambda: self._document.set_boxes(path, boxes))
        self._files.hash_files([path])  # what they were drawn on, if the file is another one later

    @Slot(int, list)
    def _on_assign_requested(self, position: int, paths: list[Path]) -> None:
        bins = self._document.bins
        if position < len(bins):
            self._add_examples(bins[position].id, self._stacks.all_under(paths))
        else:
            text = self.tr("There is no bin {number}. Add one with Ctrl+B.")
            self._status.show_message(text.format(number=position + 1))

    @Slot()
    def _on_bin_add_requested(self) -> None:
        self._attempt(lambda: self._window.edit_bin_name(self._document.add_bin()))

    @Slot(str, str)
    def _on_bin_rename_requested(self, bin_id: str, name: str) -> None:
        self._attempt(lambda: self._document.rename_bin(bin_id, name))

    @Slot(str, str)
    def _on_bin_recolor_requested(self, bin_id: str, color: str) -> None:
        self._attempt(lambda: self._document.recolor_bin(bin_id, color))

    @Slot(str, int)
    def _on_bin_move_requested(self, bin_id: str, position: int) -> None:
        self._attempt(lambda: self._document.move_bin(bin_id, position))

    @Slot(str, str)
    def _on_bin_merge_requested(self, source_id: str, target_id: str) -> None:
        self._attempt(lambda: self._document.merge_bins(source_id, target_id))

    @Slot(str)
    def _on_bin_remove_requested(self, bin_id: str) -> None:
        self._attempt(lambda: self._document.remove_bin(bin_id))

    def _attempt(self, edit: Callable[[], object]) -> None:
        """Make an edit; where it is refused, say why in the status bar."""
        try:
            edit()
        except ProjectError as error:
            self._status.show_message(str(error))

    def _add_examples(self, bin_id: str, paths: Sequence[Path]) -> None:
        self._attempt(lambda: self._document.add_examples(bin_id, paths))

    def _add_bins(self, dropped: DroppedImages) -> None:
        groups = list(dropped.groups)
        if dropped.images:
            groups.append(("", dropped.images))  # loose images: a bin with the next free name
        folder = dropped.folders[0] if len(dropped.folders) == 1 and not dropped.images else None
        if groups:
            self._attempt(lambda: self._document.add_bins_from_folder(folder, groups))

    def _describe_refused(self, paths: Sequence[Path]) -> str:
        names = ", ".join(display_name(path) for path in paths[:3]) + (" …" if len(paths) > 3 else "")
        text = self.tr("No image files, left out ({count}): {names}")
        return text.format(count=len(paths), names=names)
