"""What leaves the window for colleagues: the report on the open project, a picture with its region."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage

from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.naming import display_name, display_text
from model.progress import CancelToken

_KEY = "report"


@dataclass(frozen=True)
class _Written:
    """A report that is there now."""

    path: Path


class ReportingController(QObject):
    """Every edit is in the project's file at once, so that the report is made from what it holds."""

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._settings, self._files = services.session, services.settings, services.files
        self._questions, self._status, self._window = services.questions, services.status, services.window
        self._writing = ""
        services.intents.report_requested.connect(self._on_report_requested)
        services.intents.picture_save_requested.connect(self._on_picture_save_requested)
        services.files.call_returned.connect(self._on_call_returned)
        services.files.call_failed.connect(self._on_call_failed)

    @Slot()
    def _on_report_requested(self) -> None:
        project, document = self._session.file, self._session.document
        if project is None:
            return
        path = self._questions.report_file(self._settings.last_folder)
        if path is None:
            return
        self._settings.last_folder = path.parent
        hidden = self._settings.names_hidden
        title = "" if document.path is None or hidden else document.path.stem
        self._writing = self.tr("Writing the report …")
        self._status.show_message(self._writing)

        def write(token: CancelToken) -> _Written:
            from model.exports.project_contents import read_project
            from model.exports.report import ReportOptions, write_report

            write_report(read_project(project), path, ReportOptions(title, names_hidden=hidden), token=token)
            return _Written(path)

        self._files.call(_KEY, write)

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
        text = self.tr("Report written to “{name}”")
        self._status.show_message(text.format(name=display_name(written.path)))

    @Slot(str, object)
    def _on_call_failed(self, key: str, reason: str) -> None:
        if key == _KEY:
            self._status.withdraw_message(self._writing)
        if key == _KEY and reason:
            self._window.show_error(self.tr("The report was not written"), display_text(reason))
