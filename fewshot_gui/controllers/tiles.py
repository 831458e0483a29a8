"""What the tiles of the gallery are made with: the classifier in memory, the look, how files are read."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from fewshot_gui.controllers.services import AppServices
from fewshot_gui.jobs.messages import JobResult, RestoreResult, TrainResult


class TilesController(QObject):
    """Has maps made anew by every new classifier, and forgotten with it."""

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._tiles, self._settings = services.tiles, services.settings
        services.runner.succeeded.connect(self._on_succeeded)
        services.document.reset.connect(self._on_reset)
        services.intents.closely_chosen.connect(self._on_closely_chosen)
        self._is_trained = False

    @Slot(object)
    def _on_succeeded(self, result: JobResult) -> None:
        if isinstance(result, TrainResult | RestoreResult):
            self._is_trained = True
            self._tiles.start_maps(closely=self._settings.closely)

    @Slot()
    def _on_reset(self) -> None:
        self._is_trained = False
        self._tiles.forget_maps()

    @Slot(bool)
    def _on_closely_chosen(self, chosen: bool) -> None:
        if self._is_trained:
            self._tiles.start_maps(closely=chosen)
