"""The title of a part of the window, with a quiet line beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from fewshot_gui import style
from fewshot_gui.widgets.elided_label import ElidedLabel


class PaneHeader(QWidget):
    """A bold title, a note in muted text, and room for tools at the right."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._note = QLabel(title), ElidedLabel()
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._giving_way: list[QWidget] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(style.GRID, style.GRID // 2, style.GRID // 2, style.GRID // 2)
        self._layout.setSpacing(style.GRID)
        self._layout.addWidget(self._title)
        self._layout.addWidget(self._note, 1)
        self.setMinimumHeight(4 * style.GRID)

    def set_note(self, text: str, details: str = "") -> None:
        """What to say beside the title, and what more its tool tip tells."""
        self._note.show_text(text, details)

    def note(self) -> str:
        """What is said beside the title."""
        return self._note.text()

    def set_action(self, action: QAction) -> None:
        """What a click on the note does; a button at the right end does the same."""
        self._note.set_clickable(True)
        self._note.clicked.connect(action.trigger)
        self.add_button(action)

    def add_button(self, action: QAction, others: Sequence[QAction] = ()) -> None:
        """Put a flat button for `action` at the right end; `others` are in its menu."""
        button = QToolButton()
        button.setDefaultAction(action)
        if others:
            menu = QMenu(button)
            menu.setToolTipsVisible(True)
            menu.addActions(list(others))
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
            button.setObjectName(f"{action.objectName().removesuffix('Action')}Button")
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.add_tool(button)

    def add_tool(self, widget: QWidget, *, gives_way: bool = False) -> None:
        """Put a control at the right end; one that `gives_way` is left out where the title would be cut otherwise."""
        self._layout.addWidget(widget)
        if gives_way:
            self._giving_way.append(widget)
            self.setMinimumWidth(self._needed(without=len(self._giving_way)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave controls out, those added last first, where there is no room for the title (Qt)."""
        super().resizeEvent(event)
        hidden = next(
            (count for count in range(len(self._giving_way)) if self._needed(without=count) <= self.width()),
            len(self._giving_way),
        )
        for at, widget in enumerate(reversed(self._giving_way)):
            widget.setVisible(at >= hidden)

    def _needed(self, without: int) -> int:
        """The width of the title and the controls, but for the last `without` of those that give way."""
        left_out = self._giving_way[len(self._giving_way) - without :]
        items = (self._layout.itemAt(at) for at in range(self._layout.count()))
        shown = (item.widget() for item in items if item is not None)
        kept = [one for one in shown if one is not None and one is not self._note and one not in left_out]
        margins = self._layout.contentsMargins()
        widths = sum(max(item.sizeHint().width(), item.minimumWidth()) for item in kept)
        return widths + (len(kept) + 1) * self._layout.spacing() + margins.left() + margins.right()
