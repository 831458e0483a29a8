"""The example: pictures that come with the program, in bins, trained on, and a folder classified."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from fewshot_gui.controllers.running import RunningController
from fewshot_gui.controllers.services import AppServices
from model.images.scan import class_folders
from model.resource_files import resource

EXAMPLES = resource("example/examples")
TO_CLASSIFY = resource("example/to_classify")
SHOWN_FIRST = "sky_03.jpg"
"""The image that is shown first, and is recognised on every processor, in every precision."""


class ExampleController(QObject):
    """Fills a new project with the example, step by step, as a person would."""

    def __init__(self, services: AppServices, running: RunningController, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._running = services.session, running
        self._intents, self._window, self._status = services.intents, services.window, services.status
        self._is_shown = self._is_classifying = False
        services.intents.example_requested.connect(self._on_example_requested)
        services.document.reset.connect(self._on_reset)
        running.job_ended.connect(self._on_job_ended)

    @Slot()
    def show(self) -> None:
        """Fill the project that is open, a new one."""
        document = self._session.document
        groups = [(readable_name(name), paths) for name, paths in class_folders(EXAMPLES)]
        document.add_bins_from_folder(EXAMPLES, groups)
        document.add_folders([TO_CLASSIFY])
        self._is_shown, self._is_classifying = True, False
        self._running.train()

    @Slot()
    def _on_example_requested(self) -> None:
        document = self._session.document
        if not document.is_untitled or document.bins or document.folders or document.read_only_reason:
            self._intents.new_requested.emit()
        if document.is_untitled and not document.bins:
            self.show()

    @Slot()
    def _on_reset(self) -> None:
        self._is_shown = False  # another project

    @Slot()
    def _on_job_ended(self) -> None:
        results = self._session.results
        if not self._is_shown:
            return
        if not self._is_classifying and results.report is not None:
            self._is_classifying = True
            self._running.classify((TO_CLASSIFY,))
            return
        self._is_shown = False
        if len(results):
            self._window.select_results([TO_CLASSIFY / SHOWN_FIRST])
        self._status.show_message(
            self.tr("Try this: click a result, drag it onto another bin and press Train. The results follow.")
        )


def readable_name(name: str) -> str:
    """Return a folder's name as the name of a bin."""
    return name.replace("_", " ")
