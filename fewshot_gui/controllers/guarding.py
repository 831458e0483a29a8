"""Backups of the open project, new attempts to save it, and the offer to edit it once no other program has it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from fewshot_gui.controllers.services import AppServices
from fewshot_gui.project.backups import Backups
from fewshot_gui.project.errors import ProjectError
from model.progress import CancelToken

_BACKUP = "backup"
_OPENED_PAUSE = 1_000  # milliseconds from opening a project to its backup
_BACKUP_PAUSE = 10 * 60_000  # milliseconds of work between two backups
_RETRY_PAUSE = 10_000
_LOOK_PAUSE = 2_000


class GuardingController(QObject):
    """Backs the project up and saves it again on timers. `stop` it before the session is closed for good."""

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._document = services.session, services.document
        self._files, self._window = services.files, services.window
        self._status = services.status
        self._has_complained = False
        self._opened_due = QTimer(self, singleShot=True, interval=_OPENED_PAUSE)
        self._opened_due.timeout.connect(self.back_up)
        self._backup_due = QTimer(self, singleShot=True, interval=_BACKUP_PAUSE)
        self._backup_due.timeout.connect(self.back_up)
        self._retry_due = QTimer(self, singleShot=True, interval=_RETRY_PAUSE)
        self._retry_due.timeout.connect(self._retry)
        self._look_due = QTimer(self, singleShot=True, interval=_LOOK_PAUSE)
        self._look_due.timeout.connect(self._look_whether_free)
        document = self._document
        document.reset.connect(self._on_project_changed)
        document.path_changed.connect(self._on_project_changed)
        document.revision_changed.connect(self._on_revision_changed)
        for part in (document, services.results):
            part.save_failed.connect(self._on_save_failed)
        services.files.call_returned.connect(self._on_call_returned)

    def stop(self) -> None:
        """Stop all timers."""
        for timer in (self._opened_due, self._backup_due, self._retry_due, self._look_due):
            timer.stop()

    @Slot()
    def back_up(self) -> None:
        """Back the project up in the background, unless the latest backup holds the same revision."""
        path = self._document.path
        if path is not None and not self._document.read_only_reason:
            self._files.call(_BACKUP, partial(_back_up, self._session.backups, path))

    @Slot()
    def _on_project_changed(self) -> None:
        self.stop()
        self._has_complained = False
        self._window.set_may_edit_again(False)
        if self._document.read_only_reason:
            self._look_due.start()
        else:
            # Later: what belongs to the project opened before is cancelled while this one is announced, and it is
            # shown sooner where nothing else is done.
            self._opened_due.start()

    @Slot(int)
    def _on_revision_changed(self, _revision: int) -> None:
        if not self._backup_due.isActive():
            self._backup_due.start()

    @Slot(object)
    def _on_save_failed(self, _message: str) -> None:
        self._retry_due.start()

    @Slot()
    def _retry(self) -> None:
        try:
            self._session.save()
        except ProjectError:
            self._retry_due.start()
        else:
            self._status.show_message(self.tr("Saved. Nothing was lost."))

    @Slot()
    def _look_whether_free(self) -> None:
        if not self._session.may_edit():
            self._look_due.start()
            return
        self._window.set_may_edit_again(True)
        self._status.show_message(self.tr("The project can be edited now: choose “Open for editing”."))

    @Slot(str, object)
    def _on_call_returned(self, key: str, complaint: object) -> None:
        if key == _BACKUP and complaint and not self._has_complained:
            self._has_complained = True
            self._status.show_message(str(complaint))


def _back_up(backups: Backups, path: Path, _token: CancelToken) -> str:
    """Make a backup where it is due; returns the error message, "" where there is none."""
    try:
        backups.make(path)
    except ProjectError as error:
        return str(error)
    return ""
