"""What leaves the program: one dialog for every format; written in the background, with progress and Cancel."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.controllers.job_history import JobHistoryController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.naming import display_name, display_path, display_text
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.jobs.files import EitherToken
from fewshot_gui.jobs.throttle import ProgressThrottle
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.views.jobs_dialog import JobEnd
from model.progress import CancelToken, Progress

if TYPE_CHECKING:  # the window starts without the exporters
    from fewshot_gui.views.export_dialog import ExportChoice
    from model.exports.exporter import Exporter, Written
    from model.runs.image_classifier import ImageClassifier

_KEY = "exporting"
_MOST_REASONS = 200  # lines of a dialog


@dataclass(frozen=True)
class _Answer:
    """What came of an export; `target` is None beside the images."""

    written: Written
    target: Path | None
    is_undo: bool = False


class ExportingController(QObject):
    """Answers "Export…".

    The job reads the project's file, in which every edit is at once: what the command exports and what the window
    exports is the same. What could not be saved is in a copy, which the job reads instead.
    """

    _progressed = Signal(object)  # Progress, from the pool's thread

    def __init__(self, services: AppServices, jobs: JobHistoryController, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self._noted = jobs, 0
        self._session, self._files, self._settings = services.session, services.files, services.settings
        self._window, self._questions, self._status = services.window, services.questions, services.status
        self._token: CancelToken | None = None  # of the export that is being written
        self._has_bar = False  # whether the status bar shows its progress: another job may have it
        services.intents.export_requested.connect(self._on_export_requested)
        services.intents.cancel_requested.connect(self._on_cancel_requested)
        services.files.call_returned.connect(self._on_call_returned)
        services.files.call_failed.connect(self._on_call_failed)
        self._progressed.connect(self._on_progressed)

    @Slot(object)
    def _on_export_requested(self, rows: RowsInView) -> None:
        from model.exports.exporter import EXPORTS, Place
        from model.exports.targets._xmp_journal import journal_path

        if self._token is not None:
            self._status.show_message(self.tr("Another export is still being written."))
            return
        results, settings = self._session.results, self._settings
        home = self._session.file or self._session.document.path
        if home is None:
            return
        choice = self._questions.export(
            rows,
            len(results),
            results.stale_count,
            settings.export_format,
            settings.export_dropped,
            can_undo=journal_path(home).exists(),
        )
        if choice is None:
            return
        settings.export_format, settings.export_dropped = choice.name, choice.dropped
        exporter, target = EXPORTS.get(choice.name), None
        assert exporter is not None
        if not choice.is_undo and exporter.place is not Place.BESIDE:
            target = self._questions.export_target(exporter, settings.last_folder)
            if target is None:
                return
            settings.last_folder = target.parent if exporter.place is Place.FILE else target
            if exporter.place is Place.FOLDER:
                target = _free_folder(target, exporter.name)
        self._start(exporter, choice, home, target)

    def _start(self, exporter: Exporter, choice: ExportChoice, home: Path, target: Path | None) -> None:
        from model.exports.exporter import ExportOptions

        results = self._session.results
        is_all = len(choice.rows) == len(results) and choice.rows == range(len(results))
        images = None if is_all else tuple(results.at(row).path for row in choice.rows)
        spare = Path(tempfile.mkdtemp(prefix="fewshot-")) / home.name
        try:
            file = self._session.file_to_read(spare)
        except ProjectError as error:
            _remove(spare)
            self._window.show_error(self.tr("Nothing was exported"), display_text(str(error)))
            return
        options = ExportOptions(
            images,
            choice.word,
            choice.columns if exporter.has_columns else None,
            choice.names_hidden,
            _loader(file, self._settings.device),
        )
        self._token = token = CancelToken()
        self._has_bar = not self._status.has_job()
        if self._has_bar:
            self._status.start_job(self.tr("Exporting"))
        else:
            self._status.show_message(self.tr("Exporting …"))
        title = self.tr("Restoring sidecars") if choice.is_undo else self.tr("Exporting: {format}")
        self._noted = self._jobs.begin(title.format(format=display_text(exporter.label)), token.cancel)
        report = ProgressThrottle(self._progressed.emit)

        def run(files_token: CancelToken) -> _Answer:
            from model.exports.exporter import export
            from model.exports.project_contents import read_project
            from model.exports.targets.xmp import undo

            joined = EitherToken(token, files_token)
            try:
                if choice.is_undo:
                    return _Answer(undo(home, report, joined), None, is_undo=True)
                project = replace(read_project(file), path=home)
                return _Answer(export(exporter, project, target, options, report, joined), target)
            finally:
                _remove(spare)

        self._files.call(_KEY, run)

    def _finish(self, said: str, end: JobEnd, details: str = "") -> None:
        self._token = None
        self._jobs.end(self._noted, said, details, end)
        if self._has_bar:
            self._status.finish_job()

    @Slot()
    def _on_cancel_requested(self) -> None:
        if self._token is not None and self._has_bar:
            self._token.cancel()
            self._status.set_cancelling()

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        if self._token is None:
            return
        self._jobs.show_progress(self._noted, progress.phase, progress.done, progress.total)
        if self._has_bar:
            self._status.set_job_progress(progress.phase, progress.done, progress.total)

    @Slot(str, object)
    def _on_call_returned(self, key: str, answer: object) -> None:
        if key != _KEY or not isinstance(answer, _Answer):
            return
        text = self._words(answer)
        reasons = [f"{display_path(path)}: {display_text(reason)}" for path, reason in answer.written.failed]
        left = len(reasons) - _MOST_REASONS
        more = [self.tr("… and {count} more").format(count=f"{left:,}")] if left > 0 else []
        details = "\n".join([*reasons[:_MOST_REASONS], *more])
        self._finish(text, JobEnd.DONE, details)
        if reasons:
            self._window.show_error(self.tr("Export"), text, details)
        elif not (answer.written.images or answer.is_undo):
            self._window.show_error(self.tr("Nothing was exported"), text)
        else:
            self._status.show_message(text)

    @Slot(str, object)
    def _on_call_failed(self, key: str, reason: str) -> None:
        if key != _KEY:
            return
        self._finish(reason, JobEnd.without_result(reason))
        if reason:
            self._window.show_error(self.tr("Nothing was exported"), display_text(reason))
        else:
            self._status.show_message(self.tr("The export was cancelled."))

    def _words(self, answer: _Answer) -> str:
        """Say what was written, and what was left out."""
        done = answer.written
        if answer.is_undo:
            parts = [self.tr("%n sidecar(s) restored", "", done.files)]
        elif answer.target is None:
            parts = [self.tr("%n image(s) in sidecars", "", done.images)]
        else:
            text = self.tr("%n image(s) written to “{name}”", "", done.images)
            parts = [text.format(name=display_name(answer.target))]
        if done.stale:
            parts.append(self.tr("%n of them out of date", "", done.stale))
        if done.without_word:
            parts.append(self.tr("%n left out, of which nobody said anything", "", done.without_word))
        if done.left_out:
            parts.append(self.tr("%n left out: without a label, not readable or of another kind", "", done.left_out))
        if done.failed:
            parts.append(self.tr("%n file(s) could not be written or read", "", len(done.failed)))
        return ". ".join(["; ".join(parts), *(display_text(one).rstrip(".") for one in done.remarks)])


def _loader(file: Path, device: str) -> Callable[[Path], ImageClassifier]:
    """Return what loads the project's classifier, for exports that look at the images again."""

    def load(_project: Path) -> ImageClassifier:
        from model.checkpoint.files import load

        return load(file, device)

    return load


def _free_folder(chosen: Path, name: str) -> Path:
    """Return the folder that was chosen where it is empty, else a new one in it: what is there stays as it is."""
    with suppress(OSError):
        if not chosen.exists() or next(chosen.iterdir(), None) is None:
            return chosen
    number, folder = 2, chosen / name
    while folder.exists():
        folder, number = chosen / f"{name} ({number})", number + 1
    return folder


def _remove(spare: Path) -> None:
    """Remove a copy of the project, which may not have been written, and its folder."""
    with suppress(OSError):
        spare.unlink(missing_ok=True)
        spare.parent.rmdir()
