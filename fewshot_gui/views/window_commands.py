"""What the main window's actions and keys do, and when they can be used."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

from fewshot_gui.items.naming import names_are_hidden
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.views.dialogs import HelpDialog, show_about
from fewshot_gui.views.image_view import ImageView, selected_ranges

if TYPE_CHECKING:
    from fewshot_gui.views.main_window import MainWindow

_KEYS = 9


class WindowCommands(QObject):
    """Connects the action table of `window` to its signals and views."""

    def __init__(self, window: MainWindow, document: Document, results: Results) -> None:
        super().__init__(window)
        self._window, self._document, self._results = window, document, results
        self._table = window.command_table
        self._connect_actions()
        self._connect_undo()
        self._add_bin_keys()
        self._follow_state()
        self._table.set_icons(window.palette())
        self._update_flags()

    def _connect_actions(self) -> None:
        window, focus, canvas = self._window, self._window.focus, self._window.inspector.canvas
        for action_id, slot in {
            "new": window.new_requested,
            "open": window.open_requested,
            "save": window.save_requested,
            "saveAs": window.save_as_requested,
            "editAgain": window.edit_again_requested,
            "recover": window.recover_requested,
            "addFolder": window.add_folder_requested,
            "reading": window.reading_requested,
            "export": window.export_requested,
            "cache": window.cache_requested,
            "exportFolders": window.export_folders_requested,
            "undoMove": window.undo_move_requested,
            "refresh": window.refresh_requested,
            "newBin": window.bin_add_requested,
            "train": window.train_requested,
            "suggest": window.suggest_requested,
            "cancel": window.cancel_requested,
        }.items():
            self._table[action_id].triggered.connect(partial(_call, slot.emit))
        calls: dict[str, Callable[[], object]] = {
            "close": window.close,
            "quit": window.close,
            "selectAll": focus.select_all,
            "selectNone": focus.select_none,
            "selectInvert": focus.invert,
            "find": self._find,
            "removeExamples": self._remove_examples,
            "renameBin": self._rename_bin,
            "nextBin": partial(window.bins.focus_bin, 1),
            "previousBin": partial(window.bins.focus_bin, -1),
            "classify": partial(window.classify_requested.emit, []),
            "classifyLibrary": self._classify_library,
            "showAll": window.library.show_all,
            "zoomIn": partial(canvas.zoom_by, 1),
            "zoomOut": partial(canvas.zoom_by, -1),
            "zoomFit": canvas.fit,
            "zoomActual": canvas.zoom_to_actual,
            "estimates": window.estimates.present,
            "help": self._show_help,
            "about": partial(show_about, window),
        }
        for action_id, call in calls.items():
            self._table[action_id].triggered.connect(partial(_call, call))

    def _connect_undo(self) -> None:
        stack = self._document.undo_stack
        self._table["undo"].triggered.connect(stack.undo)
        self._table["redo"].triggered.connect(stack.redo)
        stack.canUndoChanged.connect(self._on_can_undo_changed)
        stack.canRedoChanged.connect(self._on_can_redo_changed)
        stack.undoTextChanged.connect(self._on_undo_text_changed)
        stack.redoTextChanged.connect(self._on_redo_text_changed)
        self._table.set_flags(can_undo=stack.canUndo(), can_redo=stack.canRedo())
        self.show_undo_texts()

    def show_undo_texts(self) -> None:
        """Say what undo and redo would do, as names are shown now."""
        stack = self._document.undo_stack
        self._on_undo_text_changed(stack.undoText())
        self._on_redo_text_changed(stack.redoText())

    def _add_bin_keys(self) -> None:
        for position in range(_KEYS):
            action = QAction(self._window)
            action.setObjectName(f"assign{position + 1}Action")
            action.setShortcut(str(position + 1))
            action.triggered.connect(partial(self._assign, position))
            self._window.addAction(action)

    def _follow_state(self) -> None:
        window, document, results = self._window, self._document, self._results
        for signal in (
            document.reset,
            document.path_changed,
            document.bin_inserted,
            document.bin_removed,
            document.examples_changed,
            document.folders_changed,
            results.reset,
            results.appended,
            results.training_changed,
            window.focus.selection_changed,
            window.library.model.modelReset,
            window.library.model.rowsInserted,
            window.image_selected,
        ):
            signal.connect(self._update_flags)
        window.estimates.examples_chosen.connect(self._on_examples_chosen)
        document.reset.connect(window.inspector.clear)
        results.training_changed.connect(window.inspector.explain_again)
        for view in (*window.bins.image_views(), window.library.images):
            window.focus.add(view)
        window.focus.add(window.results.table)
        window.bins.view_made.connect(self._on_view_made)
        window.bins.view_removed.connect(self._on_view_removed)

    def _update_flags(self) -> None:
        bins, results, window = self._document.bins, self._results, self._window
        self._table.set_flags(
            read_only=bool(self._document.read_only_reason),
            has_bins=bool(bins),
            can_train=sum(bool(bin_.examples) for bin_ in bins) >= 2,
            is_trained=results.classifier_revision is not None,
            has_results=len(results) > 0,
            has_something_to_sort=len(results) > 0 or self._document.example_count > 0,
            has_folders=bool(self._document.folders),
            has_library=window.library.model.rowCount() > 0,
            has_images=window.library.model.total > 0,
            has_suggestions=window.library.model.suggested is not None,
            has_image=window.inspector.path is not None,
            has_example_selection=self._is_example_selected(),
        )

    def _is_example_selected(self) -> bool:
        view = self._window.focus.active
        if view is None:
            return False
        selected = selected_ranges(view)
        if sum(last - first + 1 for first, last in selected) <= self._document.example_count:
            return any(self._document.bin_of(path) for path in view.selected_paths())
        # All of a large library, perhaps: the examples are fewer.
        rows = (view.row_of(example.path) for bin_ in self._document.bins for example in bin_.examples)
        return any(first <= row <= last for row in rows if row is not None for first, last in selected)

    # The stack is not asked here: it sends these signals also while it is being destroyed.

    def _on_can_undo_changed(self, can: bool) -> None:
        self._table.set_flags(can_undo=can)

    def _on_can_redo_changed(self, can: bool) -> None:
        self._table.set_flags(can_redo=can)

    def _on_undo_text_changed(self, text: str) -> None:
        self._table.set_text("undo", self.tr("&Undo"), "" if names_are_hidden() else text)

    def _on_redo_text_changed(self, text: str) -> None:
        self._table.set_text("redo", self.tr("&Redo"), "" if names_are_hidden() else text)

    def _assign(self, position: int) -> None:
        """Put the selected images into the bin at `position`, and go on to the next image."""
        window, focus = self._window, self._window.focus
        paths, view = focus.paths(), focus.active
        if position >= len(self._document.bins):
            window.show_message(self.tr("There is no bin {key}.").format(key=position + 1))
        elif not paths or view is None:
            window.show_message(self.tr("Select images first, then press the key of a bin."))
        else:
            following = view.path_after_selection()
            window.assign_requested.emit(position, paths)
            if following is not None and focus.active is view:
                view.select_paths([following])

    def _remove_examples(self) -> None:
        paths = [path for path in self._window.focus.paths() if self._document.bin_of(path) is not None]
        if paths:
            self._window.remove_examples_requested.emit(paths)

    def _rename_bin(self) -> None:
        bin_id = self._window.bins.current_bin()
        if bin_id is not None:
            self._window.bins.edit_name(bin_id)

    def _classify_library(self) -> None:
        self._window.classify_requested.emit(list(self._window.library.model.paths))

    def _find(self) -> None:
        """Go to the filter of the results where those are used, else to the library's."""
        window = self._window
        field: QLineEdit = (
            window.results.filter if window.focus.active is window.results.table else window.library.filter
        )
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def _show_help(self) -> None:
        dialog = HelpDialog(self._table, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _on_examples_chosen(self, paths: list[Path]) -> None:
        """Select them where they are now; what is in no bin any more is shown at least."""
        window = self._window
        if not window.bins.select_examples(paths):
            window.inspector.show_image(paths[0])
            window.image_selected.emit(paths[0])
            window.show_message(self.tr("These images are in no bin any more."))

    def _on_view_made(self, view: ImageView) -> None:
        self._window.focus.add(view)

    def _on_view_removed(self, view: ImageView) -> None:
        self._window.focus.remove(view)


def _call(call: Callable[[], object], _checked: bool = False) -> None:
    """Drop the `checked` that QAction.triggered hands over."""
    call()
