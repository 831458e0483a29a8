"""Find image files: folders are walked recursively, in an order that is the same on every machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from model.errors import SupportSetError

IMAGE_SUFFIXES: frozenset[str] = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".ppm", ".pgm", ".pbm"}
)

_DIGITS = re.compile(r"(\d+)")


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts "img2" before "img10" and does not look at case first."""
    parts = _DIGITS.split(name)
    key = [(0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part.casefold()) for part in parts]
    return (*key, (1, 0, name))


def is_image_name(name: str) -> bool:
    """Whether the file's ending is that of an image we read; hidden files are not."""
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES


def iter_images(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield files as they are given and the images below folders, each once.

    Files named by the caller are yielded whatever their ending (so that an unreadable one is
    reported, not hidden). Inside folders only names with an image ending count. Each folder's
    files come first, then its sub-folders, both in natural order. Links to folders are followed
    once; folders that cannot be listed are passed over.
    """
    seen: set[str] = set()
    for path in paths:
        candidates = _walk(path) if os.path.isdir(path) else iter((path,))
        for candidate in candidates:
            key = os.path.abspath(candidate)
            if key not in seen:
                seen.add(key)
                yield candidate


def _walk(top: Path) -> Iterator[Path]:
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
        except OSError:
            continue
        folders = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                folders.append(folder / entry.name)
            elif is_image_name(entry.name):
                yield folder / entry.name
        pending.extend(reversed(folders))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def class_folders(folder: Path) -> list[tuple[str, list[Path]]]:
    """Read a folder of sub-folders: one class for each sub-folder, named after it.

    Returns (class name, image files) in natural order; sub-folders without images are kept with
    an empty list, so that the caller can name them.

    Raises `SupportSetError` when `folder` is not a folder or has no sub-folder.
    """
    if not os.path.isdir(folder):
        raise SupportSetError(f"{folder} is not a folder. Give a folder with one sub-folder of images per class.")
    try:
        children = [child for child in folder.iterdir() if child.is_dir() and not child.name.startswith(".")]
    except OSError as error:
        raise SupportSetError(f"{folder} cannot be listed: {error.strerror}.") from error
    if not children:
        raise SupportSetError(f"{folder} has no sub-folders. Give a folder with one sub-folder of images per class.")
    children.sort(key=lambda child: natural_key(child.name))
    return [(readable_text(child.name), list(iter_images([child]))) for child in children]


def readable_text(name: str | Path) -> str:
    """Return a file's name as text that every UTF-8 file can hold: bytes that are none become hexadecimal."""
    return os.fsencode(name).decode(errors="backslashreplace")
