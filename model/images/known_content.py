"""Lists of known content to be left out: hashes of files that are neither decoded nor shown."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from model.errors import UsageError
from model.images.items import source_file
from model.messages import message

LEFT_OUT = "Left out: its content is on the list of hashes. It was not decoded."
"""What the row of such a file says."""

_BLOCK = 2**20
_HASH = re.compile("[0-9a-fA-F]{64}|[0-9a-fA-F]{32}")
_MOST_BYTES = 2**30  # of a list: some fifteen million hashes


@dataclass(frozen=True)
class KnownContent:
    """Digests of files' contents: SHA-256 (32 bytes) and MD5 (16 bytes). Read-only, for any thread."""

    sha256: frozenset[bytes] = frozenset()
    md5: frozenset[bytes] = frozenset()

    @classmethod
    def read(cls, path: Path) -> KnownContent:
        """Read a list: one hash in hexadecimal a line, its first word; what follows it is not looked at.

        Empty lines and lines that begin with "#" say nothing. Raises `UsageError`, naming the line, where a line is
        no hash: a list that was understood in part would let through what it should hold back.
        """
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise UsageError(
                    message("{path} is too large for a list of hashes. Give a list of at most 1 GiB.", path=path)
                )
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise UsageError(
                message("The list of hashes {path} cannot be read: {reason}.", path=path, reason=reason)
            ) from error
        found: dict[int, set[bytes]] = {64: set(), 32: set()}
        for number, line in enumerate(lines, start=1):
            word = line.split(maxsplit=1)[0] if line.strip() else "#"
            if word.startswith("#"):
                continue
            if _HASH.fullmatch(word) is None:
                raise UsageError(
                    message(
                        "{path}, line {number}: this is no SHA-256 (64 hexadecimal digits) and no MD5 (32). "
                        'Put one hash at the beginning of each line; comments begin with "#".',
                        path=path,
                        number=number,
                    )
                )
            found[len(word)].add(bytes.fromhex(word))
        return cls(frozenset(found[64]), frozenset(found[32]))

    def __len__(self) -> int:
        return len(self.sha256) + len(self.md5)

    def holds(self, image: Path) -> bool:
        """Whether the content of the image's file is on the list; a file that cannot be read is on none."""
        from model.images.reading import is_special_file  # here: help pages start without the decoders

        file = source_file(image)
        digests = [hashlib.sha256()] if self.sha256 else []
        digests += [hashlib.md5(usedforsecurity=False)] if self.md5 else []
        if not digests or is_special_file(file):
            return False
        try:
            with file.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    for digest in digests:
                        digest.update(block)
        except (OSError, ValueError):
            return False  # whoever reads it says why it cannot be read
        return any(digest.digest() in self.sha256 or digest.digest() in self.md5 for digest in digests)


@lru_cache(maxsize=1)
def _read_once(path: Path, _state: tuple[int, int]) -> KnownContent:
    return KnownContent.read(path)


def known_content(path: Path | None) -> KnownContent:
    """Return the list at `path`, read anew only where the file has changed; None: an empty one. Raises `UsageError`."""
    if path is None:
        return KnownContent()
    try:
        status = path.stat()
    except OSError:
        return KnownContent.read(path)  # says why it cannot be read
    return _read_once(path, (status.st_size, status.st_mtime_ns))


class LeftOutFiles:
    """Which files are left out, each looked at once as long as it stays as it is. Not thread-safe."""

    def __init__(self, known: KnownContent) -> None:
        self._known = known
        self._last: tuple[object, bool] = (None, False)  # pages of one file come one after another

    def has(self, image: Path) -> bool:
        """Whether the image's file is on the list."""
        file = source_file(image)
        try:
            status = os.stat(file)
        except (OSError, ValueError):
            return False
        state = (file, status.st_size, status.st_mtime_ns)
        if self._last[0] != state:
            self._last = (state, self._known.holds(file))
        return self._last[1]
