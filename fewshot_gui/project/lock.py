"""The lock by which one program at a time writes a project file."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QLockFile

from fewshot_gui.project.errors import LockedError
from model.messages import message


class ProjectLock:
    """The right to write a project, held from construction to `release`.

    A lock left behind by a crash is taken over: it counts only while the process that made it runs.

    Raises `LockedError`, naming who has it, when another program holds the lock, or when the
    project's folder cannot be written.
    """

    def __init__(self, project: Path) -> None:
        self._file = QLockFile(str(project.with_name(f".{project.name}.lock")))
        self._file.setStaleLockTime(0)  # age says nothing: a project may be open for days
        if not self._file.tryLock(0):
            raise LockedError(self._refusal(project))
        if project.exists() and not os.access(project, os.W_OK):
            self._file.unlock()
            raise LockedError(message("“{project}” cannot be written to: it is write-protected.", project=project.name))

    def release(self) -> None:
        """Let others have the project."""
        self._file.unlock()

    def _refusal(self, project: Path) -> str:
        if self._file.error() is not QLockFile.LockError.LockFailedError:
            return message("“{project}” cannot be written to: its folder is write-protected.", project=project.name)
        process, host, program = self._file.getLockInfo()
        return message(
            "“{project}” is open already: in {program} (process {process}) on {host}.",
            project=project.name,
            program=program or message("another program"),
            process=process,
            host=host or message("this computer"),
        )
