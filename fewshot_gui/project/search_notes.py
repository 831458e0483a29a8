"""Notes of a search for images: files of other kinds, and of what something is missing. Free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from model.errors import FewShotError
from model.images.left_aside import LeftAside

_MOST_REMARKS = 10_000


@dataclass(frozen=True)
class SearchNotes:
    """What a search left aside.

    left_aside: one sentence that names endings and no file, "" for none; endings: how many files there are of each
    ending, most first; files: the first of them; remarks: (file or folder, what is missing of it, in a sentence)
    """

    left_aside: str = ""
    endings: tuple[tuple[str, int], ...] = ()
    files: tuple[Path, ...] = field(default=(), repr=False)
    remarks: tuple[tuple[Path, str], ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.left_aside or self.remarks)


NOTHING = SearchNotes()


class NotesOfSearch:
    """Collects while a search runs; `passed_over` and `left_aside` are handed to `iter_images`. Not thread-safe."""

    def __init__(self) -> None:
        self.left_aside = LeftAside()
        self._remarks: dict[tuple[Path, str], None] = {}

    def passed_over(self, path: Path, reason: str) -> None:
        """Note that something is missing of a file or folder."""
        if len(self._remarks) < _MOST_REMARKS:
            self._remarks[path, reason] = None

    def clear(self) -> None:
        """Forget everything, before another search."""
        self.left_aside = LeftAside()
        self._remarks.clear()

    def notes(self) -> SearchNotes:
        """Return what was noted so far."""
        tally = self.left_aside
        endings = tuple(sorted(tally.endings.items(), key=lambda item: (-item[1], item[0])))
        return SearchNotes(tally.said(), endings, tuple(tally.files), tuple(self._remarks))


def joined(several: list[SearchNotes]) -> SearchNotes:
    """Return the notes of several searches as those of one."""
    collected = NotesOfSearch()
    for notes in several:
        collected.left_aside.endings.update(dict(notes.endings))
        collected.left_aside.files.extend(notes.files)
        for path, reason in notes.remarks:
            collected.passed_over(path, reason)
    return collected.notes()


def without_known(paths: Iterable[Path], hashes: Path | None, noted: NotesOfSearch) -> Iterator[Path]:
    """Yield the images whose content is not on the list `hashes`, and note the others.

    Where the list cannot be read, none is yielded: what it should hold back is not to be shown.
    """
    if hashes is None:
        yield from paths
        return
    from model.images.known_content import LEFT_OUT, LeftOutFiles, known_content  # here: they import decoders

    try:
        left_out = LeftOutFiles(known_content(hashes))
    except FewShotError as error:
        noted.passed_over(hashes, str(error))
        return
    for path in paths:
        if left_out.has(path):
            noted.passed_over(path, LEFT_OUT)
        else:
            yield path
