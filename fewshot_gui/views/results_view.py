"""The predictions of all images, in a table or as a gallery, with a filter bar."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.intents import Intents
from fewshot_gui.items.arrangement import Arrangement, Grouping, Sorting
from fewshot_gui.items.prediction_columns import PredictionFilter
from fewshot_gui.items.predictions_model import PredictionsModel
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.items.tile_source import TileSource
from fewshot_gui.items.verdicts import is_stale
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.project.stacks import Stacks
from fewshot_gui.views.bin_menu import color_icon
from fewshot_gui.views.gallery_bar import GalleryBar
from fewshot_gui.views.prediction_table import PredictionTable
from fewshot_gui.views.results_gallery import ResultsGallery
from fewshot_gui.views.stack_bar import StackBar
from fewshot_gui.views.words_dialog import offer_word
from fewshot_gui.widgets.empty_hint import EmptyHint, EmptyOr
from fewshot_gui.widgets.notice import Notice
from fewshot_gui.widgets.pane_header import PaneHeader
from model.estimates.report import accepting_confidence
from model.types import Status

_TYPING_PAUSE = 150  # milliseconds after the last key before the filter works

ALLOWED_ERRORS = (0.01, 0.05, 0.1)
"""Shares of wrong predictions among those that are accepted."""

_USUAL_ERRORS = 0.05  # allowed until another share is chosen: it tells what the gallery marks as to be checked


@dataclass(frozen=True)
class Outcome:
    """What the second choice asks for: a status, or what is sure, or not, if `max_error` of the sure may be wrong.

    labelled: what a person labelled, or what nobody did
    """

    status: Status | None = None
    max_error: float | None = None
    sure: bool = True
    labelled: bool | None = None


class ResultsView(QWidget):
    """Filter bar, notice where the predictions are out of date, table or gallery.

    Both show the same model and share one selection; `table` speaks for it, whichever is seen.
    """

    gallery_chosen = Signal(bool)  # the gallery is seen now, or the table

    def __init__(
        self,
        document: Document,
        results: Results,
        intents: Intents,
        thumbnails: Thumbnails,
        tiles: TileSource,
        parent: QWidget | None = None,
        stacks: Stacks | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._results, self._intents = document, results, intents
        self._stacks = stacks or Stacks(self)
        self.model = PredictionsModel(document, results, thumbnails, self, self._stacks)
        self.stack_bar = StackBar(self._stacks)
        self.gallery = ResultsGallery(self.model, tiles)  # before the table, which restores the selection last
        self.bar = GalleryBar()
        self.table = PredictionTable(self.model)
        self._view: PredictionTable | ResultsGallery = self.table
        self.header = PaneHeader(self.tr("Results"))
        self.filter, self.bin_choice, self.status_choice = QLineEdit(), QComboBox(), QComboBox()
        self._notice = Notice(self.tr("The bins changed since training: these predictions are out of date."))
        self._fetched_notice = Notice("", icon_name="suggest")
        self._fetched: tuple[int, ...] | None = None  # rows of the results
        self._offered: tuple[QAction, ...] = ()
        self._views = QStackedWidget()
        self._content = EmptyOr(self._views, EmptyHint("results", "", ""))
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_PAUSE)
        self._max_error = _USUAL_ERRORS
        self._in_menu: QAction | None = None
        self._build()
        self._connect()
        self._fill_bins()
        self._show_state()

    def offer_training(self, action: QAction) -> None:
        """Put the command that brings stale predictions up to date into the notice."""
        self._notice.set_action(action)

    def offer_fetching(self, actions: Sequence[QAction], show_all: QAction) -> None:
        """Put commands that fetch images into the menu of results, and the way back into the notice."""
        self._offered = tuple(actions)
        self._fetched_notice.set_action(show_all)

    def show_fetched(self, paths: Sequence[Path], title: str) -> None:
        """Show only these results, best first, the first selected; `title` has a place for their count."""
        rows = tuple(row for path in paths if (row := self._results.row_of(path)) is not None)
        self._fetched = rows
        self._fetched_notice.set_text(title.format(count=len(rows)) if rows else self.tr("No image is of that kind"))
        self._apply_filter()
        if self.model.rowCount():
            self.table.select_paths([self.model.path(0)])

    def show_all(self) -> None:
        """Show the other results again; what is selected stays selected."""
        if self._fetched is not None:
            self._fetched = None
            self._apply_filter()

    def entry(self) -> QWidget:
        """What the keyboard comes to: the table or the gallery or, where they are empty, the filter."""
        return self._view if self._view.isVisible() else self.filter

    def tab_stops(self) -> list[QWidget]:
        """What the keyboard goes through, in order."""
        return [
            *(self.filter, self.bin_choice, self.status_choice),
            *self.bar.controls(),
            *(self.table, self.gallery),
        ]

    @property
    def is_gallery(self) -> bool:
        """Whether the gallery is seen, not the table."""
        return self._view is self.gallery

    def show_gallery(self, wanted: bool) -> None:
        """Show the gallery or the table; the selection stays, and the keyboard."""
        before, after = self._view, self.gallery if wanted else self.table
        if before is not after:
            had_focus = before.hasFocus()
            self._view = after
            self._views.setCurrentWidget(after)
            self.bar.setVisible(wanted)
            self.model.arrange(self.bar.arrangement if wanted else None)
            after.scrollTo(self.table.currentIndex())
            if had_focus:
                after.setFocus()
        self.gallery_chosen.emit(wanted)

    def offer_views(self, *actions: QAction) -> None:
        """Put the commands that show the table or the gallery beside the title."""
        for action in actions:
            self.header.add_button(action)

    def offer_in_menu(self, action: QAction) -> None:
        """Put a command into the menu of images."""
        self._in_menu = action

    @Slot(Path)
    def toggle_stack(self, path: Path) -> None:
        """Spread the stack of an image, or put it together; the selection stays where it is shown."""
        wanted = [*self.table.selected_paths(), path]
        self._stacks.toggle(path)
        shown = [one for one in wanted if self.model.row_of(one) is not None]
        self.table.select_paths(
            shown or [one for one in self._stacks.members(path) if self.model.row_of(one) is not None]
        )

    def visible_paths(self) -> list[Path]:
        """The images in sight, top to bottom."""
        return self._view.visible_paths()

    def look(self) -> dict[str, str]:
        """What is chosen of how results are shown, for `restore_look` in a later run."""
        how = self.bar.arrangement
        return {
            "view": "gallery" if self.is_gallery else "table",
            "tile": str(self.gallery.tile),
            "groups": how.grouping,
            "order": how.sorting,
            "reversed": "yes" if how.is_reversed else "no",
        }

    def restore_look(self, look: Mapping[str, str]) -> None:
        """Show results as they were shown; raises `ValueError` or `KeyError` where `look` is damaged."""
        how = Arrangement(Grouping(look["groups"]), Sorting(look["order"]), look.get("reversed") == "yes")
        tile = int(look["tile"])
        self.bar.show_arrangement(how)
        self.gallery.set_tile(tile)
        self.show_gallery(look["view"] == "gallery")

    def _build(self) -> None:
        self.filter.setObjectName("resultsFilter")
        self.filter.setPlaceholderText(self.tr("Filter by name or folder"))
        self.filter.setAccessibleName(self.filter.placeholderText())
        self.filter.setClearButtonEnabled(True)
        self.bin_choice.setObjectName("resultsBinFilter")
        self.bin_choice.setAccessibleName(self.tr("Show only this class"))
        self.bin_choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.bin_choice.setMinimumContentsLength(10)
        self.status_choice.setObjectName("resultsStatusFilter")
        self.status_choice.setAccessibleName(self.tr("Show only this outcome"))
        for text, outcome in (
            (self.tr("Any outcome"), Outcome()),
            (self.tr("Classified"), Outcome(status=Status.OK)),
            (self.tr("Unlike every bin"), Outcome(status=Status.UNKNOWN)),
            (self.tr("Errors"), Outcome(status=Status.ERROR)),
        ):
            self.status_choice.addItem(text, outcome)
        self.status_choice.insertSeparator(self.status_choice.count())
        self.status_choice.addItem(self.tr("Labelled by a person"), Outcome(labelled=True))
        self.status_choice.addItem(self.tr("Labelled by nobody"), Outcome(labelled=False))
        self.status_choice.insertSeparator(self.status_choice.count())
        for text, sure in (
            (self.tr("Sure: at most {share} wrong"), True),
            (self.tr("To check: the others at {share}"), False),
        ):
            for share in ALLOWED_ERRORS:
                self.status_choice.addItem(
                    text.format(share=f"{share * 100:.0f} %"), Outcome(max_error=share, sure=sure)
                )
        tools = QHBoxLayout()
        tools.setContentsMargins(style.GRID, 0, style.GRID, style.GRID // 2)
        tools.setSpacing(style.GRID)
        tools.addWidget(self.filter, 1)
        for widget in (self.bin_choice, self.status_choice):
            tools.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addLayout(tools)
        layout.addWidget(self.bar)
        layout.addWidget(self.stack_bar)
        layout.addWidget(self._notice)
        layout.addWidget(self._fetched_notice)
        layout.addWidget(self._content, 1)
        for view in (self.table, self.gallery):
            self._views.addWidget(view)
        self.gallery.share_selection(self.table.selectionModel())
        self.bar.tile.show_size(self.gallery.tile)
        self.bar.hide()

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._on_filter_typed)
        self._typing.timeout.connect(self._apply_filter)
        for choice in (self.bin_choice, self.status_choice):
            choice.currentIndexChanged.connect(self._apply_filter)
        self.table.image_selected.connect(self._intents.image_selected)
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        self.gallery.customContextMenuRequested.connect(self._on_gallery_menu_requested)
        for view in (self.table, self.gallery):
            view.stack_clicked.connect(self.toggle_stack)
        self.gallery.focused.connect(self.table.focused)
        self.gallery.tile_changed.connect(self.bar.tile.show_size)
        self.bar.tile_chosen.connect(self.gallery.set_tile)
        self.bar.arrangement_chosen.connect(self.model.arrange)
        self.model.rowsInserted.connect(self._show_state)
        self.model.modelReset.connect(self._show_state)
        self._results.stale_changed.connect(self._show_state)
        self._results.training_changed.connect(self._apply_filter)
        self._results.reset.connect(self._on_reset)
        document = self._document
        for signal in (document.reset, document.bin_inserted, document.bin_removed, document.bin_changed):
            signal.connect(self._fill_bins)
        document.bins_reordered.connect(self._fill_bins)

    def _on_reset(self) -> None:
        """What was fetched was of other results."""
        self.show_all()

    def _fill_bins(self) -> None:
        """Offer the bins there are; the chosen one stays chosen while it exists."""
        chosen = self.bin_choice.currentData()
        with QSignalBlocker(self.bin_choice):
            self.bin_choice.clear()
            self.bin_choice.addItem(self.tr("Any class"), None)
            for bin_ in self._document.bins:
                self.bin_choice.addItem(color_icon(bin_.color), bin_.name, bin_.id)
            self.bin_choice.setCurrentIndex(max(self.bin_choice.findData(chosen), 0))
        self._apply_filter()

    def _on_filter_typed(self) -> None:
        self._typing.start()

    def _apply_filter(self) -> None:
        outcome, report = self.status_choice.currentData(), self._results.report
        self._max_error = outcome.max_error or self._max_error
        known = None if report is None else accepting_confidence(report, self._max_error)
        self.model.set_sure_from(known)
        threshold = None
        if outcome.max_error is not None:
            threshold = math.inf if known is None else known
        self.model.set_filter(
            PredictionFilter(
                text=self.filter.text(),
                bin_id=self.bin_choice.currentData(),
                status=outcome.status,
                sure_from=threshold if outcome.sure else None,
                doubtful_below=None if outcome.sure else threshold,
                labelled=outcome.labelled,
                rows=self._fetched,
            )
        )
        self._show_state()

    def _show_state(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        self.header.set_note(
            self.tr("{shown} shown of {total}").format(shown=f"{shown:,}", total=f"{total:,}") if total else ""
        )
        self._notice.setVisible(self._results.is_stale and total > 0)
        self._fetched_notice.setVisible(self._fetched is not None)
        self._content.set_empty(shown == 0)
        if total and self.model.filter.sure_from == math.inf:
            title = self.tr("No prediction is that sure")
            text = self.tr("The examples cannot vouch for so few errors. Allow more, or add examples.")
        elif total:
            title, text = self.tr("No prediction matches"), self.tr("Change the filters above.")
        elif self._results.classifier_revision is None:
            title = self.tr("Nothing classified yet")
            text = self.tr("Put a few examples into two bins or more, or three into one, then Train (Ctrl+T).")
        else:
            title, text = self.tr("Ready"), self.tr("Choose Classify folder (Ctrl+R) to label its images.")
        self._content.hint.set_text(title, text)

    def _on_menu_requested(self, position: QPoint) -> None:
        self._show_menu(self.table.viewport().mapToGlobal(position))

    def _on_gallery_menu_requested(self, position: QPoint) -> None:
        if not self.gallery.group_menu(position):
            self._show_menu(self.gallery.viewport().mapToGlobal(position))

    def _show_menu(self, position: QPoint) -> None:
        paths = self.table.selected_paths()
        if not paths:
            return
        menu, targets = QMenu(self), {}
        if self._document.bins:
            put = menu.addMenu(self.tr("Put into"))
            for at, bin_ in enumerate(self._document.bins):
                targets[put.addAction(color_icon(bin_.color), bin_.name.replace("&", "&&"))] = at
        menu.addActions([action for action in self._offered if action.isEnabled()])
        if self._in_menu is not None and 1 <= len(paths) <= 2:
            menu.addAction(self._in_menu)
        who = menu.addAction(self.tr("Who said this?"))
        who.setEnabled(len(paths) == 1)
        offer_word(menu, self._word_of(paths[0]), self)
        chosen = menu.exec(position)
        menu.deleteLater()
        if chosen in targets:
            self._intents.assign_requested.emit(targets[chosen], paths)
        elif chosen is who:
            self._intents.who_said_requested.emit(paths[0])

    def _word_of(self, path: Path) -> str:
        """The word that says most of the image's result."""
        made = self._results.prediction(path)
        if self._document.labels_of(path):
            return "label"
        if made is None or made.status is Status.ERROR:
            return "confidence"
        if made.status is Status.UNKNOWN:
            return "unlike"
        if is_stale(self._results, made):
            return "stale"
        sure_from = self.model.sure_from
        return "to-check" if sure_from is not None and made.confidence < sure_from else "confidence"
