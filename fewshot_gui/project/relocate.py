"""Search for files that were moved or renamed since the project last saw them. Free of Qt; for worker threads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fewshot_gui.project.disk import decode_path
from fewshot_gui.project.file_records import FileRecord
from model.errors import ImageReadError
from model.images.items import source_file
from model.images.scan import iter_images
from model.progress import CancelToken

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The outcome of a search: where files are now (old path -> new), and those found nowhere."""

    moved: Mapping[Path, Path]
    missing: frozenset[Path]


def find_files(
    records: Iterable[FileRecord],
    project_folder: Path | None,
    library_folders: Sequence[Path] = (),
    token: CancelToken | None = None,
) -> Whereabouts:
    """Look for the files and folders of `records` that are not at their path any more.

    First at the same place relative to `project_folder` (None: an untitled project is nowhere);
    then, by content, among the image files of the same size below that folder and
    `library_folders`. A file of the same name goes before others of the same content; no file is
    taken for two. Raises `Cancelled` when `token` is cancelled.
    """
    token = token or CancelToken()
    gone = [record for record in _each(records, token) if not _exists(record.name)]
    moved: dict[Path, Path] = {}
    if project_folder is not None:
        for record in _each(gone, token):
            if record.relative is not None:
                place = Path(os.path.normpath(project_folder / os.fsdecode(record.relative)))
                if _fits(place, record):
                    moved[record.path] = place
    wanted = [record for record in gone if record.path not in moved and record.content_hash is not None]
    if wanted:
        roots = [moved.get(folder, folder) for folder in library_folders]
        _find_by_content(wanted, [*([project_folder] if project_folder else []), *roots], moved, token)
    return Whereabouts(moved, frozenset(record.path for record in gone if record.path not in moved))


def _find_by_content(
    wanted: Sequence[FileRecord], roots: Sequence[Path], moved: dict[Path, Path], token: CancelToken
) -> None:
    """Add to `moved` where the `wanted` files, whose hash is known, are below `roots`."""
    of_size: dict[int, list[Path]] = {record.size: [] for record in wanted if record.size is not None}
    for path in _each(iter_images(root for root in roots if root.is_dir()), token):
        size = _size(path)
        if size in of_size:
            of_size[size].append(path)
    hashes: dict[Path, str | None] = {}
    taken = set(moved.values())
    for record in _each(wanted, token):
        candidates = of_size[record.size] if record.size is not None else []
        namesakes = [path for path in candidates if path.name == record.path.name]
        for path in dict.fromkeys((*namesakes, *candidates)):
            if path not in hashes:
                token.raise_if_cancelled()
                hashes[path] = _hash(path)
            if hashes[path] == record.content_hash and path not in taken:
                moved[record.path] = path
                taken.add(path)
                break


def _fits(place: Path, record: FileRecord) -> bool:
    return source_file(place).exists() and (record.size is None or _size(place) == record.size)


def _exists(name: bytes) -> bool:
    return os.path.exists(name) or (b"#" in name and source_file(decode_path(name)).exists())


def _size(path: Path) -> int | None:
    try:
        return source_file(path).stat().st_size
    except OSError:
        return None


def _hash(path: Path) -> str | None:
    from model.images.content_hash import content_hash  # here: the window starts without the decoders

    try:
        return content_hash(path)
    except ImageReadError:
        return None


def _each(items: Iterable[_T], token: CancelToken) -> Iterator[_T]:
    for item in items:
        token.raise_if_cancelled()
        yield item
