"""A slider for the size of pictures in a grid."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QWidget

from fewshot_gui.widgets.slider import Slider


class SizeSlider(Slider):
    """Pixels of a picture's side; the arrow keys change it in steps of 16."""

    def __init__(self, text: str, smallest: int, largest: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text)
        self.setToolTip(self.tr("{text} (Ctrl and mouse wheel)").format(text=text))
        self.setRange(smallest, largest)
        self.setSingleStep(16)
        self.setPageStep(64)
        self.setMinimumWidth(56)
        self.setMaximumWidth(160)

    def show_size(self, side: int) -> None:
        """Show this size, without telling."""
        with QSignalBlocker(self):
            self.setValue(side)
