"""The dialog of the embedding cache: its folder and size, and buttons to move, clear or switch it off."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.items.roles import readable


class CacheDialog(QDialog):
    """Shows what `show_cache` says; the buttons leave as signals."""

    clear_requested = Signal()
    folder_requested = Signal()  # choose another
    default_requested = Signal()  # back to the system's cache folder
    off_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cacheDialog")
        self.setWindowTitle(self.tr("Cache"))
        meaning = QLabel(
            self.tr(
                "What was computed of an image is kept, so that it need not be computed again. It holds no names and "
                "no pictures, but tells roughly what an image shows. Thumbnails are never written to the disk."
            )
        )
        meaning.setWordWrap(True)
        self.place = QLabel()
        self.place.setWordWrap(True)
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.clear_button = self._button(self.tr("C&lear"), "clearCacheButton", self.clear_requested)
        self.folder_button = self._button(self.tr("Choose &folder…"), "cacheFolderButton", self.folder_requested)
        self.default_button = self._button(self.tr("Use the &default"), "cacheDefaultButton", self.default_requested)
        self.off_button = self._button(self.tr("&Off"), "cacheOffButton", self.off_requested)
        buttons = QHBoxLayout()
        for button in (self.clear_button, self.folder_button, self.default_button, self.off_button):
            buttons.addWidget(button)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(2 * style.GRID)
        layout.addWidget(meaning)
        layout.addWidget(self.place)
        layout.addLayout(buttons)
        layout.addWidget(close)
        self.resize(480, 200)

    def show_cache(self, folder: Path | None, size: int, *, is_default: bool, is_busy: bool = False) -> None:
        """`folder` holds `size` bytes; None: the cache is off. `is_busy` while it is being cleared."""
        if folder is None:
            self.place.setText(self.tr("The cache is off: nothing is kept."))
        else:
            text = self.tr("{folder}\n{size} MB").format(folder=readable(folder), size=f"{size / 1e6:,.1f}")
            self.place.setText(self.tr("Being cleared …") if is_busy else text)
        self.clear_button.setEnabled(folder is not None and size > 0 and not is_busy)
        self.off_button.setEnabled(folder is not None and not is_busy)
        self.default_button.setEnabled(not is_default and not is_busy)
        self.folder_button.setEnabled(not is_busy)

    def _button(self, text: str, name: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(signal)
        return button
