"""Export of the project's classifier into a folder of its own, with a model card beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from fewshot_gui.controllers.job_history import JobHistoryController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.naming import display_name, display_text
from fewshot_gui.jobs.warm_up import import_model
from fewshot_gui.views.jobs_dialog import JobEnd
from model.progress import CancelToken

_KEY = "classifier"


@dataclass(frozen=True)
class _Exported:
    """Where it is now; `card` is the name of the card's file."""

    folder: Path
    card: str


class ClassifierExportingController(QObject):
    """Exports the classifier that the project's file holds, in which every training is saved at once."""

    def __init__(self, services: AppServices, jobs: JobHistoryController, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self._noted = jobs, 0  # 0: none is being written
        self._session, self._settings, self._files = services.session, services.settings, services.files
        self._questions, self._status, self._window = services.questions, services.status, services.window
        services.intents.export_classifier_requested.connect(self._on_export_requested)
        services.files.call_returned.connect(self._on_call_returned)
        services.files.call_failed.connect(self._on_call_failed)

    @Slot()
    def _on_export_requested(self) -> None:
        project = self._session.file
        if project is None:
            return
        if self._noted:
            self._status.show_message(self.tr("Another export is still being written."))
            return
        folder = self._questions.classifier_folder(self._settings.last_folder)
        if folder is None:
            return
        self._settings.last_folder = folder.parent
        self._status.show_message(self.tr("Exporting the classifier …"))
        self._noted = self._jobs.begin(self.tr("Exporting the classifier"))

        def export(_token: CancelToken) -> _Exported:
            import_model()
            from model.checkpoint.files import contents, from_files, save_files
            from model.exports.model_card import CARD_FILE, Made, write_card

            files = contents(project)
            classifier = from_files(files, "cpu")
            save_files(files, folder)
            write_card(classifier, Made.of(files, written_at=datetime.now(UTC)), folder / CARD_FILE)
            return _Exported(folder, CARD_FILE)

        self._files.call(_KEY, export)

    @Slot(str, object)
    def _on_call_returned(self, key: str, done: _Exported) -> None:
        if key != _KEY:
            return
        text = self.tr("Classifier exported to “{name}”, with a model card, {card}")
        text = text.format(name=display_name(done.folder), card=done.card)
        self._finish(text, JobEnd.DONE)
        self._status.show_message(text)

    @Slot(str, object)
    def _on_call_failed(self, key: str, reason: str) -> None:
        if key != _KEY:
            return
        self._finish(reason, JobEnd.without_result(reason))
        if reason:
            self._window.show_error(self.tr("The classifier was not exported"), display_text(reason))

    def _finish(self, said: str, end: JobEnd) -> None:
        self._jobs.end(self._noted, said, end=end)
        self._noted = 0
