"""Numbered files that each hold a few blobs end to end, in a folder of their own: written once, read at any place.

What lies where is `model.cache.store`'s to know. The folder may be someone else's: what is no plain file is not opened.
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
# Neither follow a link nor wait for a pipe's other end; Windows has neither.
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class BlobFiles:
    """The files in the folder `FOLDER_NAME` of `place`, which is made when something is written."""

    def __init__(self, place: Path) -> None:
        self._folder = place / FOLDER_NAME

    def write(self, number: int, blobs: Iterable[bytes]) -> None:
        """Write a file, in the place of one that a crash may have left; raises `OSError`, and leaves nothing then."""
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
        """Yield each part, (start, length) in bytes, of a file; None for what is not there."""
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
        """Remove a file; tells whether it is gone. Windows keeps what is open elsewhere."""
        try:
            self._check_folder()
            self._path(number).unlink()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def clear(self) -> None:
        """Remove all files that may be ours, known or not."""
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
        """Open a file to read; raises `OSError` where it is something else, such as a pipe."""
        file = FileIO(os.open(self._path(number), os.O_RDONLY | _PLAIN))
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise OSError("no plain file")
        return file

    def _found(self) -> list[Path]:
        with contextlib.suppress(OSError):
            self._check_folder()
            return [path for path in self._folder.iterdir() if path.suffix == _ENDING and path.stem.isdecimal()]
        return []

    def _check_folder(self) -> None:
        """Raise `OSError` where there is none of our own: through a link, files elsewhere would be removed."""
        if not stat.S_ISDIR(self._folder.lstat().st_mode):
            raise NotADirectoryError(str(self._folder))

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}{_ENDING}"
