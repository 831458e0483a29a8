"""Drags as Qt sends them, image paths, and parts of widgets."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QTableWidget, QTableWidgetItem, QWidget

from fewshot_gui.views.board import Board
from fewshot_gui.views.main_window import MainWindow

Child = TypeVar("Child", bound=QObject)


def paths(count: int, folder: str = "/images") -> list[Path]:
    """`count` image paths that need not exist."""
    return [Path(folder) / f"image {number}.png" for number in range(count)]


def child(parent: QObject, kind: type[Child], name: str = "") -> Child:
    """The one child of this kind, and of this name if one is given; fails where there is none."""
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert found is not None
    return found


def board_of(window: MainWindow) -> Board:
    """The surface that the cards of bins lie on."""
    return child(window.bins, Board)


def cell(table: QTableWidget, row: int, column: int) -> QTableWidgetItem:
    """The item of a cell; fails where there is none."""
    item = table.item(row, column)
    assert item is not None
    return item


def drag_over(target: QWidget, data: QMimeData, at: QPoint | None = None) -> bool:
    """Send what Qt sends when a drag enters `target`; whether it was accepted."""
    position = target.rect().center() if at is None else at
    enter = QDragEnterEvent(
        position,
        Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    move = QDragMoveEvent(
        position,
        Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, move)
    return move.isAccepted()


def leave(target: QWidget) -> None:
    """The drag goes elsewhere."""
    QApplication.sendEvent(target, QDragLeaveEvent())


def drop(target: QWidget, data: QMimeData, at: QPoint | None = None) -> bool:
    """Drag `data` over `target` and let go; whether it was taken."""
    if not drag_over(target, data, at):
        return False
    position = QPointF(target.rect().center() if at is None else at)
    event = QDropEvent(
        position,
        Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, event)
    return event.isAccepted()
