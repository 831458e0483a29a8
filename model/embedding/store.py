"""Embeddings on disk: found by what a file holds, under any name, and without reading the file where it is unchanged.

An image's key is a hash of the content's SHA-256, the backbone's fingerprint, the working side and
`PREPROCESSING`; a note says which content lay under which path, size and time of change. Paths are
hashed, so that the cache tells no file's name.
"""

from __future__ import annotations

import os
import struct
import threading
import time
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from model.cache.store import BlobStore
from model.features.packing import is_packed
from model.images.colour import WHITE, Colour
from model.images.items import source_file

PREPROCESSING = "9"
"""To be changed with everything that changes what is kept of an image: reading, texture, forward pass, packing."""

_DIGEST_BYTES = 16
_CONTENT_BYTES = 32
_NOTE = struct.Struct("<QQ")  # size and time of change of the file; its content's SHA-256 follows
_NOTES_AT_ONCE = 1024  # few at once are as many pages of 64 KiB: sixteen wrote a megabyte
_SETTLED = 1_000_000_000  # nanoseconds: a younger file may change again without a new time of change


class FileState(NamedTuple):
    """What tells that a file is unchanged: its path's hash, its size in bytes and its time of change."""

    path: bytes
    size: int
    changed: int


def file_state(path: Path) -> FileState | None:
    """Return the state of a file as it is now; None when it cannot be asked."""
    try:
        status = os.stat(source_file(path))
    except (OSError, ValueError):
        return None
    name = blake2b(os.fsencode(os.path.abspath(path)), digest_size=_DIGEST_BYTES).digest()
    return FileState(name, status.st_size, status.st_mtime_ns)


class EmbeddingStore:
    """What is kept of images, as bytes of `model.features.packing`, for one backbone in a `BlobStore`.

    Thread-safe; methods never raise. `channels` are the backbone's (fine, coarse). What does not look like
    an image of that backbone is not given out, since the file may be someone else's.
    """

    def __init__(self, blobs: BlobStore, fingerprint: str, channels: tuple[int, int], ground: Colour = WHITE) -> None:
        self._blobs, self._channels = blobs, channels
        self._gathered: dict[bytes, bytes] = {}
        self._lock = threading.Lock()
        self._space = f"{fingerprint} {PREPROCESSING}{'' if ground == WHITE else ground}".encode()

    def of_files(self, states: Sequence[FileState | None], side: int) -> list[bytes | None]:
        """Return what is kept of files that are unchanged, in order, by two questions to the store in all."""
        keys = [content and self._key(content, side) for content in self.contents(states)]
        found = self._read([key for key in keys if key is not None])
        return [found.get(key) if key is not None else None for key in keys]

    def contents(self, states: Sequence[FileState | None]) -> list[bytes | None]:
        """Return the SHA-256 of files that are unchanged since it was noted, in order."""
        notes = self._blobs.notes([state.path for state in states if state is not None])
        found: list[bytes | None] = []
        for state in states:
            note = notes.get(state.path) if state is not None else None
            known = state is not None and note is not None and note[: _NOTE.size] == _NOTE.pack(*state[1:])
            whole = known and note is not None and len(note) == _NOTE.size + _CONTENT_BYTES
            found.append(note[_NOTE.size :] if whole and note is not None else None)
        return found

    def of_content(self, content: bytes, side: int) -> bytes | None:
        """Return what is kept of a file with this SHA-256."""
        key = self._key(content, side)
        return self._read([key]).get(key)

    def keep(self, images: Iterable[tuple[bytes, bytes]], side: int) -> None:
        """Keep `model.features.packing` bytes of contents."""
        self._blobs.put_many({self._key(content, side): data for content, data in images})

    def note(self, files: Iterable[tuple[FileState, bytes]]) -> None:
        """Note which content the files have, save those that were changed a moment ago.

        Notes are gathered; `write_notes` has them written. Those that are lost in a crash cost a reading each.
        """
        now = time.time_ns()
        with self._lock:
            for state, content in files:
                if state.changed >= 0 and abs(now - state.changed) > _SETTLED:
                    self._gathered[state.path] = _NOTE.pack(*state[1:]) + content
            enough = len(self._gathered) >= _NOTES_AT_ONCE
        if enough:
            self.write_notes()

    def write_notes(self) -> None:
        """Write the notes that were gathered."""
        with self._lock:
            gathered, self._gathered = self._gathered, {}
        self._blobs.put_notes(gathered)

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        self._blobs.read(keys, found.__setitem__)
        return {key: data for key, data in found.items() if is_packed(data, self._channels)}

    def _key(self, content: bytes, side: int) -> bytes:
        return blake2b(b"%b %b %d" % (content, self._space, side), digest_size=_DIGEST_BYTES).digest()
