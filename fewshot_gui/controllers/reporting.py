"""What leaves the window for colleagues: the report on the open project, a picture with its region."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from fewshot_gui.controllers.job_history import JobHistoryController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.naming import display_name, display_text
from fewshot_gui.jobs.files import EitherToken
from fewshot_gui.jobs.throttle import ProgressThrottle
from fewshot_gui.views.jobs_dialog import JobEnd
from model.progress import CancelToken, Progress

_KEY = "report"


@dataclass(frozen=True)
class _Written:
    """A report that is there now."""

    path: Path


class ReportingController(QObject):
    """Every edit is in the project's file at once, so that the report is made from what it holds."""

    _progressed = Signal(object)  # Progress, from the pool's thread

    def __init__(self, services: AppServices, jobs: JobHistoryController, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self._noted = jobs, 0  # 0: none is being written
        self._session, self._settings, self._files = services.session, services.settings, services.files
        self._questions, self._status, self._window = services.questions, services.status, services.window
        self._writing = ""
        services.intents.report_requested.connect(self._on_report_requested)
        services.intents.picture_save_requested.connect(self._on_picture_save_requested)
        services.files.call_returned.connect(self._on_call_returned)
        services.files.call_failed.connect(self._on_call_failed)
        self._progressed.connect(self._on_progressed)

    @Slot()
    def _on_report_requested(self) -> None:
        project, document = self._session.file, self._session.document
        if project is None:
            return
        if self._noted:
            self._status.show_message(self.tr("Another report is still being written."))
            return
        path = self._questions.report_file(self._settings.last_folder)
        if path is None:
            return
        self._settings.last_folder = path.parent
        hidden = self._settings.names_hidden
        title = "" if document.path is None or hidden else document.path.stem
        self._writing = self.tr("Writing the report …")
        self._status.show_message(self._writing)
        own = CancelToken()
        self._noted = self._jobs.begin(self.tr("Writing the report"), own.cancel)
        progress = ProgressThrottle(self._progressed.emit)

        def write(token: CancelToken) -> _Written:
            from model.exports.project_contents import read_project
            from model.exports.report import ReportOptions, write_report

            options = ReportOptions(title, names_hidden=hidden)
            write_report(read_project(project), path, options, progress, EitherToken(own, token))
            return _Written(path)

        self._files.call(_KEY, write)

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        self._jobs.show_progress(self._noted, progress.phase, progress.done, progress.total)

    @Slot(Path, object)
    def _on_picture_save_requested(self, image: Path, shown: QImage) -> None:
        path = self._questions.picture_file(self._settings.last_folder / f"{image.stem} region.png")
        if path is None:
            return
        if path.resolve() == image.resolve():
            self._status.show_message(self.tr("Not saved: the image itself would be overwritten. Give another name."))
        elif shown.save(str(path)):
            self._status.show_message(self.tr("Picture saved as “{name}”").format(name=display_name(path)))
        else:
            self._window.show_error(self.tr("The picture was not saved"), self.tr("The file cannot be written there."))

    @Slot(str, object)
    def _on_call_returned(self, key: str, written: _Written) -> None:
        if key != _KEY:
            return
        text = self.tr("Report written to “{name}”").format(name=display_name(written.path))
        self._finish(text, JobEnd.DONE)
        self._status.show_message(text)

    @Slot(str, object)
    def _on_call_failed(self, key: str, reason: str) -> None:
        if key != _KEY:
            return
        self._finish(reason, JobEnd.without_result(reason))
        self._status.withdraw_message(self._writing)
        if reason:
            self._window.show_error(self.tr("The report was not written"), display_text(reason))

    def _finish(self, said: str, end: JobEnd) -> None:
        self._jobs.end(self._noted, said, end=end)
        self._noted = 0
