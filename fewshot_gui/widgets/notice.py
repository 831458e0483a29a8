"""A strip above a view with a warning or a hint, and a button for what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from fewshot_gui import style
from fewshot_gui.icons import icon_pixmap

_ICON_SIDE = 16


class Notice(QWidget):
    """A line with an icon and, perhaps, a command beside it: a warning, or a hint. Hidden until shown."""

    def __init__(self, text: str, parent: QWidget | None = None, *, icon_name: str = "warning") -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._icon, self._label = QLabel(), QLabel(text)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(style.GRID, 2, style.GRID, 2)
        self._layout.setSpacing(style.GRID)
        self._layout.addWidget(self._icon)
        self._layout.addWidget(self._label, 1)
        self._update_icon()
        self.hide()

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._label.setText(text)

    def replace_action(self, action: QAction | None) -> None:
        """Offer `action`, or nothing, in place of what was offered."""
        while self._layout.count() > 2:
            item = self._layout.takeAt(2)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if action is not None:
            self.set_action(action)

    def set_action(self, action: QAction) -> None:
        """Offer `action` as the remedy."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._layout.addWidget(button)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A tint of its colour (Qt)."""
        QPainter(self).fillRect(self.rect(), style.tinted(self._color(), 0.16))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette (Qt)."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._update_icon()

    def _color(self) -> QColor:
        palette = self.palette()
        return style.warning(palette) if self._icon_name == "warning" else palette.color(QPalette.ColorRole.Accent)

    def _update_icon(self) -> None:
        ratio = self.devicePixelRatioF()
        pixmap = icon_pixmap(self._icon_name, self._color(), round(_ICON_SIDE * ratio))
        pixmap.setDevicePixelRatio(ratio)
        self._icon.setPixmap(pixmap)
