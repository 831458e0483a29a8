"""The surface that the cards lie on: shows where a dragged bin would go."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from fewshot_gui import style
from fewshot_gui.actions import ActionTable
from fewshot_gui.intents import Intents
from fewshot_gui.items.mime import BIN_TYPE, decode_bin, may_carry_images
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.views.bin_card import BinCard
from fewshot_gui.views.drops import accept_copy, take_images
from fewshot_gui.views.new_bin_card import NewBinCard
from fewshot_gui.views.start_hint import StartHint
from fewshot_gui.widgets.card_grid import CardGrid

_CARD_WIDTH = 200
_CARD_HEIGHT = 176
_MAX_CARD_HEIGHT = 336


class Board(QWidget):
    """Cards in a grid, then the "New bin" card. Takes drops beside the cards."""

    def __init__(
        self, actions: ActionTable, intents: Intents, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._intents = intents
        self.setAcceptDrops(True)
        self._insert_at: int | None = None
        self._is_target = False
        self.new_card = NewBinCard()
        self.hint = StartHint(actions, intents, thumbnails, self)
        self.hint_button = self.hint.new_bin
        self.grid = CardGrid(_CARD_WIDTH, _CARD_HEIGHT, _MAX_CARD_HEIGHT, style.GRID, self)
        self.grid.setContentsMargins(style.GRID, style.GRID, style.GRID, style.GRID)
        self.grid.addWidget(self.new_card)
        for button in (self.new_card, self.hint_button):
            button.clicked.connect(self._on_new_bin_clicked)

    def entry(self) -> QWidget:
        """What makes a new bin now."""
        return self.hint_button if self.hint_button.isVisible() else self.new_card

    def set_empty(self, empty: bool) -> None:
        """While there are no bins, say what they are for."""
        self.hint.setVisible(empty)
        self.new_card.setVisible(not empty)

    def place(self, card: BinCard, position: int) -> None:
        """Put `card`, new or not, at `position`."""
        if self.grid.indexOf(card) < 0:
            self.grid.addWidget(card)
            card.show()  # at once: its name may be edited next, and what is hidden takes no focus
        self.grid.move_widget(card, position)

    def remove(self, card: BinCard) -> None:
        """Take `card` off the board for good."""
        self.grid.removeWidget(card)
        card.hide()
        card.deleteLater()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept bins and images (Qt)."""
        self._look_at(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where it would go (Qt)."""
        self._look_at(event)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Show no drop target any more (Qt)."""
        self._show_target(False, None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Move a bin, or ask for new bins for the dropped images (Qt)."""
        self._show_target(False, None)
        bin_id = decode_bin(event.mimeData())
        if bin_id is not None:
            event.acceptProposedAction()
            self._intents.bin_move_requested.emit(bin_id, self._target_position(bin_id, event.position().toPoint()))
            return
        images = take_images(event)
        if images is None:
            self._intents.refused.emit(self.tr("Nothing was added: only image files and folders can be dropped here."))
        else:
            self._intents.files_dropped_on_board.emit(list(images.paths))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The hint covers the board (Qt)."""
        super().resizeEvent(event)
        self.hint.setGeometry(self.rect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The outline under a drag, the line where a bin would go (Qt)."""
        painter = QPainter(self)
        accent = self.palette().highlight().color()
        if self._is_target:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.tinted(accent, 0.10))
            painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), style.CORNER, style.CORNER)
        if self._insert_at is not None:
            cell: QRect = self.grid.cell(self._insert_at)
            painter.fillRect(QRect(cell.left() - style.GRID // 2 - 2, cell.top(), 3, cell.height()), accent)

    def _on_new_bin_clicked(self) -> None:
        self._intents.bin_add_requested.emit()

    def _look_at(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(BIN_TYPE):
            event.acceptProposedAction()
            at = min(self.grid.position_at(event.position().toPoint()), self.grid.count() - 1)
            self._show_target(False, at)
        elif may_carry_images(event.mimeData()) and not self._is_on_card(event.position().toPoint()):
            accept_copy(event)
            self._show_target(True, None)
        else:
            event.ignore()

    def _is_on_card(self, point: QPoint) -> bool:
        """Whether a card lies at `point`: images that it refused are not for the board either."""
        cards = (self._widget(at) for at in range(self.grid.count()))
        return any(isinstance(card, BinCard) and card.geometry().contains(point) for card in cards)

    def _show_target(self, is_target: bool, insert_at: int | None) -> None:
        if (is_target, insert_at) != (self._is_target, self._insert_at):
            self._is_target, self._insert_at = is_target, insert_at
            self.update()

    def _target_position(self, bin_id: str, point: QPoint) -> int:
        """The final position of a bin dropped at `point`: it leaves its old place first."""
        cards = self.grid.count() - 1
        position = min(self.grid.position_at(point), cards)
        old = next((at for at in range(cards) if getattr(self._widget(at), "bin_id", None) == bin_id), cards)
        return position - 1 if old < position else position

    def _widget(self, position: int) -> QWidget | None:
        item = self.grid.itemAt(position)
        return None if item is None else item.widget()
