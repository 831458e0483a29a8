"""Which project is open: making, opening, saving under another name, closing, finding after a crash."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject

from fewshot_gui.project.derived import DerivedTables, StoredResults
from fewshot_gui.project.document import Document
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.lock import ProjectLock
from fewshot_gui.project.results import Results
from fewshot_gui.project.schema import check_header
from fewshot_gui.project.store import FileRecord, ProjectStore
from fewshot_gui.project.values import ProjectSettings

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
        self._store = ProjectStore.in_memory()
        self._lock: ProjectLock | None = None

    @property
    def settings(self) -> ProjectSettings:
        """What training uses in this project."""
        return self._store.settings()

    def set_settings(self, settings: ProjectSettings) -> None:
        """Save what training uses in this project; raises `ProjectError` when that fails."""
        self._store.save_settings(settings)

    def file_records(self) -> tuple[FileRecord, ...]:
        """Return what the project knows of its files, for `relocate.find_files`."""
        return self._store.file_records()

    def new(self) -> None:
        """Open a new untitled project."""
        path = self._untitled_folder / f"{uuid4().hex}{PROJECT_SUFFIX}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(f"A new project cannot be made: {error.strerror}.") from error
        ProjectStore.create(path).close()
        try:
            self._open(path, untitled=True)
        except ProjectError:
            path.unlink()
            raise

    def open(self, path: Path) -> None:
        """Open the project at `path`; the one open before is closed, as by `close`.

        Raises `ProjectError`, and leaves the open project open and the file untouched, when it is
        missing, damaged, of a newer version or open in another program.
        """
        path = path.resolve()
        if path != self._store.path:
            self._open(path, untitled=False)

    def recoverable(self) -> tuple[Path, ...]:
        """Return the untitled projects that a crash, or a close without saving, left; the latest first."""
        found = sorted(self._untitled_folder.glob(f"*{PROJECT_SUFFIX}"), key=_modified, reverse=True)
        return tuple(path for path in found if path != self._store.path and _is_free(path))

    def recover(self, path: Path) -> None:
        """Open one of `recoverable`, untitled as it was; raises as `open`."""
        self._open(path, untitled=True)

    def save_as(self, path: Path) -> None:
        """Save the project as `path` and go on there; an untitled project's own file is removed.

        Changes that the old file has no room for are saved in the new one. Raises `ProjectError`,
        and goes on in the old file, when `path` cannot be written or is open in another program.
        """
        path = path.resolve()
        if path == self._store.path:
            self._save_rest()
            return
        with ExitStack() as on_failure:
            lock = ProjectLock(path)
            on_failure.callback(lock.release)
            self._store.copy_to(path)
            store = ProjectStore.open(path)
            on_failure.callback(store.close)
            self.document.write_unsaved(store)
            self.results.write_unsaved(store)
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
            self._save_rest()
        is_worthless = self.document.is_untitled and (discard or not self.document.is_modified)
        old_store, old_lock = self._store, self._lock
        self._store, self._lock = ProjectStore.in_memory(), None
        self.document.show(self._store.load(), self._store, None)
        self.results.show(StoredResults(), self._store)
        _let_go(old_store, old_lock, remove=is_worthless)

    def _save_rest(self) -> None:
        self.document.save()
        self.results.save()

    def _open(self, path: Path, *, untitled: bool) -> None:
        check_header(path)  # before a lock is put beside it
        with ExitStack() as on_failure:
            lock = ProjectLock(path)
            on_failure.callback(lock.release)
            store = ProjectStore.open(path)
            on_failure.callback(store.close)
            content, results = store.load(), DerivedTables(store).load()
            self.close()
            on_failure.pop_all()
        self._store, self._lock = store, lock
        self.document.show(content, store, None if untitled else path)
        self.results.show(results, store)


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
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
