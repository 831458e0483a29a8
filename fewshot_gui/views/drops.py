"""Taking drops of images: one helper, so that every view decides alike."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent

from fewshot_gui.items.mime import DraggedImages, decode_images


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
