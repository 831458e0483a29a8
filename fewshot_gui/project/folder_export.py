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
from model.errors import ImageReadError
from model.images.items import source_file
from model.images.rendering import USUAL, Rendering
from model.messages import message


class Transfer(Enum):
    """How an image comes into its folder."""

    COPY = "copy"
    LINK = "link"
    MOVE = "move"
    PICTURE = "picture"  # a PNG file of what is seen, with nothing else in it


@dataclass(frozen=True, slots=True)
class Sorted:
    """Images, and the number of the folder each goes to: `folders[number]` is its name, safe on every system."""

    folders: tuple[str, ...]
    images: tuple[tuple[Path, int], ...]


@dataclass
class Exported:
    """What was done: images put there, images whose content was there, images under another name, and failures.

    `moved` says where moved images are now (old path -> new), `remarked` what people should know before they share a
    picture: that text is burned into it, say.
    """

    put: int = 0
    there_already: int = 0
    renamed: int = 0
    moved: dict[Path, Path] = field(default_factory=dict)
    failed: list[tuple[Path, str]] = field(default_factory=list)
    remarked: list[tuple[Path, str]] = field(default_factory=list)
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
    rendering: Rendering = USUAL,
    name_of: Callable[[Path], str] | None = None,
) -> Exported:
    """Put each image into its folder below `target`; what cannot be put is named in the outcome.

    A name that is taken gets " (2)"; where the same content is there already nothing is done. A move is
    noted in a journal in `target` before it is made, see `moves.py`. When `is_cancelled` says so, it
    ends after the image it is at. Pictures are read by `rendering`, and named by `name_of` if there is one. Raises
    `ProjectError` when `target` cannot be written to.
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

        pictures = _Pictures(rendering, name_of, outcome) if transfer is Transfer.PICTURE else None

        for done, (source, number) in enumerate(images.images):
            if is_cancelled():
                outcome.is_cancelled = True
                break
            progress(done, len(images.images))
            try:
                if pictures is not None:
                    pictures.export(source, target / images.folders[number])
                else:
                    _export_one(source, target / images.folders[number], put, transfer, journal, outcome)
            except OSError as error:
                outcome.failed.append((source, error.strerror or str(error)))
            except ImageReadError as error:
                outcome.failed.append((source, error.reason))
    return outcome


class _Pictures:
    """Writes what is seen of images as PNG files: no header, name, place or time of the original is in them."""

    def __init__(self, rendering: Rendering, name_of: Callable[[Path], str] | None, outcome: Exported) -> None:
        self._rendering, self._name_of, self._outcome = rendering, name_of, outcome

    def export(self, source: Path, folder: Path) -> None:
        """Write one image, a part of a file as well. Raises `ImageReadError` and OSError."""
        from PIL import Image  # here: the window starts without the decoders

        from model.images.reading import read_image, remark

        image = read_image(source, None, self._rendering.ground, self._rendering.greys)
        folder.mkdir(exist_ok=True)
        partial = folder / f".{os.getpid()}.fewshot-partial"
        name = source.stem if source.is_file() else source.name  # "scan.tif#3" is a page of a file
        if self._name_of is not None:
            name = self._name_of(source)
        (safe,) = folder_names([name])
        try:
            Image.frombytes("RGB", image.size, image.tobytes()).save(partial, "PNG")  # without what `image` tells
            path, is_new = place(partial, folder / f"{safe}.png", move_to)
        finally:
            partial.unlink(missing_ok=True)
        said = remark(source)
        if said:
            self._outcome.remarked.append((path, said))
        self._outcome.put += is_new
        self._outcome.there_already += not is_new
        self._outcome.renamed += is_new and path.name != f"{safe}.png"


def _export_one(
    source: Path,
    folder: Path,
    put: Callable[[Path, Path], None],
    transfer: Transfer,
    journal: Journal | None,
    outcome: Exported,
) -> None:
    if not os.path.lexists(source) and source_file(source).is_file():
        raise OSError(errno.EINVAL, "is a part of a file, which stays whole; export it as a picture, or a table")
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
