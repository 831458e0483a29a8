"""Export of images into folders by class: copied, linked or moved, never over another file. Free of Qt."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.folder_names import folder_names
from fewshot_gui.project.moves import Journal
from fewshot_gui.project.safe_files import copy_to, link_to, move_to, place
from model.images.items import source_file
from model.messages import message


class Transfer(Enum):
    """How an image comes into its folder."""

    COPY = "copy"
    LINK = "link"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Images, and the number of the folder each goes to: `folders[number]` is its name, safe on every system."""

    folders: tuple[str, ...]
    images: tuple[tuple[Path, int], ...]


@dataclass
class Exported:
    """What was done: images put there, images whose content was there, images under another name, and failures.

    `moved` says where moved images are now (old path -> new).
    """

    put: int = 0
    there_already: int = 0
    renamed: int = 0
    moved: dict[Path, Path] = field(default_factory=dict)
    failed: list[tuple[Path, str]] = field(default_factory=list)
    is_cancelled: bool = False


def sort_into(groups: Sequence[tuple[str, Iterable[Path]]]) -> Sorted:
    """Return which image goes where; groups are (class name, images). An image in two goes with the first."""
    seen: set[Path] = set()
    images: list[tuple[Path, int]] = []
    for number, (_, paths) in enumerate(groups):
        for path in paths:
            if path not in seen:
                seen.add(path)
                images.append((path, number))
    return Sorted(tuple(folder_names([name for name, _ in groups])), tuple(images))


def export_into_folders(
    images: Sorted,
    target: Path,
    transfer: Transfer,
    is_cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Exported:
    """Put each image into its folder below `target`; what cannot be put is named in the outcome.

    A name that is taken gets " (2)"; where the same content is there already nothing is done. A move is
    noted in a journal in `target` before it is made, see `moves.py`. When `is_cancelled` says so, it
    ends after the image it is at. Raises `ProjectError` when `target` cannot be written to.
    """
    outcome = Exported()
    with ExitStack() as stack:
        try:
            target.mkdir(parents=True, exist_ok=True)
            journal = stack.enter_context(Journal(target)) if transfer is Transfer.MOVE else None
        except OSError as error:
            raise ProjectError(
                message(
                    "“{target}” cannot be written to: {reason}.", target=target.name, reason=error.strerror or error
                )
            ) from error

        def put(source: Path, path: Path) -> None:
            if journal is not None:
                journal.note_move(source, path)
            {Transfer.COPY: copy_to, Transfer.LINK: link_to, Transfer.MOVE: move_to}[transfer](source, path)

        for done, (source, number) in enumerate(images.images):
            if is_cancelled():
                outcome.is_cancelled = True
                break
            progress(done, len(images.images))
            try:
                _export_one(source, target / images.folders[number], put, transfer, journal, outcome)
            except OSError as error:
                outcome.failed.append((source, error.strerror or str(error)))
    return outcome


def _export_one(
    source: Path,
    folder: Path,
    put: Callable[[Path, Path], None],
    transfer: Transfer,
    journal: Journal | None,
    outcome: Exported,
) -> None:
    if not os.path.lexists(source) and source_file(source).is_file():
        raise OSError(errno.EINVAL, "is a part of a file, which stays whole; export the results as a table instead")
    if not source.is_file():
        raise FileNotFoundError(2, "is not there, or no file" if not os.path.lexists(source) else "is no file")
    if not folder.is_dir():
        if journal is not None:
            journal.note_folder(folder)
        folder.mkdir()
    path, is_new = place(source, folder / source.name, put)
    if not is_new:
        outcome.there_already += 1
        return
    outcome.put += 1
    outcome.renamed += path.name != source.name
    if transfer is Transfer.MOVE:
        outcome.moved[source] = path
