"""The main window: library left, bins above results, inspector right. Holds no truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QSplitter, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.actions import ActionTable
from fewshot_gui.icons import app_icon
from fewshot_gui.items.naming import hide_names
from fewshot_gui.items.roles import readable
from fewshot_gui.items.thumbnail_source import PictureSource, Thumbnails, ThumbnailSource
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.views.bins_view import BinsView
from fewshot_gui.views.dialogs import ErrorDialog
from fewshot_gui.views.estimates_view import EstimatesView
from fewshot_gui.views.image_focus import ImageFocus
from fewshot_gui.views.inspector_view import InspectorView
from fewshot_gui.views.library_view import LibraryView
from fewshot_gui.views.menus import MenuBar, make_tool_bar
from fewshot_gui.views.project_banner import ProjectBanner
from fewshot_gui.views.results_view import ResultsView
from fewshot_gui.views.window_commands import WindowCommands
from fewshot_gui.widgets.job_status import JobStatus
from model.types import Explanation

_MESSAGE_TIME = 10_000  # milliseconds a message stays in the status bar
_COLUMNS, _ROWS = (288, 680, 336), (400, 360)  # what the splitters begin with


class MainWindow(QMainWindow):
    """Shows `document` and `results`; whatever the user wants done leaves as a signal.

    The signals are the intents that app.py connects; the methods are what app.py tells the window.
    """

    # Project
    new_requested = Signal()
    open_requested = Signal()
    recent_requested = Signal(Path)
    save_requested = Signal()
    save_as_requested = Signal()
    edit_again_requested = Signal()
    recover_requested = Signal()
    export_requested = Signal()
    cache_requested = Signal()
    export_folders_requested = Signal()
    undo_move_requested = Signal()
    # Library
    add_folder_requested = Signal()
    reading_requested = Signal()  # ask how files are cut into images
    remove_folder_requested = Signal(Path)
    refresh_requested = Signal()
    files_dropped_on_library = Signal(list)  # paths
    examples_dropped_out = Signal(list)  # paths
    # Bins
    files_dropped_on_board = Signal(list)  # paths
    files_dropped_on_bin = Signal(str, list, dict)  # bin id, paths, {"source": ..., "bin": id or None}
    remove_examples_requested = Signal(list)  # paths
    assign_requested = Signal(int, list)  # position of the bin, paths
    bin_add_requested = Signal()
    bin_rename_requested = Signal(str, str)  # bin id, name
    bin_recolor_requested = Signal(str, str)  # bin id, "#rrggbb"
    bin_move_requested = Signal(str, int)  # bin id, position
    bin_merge_requested = Signal(str, str)  # source, target
    bin_remove_requested = Signal(str)  # bin id
    # Jobs
    train_requested = Signal()
    classify_requested = Signal(list)  # paths; empty: ask for a folder
    auto_train_chosen = Signal(bool)
    closely_chosen = Signal(bool)
    transductive_chosen = Signal(bool)
    suggest_requested = Signal()
    cancel_requested = Signal()
    explain_requested = Signal(Path)
    # Looking
    image_selected = Signal(Path)
    class_chosen = Signal(str)  # bin id
    theme_chosen = Signal(str)  # one of style.THEMES
    names_hidden_chosen = Signal(bool)

    def __init__(
        self,
        document: Document,
        results: Results,
        thumbnails: ThumbnailSource,
        pictures: PictureSource,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("mainWindow")
        self.setWindowIcon(app_icon())
        self._document = document
        self._may_close: Callable[[], bool] | None = None
        self._theme = style.THEMES[0]
        self.command_table = ActionTable(self)
        shared = Thumbnails(thumbnails, self)
        self.library = LibraryView(document, shared)
        self.bins = BinsView(document, results, shared)
        self.results = ResultsView(document, results, shared)
        self.inspector = InspectorView(document, results, pictures, shared)
        self.estimates = EstimatesView(document, results, self)
        self.banner = ProjectBanner(document, results, self.command_table)
        self.focus = ImageFocus(self)
        self.job_status, self._device = JobStatus(), QLabel()
        self._menu_bar = MenuBar(self.command_table)
        self._build()
        self._connect()
        self._commands = WindowCommands(self, document, results)
        self._show_title()

    def show_message(self, text: str) -> None:
        """Say one line in the status bar for some seconds."""
        self.statusBar().showMessage(readable(text), _MESSAGE_TIME)

    def show_error(self, title: str, message: str, details: str = "") -> None:
        """Show a dialog, without waiting for it, with details that can be copied."""
        dialog = ErrorDialog(title, message, details, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def edit_bin_name(self, bin_id: str) -> None:
        """Let the user rename a bin in place, as after adding one."""
        self.bins.edit_name(bin_id)

    def start_job(self, title: str) -> None:
        """A job runs from now on: commands that would collide are disabled."""
        self.job_status.start(title)
        self.command_table.set_flags(busy=True)

    def set_job_progress(self, phase: str, done: int, total: int) -> None:
        """`done` of `total` steps (0: not known) of `phase`."""
        self.job_status.set_progress(phase, done, total)

    def finish_job(self) -> None:
        """No job runs any more."""
        self.job_status.finish()
        self.command_table.set_flags(busy=False)

    def show_explanation(self, path: Path, bin_ids: Sequence[str], explanation: Explanation) -> None:
        """Show where each class looks, if the inspector still shows `path`."""
        self.inspector.show_explanation(path, bin_ids, explanation)

    def show_explanation_failure(self, path: Path, message: str) -> None:
        """Say why `path` could not be explained, if the inspector still shows it."""
        self.inspector.show_explanation_failure(path, message)

    def set_device(self, text: str) -> None:
        """What the classifier runs on, e.g. "CPU (no CUDA device found)"."""
        self._device.setText(text)
        self._device.setToolTip(self.tr("Computing device: {device}").format(device=text))

    def set_choices(self, **choices: bool) -> None:
        """Check what was chosen, by the actions' ids."""
        for action, chosen in choices.items():
            self.command_table[action].setChecked(chosen)

    def set_names_hidden(self, hidden: bool) -> None:
        """Show images by their names, or by numbers of their own; check which in the menu."""
        hide_names(hidden)
        self.command_table["hideNames"].setChecked(hidden)
        for view in (self.library, self.results):
            view.filter.clear()  # it looks at names
            view.filter.setEnabled(not hidden)
        self.inspector.show_name()
        self._commands.show_undo_texts()  # they name folders
        self.update()

    def set_recent_projects(self, projects: Sequence[Path]) -> None:
        """The projects for File > Open recent, the latest first."""
        self._menu_bar.set_recent(projects)

    def set_theme(self, theme: str) -> None:
        """Show in "system", "light" or "dark" colours, and check that in the menu."""
        self._theme = theme
        app = QApplication.instance()
        if isinstance(app, QApplication):
            style.apply_theme(app, theme)
        self._menu_bar.set_theme(theme)

    def set_close_guard(self, may_close: Callable[[], bool]) -> None:
        """`may_close` is asked before the window closes; False keeps it open."""
        self._may_close = may_close

    def layout_state(self) -> QByteArray:
        """Where the splitters and the estimates are, for `restore_layout` in a later run."""
        place = bytes(self.estimates.place().toBase64().data()).decode("ascii")
        sizes = {"columns": self._columns.sizes(), "rows": self._rows.sizes(), "estimates": place}
        return QByteArray(json.dumps(sizes).encode("ascii"))

    def restore_layout(self, state: QByteArray) -> None:
        """Put the splitters and the estimates where they were; a damaged or empty `state` is ignored."""
        try:
            sizes = json.loads(bytes(state.data()))
            columns, rows = [int(size) for size in sizes["columns"]], [int(size) for size in sizes["rows"]]
            place = QByteArray.fromBase64(str(sizes.get("estimates", "")).encode("ascii"))
        except (ValueError, TypeError, KeyError):
            return
        self._columns.setSizes(columns)
        self._rows.setSizes(rows)
        self.estimates.restore_place(place)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette (Qt)."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "command_table"):
            self.command_table.set_icons(self.palette())
            self._tool_bar.setStyleSheet(style.tool_bar_sheet())  # Qt resolves `palette()` once, when it is set

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close if the guard agrees (Qt)."""
        if self._may_close is not None and not self._may_close():
            event.ignore()
        else:
            self.estimates.close()
            super().closeEvent(event)

    def _build(self) -> None:
        self.setMenuBar(self._menu_bar)
        self._tool_bar = make_tool_bar(self, self.command_table)
        self._rows, self._columns = QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Horizontal)
        self._rows.addWidget(self.bins)
        self._rows.addWidget(self.results)
        self._columns.addWidget(self.library)
        self._columns.addWidget(self._rows)
        self._columns.addWidget(self.inspector)
        for splitter, sizes in ((self._rows, _ROWS), (self._columns, _COLUMNS)):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(style.GRID // 2)
            splitter.setSizes(list(sizes))
        self._columns.setStretchFactor(1, 1)
        self.library.setMinimumWidth(200)
        self.inspector.setMinimumWidth(240)
        centre = QWidget()
        rows = QVBoxLayout(centre)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.banner)
        rows.addWidget(self._columns, 1)
        self.setCentralWidget(centre)
        self._device.setObjectName("deviceLabel")
        self.statusBar().addPermanentWidget(self.job_status)
        self.statusBar().addPermanentWidget(self._device)
        table = self.command_table
        self.inspector.add_zoom_actions([table[name] for name in ("zoomOut", "zoomIn", "zoomFit", "zoomActual")])
        for view in (self.results, self.estimates):
            view.offer_training(table["train"])
        self.bins.offer_estimates(table["estimates"])
        self.library.offer_suggesting(table["suggest"], table["showAll"])
        self.resize(1280, 800)

    def _connect(self) -> None:
        document, bins, library = self._document, self.bins, self.library
        document.message_posted.connect(self.show_message)
        document.reset.connect(self._show_title)
        document.path_changed.connect(self._show_title)
        for name in (
            "files_dropped_on_bin",
            "files_dropped_on_board",
            "remove_examples_requested",
            "assign_requested",
            "bin_add_requested",
            "bin_rename_requested",
            "bin_recolor_requested",
            "bin_move_requested",
            "bin_merge_requested",
            "bin_remove_requested",
        ):
            getattr(bins, name).connect(getattr(self, name))
        for name in (
            "files_dropped_on_library",
            "examples_dropped_out",
            "remove_folder_requested",
            "assign_requested",
        ):
            getattr(library, name).connect(getattr(self, name))
        self.results.assign_requested.connect(self.assign_requested)
        for view in (bins, library, self.results):
            view.image_selected.connect(self.inspector.show_image)
            view.image_selected.connect(self.image_selected)
        for dropped in (bins, library):
            dropped.drop_refused.connect(self.show_message)
        self.inspector.explain_requested.connect(self.explain_requested)
        self.inspector.class_chosen.connect(self.class_chosen)
        self.job_status.cancel_requested.connect(self.cancel_requested)
        self.command_table["autoTrain"].triggered.connect(self.auto_train_chosen)
        self.command_table["closely"].triggered.connect(self.closely_chosen)
        self.command_table["transductive"].triggered.connect(self.transductive_chosen)
        self.command_table["hideNames"].triggered.connect(self.names_hidden_chosen)
        self._menu_bar.recent_chosen.connect(self.recent_requested)
        self._menu_bar.theme_chosen.connect(self.theme_chosen)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)

    def _on_color_scheme_changed(self) -> None:
        if self._theme == "system":
            self.set_theme(self._theme)

    def _show_title(self) -> None:
        path = self._document.path
        name = self.tr("Untitled") if path is None else readable(path.name)
        if self._document.read_only_reason:
            name = self.tr("{name} (read only)").format(name=name)
        self.setWindowTitle(f"{name} – Fewshot")
