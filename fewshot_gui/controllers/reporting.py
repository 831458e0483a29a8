"""What leaves the window for colleagues: the report on the open project, a picture with its region."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage

from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.naming import display_name, display_text
from model.errors import FewShotError
from model.progress import CancelToken

_KEY = "report"


@dataclass(frozen=True)
class _Written:
    """What came of writing a report; `trouble` is "" where it is there."""

    path: Path
    trouble: str = ""


class ReportingController(QObject):
    """Every edit is in the project's file at once, so that the report is made from what it holds."""

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._settings, self._files = services.session, services.settings, services.files
        self._questions, self._status, self._window = services.questions, services.status, services.window
        services.intents.report_requested.connect(self._on_report_requested)
        services.intents.picture_save_requested.connect(self._on_picture_save_requested)
        services.files.call_returned.connect(self._on_call_returned)

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
        self._status.show_message(self.tr("Writing the report …"))

        def write(token: CancelToken) -> _Written:
            from model.exports.project_contents import read_project
            from model.exports.report import ReportOptions, write_report

            try:
                write_report(read_project(project), path, ReportOptions(title, names_hidden=hidden), token=token)
            except FewShotError as error:
                return _Written(path, str(error))
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
        if written.trouble:
            self._window.show_error(self.tr("The report was not written"), display_text(written.trouble))
        else:
            text = self.tr("Report written to “{name}”")
            self._status.show_message(text.format(name=display_name(written.path)))
