"""Reports of crashes that Python cannot catch: written while the program dies, found when it starts again.

A report stays on this machine, as a text file that a person can read and send. One file is open while the program
runs; the traceback of a crash in a library goes there (`faulthandler`). What is left of a program that was killed, or
of a power cut, holds nothing and goes.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import platform
from datetime import datetime
from pathlib import Path
from typing import TextIO

from fewshot_gui.paths import LOG_NAME

_log = logging.getLogger(__name__)

_OPEN, _REPORT = "running-", "crash-"
_LOG_LINES = 100
_KEPT = 5


class CrashReports:
    """The reports in a folder, and the one that a crash of this run would become."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: TextIO | None = None

    def start(self) -> Path | None:
        """Watch this run from now on; returns the report of an earlier one that crashed, None where none did.

        Where the folder cannot be written, nothing is watched.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            found = self._collect()
            self._file = (self._folder / f"{_OPEN}{os.getpid()}.txt").open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        except (OSError, RuntimeError) as error:
            _log.warning("crashes will not be reported: %s", error)
            return None
        return found

    def stop(self) -> None:
        """End the watch: the program ends as it should."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)
            self._file = None

    def _collect(self) -> Path | None:
        """Make reports of what earlier runs left; returns the latest."""
        found: Path | None = None
        for left in sorted(self._folder.glob(f"{_OPEN}*.txt"), key=_changed):
            if _is_in_use(left):
                continue
            trace = left.read_text(encoding="utf-8", errors="replace")
            if trace.strip():
                when = datetime.fromtimestamp(_changed(left)).astimezone()
                found = self._folder / f"{_REPORT}{when:%Y%m%d-%H%M%S}.txt"
                found.write_text(self._report(trace, when), encoding="utf-8")
            left.unlink()
        for old in sorted(self._folder.glob(f"{_REPORT}*.txt"), key=_changed)[:-_KEPT]:
            old.unlink()
        return found

    def _report(self, trace: str, when: datetime) -> str:
        try:
            lines = (self._folder / LOG_NAME).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        return "\n".join(
            [
                f"Fewshot ended by itself on {when:%Y-%m-%d %H:%M:%S %z}.",
                f"Python {platform.python_version()}, {platform.platform()}",
                "The log below may hold names of files. This report was sent to nobody.",
                "",
                trace.rstrip(),
                "",
                f"The last lines of the log ({_LOG_LINES} at most):",
                *lines[-_LOG_LINES:],
                "",
            ]
        )


def _changed(path: Path) -> float:
    return path.stat().st_mtime


def _is_in_use(left: Path) -> bool:
    """Whether the process that opened the file still runs; or, seldom, a stranger of the same number."""
    if os.name == "nt":  # where a file that is open cannot be renamed
        try:
            left.rename(left)
        except OSError:
            return True
        return False
    process = left.stem.removeprefix(_OPEN)
    if not process.isdecimal() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
