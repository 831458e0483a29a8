"""Watched folders: what comes into them is classified, as long as the project is open."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from fewshot_gui.controllers.running import RunningController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.naming import display_name, display_text
from fewshot_gui.jobs.folder_watcher import ArrivedFiles, FolderWatcher
from fewshot_gui.project.errors import ProjectError
from model.images.items import source_file

_log = logging.getLogger(__name__)


class WatchingController(QObject):
    """Starts and stops the watch of the open project; hands what arrives to classification, a batch at a time.

    The project keeps in mind which folder is watched: the watch starts again when it is opened and has a classifier.
    """

    def __init__(self, services: AppServices, running: RunningController, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._results, self._library = services.session, services.results, services.library
        self._settings, self._status, self._questions = services.settings, services.status, services.questions
        self._running, self.watcher = running, FolderWatcher(self)
        self._watch_id = 0  # 0: nothing is watched
        self._waiting: tuple[Path, ...] = ()  # arrived, while another job runs
        self._given: tuple[Path, ...] = ()  # being classified
        self._was_cancelled = False
        services.intents.watch_requested.connect(self._on_watch_requested)
        services.intents.stop_watching_requested.connect(self._on_stop_requested)
        services.intents.polling_chosen.connect(self._on_polling_chosen)
        services.document.reset.connect(self._on_reset)
        self.watcher.arrived.connect(self._on_arrived)
        self.watcher.failed.connect(self._on_failed)
        services.runner.cancelled.connect(self._on_cancelled)
        running.classifier_ready.connect(self._on_classifier_ready)
        running.job_ended.connect(self._on_job_ended)

    def shutdown(self) -> bool:
        """Watch no more; False where that did not succeed in time."""
        return self.watcher.stop()

    @Slot(list)
    def _on_watch_requested(self, folders: list[Path]) -> None:
        if not folders:
            folder = self._questions.folder(self.tr("Watch a folder"), self._settings.last_folder)
            if folder is None:
                return
            self._settings.last_folder = folder
            folders = [folder]
        if self._note(tuple(folders)):
            self._start(tuple(folders))

    @Slot()
    def _on_stop_requested(self) -> None:
        self._note(())
        self._stop()

    @Slot(bool)
    def _on_polling_chosen(self, chosen: bool) -> None:
        self._settings.polling = chosen
        if self._watch_id:
            self._start(self._session.watched())

    @Slot()
    def _on_reset(self) -> None:
        self._stop()

    @Slot()
    def _on_classifier_ready(self) -> None:
        if not self._watch_id:
            folders = self._session.watched()
            if folders and not self._session.document.read_only_reason:
                self._start(folders)

    def _note(self, folders: tuple[Path, ...]) -> bool:
        try:
            self._session.note_watched(folders)
        except ProjectError as error:
            self._status.show_message(str(error))
            return False
        return True

    def _start(self, folders: tuple[Path, ...]) -> None:
        self._waiting = self._given = ()
        known = {source_file(made.path) for made in self._results}
        self._watch_id = self.watcher.start(folders, known, polling=self._settings.polling)
        self._status.set_watched(folders)

    def _stop(self) -> None:
        self.watcher.stop()
        self._watch_id, self._waiting, self._given = 0, (), ()
        self._status.set_watched(())

    @Slot(object)
    def _on_arrived(self, arrived: ArrivedFiles) -> None:
        if arrived.watch_id == self._watch_id:
            self._waiting = arrived.paths
            self._work_off()

    @Slot()
    def _on_job_ended(self) -> None:
        if self._given:
            undone: list[Path] = []
            if self._was_cancelled:
                done = {source_file(made.path) for made in self._results}
                undone = [path for path in self._given if path not in done]
            self._given, self._was_cancelled = (), False
            self.watcher.go_on(undone)
        self._work_off()

    @Slot(int)
    def _on_cancelled(self, _job_id: int) -> None:
        self._was_cancelled = bool(self._given)

    def _work_off(self) -> None:
        """Classify what has arrived, unless something else runs."""
        if not self._waiting or not self._running.classify_quietly(self._waiting, self._settings.cutting):
            return
        folders = self._session.document.folders
        self._library.add(path for path in self._waiting if any(folder in path.parents for folder in folders))
        self._given, self._waiting = self._waiting, ()

    @Slot(int, object)
    def _on_failed(self, watch_id: int, reason: str) -> None:
        if watch_id == self._watch_id:
            names = ", ".join(display_name(folder) for folder in self._session.watched())
            self._stop()
            self._status.show_message(
                self.tr("“{folder}” is not watched: {reason}").format(folder=names, reason=display_text(reason))
            )
