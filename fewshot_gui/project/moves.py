"""The journal of a move of images into folders, by which it is undone, also after a crash. Free of Qt.

A file of JSON lines in the target folder. Each move is on the disk as a line before it is made, so that
whatever a crash leaves, the journal knows at least as much as was done.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from fewshot_gui.project.disk import sync
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.safe_files import PARTIAL, move_to, same_content
from model.images.scan import begins_as_image, is_image_name, may_be_image
from model.messages import message

_PREFIX, _SUFFIX = ".fewshot-move-", ".jsonl"


class Journal:
    """Notes the moves into a target folder; a context manager. Raises OSError."""

    def __init__(self, target: Path) -> None:
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        self._path = target / f"{_PREFIX}{stamp}{_SUFFIX}"
        self._file: IO[str] = self._path.open("x", encoding="ascii")
        self._is_empty = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()
        if self._is_empty:
            self._path.unlink()

    def note_folder(self, folder: Path) -> None:
        """Note that a folder is about to be made."""
        self._write({"made": str(folder)})

    def note_move(self, source: Path, path: Path) -> None:
        """Note that a file is about to be moved: on the disk when this returns."""
        self._write({"from": str(source), "to": str(path), "size": source.lstat().st_size})

    def _write(self, entry: dict[str, object]) -> None:
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        if self._is_empty:
            sync(self._path.parent)
            self._is_empty = False


@dataclass
class Undone:
    """What undoing a move did: the files that are back (where they were moved to -> their old place), and the rest."""

    restored: dict[Path, Path] = field(default_factory=dict)
    failed: list[tuple[Path, str]] = field(default_factory=list)


def last_journal(target: Path) -> Path | None:
    """Return the journal of the last move into a folder that was not undone, or None."""
    with suppress(OSError):
        return max(target.glob(f"{_PREFIX}*{_SUFFIX}"), default=None)
    return None


def moves_made(journal: Path) -> dict[Path, Path]:
    """Return which files were moved, and not moved back: old place -> new. Raises `ProjectError`."""
    return {
        source: path
        for source, path, _ in _moves(_entries(journal))
        if os.path.lexists(path) and not os.path.lexists(source) and _may_be_ours(source, path, journal.parent)
    }


def undo_moves(
    journal: Path,
    is_cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Undone:
    """Move every file back to its place, the last one first; remove folders that were made and are empty.

    Nothing is written over. The journal goes once all is as it was; until then this can be done again.
    Raises `ProjectError` when the journal cannot be read.
    """
    entries = _entries(journal)
    undone, moves = Undone(), list(_moves(entries))
    for done, (source, path, size) in enumerate(reversed(moves)):
        if is_cancelled():
            return undone
        progress(done, len(moves))
        try:
            if not _may_be_ours(source, path, journal.parent):
                raise OSError(1, "is not moved: no image of this folder would go where an image was")
            if _move_back(source, path, size):
                undone.restored[path] = source
        except OSError as error:
            undone.failed.append((path, error.strerror or str(error)))
    for folder in reversed([Path(str(entry["made"])) for entry in entries if "made" in entry]):
        if not _is_below(folder, journal.parent):
            continue
        with suppress(OSError):
            for partial in folder.glob(PARTIAL):  # copies to another drive that a crash cut off
                partial.unlink()
            folder.rmdir()
    if not undone.failed:
        journal.unlink(missing_ok=True)
    return undone


def _may_be_ours(source: Path, path: Path, target: Path) -> bool:
    """Whether a journal may ask for this: it lies among the images, and may come from anyone with them.

    What it moves back lies in its own folder and is an image by the name that it gets, or DICOM.
    """
    if not _is_below(path, target):
        return False
    if is_image_name(source.name):
        return True
    try:
        return may_be_image(source.name) and begins_as_image(path)
    except OSError:
        return True  # said better by whoever moves it


def _is_below(path: Path, folder: Path) -> bool:
    return Path(os.path.abspath(folder)) in Path(os.path.abspath(path)).parents


def _move_back(source: Path, path: Path, size: int) -> bool:
    """Put one file back; False where it never left, or is back already. Raises OSError."""
    if not os.path.lexists(path):
        if os.path.lexists(source):
            return False
        raise FileNotFoundError(2, "is not there any more")
    if os.path.lexists(source):
        # A crash in the middle of the move: both are there. What is the same, or an empty place that
        # was kept for the file, may go; anything else is another file.
        if not (path.is_file() and (path.stat().st_size == 0 < size or same_content(source, path))):
            raise FileExistsError(17, "another file is at its old place")
        path.unlink()
        return False
    if path.lstat().st_size != size:
        raise OSError(5, "was changed since it was moved")
    source.parent.mkdir(parents=True, exist_ok=True)
    move_to(path, source)
    return True


def _entries(journal: Path) -> list[dict[str, object]]:
    try:
        lines = journal.read_text(encoding="ascii", errors="replace").split("\n")
    except OSError as error:
        raise ProjectError(
            message("The journal of the move cannot be read: {reason}.", reason=error.strerror or error)
        ) from error
    entries = []
    for line in lines[:-1]:  # one that does not end was not yet followed by its deed
        with suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                entries.append(entry)
    return entries


def _moves(entries: list[dict[str, object]]) -> Iterator[tuple[Path, Path, int]]:
    for entry in entries:
        if "from" in entry and "to" in entry:
            yield Path(str(entry["from"])), Path(str(entry["to"])), int(str(entry.get("size", 0)))
