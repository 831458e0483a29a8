"""The dialog of the embedding cache: shows, moves, clears it and switches it off."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot

from fewshot_gui.controllers.services import AppServices
from fewshot_gui.views.cache_dialog import CacheDialog
from model.cache import folder as cache_folder
from model.progress import CancelToken

_CLEAR = "clear cache"


class CacheController(QObject):
    """Applies the setting of the cache folder when it is made and whenever it changes."""

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._files = services.settings, services.files
        self._window, self._status, self._questions = services.window, services.status, services.questions
        self._dialog: CacheDialog | None = None
        cache_folder.choose(services.settings.cache)
        services.intents.cache_requested.connect(self._on_cache_requested)
        services.files.call_returned.connect(self._on_call_returned)
        services.files.call_failed.connect(self._on_call_failed)

    @Slot()
    def _on_cache_requested(self) -> None:
        if self._dialog is None:
            self._dialog = dialog = CacheDialog(self._window)
            dialog.clear_requested.connect(self._on_clear_requested)
            dialog.folder_requested.connect(self._on_folder_requested)
            dialog.default_requested.connect(self._on_default_requested)
            dialog.off_requested.connect(self._on_off_requested)
            dialog.finished.connect(self._on_finished)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._show()
        self._dialog.open()

    @Slot()
    def _on_finished(self) -> None:
        self._dialog = None

    @Slot()
    def _on_clear_requested(self) -> None:
        self._show(is_busy=True)
        self._files.call(_CLEAR, _clear)

    @Slot()
    def _on_folder_requested(self) -> None:
        folder = self._questions.folder(self.tr("Keep the cache in"), cache_folder.place() or Path.home())
        if folder is not None:
            self._choose(str(folder))

    @Slot()
    def _on_default_requested(self) -> None:
        self._choose("")

    @Slot()
    def _on_off_requested(self) -> None:
        self._choose(cache_folder.OFF)

    def _choose(self, place: str) -> None:
        self._settings.cache = place
        cache_folder.choose(place)
        self._show()

    def _show(self, *, is_busy: bool = False) -> None:
        if self._dialog is not None:
            self._dialog.show_cache(
                cache_folder.place(),
                cache_folder.bytes_on_disk(),
                is_default=not self._settings.cache,
                is_busy=is_busy,
            )

    @Slot(str, object)
    def _on_call_returned(self, key: str, _result: object) -> None:
        if key == _CLEAR:
            self._show()
            self._status.show_message(self.tr("The cache was cleared."))

    @Slot(str, object)
    def _on_call_failed(self, key: str, reason: str) -> None:
        if key == _CLEAR:
            self._show()
            self._status.show_message(reason)


def _clear(_token: CancelToken) -> None:
    cache_folder.cache_store().clear()
