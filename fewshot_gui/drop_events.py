"""Drags and drops as Qt delivers them, for runs without a mouse: the headless demo and the tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from fewshot_gui.items.mime import path_to_url


def files_data(paths: Sequence[Path]) -> QMimeData:
    """Return what a file manager hands over when `paths` are dragged."""
    data = QMimeData()
    data.setUrls([path_to_url(path) for path in paths])
    return data


def drop(window: QWidget, position: QPoint, data: QMimeData) -> bool:
    """Drag `data` to `position` in `window` and let it go there; returns whether it was taken.

    As Qt does, the event goes to the widget under the mouse or the nearest ancestor that takes drops.
    """
    target = window.childAt(position) or window
    while not target.acceptDrops():
        parent = target.parentWidget()
        if parent is None or target.isWindow():
            return False
        target = parent
    place = QPointF(target.mapFrom(window, position))
    state = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(place.toPoint(), *state)
    QCoreApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    QCoreApplication.sendEvent(target, QDragMoveEvent(place.toPoint(), *state))
    dropped = QDropEvent(place, *state)
    QCoreApplication.sendEvent(target, dropped)
    return dropped.isAccepted()


def drop_on(widget: QWidget, data: QMimeData) -> bool:
    """Drop `data` on the middle of `widget`, once it is laid out."""
    QCoreApplication.processEvents()
    window = widget.window()
    return drop(window, widget.mapTo(window, widget.rect().center()), data)
