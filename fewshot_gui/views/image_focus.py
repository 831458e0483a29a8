"""The view of images that keyboard commands work on: the one that was used last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fewshot_gui.views.image_view import ImageView, invert_selection
from fewshot_gui.views.prediction_table import PredictionTable

View = ImageView | PredictionTable


class ImageFocus(QObject):
    """Keeps a selection in one view at a time: using another view clears it."""

    selection_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views: list[View] = []
        self._active: View | None = None

    @property
    def active(self) -> View | None:
        """The view used last."""
        return self._active

    def add(self, view: View) -> None:
        """Take care of `view`."""
        self._views.append(view)
        view.focused.connect(self._on_focused)
        view.selection_edited.connect(self._on_selection_edited)

    def remove(self, view: View) -> None:
        """Follow `view`, which is about to be destroyed, no more; it may still receive the keyboard until then."""
        self._views.remove(view)
        view.focused.disconnect(self._on_focused)
        view.selection_edited.disconnect(self._on_selection_edited)
        if self._active is view:
            self._active = None
            self.selection_changed.emit()

    def paths(self) -> list[Path]:
        """The selected images of the active view."""
        return [] if self._active is None else self._active.selected_paths()

    def select_all(self) -> None:
        """In the active view."""
        if self._active is not None:
            self._active.selectAll()

    def select_none(self) -> None:
        """In the active view."""
        if self._active is not None:
            self._active.clearSelection()

    def invert(self) -> None:
        """In the active view."""
        if self._active is not None:
            invert_selection(self._active)

    def _on_focused(self) -> None:
        view = self.sender()
        if isinstance(view, ImageView | PredictionTable):
            self._activate(view)

    def _on_selection_edited(self) -> None:
        view = self.sender()
        if isinstance(view, ImageView | PredictionTable) and view.selectionModel().hasSelection():
            self._activate(view)
        self.selection_changed.emit()

    def _activate(self, view: View) -> None:
        if view is self._active:
            return
        self._active = view
        for other in self._views:
            if other is not view and other.selectionModel().hasSelection():
                other.clearSelection()
        self.selection_changed.emit()
