"""The board of bins: one card a bin, in the document's order; or one of them as a gallery."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QVBoxLayout, QWidget

from fewshot_gui.actions import ActionTable
from fewshot_gui.intents import Intents
from fewshot_gui.items.examples_model import ExamplesModel
from fewshot_gui.items.ranked_examples import RankedExamples
from fewshot_gui.items.roles import Role, Verdict
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.items.tile_source import TileSource
from fewshot_gui.project.document import Document
from fewshot_gui.project.recent import RecentProject
from fewshot_gui.project.results import Results
from fewshot_gui.project.shared_pictures import in_two_bins
from fewshot_gui.views.bin_card import BinCard
from fewshot_gui.views.bin_gallery import BinGallery
from fewshot_gui.views.bin_menu import BinMenu, color_icon
from fewshot_gui.views.board import Board
from fewshot_gui.views.board_summary import explain, summarize
from fewshot_gui.views.image_view import ImageView
from fewshot_gui.views.next_step_strip import NextStepStrip
from fewshot_gui.views.words_dialog import offer_word
from fewshot_gui.widgets.pane_header import PaneHeader

_COMPARE_PAUSE = 150  # milliseconds after the last change before pictures in two bins are looked for


class BinsView(QWidget):
    """Follows the document; what the user wants done is emitted on `intents`."""

    view_made = Signal(ImageView)  # a new card's list of images
    placed = Signal()  # the cards are in another order
    view_removed = Signal(ImageView)  # its card is about to go

    def __init__(
        self,
        document: Document,
        results: Results,
        actions: ActionTable,
        intents: Intents,
        thumbnails: Thumbnails,
        tiles: TileSource,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("binsView")
        self._document, self._results = document, results
        self._intents, self._thumbnails, self._tiles = intents, thumbnails, tiles
        self._gallery: BinGallery | None = None
        self._in_menu: QAction | None = None
        self._cards: dict[str, BinCard] = {}
        self.header = PaneHeader(self.tr("Bins"))
        self.next_step = NextStepStrip(document, results, actions)
        self._board = Board(actions, intents, thumbnails)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._board)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.next_step)
        layout.addWidget(self._scroll, 1)
        self._layout = layout
        self._compare = QTimer(self, singleShot=True, interval=_COMPARE_PAUSE)
        self._connect()
        self._on_reset()

    def card(self, bin_id: str) -> BinCard:
        """The card of a bin; raises KeyError."""
        return self._cards[bin_id]

    def image_views(self) -> list[ImageView]:
        """The list of images of every card."""
        return [card.images for card in self._cards.values()]

    def edit_name(self, bin_id: str) -> None:
        """Scroll to the bin and let the user rename it in place."""
        self.close_gallery()
        card = self._cards[bin_id]
        self._board.grid.activate()
        self._scroll.ensureWidgetVisible(card)
        card.edit_name()

    def current_bin(self) -> str | None:
        """The bin that is a gallery, or that the keyboard is in, or the mouse, or the first; None: no bins."""
        if self._gallery is not None:
            return self._gallery.bin_id
        cards = [self._cards[bin_.id] for bin_ in self._document.bins]
        used = [card for card in cards if card.is_used()] or [card for card in cards if card.underMouse()]
        return (used or cards)[0].bin_id if cards else None

    def entry(self) -> QWidget:
        """What the keyboard comes to: the bin used last, or the button for a new one."""
        if self._gallery is not None:
            return self._gallery.entry()
        bin_id = self.current_bin()
        return self._board.entry() if bin_id is None else self._cards[bin_id].entry()

    def tab_stops(self) -> list[QWidget]:
        """What the keyboard goes through, in the order of the bins."""
        if self._gallery is not None:
            return self._gallery.tab_stops()
        cards = [self._cards[bin_.id] for bin_ in self._document.bins if bin_.id in self._cards]
        stops = [stop for card in cards for stop in card.tab_stops()]
        return [*stops, self._board.new_card, *self._board.hint.buttons]

    def focus_bin(self, step: int) -> None:
        """Move the keyboard `step` bins on."""
        ids = [bin_.id for bin_ in self._document.bins]
        current = next((bin_id for bin_id in ids if self._cards[bin_id].is_used()), None)
        if self._gallery is not None:
            self.open_gallery(ids[(ids.index(self._gallery.bin_id) + step) % len(ids)])
        elif ids:
            at = 0 if current is None else (ids.index(current) + step) % len(ids)
            self._scroll.ensureWidgetVisible(self._cards[ids[at]])
            self._cards[ids[at]].take_focus()

    def toggle_gallery(self) -> None:
        """Show the bin that is used as a gallery, or all bins again."""
        bin_id = self.current_bin()
        if self._gallery is not None:
            self.close_gallery()
            if bin_id is not None:
                self._scroll.ensureWidgetVisible(self._cards[bin_id])
                self._cards[bin_id].take_focus()
        elif bin_id is not None:
            self.open_gallery(bin_id)

    def open_gallery(self, bin_id: str) -> None:
        """Show one bin in place of the board."""
        self.close_gallery()
        model = RankedExamples(self._document, self._results, self._thumbnails, bin_id)
        self._gallery = gallery = BinGallery(model, self._intents, self._tiles)
        model.setParent(gallery)
        gallery.closed.connect(self.toggle_gallery)
        gallery.image_menu_requested.connect(self._on_image_menu_requested)
        bin_ = self._document.bin(bin_id)
        gallery.show_bin(bin_.name, bin_.color)
        self._scroll.hide()
        self._layout.addWidget(gallery, 1)
        gallery.show()
        self._compare.start()
        self.view_made.emit(gallery.images)
        self.placed.emit()
        gallery.entry().setFocus(Qt.FocusReason.ShortcutFocusReason)
        if model.rowCount():
            gallery.images.select_paths([model.path(0)])

    def close_gallery(self) -> None:
        """Show all bins again, if one is a gallery."""
        gallery, self._gallery = self._gallery, None
        if gallery is not None:
            self.view_removed.emit(gallery.images)
            self._layout.removeWidget(gallery)
            gallery.hide()
            gallery.deleteLater()
            self._scroll.show()
            self.placed.emit()

    def show_recent(self, projects: Sequence[RecentProject]) -> None:
        """Offer projects that were open lately where there are no bins."""
        self._board.hint.show_recent(projects)

    def offer_tour(self, wanted: bool) -> None:
        """Offer the tour where there are no bins, or offer it no more."""
        self._board.hint.offer_tour(wanted)

    def offer_estimates(self, action: QAction) -> None:
        """Let the line above the bins, and a button beside it, show how good it is."""
        self.header.set_action(action)

    def offer_in_menu(self, action: QAction) -> None:
        """Put a command into the menu of images."""
        self._in_menu = action

    def select_examples(self, paths: Sequence[Path]) -> bool:
        """Select those of `paths` that share a bin with the first that is in one; False: none is."""
        bin_ids = {path: bin_id for path in paths if (bin_id := self._document.bin_of(path)) is not None}
        if not bin_ids:
            return False
        first, bin_id = next(iter(bin_ids.items()))
        self.close_gallery()
        images = self._cards[bin_id].images
        self._board.grid.activate()
        self._scroll.ensureWidgetVisible(self._cards[bin_id])
        was_current = images.currentIndex().data(Role.PATH) == first
        images.select_paths([path for path, other in bin_ids.items() if other == bin_id])
        if was_current:  # else the list tells by itself
            self._intents.image_selected.emit(first)
        return True

    def _connect(self) -> None:
        document = self._document
        document.reset.connect(self._on_reset)
        document.bin_inserted.connect(self._on_bin_inserted)
        document.bin_removed.connect(self._on_bin_removed)
        document.bin_changed.connect(self._on_bin_changed)
        document.bins_reordered.connect(self._show_bins)
        document.examples_changed.connect(self._show_summary)
        for signal in (document.reset, document.bin_removed, document.examples_changed, document.example_changed):
            signal.connect(self._on_contents_changed)
        self._compare.timeout.connect(self._show_shared)
        self.next_step.bin_asked_for.connect(self.open_gallery)
        self._results.training_changed.connect(self._show_summary)
        self._results.stale_changed.connect(self._show_summary)

    def _make_card(self, bin_id: str) -> BinCard:
        model = ExamplesModel(self._document, self._results, self._thumbnails, bin_id)
        card = BinCard(model, self._intents)
        model.setParent(card)
        card.menu_requested.connect(self._on_menu_requested)
        card.image_menu_requested.connect(self._on_image_menu_requested)
        card.gallery_requested.connect(self.open_gallery)
        card.images.image_selected.connect(self._intents.image_selected)
        self._cards[bin_id] = card
        self.view_made.emit(card.images)
        return card

    def _drop_card(self, bin_id: str) -> None:
        card = self._cards.pop(bin_id)
        self.view_removed.emit(card.images)
        self._board.remove(card)

    def _show_bins(self) -> None:
        """Put every card in its place, with its name, colour and key."""
        # Within a macro of several new bins the document is ahead of the cards.
        bins = [bin_ for bin_ in self._document.bins if bin_.id in self._cards]
        for position, bin_ in enumerate(bins):
            self._board.place(self._cards[bin_.id], position)
            self._cards[bin_.id].show_bin(bin_.name, bin_.color, position)
        self._board.set_empty(not bins)
        self._show_summary()
        self.placed.emit()

    def _on_contents_changed(self) -> None:
        self._compare.start()

    def _show_shared(self) -> None:
        """Mark pictures that are in two bins."""
        shared = in_two_bins(self._document.bins)
        for view in (*self._cards.values(), *((self._gallery,) if self._gallery is not None else ())):
            view.set_shared(shared)

    def _show_summary(self) -> None:
        self.header.set_note(summarize(self._document, self._results), explain(self._document, self._results))

    def _on_reset(self) -> None:
        self.close_gallery()
        for bin_id in list(self._cards):
            self._drop_card(bin_id)
        for bin_ in self._document.bins:
            self._make_card(bin_.id)
        self._board.new_card.setEnabled(not self._document.read_only_reason)
        self._show_bins()

    def _on_bin_inserted(self, bin_id: str, position: int) -> None:
        self._board.place(self._make_card(bin_id), position)
        self._show_bins()

    def _on_bin_removed(self, bin_id: str) -> None:
        if self._gallery is not None and self._gallery.bin_id == bin_id:
            self.close_gallery()
        self._drop_card(bin_id)
        self._show_bins()

    def _on_bin_changed(self, bin_id: str) -> None:
        bins = self._document.bins
        position = [bin_.id for bin_ in bins].index(bin_id)
        self._cards[bin_id].show_bin(bins[position].name, bins[position].color, position)
        if self._gallery is not None and self._gallery.bin_id == bin_id:
            self._gallery.show_bin(bins[position].name, bins[position].color)

    def _on_menu_requested(self, bin_id: str, position: QPoint) -> None:
        menu = BinMenu(self._document, self._intents, bin_id, self)
        menu.rename_chosen.connect(self.edit_name)
        menu.gallery_chosen.connect(self.open_gallery)
        menu.run(position)

    def _on_image_menu_requested(self, bin_id: str, position: QPoint) -> None:
        view: BinCard | BinGallery = self._cards[bin_id] if self._gallery is None else self._gallery
        paths = view.images.selected_paths()
        if not paths:
            return
        menu = QMenu(self)
        remove = menu.addAction(self.tr("Remove from bin"))
        targets = {}
        move_menu = menu.addMenu(self.tr("Move to"))
        for at, bin_ in enumerate(self._document.bins):
            if bin_.id != bin_id:
                targets[move_menu.addAction(color_icon(bin_.color), bin_.name.replace("&", "&&"))] = at
        move_menu.setEnabled(bool(targets))
        if self._in_menu is not None and len(paths) <= 2:
            menu.addAction(self._in_menu)
        who = menu.addAction(self.tr("Who said this?"))
        who.setEnabled(len(paths) == 1)
        doubtful = view.images.currentIndex().data(Role.VERDICT) is Verdict.DISAGREES
        offer_word(menu, "suspect" if doubtful else "weight", self)
        chosen = menu.exec(position)
        menu.deleteLater()
        if chosen is remove:
            self._intents.remove_examples_requested.emit(paths)
        elif chosen is who:
            self._intents.who_said_requested.emit(paths[0])
        elif chosen in targets:
            self._intents.assign_requested.emit(targets[chosen], paths)
