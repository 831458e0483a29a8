"""Training after every change of the bins, while "Train automatically" is on."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from fewshot_gui.controllers.running import RunningController
from fewshot_gui.controllers.services import AppServices

_PAUSE = 15  # milliseconds after the last change: a drop of many images may be several changes


class AutoTraining(QObject):
    """Trains when the bins hold other examples than those trained on, once for each state of the project.

    A job that the user started is never interrupted; a classification that only follows an earlier
    training is cancelled.
    """

    def __init__(self, services: AppServices, running: RunningController, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._results, self._settings = services.document, services.results, services.settings
        self._running = running
        self._tried: int | None = None  # the revision trained last, be it in vain
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE)
        self._soon.timeout.connect(self._train)
        services.intents.auto_train_chosen.connect(self._on_chosen)
        services.document.revision_changed.connect(self._consider)
        running.job_ended.connect(self._consider)
        services.document.reset.connect(self._on_reset)

    @Slot(bool)
    def _on_chosen(self, chosen: bool) -> None:
        self._settings.auto_train = chosen
        self._consider()

    @Slot()
    def _on_reset(self) -> None:
        self._soon.stop()
        self._tried = None

    @Slot()
    def _consider(self) -> None:
        if self._settings.auto_train and self._is_due():
            self._soon.start()

    def _is_due(self) -> bool:
        if self._document.revision == self._tried or not self._document.can_train:
            return False
        return self._results.is_stale or self._results.classifier_revision is None

    @Slot()
    def _train(self) -> None:
        if self._settings.auto_train and self._is_due() and self._running.train_again():
            self._tried = self._document.revision
