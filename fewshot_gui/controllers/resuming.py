"""Work that a crash cut off: it is noted in the project while it runs, and the next start offers to go on."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Slot

from fewshot_gui.controllers.projects import ProjectsController
from fewshot_gui.controllers.running import RunningController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.unfinished import UnfinishedWork
from model.images.cutting import Cutting

_log = logging.getLogger(__name__)


class ResumingController(QObject):
    """Notes what the user waits for, takes the note back at its end, and answers what the strip offers."""

    def __init__(
        self, services: AppServices, running: RunningController, projects: ProjectsController, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._results, self._window = services.session, services.results, services.window
        self._running = running
        self._left: UnfinishedWork | None = None
        running.work_begun.connect(self._on_work_begun)
        running.job_ended.connect(self._on_job_ended)
        projects.settled.connect(self._on_project_opened)
        services.document.reset.connect(self._on_reset)
        services.intents.go_on_requested.connect(self._on_go_on_requested)
        services.intents.leave_unfinished_requested.connect(self._on_leave_requested)

    def _note(self, work: UnfinishedWork | None) -> None:
        if self._session.document.read_only_reason:
            return
        try:
            self._session.note_unfinished(work)
        except ProjectError:  # the strip says already that nothing can be saved
            _log.info("what is under way could not be noted", exc_info=True)

    @Slot(object)
    def _on_work_begun(self, work: UnfinishedWork) -> None:
        self._show(None)
        self._note(work)

    @Slot()
    def _on_job_ended(self) -> None:
        if self._left is None:
            self._note(None)

    @Slot()
    def _on_reset(self) -> None:
        self._show(None)

    @Slot()
    def _on_project_opened(self) -> None:
        if not self._session.document.read_only_reason:
            self._show(self._session.unfinished())

    def _show(self, work: UnfinishedWork | None) -> None:
        self._left = work
        if work is None:
            text = ""
        elif work.paths:
            text = self.tr("Classifying was cut off when the program ended last time. What was classified is kept.")
        else:
            text = self.tr("Training was cut off when the program ended last time. The bins are as you left them.")
        self._window.set_unfinished(text)

    @Slot()
    def _on_go_on_requested(self) -> None:
        work = self._left
        if work is None:
            return
        if not work.paths:
            self._running.train()
            return
        revision = self._results.classifier_revision
        done = () if work.is_whole else (made.path for made in self._results if made.revision == revision)
        cutting = None if work.cutting is None else Cutting(*work.cutting)
        self._running.classify(work.paths, cutting, done=frozenset(done))

    @Slot()
    def _on_leave_requested(self) -> None:
        self._show(None)
        self._note(None)
