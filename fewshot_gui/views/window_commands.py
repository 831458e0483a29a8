"""Actions and keys of the main window: what each does, and when it is enabled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QAction, QGuiApplication, QUndoCommand
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QMenu, QWidget

from fewshot_gui.actions import MOST_KEYS, ActionTable, bin_keys
from fewshot_gui.intents import Intents
from fewshot_gui.items.naming import display_text, names
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.project.stacks import Stacks
from fewshot_gui.views.bins_view import BinsView
from fewshot_gui.views.compare_view import CompareView
from fewshot_gui.views.dialogs import HelpDialog, show_about
from fewshot_gui.views.estimates_view import EstimatesView
from fewshot_gui.views.image_focus import ImageFocus
from fewshot_gui.views.image_view import ImageView, select_rows, selected_ranges
from fewshot_gui.views.inspector_view import InspectorView
from fewshot_gui.views.library_view import LibraryView
from fewshot_gui.views.results_view import ResultsView
from fewshot_gui.views.words_dialog import show_words_of
from fewshot_gui.widgets.overlay_canvas import OverlayCanvas

_TYPING_PAUSE = 4000  # milliseconds after which digits that were begun with 0 are forgotten


@dataclass(frozen=True)
class Panes:
    """The views of one window, and the focus that they share."""

    library: LibraryView
    bins: BinsView
    results: ResultsView
    inspector: InspectorView
    compare: CompareView
    estimates: EstimatesView
    focus: ImageFocus
    stacks: Stacks
    put_into: QMenu
    windows: QMenu


class WindowCommands(QObject):
    """Connects the actions of `window` to its views, and to the intents that are not a view's."""

    edit_made = Signal(str)  # what was done, for people; "": what was said so does not hold any more

    def __init__(
        self,
        window: QWidget,
        table: ActionTable,
        panes: Panes,
        intents: Intents,
        document: Document,
        results: Results,
    ) -> None:
        super().__init__(window)
        self._window, self._table, self._panes, self._intents = window, table, panes, intents
        self._document, self._results = document, results
        self._edits: list[QUndoCommand] = []  # of the stack, as far as they were seen
        self._typed = ""  # digits after 0, of a bin beyond the ninth
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_PAUSE)
        self._connect_actions()
        self._connect_undo()
        self._add_bin_keys()
        self._follow_state()
        self._table.set_icons(window.palette())
        self._update_flags()

    def _connect_actions(self) -> None:
        window, panes, intents = self._window, self._panes, self._intents
        focus, tools = panes.focus, panes.inspector.tools
        greys = tools.greys
        for action_id, slot in {
            "new": intents.new_requested,
            "open": intents.open_requested,
            "example": intents.example_requested,
            "binsFromFolder": intents.bins_from_folder_requested,
            "save": intents.save_requested,
            "saveAs": intents.save_as_requested,
            "editAgain": intents.edit_again_requested,
            "recover": intents.recover_requested,
            "addFolder": intents.add_folder_requested,
            "reading": intents.reading_requested,
            "cache": intents.cache_requested,
            "jobs": intents.jobs_requested,
            "log": intents.log_requested,
            "settings": intents.settings_requested,
            "shortcuts": intents.shortcuts_requested,
            "history": intents.history_requested,
            "undoMove": intents.undo_move_requested,
            "refresh": intents.refresh_requested,
            "newBin": intents.bin_add_requested,
            "train": intents.train_requested,
            "suggest": intents.suggest_requested,
            "compareBackbones": intents.compare_backbones_requested,
            "stopWatching": intents.stop_watching_requested,
            "fetchChoose": intents.fetch_choice_requested,
            "review": intents.review_requested,
            "report": intents.report_requested,
            "exportClassifier": intents.export_classifier_requested,
            "cancel": intents.cancel_requested,
            "goOn": intents.go_on_requested,
            "leaveUnfinished": intents.leave_unfinished_requested,
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
            "binGallery": panes.bins.toggle_gallery,
            "nextBin": partial(panes.bins.focus_bin, 1),
            "previousBin": partial(panes.bins.focus_bin, -1),
            "export": partial(self._export, intents.export_requested),
            "exportFolders": partial(self._export, intents.export_folders_requested),
            "discardUnnamed": partial(intents.discard_unnamed_requested.emit, []),
            "classify": partial(intents.classify_requested.emit, []),
            "classifyLibrary": self._classify_library,
            "watch": partial(intents.watch_requested.emit, []),
            "showAll": self._show_all,
            "toggleStack": self._toggle_stack,
            "likeImage": partial(intents.like_requested.emit, False),
            "likeRegion": partial(intents.like_requested.emit, True),
            "nextPane": partial(self._go_round, 1),
            "previousPane": partial(self._go_round, -1),
            "zoomIn": partial(self._zoom, partial(OverlayCanvas.zoom_by, notches=1)),
            "zoomOut": partial(self._zoom, partial(OverlayCanvas.zoom_by, notches=-1)),
            "zoomFit": partial(self._zoom, OverlayCanvas.fit),
            "zoomActual": partial(self._zoom, OverlayCanvas.zoom_to_actual),
            "nextWindow": greys.next_preset,
            "widerWindow": partial(greys.nudge, 1, 0),
            "narrowerWindow": partial(greys.nudge, -1, 0),
            "darker": partial(greys.nudge, 0, 1),
            "brighter": partial(greys.nudge, 0, -1),
            "invertGreys": greys.invert,
            "resetWindow": greys.reset,
            "nextInSeries": partial(tools.series.step, 1),
            "previousInSeries": partial(tools.series.step, -1),
            "turnRight": partial(panes.inspector.canvas.turn, 1),
            "turnLeft": partial(panes.inspector.canvas.turn, -1),
            "mirror": panes.inspector.canvas.mirror,
            "upsideDown": panes.inspector.canvas.turn_over,
            "copyPicture": self._copy_picture,
            "savePicture": self._save_picture,
            "whoSaid": self._ask_who_said,
            "estimates": panes.estimates.present,
            "resultsTable": partial(panes.results.show_gallery, wanted=False),
            "resultsGallery": partial(panes.results.show_gallery, wanted=True),
            "help": self._show_help,
            "words": self._explain_words,
            "about": partial(show_about, window),
        }
        for action_id, call in calls.items():
            self._table[action_id].triggered.connect(partial(_call, call))
        self._table["histogram"].setChecked(True)
        self._table["histogram"].toggled.connect(greys.set_histogram_wanted)
        self._table["facts"].toggled.connect(tools.set_facts_wanted)
        panes.windows.aboutToShow.connect(self._fill_windows)
        tools.changed.connect(self._update_flags)
        tools.image_wanted.connect(self._go_in_series)

    def _connect_undo(self) -> None:
        stack = self._document.undo_stack
        self._table["undo"].triggered.connect(stack.undo)
        self._table["redo"].triggered.connect(stack.redo)
        stack.canUndoChanged.connect(self._on_can_undo_changed)
        stack.canRedoChanged.connect(self._on_can_redo_changed)
        stack.undoTextChanged.connect(self._on_undo_text_changed)
        stack.indexChanged.connect(self._on_edit_index_changed)
        stack.redoTextChanged.connect(self._on_redo_text_changed)
        self._table.set_flags(can_undo=stack.canUndo(), can_redo=stack.canRedo())
        names.changed.connect(self.show_undo_texts)
        self.show_undo_texts()

    def _on_edit_index_changed(self, index: int) -> None:
        """Say what was just done, where it was: undoing and redoing is seen by itself."""
        stack = self._document.undo_stack
        is_new = False
        if not stack.count():
            self._edits.clear()
        elif index:
            edit = stack.command(index - 1)
            is_new = index > len(self._edits) or self._edits[index - 1] is not edit
            if is_new:
                self._edits[index - 1 :] = [edit]
        self.edit_made.emit(self.tr("Done: {edit}").format(edit=stack.undoText()) if is_new else "")

    def show_undo_texts(self) -> None:
        """Say what undo and redo would do, as names are shown now."""
        stack = self._document.undo_stack
        self._on_undo_text_changed(stack.undoText())
        self._on_redo_text_changed(stack.redoText())

    def _add_bin_keys(self) -> None:
        self._assign_actions = []
        for position in range(MOST_KEYS):
            action = QAction(self._window)
            action.setObjectName(f"assign{position + 1}Action")
            action.triggered.connect(partial(_call, partial(self._assign, position)))
            self._panes.put_into.addAction(action)
            self._assign_actions.append(action)
        for digit in range(10):
            key = QAction(self._window)
            key.setObjectName(f"digit{digit}Action")
            key.setShortcut(str(digit))
            key.triggered.connect(partial(_call, partial(self._on_digit, digit)))
            self._window.addAction(key)
        self._panes.put_into.aboutToShow.connect(self._name_bins)
        self._name_bins()

    def _name_bins(self) -> None:
        """Call the actions that put images into a bin as the bins are called; show as many as there are bins."""
        bins = self._document.bins
        for action, bin_ in zip_longest(self._assign_actions, bins[:MOST_KEYS]):
            action.setVisible(bin_ is not None)
            keys = bin_keys(self._assign_actions.index(action))
            action.setText("" if bin_ is None else bin_.name.replace("&", "&&").replace("\t", " ") + f"\t{keys}")

    def _follow_state(self) -> None:
        panes, document, results = self._panes, self._document, self._results
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
            panes.focus.selection_changed,
            panes.library.model.modelReset,
            panes.library.model.rowsInserted,
            panes.results.model.modelReset,
            self._intents.image_selected,
        ):
            signal.connect(self._update_flags)
        self._intents.examples_chosen.connect(self._on_examples_chosen)
        document.reset.connect(panes.inspector.clear)
        results.training_changed.connect(panes.inspector.explain_again)
        for view in (*panes.bins.image_views(), panes.library.images):
            panes.focus.add(view)
        panes.focus.add(panes.results.table)
        panes.results.gallery_chosen.connect(self._on_gallery_chosen)
        self._on_gallery_chosen(panes.results.is_gallery)
        panes.bins.view_made.connect(self._on_view_made)
        panes.bins.view_removed.connect(self._on_view_removed)

    def _update_flags(self) -> None:
        bins, results, panes = self._document.bins, self._results, self._panes
        self._table.set_flags(
            read_only=bool(self._document.read_only_reason),
            has_bins=bool(bins),
            can_train=self._document.can_train,
            is_trained=results.classifier_revision is not None,
            has_results=len(results) > 0,
            has_something_to_sort=len(results) > 0 or self._document.example_count > 0,
            has_folders=bool(self._document.folders),
            has_library=panes.library.model.rowCount() > 0,
            has_images=panes.library.model.total > 0,
            has_something_to_fetch=panes.library.model.total > 0 or len(results) > 0,
            has_suggestions=panes.library.model.suggested is not None or panes.results.model.filter.rows is not None,
            has_image=panes.inspector.path is not None,
            has_greys=panes.inspector.tools.greys.has_greys,
            has_series=panes.inspector.tools.has_series,
            has_example_selection=self._is_example_selected(),
        )

    def _is_example_selected(self) -> bool:
        view = self._panes.focus.active
        if view is None:
            return False
        selected = selected_ranges(view)
        if sum(last - first + 1 for first, last in selected) <= self._document.example_count:
            return any(self._document.bin_of(path) for path in view.selected_paths())
        # All of a large library, perhaps: the examples are fewer.
        rows = (view.row_of(example.path) for bin_ in self._document.bins for example in bin_.examples)
        return any(first <= row <= last for row in rows if row is not None for first, last in selected)

    # The series is not asked here: it sends these signals also while it is being destroyed.

    def _on_can_undo_changed(self, can: bool) -> None:
        self._table.set_flags(can_undo=can)

    def _on_can_redo_changed(self, can: bool) -> None:
        self._table.set_flags(can_redo=can)

    def _on_undo_text_changed(self, text: str) -> None:
        self._table.set_text("undo", self.tr("&Undo"), display_text(text))

    def _on_redo_text_changed(self, text: str) -> None:
        self._table.set_text("redo", self.tr("&Redo"), display_text(text))

    def _on_digit(self, digit: int) -> None:
        """1 to 9 are bins by themselves; 0 begins a number of two digits more."""
        typed = "" if self._typed.startswith("0") and not self._typing.isActive() else self._typed
        self._typed = typed + str(digit)
        if not self._typed.startswith("0"):
            self._typed = ""
            self._assign(digit - 1)
        elif len(self._typed) < 3:
            self._typing.start()
            shown = " ".join(self._typed[1:].ljust(2, "_"))
            self._intents.refused.emit(self.tr("Bin {digits}: type its two digits.").format(digits=shown))
        else:
            number, self._typed = int(self._typed), ""
            self._typing.stop()
            self._assign(number - 1)

    def _assign(self, position: int) -> None:
        """Put the selected images into the bin at `position`, and go on to the next image."""
        focus, refused = self._panes.focus, self._intents.refused
        paths, view = focus.paths(), focus.active
        if not 0 <= position < len(self._document.bins):
            refused.emit(self.tr("There is no bin {key}.").format(key=position + 1))
        elif not paths or view is None:
            refused.emit(self.tr("Select images first, then press the key of a bin."))
        else:
            following = view.path_after_selection()
            self._intents.assign_requested.emit(position, paths)
            if following is not None and focus.active is view:
                view.select_paths([following])

    def _remove_examples(self) -> None:
        paths = [path for path in self._panes.focus.paths() if self._document.bin_of(path) is not None]
        if paths:
            self._intents.remove_examples_requested.emit(paths)

    def _rename_bin(self) -> None:
        bin_id = self._panes.bins.current_bin()
        if bin_id is not None:
            self._panes.bins.edit_name(bin_id)

    def _export(self, requested: SignalInstance) -> None:
        requested.emit(self._panes.results.table.rows_in_view())

    def _classify_library(self) -> None:
        self._intents.classify_requested.emit(list(self._panes.library.model.paths))

    def _toggle_stack(self) -> None:
        panes, stacks = self._panes, self._panes.stacks
        paths = panes.focus.paths()
        if not paths:
            return
        if not stacks.is_on:
            self._intents.refused.emit(self.tr("Near copies are not stacked: View, Stack near copies does that."))
        elif not stacks.members(paths[0]):
            self._intents.refused.emit(self.tr("This image is in no stack."))
        elif panes.focus.active is panes.results.table:
            panes.results.toggle_stack(paths[0])
        elif panes.focus.active is panes.library.images:
            panes.library.toggle_stack(paths[0])
        else:
            self._intents.refused.emit(self.tr("Bins show every image: stacks are in the library and the results."))

    def _show_all(self) -> None:
        self._panes.library.show_all()
        self._panes.results.show_all()

    def _go_round(self, step: int) -> None:
        """Bring the keyboard to the next part of the window that has something to use."""
        panes = self._panes
        places: list[tuple[QWidget, Callable[[], QWidget]]] = [
            (panes.library, panes.library.entry),
            (panes.bins, panes.bins.entry),
            (panes.results, panes.results.entry),
            (panes.inspector, panes.inspector.entry),
        ]
        focus = self._window.focusWidget()
        now = next((at for at, (pane, _) in enumerate(places) if focus and pane.isAncestorOf(focus)), None)
        first = (0 if step > 0 else len(places) - 1) if now is None else now + step
        entries = [places[(first + step * turn) % len(places)][1]() for turn in range(len(places))]
        target = next((entry for entry in entries if entry.isVisible() and entry.isEnabled()), None)
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)
            if isinstance(target, QAbstractItemView) and not target.selectionModel().hasSelection():
                row = target.currentIndex().row()
                select_rows(target, [row] if row >= 0 else [])  # keys work on what is selected

    def _find(self) -> None:
        """Go to the filter of the results where those are used, else to the library's."""
        panes = self._panes
        field: QLineEdit = panes.results.filter if panes.focus.active is panes.results.table else panes.library.filter
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def _zoom(self, zoom: Callable[[OverlayCanvas], None]) -> None:
        """Zoom in what is seen: both of two pictures side by side follow one."""
        canvases = (self._panes.compare.pair.first, self._panes.inspector.canvas)
        zoom(next((canvas for canvas in canvases if canvas.isVisible()), canvases[-1]))

    def _fill_windows(self) -> None:
        self._panes.inspector.tools.greys.fill_menu(self._panes.windows)

    def _go_in_series(self, path: Path) -> None:
        """Show another image of the series, and select it alone where it is listed: keys act on what is selected."""
        view = self._panes.focus.active
        if view is not None and view.row_of(path) is not None:
            view.select_paths([path])
        else:
            self._panes.focus.select_none()
        self._intents.image_selected.emit(path)

    def _copy_picture(self) -> None:
        shown = self._panes.inspector.canvas.snapshot()
        if not shown.isNull():
            QGuiApplication.clipboard().setImage(shown)

    def _save_picture(self) -> None:
        shown, path = self._panes.inspector.canvas.snapshot(), self._panes.inspector.path
        if not shown.isNull() and path is not None:
            self._intents.picture_save_requested.emit(path, shown)

    def _ask_who_said(self) -> None:
        path = self._panes.inspector.path
        if path is not None:
            self._intents.who_said_requested.emit(path)

    def _show_help(self) -> None:
        dialog = HelpDialog(self._table, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _explain_words(self) -> None:
        """Explain the words of the part that the keyboard is in."""
        focus = QApplication.focusWidget()
        show_words_of(self._window if focus is None else focus)

    def _on_examples_chosen(self, paths: list[Path]) -> None:
        """Select the examples in their bin; where they are in none any more, show the first in the inspector."""
        if not self._panes.bins.select_examples(paths):
            self._intents.image_selected.emit(paths[0])
            self._intents.refused.emit(self.tr("These images are in no bin any more."))

    def _on_gallery_chosen(self, is_gallery: bool) -> None:
        self._table["resultsGallery"].setChecked(is_gallery)
        self._table["resultsTable"].setChecked(not is_gallery)

    def _on_view_made(self, view: ImageView) -> None:
        self._panes.focus.add(view)

    def _on_view_removed(self, view: ImageView) -> None:
        self._panes.focus.remove(view)


def _call(call: Callable[[], object], _checked: bool = False) -> None:
    """Drop the `checked` that QAction.triggered hands over."""
    call()
