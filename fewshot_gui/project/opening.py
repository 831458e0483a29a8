"""Reading of a project before it is shown, in any thread. Free of Qt but for the lock."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from fewshot_gui.project.backups import Backups
from fewshot_gui.project.derived import DerivedTables, StoredResults
from fewshot_gui.project.errors import LockedError, ProjectError
from fewshot_gui.project.lock import ProjectLock
from fewshot_gui.project.schema import SCHEMA_VERSION, check_content, check_header
from fewshot_gui.project.store import ProjectStore, StoredContent
from fewshot_gui.project.values import ProjectSettings


@dataclass(frozen=True)
class OpenedProject:
    """All that a project file holds, and the file: locked, unless `read_only_reason` says why it is not.

    `classifier_files` is {} where there is no classifier, or it cannot be read. Its owner either
    hands it to `Session.show` or closes it.
    """

    path: Path
    is_untitled: bool
    read_only_reason: str
    store: ProjectStore
    lock: ProjectLock | None
    content: StoredContent
    results: StoredResults
    settings: ProjectSettings
    classifier_files: Mapping[str, bytes] = field(repr=False)

    def close(self) -> None:
        """Let others have the file."""
        self.store.close()
        if self.lock is not None:
            self.lock.release()


def open_project(path: Path, backups: Backups, *, is_untitled: bool = False) -> OpenedProject:
    """Lock and read the project at `path`, absolute; whatever is open stays open.

    Where another program has it, or it cannot be written to, a copy of it in memory is read; not so one
    that `is_untitled`. One of an older format is backed up, then migrated. Raises `ProjectError`, and
    leaves the file untouched, when it is missing, of a newer version or (`DamagedError`) damaged.
    """
    check_header(path)  # before a lock is put beside it
    lock, reason = None, ""
    with ExitStack() as on_failure:
        try:
            lock = ProjectLock(path)
        except LockedError as error:
            if is_untitled:
                raise
            reason = str(error)
            store = ProjectStore.open_copy(path)
        else:
            on_failure.callback(lock.release)
            version = check_content(path)
            if version < SCHEMA_VERSION:
                backups.make(path, of_format=version)
            store = ProjectStore.open(path, version)
        on_failure.callback(store.close)
        tables = DerivedTables(store)
        content, results, settings = store.load(), tables.load(), store.settings()
        files: dict[str, bytes] = {}
        with suppress(ProjectError):
            files = tables.classifier_files()
        on_failure.pop_all()
    return OpenedProject(path, is_untitled, reason, store, lock, content, results, settings, files)
