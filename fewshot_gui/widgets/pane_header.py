"""The title of a part of the window, with a quiet line beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

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

    def add_button(self, action: QAction) -> None:
        """Put a flat button for `action` at the right end."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.add_tool(button)

    def add_tool(self, widget: QWidget) -> None:
        """Put a control at the right end."""
        self._layout.addWidget(widget)
