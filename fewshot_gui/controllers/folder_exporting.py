"""Export of images into folders by class, and undoing a move: in the background, with progress and Cancel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.controllers.folder_groups import Snapshot, groups_by_class, odd_ones
from fewshot_gui.controllers.job_history import JobHistoryController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.naming import display_name, names_are_hidden
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.jobs.throttle import ProgressThrottle
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.folder_export import Exported, Transfer, export_into_folders, sort_into
from fewshot_gui.project.moves import Undone, last_journal, moves_made, undo_moves
from fewshot_gui.views.jobs_dialog import JobEnd
from model.messages import Message, message, translated
from model.progress import CancelToken, Progress

_EXPORT, _UNDO, _FIND = "folders: export", "folders: undo", "folders: find"


@dataclass(frozen=True)
class _Answer:
    """The outcome of a job: where files are now (old path -> new), and the message for the user."""

    moved: Mapping[Path, Path]
    message: str
    details: str = ""
    is_failure: bool = False


class FolderExportController(QObject):
    """Answers "Export into folders by class…" and "Undo a move into folders…"."""

    images_moved = Signal()  # files of the library's folders may be elsewhere now
    _progressed = Signal(object)  # Progress, from the pool's thread

    def __init__(self, services: AppServices, jobs: JobHistoryController, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self._noted = jobs, 0
        self._session, self._files, self._settings = services.session, services.files, services.settings
        self._window, self._questions = services.window, services.questions
        self._status = services.status
        self._token: CancelToken | None = None  # of what runs now
        services.intents.export_folders_requested.connect(self._on_export_requested)
        services.intents.undo_move_requested.connect(self._on_undo_requested)
        services.intents.cancel_requested.connect(self._on_cancel_requested)
        services.document.reset.connect(self._on_reset)
        services.files.call_returned.connect(self._on_call_returned)
        services.files.call_failed.connect(self._on_call_failed)
        self._progressed.connect(self._on_progressed)

    @Slot(object)
    def _on_export_requested(self, rows: RowsInView) -> None:
        document, results = self._session.document, self._session.results
        is_odd = odd_ones(document, results)
        folder = self._settings.last_folder / self.tr("Sorted")
        choice = self._questions.folder_export(rows, is_odd, document.example_count, results.stale_count, folder)
        if choice is None:
            return
        if choice.transfer is Transfer.MOVE and document.read_only_reason:
            self._status.show_message(self.tr("Not moved: {reason}").format(reason=document.read_only_reason))
            return
        grouped = partial(
            groups_by_class,
            Snapshot.of(document, results, choice.rows),
            with_results=choice.results,
            with_examples=choice.examples,
            odd_names=(self.tr("unknown"), self.tr("unreadable")) if choice.odd_too else None,
        )
        self._settings.last_folder = choice.target.parent
        target = choice.target.absolute()
        if choice.transfer is Transfer.MOVE:
            try:
                self._session.note_move_into(target)  # so that a crash leaves a trace in the project
            except ProjectError as error:
                self._status.show_message(str(error))
                return
        put = partial(
            export_into_folders,
            rendering=self._settings.rendering,
            name_of=display_name if names_are_hidden() else None,
        )
        self._start(_EXPORT, self.tr("Exporting into folders"), partial(_export, grouped, put, target, choice.transfer))

    @Slot()
    def _on_undo_requested(self) -> None:
        if self._session.document.read_only_reason:
            self._status.show_message(self._session.document.read_only_reason)
            return
        start = self._session.moved_into() or self._settings.last_folder
        folder = self._questions.folder(self.tr("Undo the last move into this folder"), start)
        if folder is None:
            return
        journal = last_journal(folder)
        if journal is None:
            text = self.tr("No move into “{name}” is left to be undone.")
            self._status.show_message(text.format(name=folder.name))
            return
        self._start(_UNDO, self.tr("Moving images back"), partial(_undo, journal))

    def _known(self, moved: Mapping[Path, Path]) -> dict[Path, Path]:
        document, results = self._session.document, self._session.results
        return {
            old: new
            for old, new in moved.items()
            if document.bin_of(old) is not None or results.row_of(old) is not None
        }

    def _start(self, key: str, title: str, job: Callable[..., _Answer]) -> None:
        self._token = token = CancelToken()
        self._status.start_job(title)
        self._noted = self._jobs.begin(title, token.cancel)
        phase, throttled = self.tr("Images"), ProgressThrottle(self._progressed.emit)

        def report(done: int, total: int) -> None:
            throttled(Progress(phase, done, total))

        def run(files_token: CancelToken) -> _Answer:
            return job(lambda: token.is_cancelled or files_token.is_cancelled, report)

        self._files.call(key, run)

    @Slot()
    def _on_cancel_requested(self) -> None:
        if self._token is not None:
            self._token.cancel()
            self._status.set_cancelling()

    @Slot()
    def _on_reset(self) -> None:
        """Another project was opened: see whether a crash cut off a move of its images."""
        target = self._session.moved_into()
        if target is not None and not self._session.document.read_only_reason:
            self._files.call(_FIND, partial(_find, target))

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        if self._token is not None:
            self._status.set_job_progress(progress.phase, progress.done, progress.total)
            self._jobs.show_progress(self._noted, progress.phase, progress.done, progress.total)

    @Slot(str, object)
    def _on_call_returned(self, key: str, answer: object) -> None:
        if key not in {_EXPORT, _UNDO, _FIND} or not isinstance(answer, _Answer):
            return
        moved = answer.moved if key == _EXPORT else self._known(answer.moved)  # a journal may be another project's
        self._session.document.apply_relocations(moved)
        if moved:
            self.images_moved.emit()
        if key != _FIND:
            self._token = None
            self._status.finish_job()
            end = JobEnd.FAILED if answer.is_failure else JobEnd.DONE
            self._jobs.end(self._noted, answer.message, answer.details, end)
        if answer.details:
            self._window.show_error(self.tr("Folders"), answer.message, answer.details)
        elif answer.message:
            self._status.show_message(answer.message)

    @Slot(str, object)
    def _on_call_failed(self, key: str, reason: str) -> None:
        if key in {_EXPORT, _UNDO, _FIND}:
            self._on_call_returned(key, _Answer({}, reason))


def _export(
    grouped: Callable[[], list[tuple[str, list[Path]]]],
    put: Callable[..., Exported],
    target: Path,
    transfer: Transfer,
    is_cancelled: Callable[[], bool],
    report: Callable[[int, int], None],
) -> _Answer:
    try:
        done = put(sort_into(grouped()), target, transfer, is_cancelled, report)
    except ProjectError as error:
        return _Answer({}, str(error), is_failure=True)
    return _Answer(done.moved, _describe(done, target, transfer), _reasons([*done.failed, *done.remarked]))


def _undo(journal: Path, is_cancelled: Callable[[], bool], report: Callable[[int, int], None]) -> _Answer:
    try:
        undone = undo_moves(journal, is_cancelled, report)
    except ProjectError as error:
        return _Answer({}, str(error), is_failure=True)
    return _Answer(undone.restored, _describe_undone(undone), _reasons(undone.failed))


def _find(target: Path, _token: CancelToken) -> _Answer:
    journal = last_journal(target)
    if journal is None:
        return _Answer({}, "")
    try:
        return _Answer(moves_made(journal), "")
    except ProjectError as error:
        return _Answer({}, str(error))


def _describe(done: Exported, target: Path, transfer: Transfer) -> str:
    count, folder, lost, told = done.put, target.name, len(done.failed), len(done.remarked)
    match transfer:
        case Transfer.COPY:
            said = message("{count:,} images copied into folders in “{folder}”", count=count, folder=folder)
            failed = message("{count:,} could not be copied", count=lost)
        case Transfer.LINK:
            said = message("{count:,} images linked into folders in “{folder}”", count=count, folder=folder)
            failed = message("{count:,} could not be linked", count=lost)
        case Transfer.MOVE:
            said = message("{count:,} images moved into folders in “{folder}”", count=count, folder=folder)
            failed = message("{count:,} could not be moved", count=lost)
        case Transfer.PICTURE:
            said = message("{count:,} images written into folders in “{folder}”", count=count, folder=folder)
            failed = message("{count:,} could not be written", count=lost)
    parts = [
        said,
        *_if(done.there_already, message("{count:,} were there already", count=done.there_already)),
        *_if(done.renamed, message("{count:,} got another name, as theirs was taken", count=done.renamed)),
        *_if(lost, failed),
        *_if(told, message("of {count:,} there is something to know before they are shared", count=told)),
        *_if(done.is_cancelled, message("stopped")),
    ]
    return _in_a_row(parts)


def _describe_undone(undone: Undone) -> str:
    said = message("{count:,} images are back where they were", count=len(undone.restored))
    lost = len(undone.failed)
    return _in_a_row([said, *_if(lost, message("{count:,} could not be moved back", count=lost))])


def _if(wanted: int, text: Message) -> list[Message]:
    return [text] if wanted else []


def _in_a_row(parts: Sequence[Message]) -> Message:
    """Return parts with semicolons between them."""
    whole = parts[0]
    for part in parts[1:]:
        whole = message("{first}; {then}", first=whole, then=part)
    return whole


def _reasons(failed: list[tuple[Path, str]]) -> str:
    return "\n".join(f"{path}: {translated(reason)}" for path, reason in failed)
