"""A hint on what to do next, shown in place of an empty list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.icons import icon_pixmap

_ICON_SIDE = 40


class EmptyHint(QWidget):
    """An icon, a line of what this place is for, and a line of what to do."""

    def __init__(self, icon_name: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._picture, self._title, self._text = QLabel(), QLabel(), QLabel()
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * style.GRID, style.GRID, 2 * style.GRID, style.GRID)
        layout.addStretch(1)
        for label in (self._picture, self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(label is not self._picture)
            layout.addWidget(label)
        layout.addStretch(1)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self.set_text(title, text)
        self._update_colors()

    def set_text(self, title: str, text: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._text.setText(text)

    def add_button(self, text: str) -> QPushButton:
        """Offer the first step as a button under the text."""
        button = QPushButton(text)
        self._layout.insertSpacing(self._layout.count() - 1, style.GRID)
        self._layout.insertWidget(self._layout.count() - 1, button, 0, Qt.AlignmentFlag.AlignHCenter)
        return button

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette (Qt)."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._update_colors()

    def _update_colors(self) -> None:
        ratio = self.devicePixelRatioF()
        pixmap = icon_pixmap(self._icon_name, style.muted(self.palette()), round(_ICON_SIDE * ratio))
        pixmap.setDevicePixelRatio(ratio)
        self._picture.setPixmap(pixmap)


class EmptyOr(QWidget):
    """Shows `content`, or `hint` while there is nothing in it."""

    def __init__(self, content: QWidget, hint: EmptyHint, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hint = hint
        self._layout = QStackedLayout(self)
        self._layout.addWidget(content)
        self._layout.addWidget(hint)

    def set_empty(self, empty: bool) -> None:
        """Choose what is seen."""
        self._layout.setCurrentIndex(int(empty))
