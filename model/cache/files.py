"""Numbered files of blobs in one folder: each file is written once and read at any position.

`model.cache.store` knows the positions of the blobs. The folder may come from someone else: only regular files are
opened.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path

FOLDER_NAME = "blobs"
_ENDING = ".bin"
# Do not follow links or wait for the other end of a pipe; Windows lacks these flags.
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class BlobFiles:
    """The files in the folder `FOLDER_NAME` of `place`, which is created by the first write."""

    def __init__(self, place: Path) -> None:
        self._folder = place / FOLDER_NAME

    def write(self, number: int, blobs: Iterable[bytes]) -> None:
        """Write a file, replacing one that a crash may have left; raises `OSError` and then leaves no file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._check_folder()
        path = self._path(number)
        path.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN, 0o666), "wb") as file:
                file.writelines(blobs)
        except OSError:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            raise

    def read(self, number: int, parts: Iterable[tuple[int, int]]) -> Iterator[bytes | None]:
        """Yield each part, (start, length) in bytes, of a file; None for a part that is not there."""
        with contextlib.ExitStack() as opened:
            file = None
            with contextlib.suppress(OSError):
                self._check_folder()
                file = opened.enter_context(self._opened(number))
            for start, length in parts:
                data = None
                if file is not None:
                    with contextlib.suppress(OSError):
                        file.seek(start)
                        data = file.read(length)
                yield data if data is not None and len(data) == length else None

    def remove(self, number: int) -> bool:
        """Remove a file; return whether it is gone. On Windows a file that is open elsewhere stays."""
        try:
            self._check_folder()
            self._path(number).unlink()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def clear(self) -> None:
        """Remove all files with names of this class's, listed in the database or not."""
        for path in self._found():
            with contextlib.suppress(OSError):
                path.unlink()

    def bytes_on_disk(self) -> int:
        """Return the sum of the files' sizes."""
        total = 0
        for path in self._found():
            with contextlib.suppress(OSError):
                total += path.lstat().st_size
        return total

    def _opened(self, number: int) -> FileIO:
        """Open a file to read; raises `OSError` where it is not a regular file, for instance a pipe."""
        file = FileIO(os.open(self._path(number), os.O_RDONLY | _PLAIN))
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise OSError("not a regular file")
        return file

    def _found(self) -> list[Path]:
        with contextlib.suppress(OSError):
            self._check_folder()
            return [path for path in self._folder.iterdir() if path.suffix == _ENDING and path.stem.isdecimal()]
        return []

    def _check_folder(self) -> None:
        """Raise `OSError` unless the folder is a real one: through a link, files elsewhere would be removed."""
        if not stat.S_ISDIR(self._folder.lstat().st_mode):
            raise NotADirectoryError(str(self._folder))

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}{_ENDING}"
