"""Two pictures side by side: zoom and pan of one are those of the other."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fewshot_gui.widgets.overlay_canvas import OverlayCanvas


class SideBySide(QWidget):
    """Two canvases, each above what is said of it. The second may be hidden."""

    def __init__(self, first_caption: QWidget, second_caption: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sideBySide")
        self.first, self.second = OverlayCanvas(), OverlayCanvas()
        self._captions = (first_caption, second_caption)
        self._is_following = False
        self._halves = (_captioned(self.first, first_caption), _captioned(self.second, second_caption))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for half in self._halves:
            row.addWidget(half, 1)
        self.first.zoom_changed.connect(self._on_first_changed)
        self.second.zoom_changed.connect(self._on_second_changed)

    @property
    def canvases(self) -> tuple[OverlayCanvas, OverlayCanvas]:
        """Both canvases."""
        return self.first, self.second

    @property
    def is_beside(self) -> bool:
        """Whether both are shown."""
        return not self._halves[1].isHidden()

    def show_beside(self, beside: bool) -> None:
        """Show both, with what is said of them, or the first alone."""
        for widget in (self._halves[1], *self._captions):
            widget.setVisible(beside)
        self._on_first_changed()

    def set_image(self, image: QImage, size: QSize | None = None) -> None:
        """Show the same picture in both."""
        for canvas in self.canvases:
            canvas.set_image(image, size)

    def _on_first_changed(self) -> None:
        self._follow(self.second, self.first)

    def _on_second_changed(self) -> None:
        self._follow(self.first, self.second)

    def _follow(self, follower: OverlayCanvas, leader: OverlayCanvas) -> None:
        """Show the same part; what the follower tells of that is no reason to follow it in turn."""
        if self._is_following or not self.is_beside:
            return
        self._is_following = True
        try:
            follower.show_part(leader.view.part())
        finally:
            self._is_following = False


def _captioned(canvas: OverlayCanvas, caption: QWidget) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(canvas, 1)
    column.addWidget(caption)
    return whole
