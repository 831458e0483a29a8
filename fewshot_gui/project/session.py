"""The open project: making, opening, saving under another name, closing, finding it after a crash."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject

from fewshot_gui.project import unfinished
from fewshot_gui.project.backups import Backups
from fewshot_gui.project.derived import StoredResults
from fewshot_gui.project.document import Document
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.file_records import FileRecord, record_reader
from fewshot_gui.project.history import History
from fewshot_gui.project.lock import ProjectLock
from fewshot_gui.project.opening import OpenedProject, open_project
from fewshot_gui.project.recent import last_change
from fewshot_gui.project.record import BEGUN, SAVED_AS, SETTINGS, Draft, plain, program_version
from fewshot_gui.project.results import Results
from fewshot_gui.project.schema import check_header
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.unfinished import UnfinishedWork
from fewshot_gui.project.values import ProjectSettings
from model.messages import message

_MOVED_INTO = "moved_into"
_WATCHED = "watched"
_log = logging.getLogger(__name__)

PROJECT_SUFFIX = ".fewshot"


class Session(QObject):
    """Ties `document` and `results` to a project file, which is locked while it is open.

    Every project is saved as it is edited. An untitled one is in a file of its own below
    `data_folder`, where it is found again after a crash, until it is saved under a name.
    """

    def __init__(self, data_folder: Path, parent: QObject | None = None) -> None:
        """Make a session without a project: call `new`, `open` or `recover` next."""
        super().__init__(parent)
        self.document = Document(self)
        self.results = Results(self.document, self)
        self._untitled_folder = data_folder / "untitled"
        self.backups = Backups(data_folder / "backups")
        self._store = ProjectStore.in_memory()
        self._settings = ProjectSettings()
        self._lock: ProjectLock | None = None

    @property
    def settings(self) -> ProjectSettings:
        """What training uses in this project."""
        return self._settings

    def set_settings(self, settings: ProjectSettings) -> None:
        """Save what training uses in this project; raises `ProjectError` when that fails."""
        if self.document.read_only_reason:
            raise ProjectError(
                message("Not changed: {read_only_reason}", read_only_reason=self.document.read_only_reason)
            )
        what = {"before": plain(self._settings), "after": plain(settings)}
        self._store.save_settings(settings, [Draft(SETTINGS, self.document.who, what)])
        self._settings = settings

    @property
    def history(self) -> History:
        """The record of the open project, to be read."""
        return History(self._store)

    def set_who(self, name: str) -> None:
        """Say who works, for the record."""
        self.document.who = name

    def note_move_into(self, target: Path) -> None:
        """Keep in mind that images are about to be moved into a folder; raises `ProjectError`."""
        self._store.note(_MOVED_INTO, os.fsencode(target).hex())

    def moved_into(self) -> Path | None:
        """Return the folder that images of this project were moved into last, or None."""
        try:
            noted = self._store.noted(_MOVED_INTO)
        except ProjectError:
            return None
        return Path(os.fsdecode(bytes.fromhex(noted))) if noted else None

    def note_watched(self, folders: Sequence[Path]) -> None:
        """Keep in mind which folders are watched, none: no longer any; raises `ProjectError`."""
        text = json.dumps([os.fsencode(folder).hex() for folder in folders]) if folders else ""
        if text or self._store.noted(_WATCHED):
            self._store.note(_WATCHED, text)

    def watched(self) -> tuple[Path, ...]:
        """Return the folders that are watched while the project is open."""
        try:
            noted = self._store.noted(_WATCHED)
            return tuple(Path(os.fsdecode(bytes.fromhex(one))) for one in json.loads(noted)) if noted else ()
        except (ProjectError, ValueError, TypeError):
            return ()

    def note_unfinished(self, work: UnfinishedWork | None) -> None:
        """Keep in mind what is under way, None: nothing; raises `ProjectError`."""
        text = "" if work is None else unfinished.encode(work)
        if text or self._store.noted(unfinished.KEY):
            self._store.note(unfinished.KEY, text)

    def unfinished(self) -> UnfinishedWork | None:
        """Return what was under way when the project was left without being closed, or None."""
        try:
            noted = self._store.noted(unfinished.KEY)
        except ProjectError:
            return None
        return unfinished.decode(noted) if noted else None

    def record_reader(self) -> Callable[[], tuple[FileRecord, ...]]:
        """Return what reads, in any thread, what the project knows of its files, for `relocate.find_files`."""
        return record_reader(self._store)

    def new(self) -> None:
        """Open a new untitled project."""
        path = self._untitled_folder / f"{uuid4().hex}{PROJECT_SUFFIX}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(message("A new project cannot be made: {reason}.", reason=error.strerror)) from error
        ProjectStore.create(path).close()
        try:
            self.recover(path)
        except ProjectError:
            path.unlink()
            raise

    def open(self, path: Path) -> None:
        """Open the project at `path`; the one open before is closed, as by `close`.

        Where another program has it, or it cannot be written to, it can be read only, as
        `document.read_only_reason` says: a copy of it as it is now, in memory. One of an older format
        is backed up, then migrated. Raises `ProjectError`, and leaves the open project open and the
        file untouched, when it is missing, of a newer version or (`DamagedError`) damaged.
        """
        path = path.resolve()
        if not self.has(path):
            self.show(open_project(path, self.backups))

    @property
    def file(self) -> Path | None:
        """The file on the disk that holds the project, a project without a name included; None where there is none."""
        return self._store.path

    def has(self, path: Path) -> bool:
        """Whether the project in the file `path` is the one that is open."""
        return path.resolve() == self._store.path

    def show(self, opened: OpenedProject) -> None:
        """Go on in a project that was read; the one open before is closed, as by `close`.

        Raises `ProjectError`, and closes what was opened, when the one open before cannot be closed.
        """
        try:
            self.close()
        except BaseException:
            opened.close()
            raise
        self._store, self._lock, self._settings = opened.store, opened.lock, opened.settings
        path = None if opened.is_untitled else opened.path
        self.document.show(opened.content, opened.store, path, opened.read_only_reason)
        self.results.show(opened.results, opened.store)

    def may_edit(self) -> bool:
        """Whether a project that could only be read could be opened for editing now."""
        return self._store.path is not None and _is_free(self._store.path)

    def recoverable(self) -> tuple[Path, ...]:
        """Return the untitled projects that a crash, or a close without saving, left; the latest first."""
        found = sorted(self._untitled_folder.glob(f"*{PROJECT_SUFFIX}"), key=_modified, reverse=True)
        return tuple(path for path in found if path != self._store.path and _is_free(path))

    def recover(self, path: Path) -> None:
        """Open one of `recoverable`, untitled as it was; raises as `open`."""
        self.show(open_project(path, self.backups, is_untitled=True))

    def discard(self, path: Path) -> None:
        """Delete one of `recoverable` with its backups; raises `ProjectError` where that fails or it is open."""
        lock = ProjectLock(path)
        try:
            for ending in ("", "-wal", "-shm"):  # SQLite's log is there where a program crashed
                path.with_name(path.name + ending).unlink(missing_ok=True)
            self.backups.remove(path)
        except OSError as error:
            raise ProjectError(
                message("The project cannot be discarded: {reason}.", reason=error.strerror or error)
            ) from error
        finally:
            lock.release()

    def save_as(self, path: Path) -> None:
        """Save the project as `path` and go on there; an untitled project's own file is removed.

        Changes that the old file has no room for are saved in the new one. Raises `ProjectError`,
        and goes on in the old file, when `path` cannot be written or is open in another program.
        """
        path = path.resolve()
        if path == self._store.path and not self.document.read_only_reason:
            self.save()
            return
        with ExitStack() as on_failure:
            lock = ProjectLock(path)
            on_failure.callback(lock.release)
            self._write_copy(path)
            store = ProjectStore.open(path)
            on_failure.callback(store.close)
            on_failure.pop_all()
        was_untitled = self.document.is_untitled
        old_store, old_lock = self._store, self._lock
        self._store, self._lock = store, lock
        self.results.continue_in(store)
        self.document.continue_in(store, path)
        _let_go(old_store, old_lock, remove=was_untitled)

    def close(self, *, discard: bool = False) -> None:
        """Close the project; an untitled one with content is kept for `recover`, unless `discard`.

        Raises `ProjectError`, and leaves it open, when its last changes cannot be saved and are
        not to be discarded.
        """
        if not discard:
            self.save()
        is_worthless = self.document.is_untitled and (discard or not self.document.is_modified)
        old_store, old_lock = self._store, self._lock
        self._store, self._lock, self._settings = ProjectStore.in_memory(), None, ProjectSettings()
        self.document.show(self._store.load(), self._store, None)
        self.results.show(StoredResults(), self._store)
        _let_go(old_store, old_lock, remove=is_worthless)

    def save(self) -> None:
        """Save what could not be saved before; raises `ProjectError` when it still cannot."""
        self.document.save()
        self.results.save()

    def file_to_read(self, spare: Path) -> Path:
        """Return a file that holds all that is shown: the project's own or, where that lacks something, `spare`.

        It lacks what could not be saved, and what was classified in a project that is read only; then a copy is written
        to `spare`. Raises `ProjectError` where that cannot be done either.
        """
        with suppress(ProjectError):
            self.save()
            if self._store.path is not None and not self.document.read_only_reason:
                return self._store.path
        self._write_copy(spare)
        return spare

    def _write_copy(self, path: Path) -> None:
        """Write the project, with what its own file may lack, to `path` as one complete file."""
        with ProjectStore.in_memory() as copy:
            try:
                self._store.copy_to_memory(copy)
                self.document.write_unsaved(copy)
                self.results.write_unsaved(copy)
            except ProjectError:  # its own file cannot be read any more: all that counts is in memory, too
                _log.exception("the project is saved from memory")
                with ProjectStore.in_memory() as rebuilt:
                    what = {"version": program_version(), "why": "saved from memory: the earlier record is unreadable"}
                    rebuilt.add_to_record([Draft(BEGUN, self.document.who, what)])
                    self.document.write_all(rebuilt)
                    self.results.write_all(rebuilt)
                    rebuilt.save_settings(self._settings)
                    rebuilt.copy_to(path, [self._saved_as(path)])
            else:
                copy.copy_to(path, [self._saved_as(path)])

    def _saved_as(self, path: Path) -> Draft:
        old = "" if self.document.path is None else self.document.path.name
        return Draft(SAVED_AS, self.document.who, {"from": old, "as": path.name, "version": program_version()})


def _let_go(store: ProjectStore, lock: ProjectLock | None, *, remove: bool) -> None:
    store.close()
    if remove and store.path is not None:
        with suppress(OSError):  # then it is offered for recovery, which does no harm
            store.path.unlink()
    if lock is not None:
        lock.release()


def _is_free(path: Path) -> bool:
    try:
        check_header(path)
        ProjectLock(path).release()
    except ProjectError:
        return False
    return True


def _modified(path: Path) -> float:
    return last_change(path) or 0.0
