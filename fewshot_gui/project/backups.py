"""Backups of projects, for when a file or its drive is lost. Free of Qt; usable in any thread."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fewshot_gui.project.disk import connect_live, connect_read_only, copy_database, translated_errors
from fewshot_gui.project.errors import ProjectError
from model.messages import message

NEWEST = 4
"""So many of the latest backups of a project are kept."""
DAYS = 8
"""Of older ones the last of each day, for so many days on which there are any."""

_NAME = re.compile(r"(\d{8}-\d{6})-r(\d+)(-format\d+)?\.fewshot")
_TIME = "%Y%m%d-%H%M%S"


@dataclass(frozen=True, slots=True)
class Backup:
    """A complete project file: when it was made (local time), and the revision it holds.

    `is_of_old_format` says that it was made before the project was brought to a newer format.
    """

    path: Path
    made: datetime
    revision: int
    is_of_old_format: bool


class Backups:
    """The backups of all projects, in a folder of the app's: away from the projects and their drives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()  # of one thread at a time, lest two make the same backup

    def folder_of(self, project: Path) -> Path:
        """Return where the backups of the project at `project` are, told by its path alone: it may be damaged."""
        digest = hashlib.sha256(os.fsencode(project.absolute())).hexdigest()
        return self._folder / f"{project.stem[:40]}-{digest[:12]}"

    def of(self, project: Path) -> tuple[Backup, ...]:
        """Return the backups of a project, the latest first."""
        found = []
        with suppress(OSError):
            for path in self.folder_of(project).iterdir():
                match = _NAME.fullmatch(path.name)
                if match:
                    made = datetime.strptime(match[1], _TIME)
                    found.append(Backup(path, made, int(match[2]), match[3] is not None))
        return tuple(sorted(found, key=lambda one: (one.made, one.revision), reverse=True))

    def make(self, project: Path, *, of_format: int | None = None) -> Backup | None:
        """Back up a project, open or not, unless the latest backup holds its revision; then None.

        With `of_format`, its old format, it is made in any case, and kept. Older backups that are not
        needed any more are removed. Raises `ProjectError` when none can be made; those there stay.
        """
        connect = connect_live if of_format is None else connect_read_only  # before migrating nobody writes
        with self._lock, translated_errors(project), closing(connect(project)) as source:
            row = source.execute("SELECT value FROM state WHERE key = 'revision'").fetchone()
            revision = int(row[0]) if row else 0
            latest = next((one for one in self.of(project) if not one.is_of_old_format), None)
            if of_format is None and latest is not None and latest.revision == revision:
                return None
            backup = self._copy(source, project, revision, of_format)
        for one in _superfluous(self.of(project)):
            with suppress(OSError):
                one.path.unlink()
        return backup

    def remove(self, project: Path) -> None:
        """Delete all backups of a project; raises `OSError` where one cannot be deleted."""
        with self._lock:
            for backup in self.of(project):
                backup.path.unlink(missing_ok=True)
            with suppress(OSError):  # not there, or something else is in it
                self.folder_of(project).rmdir()

    def counts(self, backup: Backup) -> tuple[int, int] | None:
        """Return how many bins and examples a backup holds; None when it cannot be read."""
        try:
            with closing(connect_read_only(backup.path)) as connection:
                bins, examples = (
                    int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608
                    for table in ("bins", "examples")
                )
        except sqlite3.Error:
            return None
        return bins, examples

    def _copy(self, source: sqlite3.Connection, project: Path, revision: int, of_format: int | None) -> Backup:
        folder, made = self.folder_of(project), datetime.now().replace(microsecond=0)
        ending = "" if of_format is None else f"-format{of_format}"
        target = folder / f"{made.strftime(_TIME)}-r{revision}{ending}.fewshot"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy_database(source, target)
        except OSError as error:
            raise ProjectError(
                message(
                    "“{project}” cannot be backed up: {reason}.", project=project.name, reason=error.strerror or error
                )
            ) from error
        except ProjectError as error:
            raise ProjectError(
                message("“{project}” cannot be backed up: {reason}", project=project.name, reason=error)
            ) from error
        if not _is_whole(target):  # a copy of a damaged file must not push out a good one
            target.unlink(missing_ok=True)
            raise ProjectError(
                message("“{project}” cannot be backed up: it is damaged. Try File > Recover….", project=project.name)
            )
        return Backup(target, made, revision, of_format is not None)


def _superfluous(backups: Iterable[Backup]) -> list[Backup]:
    """Return those of a project's backups, the latest first, that are not to be kept."""
    regular = [one for one in backups if not one.is_of_old_format]
    kept_days: set[object] = set()
    gone = []
    for one in regular[NEWEST:]:
        day = one.made.date()
        if day in kept_days or len(kept_days) >= DAYS:
            gone.append(one)
        else:
            kept_days.add(day)
    return gone


def _is_whole(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False
