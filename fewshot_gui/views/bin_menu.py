"""The menu of a bin: gallery, rename, colour, merge, move, remove."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu, QWidget

from fewshot_gui.intents import Intents
from fewshot_gui.project.document import Document

_SWATCH = 16


class BinMenu(QMenu):
    """Made for one bin each time it is opened; what is chosen is emitted on `intents`."""

    rename_chosen = Signal(str)  # bin id; the name is edited in place
    gallery_chosen = Signal(str)  # bin id

    def __init__(self, document: Document, intents: Intents, bin_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bin_id, self._intents = bin_id, intents
        self._color = document.bin(bin_id).color
        position = [bin_.id for bin_ in document.bins].index(bin_id)
        self._add(self.tr("Show as a gallery"), self._show_gallery, "gallery").setShortcut("F11")
        self._add(self.tr("Rename"), self._rename, "rename").setShortcut("F2")
        self._add(self.tr("Colour…"), self._choose_color, "color")
        self._add_merge_menu(document)
        self.addSeparator()
        self._add_move(self.tr("Move left"), position - 1, len(document.bins), "moveLeft")
        self._add_move(self.tr("Move right"), position + 1, len(document.bins), "moveRight")
        self.addSeparator()
        self._add(self.tr("Remove bin"), self._remove, "remove").setToolTip(
            self.tr("The image files stay where they are")
        )

    def run(self, position: QPoint) -> None:
        """Open at `position` (global) and wait for the choice."""
        self.exec(position)
        self.deleteLater()

    def _add(self, text: str, slot: object, name: str) -> QAction:
        action = self.addAction(text)
        action.setObjectName(f"{name}BinAction")
        action.triggered.connect(slot)
        return action

    def _add_merge_menu(self, document: Document) -> None:
        menu = self.addMenu(self.tr("Merge into"))
        for bin_ in document.bins:
            if bin_.id != self._bin_id:
                action = menu.addAction(color_icon(bin_.color), bin_.name.replace("&", "&&"))
                action.triggered.connect(partial(self._intents.bin_merge_requested.emit, self._bin_id, bin_.id))
        menu.setEnabled(len(document.bins) > 1)

    def _add_move(self, text: str, position: int, count: int, name: str) -> None:
        action = self._add(text, partial(self._intents.bin_move_requested.emit, self._bin_id, position), name)
        action.setEnabled(0 <= position < count)

    def _show_gallery(self) -> None:
        self.gallery_chosen.emit(self._bin_id)

    def _rename(self) -> None:
        self.rename_chosen.emit(self._bin_id)

    def _remove(self) -> None:
        self._intents.bin_remove_requested.emit(self._bin_id)

    def _choose_color(self) -> None:
        color = QColorDialog.getColor(QColor(self._color), self.parentWidget(), self.tr("Colour of the bin"))
        if color.isValid():
            self._intents.bin_recolor_requested.emit(self._bin_id, color.name())


def color_icon(color: str) -> QIcon:
    """A square of `color`."""
    pixmap = QPixmap(_SWATCH, _SWATCH)
    pixmap.fill(QColor(color))
    return QIcon(pixmap)
