"""Helpers for drops of images, used by every view that takes them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from fewshot_gui.intents import Intents
from fewshot_gui.items.mime import DraggedImages, decode_images, may_carry_images


def accept_copy(event: QDropEvent) -> None:
    """Accept as a copy: the program (or view) that the images come from must not delete anything."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def take_images(event: QDropEvent) -> DraggedImages | None:
    """The dropped images, and the event accepted; or None, and it is refused."""
    images = decode_images(event.mimeData())
    if images is None:
        event.ignore()
        return None
    accept_copy(event)
    return images


class DropZone(QWidget):
    """A widget that images are dropped on, and that shows it while they hover; subclasses take the drop."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_target = False
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept the drag if the widget takes it (Qt)."""
        if self._wants(event):
            accept_copy(event)
            self._set_target(True)
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Accept the drag if it was accepted when it entered (Qt)."""
        if self._is_target:
            accept_copy(event)
        else:
            event.ignore()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Show no drop target any more (Qt)."""
        self._set_target(False)

    def _wants(self, event: QDropEvent) -> bool:
        return may_carry_images(event.mimeData())

    def _set_target(self, is_target: bool) -> None:
        self._is_target = is_target
        self.update()


class BinDropZone(DropZone):
    """A drop zone for images that are to go into the bin `bin_id`; what is dropped is emitted on `intents`."""

    def __init__(self, bin_id: str, intents: Intents, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bin_id, self._intents = bin_id, intents

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell what was dropped (Qt)."""
        self._set_target(False)
        images = take_images(event)
        if images is None:
            self._intents.refused.emit(self.tr("Nothing was added: only image files and folders can be dropped here."))
        elif images.bin_id == self.bin_id:
            event.ignore()
        else:
            self._intents.files_dropped_on_bin.emit(self.bin_id, images)

    def _wants(self, event: QDropEvent) -> bool:
        """Whether images are dragged that are not in this bin already."""
        if not may_carry_images(event.mimeData()):
            return False
        images = decode_images(event.mimeData())
        return images is None or images.bin_id != self.bin_id
