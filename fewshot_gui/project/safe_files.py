"""Copying, linking and moving a file so that nothing is written over and nothing lost. Free of Qt."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

PARTIAL = ".*.fewshot-partial"
"""What the names of files that are being copied look like."""

_BLOCK = 1 << 20


def same_content(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes, or are one; raises OSError."""
    if os.path.samefile(one, other):
        return True
    if not (one.is_file() and other.is_file()) or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        while block := first.read(_BLOCK):
            if block != second.read(_BLOCK):
                return False
    return True


def free_names(path: Path) -> Iterator[Path]:
    """Yield `path`, then "name (2).ext", "name (3).ext" and so on."""
    yield path
    number = 2
    while True:
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1


def copy_to(source: Path, path: Path) -> None:
    """Copy a file, with its times, to where nothing is: FileExistsError otherwise. Whole or not at all; OSError."""
    partial = path.with_name(f".{path.name[:80]}.{os.getpid()}.fewshot-partial")
    try:
        shutil.copyfile(source, partial)
        shutil.copystat(source, partial)
        with partial.open("rb+" if os.access(partial, os.W_OK) else "rb") as file:
            os.fsync(file.fileno())
        _put(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def link_to(source: Path, path: Path) -> None:
    """Make `path`, where nothing is, a link to a file: symbolic, or else a hard one. Raises OSError."""
    try:
        os.symlink(source.absolute(), path)
    except FileExistsError:
        raise
    except OSError:  # Windows asks for a right that few have
        os.link(source, path)


def move_to(source: Path, path: Path) -> None:
    """Move a file to where nothing is: FileExistsError otherwise. Raises OSError.

    To another drive it is copied; the original goes once the copy is there and the same.
    """
    try:
        _put(source, path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy_to(source, path)
        if not same_content(source, path):
            path.unlink()
            raise OSError(errno.EIO, "the copy is not the same") from error
        source.unlink()


def _put(source: Path, path: Path) -> None:
    """Rename a file on one drive without replacing another."""
    if os.name == "nt":
        os.rename(source, path)
        return
    if source.is_symlink():
        _reserve_and_replace(source, path)
        return
    try:
        os.link(source, path)
    except OSError as error:
        if error.errno in {errno.EEXIST, errno.EXDEV, errno.ENOENT, errno.ENOSPC}:
            raise
        _reserve_and_replace(source, path)  # a drive without hard links
    else:
        source.unlink()


def _reserve_and_replace(source: Path, path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    try:
        source.replace(path)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def place(source: Path, path: Path, put: Callable[[Path, Path], None]) -> tuple[Path, bool]:
    """`put` a file at `path`, or beside what is there under the next free name; leave the same content alone.

    Returns where the content is now, and whether it was put there. Raises OSError.
    """
    for candidate in free_names(path):
        if os.path.lexists(candidate):
            if candidate.exists() and same_content(source, candidate):
                return candidate, False
            continue
        try:
            put(source, candidate)
        except FileExistsError:  # of another program, between the look and the deed
            continue
        return candidate, True
    raise AssertionError  # the names never end
