"""Find images: folders are walked recursively, in an order that is the same on every machine.

Every page, frame or tile of a file is an image of its own, see `model.images.items`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from model.errors import SupportSetError
from model.images.cutting import AS_THEY_ARE, Cutting
from model.images.formats import HEADER_BYTES, Sure, doubtful_endings, formats, image_endings
from model.images.left_aside import LeftAside
from model.messages import message, os_reason


def natural_key(name: str) -> tuple[Any, str]:
    """Return a sort key that puts "img2" before "img10" and ignores case and composition at first."""
    return _natural_keys()(name), name


@lru_cache(maxsize=1)
def _natural_keys() -> Callable[[str], Any]:
    from natsort import natsort_keygen, ns  # here: the window starts without it

    made: Callable[[str], Any] = natsort_keygen(alg=ns.INT | ns.IGNORECASE)
    return made


def is_image_name(name: str) -> bool:
    """Whether the file's ending is that of an image we read; hidden files are not."""
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in image_endings()


PassedOver = Callable[[Path, str], None]
"""Told of a folder that cannot be listed or a file of which a part is missing, and why in one sentence."""


def iter_images(
    paths: Iterable[Path],
    cutting: Cutting = AS_THEY_ARE,
    passed_over: PassedOver | None = None,
    left_aside: LeftAside | None = None,
    remarked: PassedOver | None = None,
) -> Iterator[Path]:
    """Yield the images in `iter_files`: a file, or each of its pages, frames or tiles.

    `remarked` is told of files of which people should know something, see `model.images.reading.remark`.
    """
    from model.images.reading import parts  # here: the window starts without the decoders

    for file in iter_files(paths, passed_over, left_aside):
        yield from parts(file, cutting, passed_over, remarked)


def iter_files(
    paths: Iterable[Path], passed_over: PassedOver | None = None, left_aside: LeftAside | None = None
) -> Iterator[Path]:
    """Yield files as they are given and the image files below folders, each once.

    Files named by the caller are yielded whatever their ending (so that an unreadable one is
    reported, not hidden). Inside folders names with an image ending count, and files whose first bytes tell
    where the ending does not (DICOM without any, `.ts`); others are counted by `left_aside`. Each folder's files come
    first, then its sub-folders, both in natural order. Links to folders are followed once; folders that cannot be
    listed are passed over, and `passed_over` told.
    """
    paths = list(paths)
    if len(paths) == 1 and os.path.isdir(paths[0]):
        yield from _walk(paths[0], passed_over, left_aside)  # a walk meets each file once: none is remembered
        return
    seen: set[str] = set()
    for path in paths:
        candidates = _walk(path, passed_over, left_aside) if os.path.isdir(path) else iter((path,))
        for candidate in candidates:
            key = os.path.abspath(candidate)
            if key not in seen:
                seen.add(key)
                yield candidate


def _walk(top: Path, passed_over: PassedOver | None, left_aside: LeftAside | None) -> Iterator[Path]:
    visited: set[tuple[int, int]] = set()
    pending = [top]
    while pending:
        folder = pending.pop()
        try:
            identity = os.stat(folder)
            if (identity.st_dev, identity.st_ino) in visited and identity.st_ino:
                continue  # a link that leads back up
            visited.add((identity.st_dev, identity.st_ino))
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: natural_key(entry.name))
        except OSError as error:
            if passed_over is not None:
                passed_over(folder, message("the folder cannot be listed: {error}.", error=os_reason(error)))
            continue
        folders = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                folders.append(folder / entry.name)
                continue
            try:
                is_image = is_image_name(entry.name) or (may_be_image(entry.name) and _begins_as_image(entry))
            except OSError as error:
                if passed_over is not None:
                    problem = message("whether it is an image cannot be told: {error}.", error=os_reason(error))
                    passed_over(folder / entry.name, problem)
                continue
            if is_image:
                yield folder / entry.name
            elif left_aside is not None and _is_file(entry):
                left_aside.add(folder / entry.name)
        pending.extend(reversed(folders))


def may_be_image(name: str) -> bool:
    """Whether a name may be an image's though its ending does not say so: ask `begins_as_image`.

    DICOM scanners name files "IM0001" or "1.2.840.10008.1"; the index of a disc holds no picture. Some endings
    are those of other files as well.
    """
    suffix = os.path.splitext(name)[1].lower()
    return (not suffix or suffix[1:].isdecimal() or suffix in doubtful_endings()) and name != "DICOMDIR"


def begins_as_image(path: Path | str) -> bool:
    """Whether a file of which `may_be_image` holds begins as a format that may be called so; raises OSError."""
    suffix = os.path.splitext(path)[1].lower()
    with open(path, "rb") as file:  # noqa: PTH123 - there may be many
        header = file.read(HEADER_BYTES)
    return any(
        one.matches(header, suffix) >= Sure.LIKELY
        for one in formats
        if (suffix in one.doubtful_endings if suffix in doubtful_endings() else one.may_lack_ending)
    )


def _begins_as_image(entry: os.DirEntry[str]) -> bool:
    """As `begins_as_image`; raises OSError for files alone."""
    return _is_file(entry) and begins_as_image(entry.path)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def class_folders(
    folder: Path,
    cutting: Cutting = AS_THEY_ARE,
    passed_over: PassedOver | None = None,
    left_aside: LeftAside | None = None,
    remarked: PassedOver | None = None,
) -> list[tuple[str, list[Path]]]:
    """Read a folder of sub-folders: one class for each sub-folder, named after it.

    Returns (class name, images) in natural order; sub-folders without images are kept with
    an empty list, so that the caller can name them. The rest is as in `iter_images`.

    Raises `SupportSetError` when `folder` is not a folder or has no sub-folder.
    """
    if not os.path.isdir(folder):
        raise SupportSetError(
            message("{folder} is not a folder. Give a folder with one sub-folder of images per class.", folder=folder)
        )
    try:
        children = bin_folders(folder)
    except OSError as error:
        raise SupportSetError(
            message("{folder} cannot be listed: {error}.", folder=folder, error=os_reason(error))
        ) from error
    if not children:
        raise SupportSetError(
            message(
                "{folder} has no sub-folders. Give a folder with one sub-folder of images per class.", folder=folder
            )
        )
    return [
        (readable_text(child.name), list(iter_images([child], cutting, passed_over, left_aside, remarked)))
        for child in children
    ]


def bin_folders(folder: Path) -> list[Path]:
    """Return the sub-folders that are classes, in natural order. Raises `OSError`."""
    children = [child for child in folder.iterdir() if child.is_dir() and not child.name.startswith(".")]
    return sorted(children, key=lambda child: natural_key(child.name))


def readable_text(name: str | Path) -> str:
    """Return a file's name as text that every UTF-8 file can hold: bytes that are none become hexadecimal."""
    return os.fsencode(name).decode(errors="backslashreplace")
