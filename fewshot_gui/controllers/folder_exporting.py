"""Export of images into folders by class, and undoing a move: in the background, with progress and Cancel."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.controllers.folder_groups import Snapshot, groups_by_class
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.items.verdicts import stale_count
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.folder_export import Exported, Transfer, export_into_folders, sort_into
from fewshot_gui.project.moves import Undone, last_journal, moves_made, undo_moves
from model.progress import CancelToken
from model.types import Status

_EXPORT, _UNDO, _FIND = "folders: export", "folders: undo", "folders: find"
_REPORT_PAUSE = 0.05  # seconds


@dataclass(frozen=True)
class _Answer:
    """The outcome of a job: where files are now (old path -> new), and the message for the user."""

    moved: Mapping[Path, Path]
    message: str
    details: str = ""


class FolderExportController(QObject):
    """Answers "Export into folders by class…" and "Undo a move into folders…"."""

    images_moved = Signal()  # files of the library's folders may be elsewhere now
    _progressed = Signal(int, int)  # from the pool's thread

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
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
        is_odd = [made.status is not Status.OK for made in results]
        folder = self._settings.last_folder / self.tr("Sorted")
        choice = self._questions.folder_export(rows, is_odd, document.example_count, stale_count(results), folder)
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
        self._start(_EXPORT, self.tr("Exporting into folders"), partial(_export, grouped, target, choice.transfer))

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
        last = 0.0

        def report(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last > _REPORT_PAUSE:
                last = time.monotonic()
                self._progressed.emit(done, total)

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

    @Slot(int, int)
    def _on_progressed(self, done: int, total: int) -> None:
        if self._token is not None:
            self._status.set_job_progress(self.tr("Images"), done, total)

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
    target: Path,
    transfer: Transfer,
    is_cancelled: Callable[[], bool],
    report: Callable[[int, int], None],
) -> _Answer:
    try:
        done = export_into_folders(sort_into(grouped()), target, transfer, is_cancelled, report)
    except ProjectError as error:
        return _Answer({}, str(error))
    return _Answer(done.moved, _describe(done, target, transfer), _reasons(done.failed))


def _undo(journal: Path, is_cancelled: Callable[[], bool], report: Callable[[int, int], None]) -> _Answer:
    try:
        undone = undo_moves(journal, is_cancelled, report)
    except ProjectError as error:
        return _Answer({}, str(error))
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
    verb = {Transfer.COPY: "copied", Transfer.LINK: "linked", Transfer.MOVE: "moved"}[transfer]
    text = f"{done.put:,} images {verb} into folders in “{target.name}”"
    if done.there_already:
        text += f"; {done.there_already:,} were there already"
    if done.renamed:
        text += f"; {done.renamed:,} got another name, as theirs was taken"
    if done.failed:
        text += f"; {len(done.failed):,} could not be {verb}"
    return text + ("; stopped" if done.is_cancelled else "")


def _describe_undone(undone: Undone) -> str:
    text = f"{len(undone.restored):,} images are back where they were"
    return text + (f"; {len(undone.failed):,} could not be moved back" if undone.failed else "")


def _reasons(failed: list[tuple[Path, str]]) -> str:
    return "\n".join(f"{path}: {reason}" for path, reason in failed)
