"""Embeddings on disk, keyed by a file's content, so that renamed files are found and unchanged ones are not read.

An image's key is a hash of the content's SHA-256, the backbone's fingerprint, the working side and `PREPROCESSING`; a
note holds the content's SHA-256 by path, size and time of change. Paths are hashed, so that the cache reveals no file
names.
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
from model.images.items import source_file
from model.images.rendering import USUAL, Rendering

PREPROCESSING = "12"
"""Change this with everything that changes the stored features: reading, texture, forward pass, packing.

Embeddings of other numbers are not found, and go when they have not been used for longest. Where all of them are of no
use any more, the database's format is raised as well (`model.cache.database`): then they go at once.
"""

_DIGEST_BYTES = 16
_CONTENT_BYTES = 32
_NOTE = struct.Struct("<QQ")  # size and time of change of the file; its content's SHA-256 follows
NOTES_AT_ONCE = 1024  # written together: a single note rewrites a page of 64 KiB
_SETTLED = 1_000_000_000  # nanoseconds: a younger file may change again without a new time of change


class FileState(NamedTuple):
    """The state of a file by which changes are noticed: hash of its path, size in bytes, time of change in ns."""

    path: bytes
    size: int
    changed: int


def file_state(path: Path) -> FileState | None:
    """Return the present state of a file; None where it is unavailable."""
    try:
        status = os.stat(source_file(path))
    except (OSError, ValueError):
        return None
    name = blake2b(os.fsencode(os.path.abspath(path)), digest_size=_DIGEST_BYTES).digest()
    return FileState(name, status.st_size, status.st_mtime_ns)


class EmbeddingStore:
    """The packed features (`features.packing`) of one backbone in a `BlobStore`.

    Thread-safe; methods never raise. `channels` are the backbone's. Data that do not fit the backbone
    are not returned, since the cache may come from someone else.
    """

    def __init__(
        self,
        blobs: BlobStore,
        fingerprint: str,
        channels: tuple[int, ...],
        rendering: Rendering = USUAL,
        notes_at_once: int = NOTES_AT_ONCE,
    ) -> None:
        self._blobs, self._channels, self._notes_at_once = blobs, channels, notes_at_once
        self._gathered: dict[bytes, bytes] = {}
        self._lock = threading.Lock()
        self._space = f"{fingerprint} {PREPROCESSING}{rendering.key}".encode()

    @property
    def space(self) -> str:
        """Names what the features mean: backbone, preprocessing, rendering."""
        return self._space.decode()

    def of_files(self, states: Sequence[FileState | None], side: int) -> list[bytes | None]:
        """Return the packed features of files, in order; None for files that changed. Takes two queries in all."""
        keys = [content and self._key(content, side) for content in self.contents(states)]
        found = self._read([key for key in keys if key is not None])
        return [found.get(key) if key is not None else None for key in keys]

    def contents(self, states: Sequence[FileState | None]) -> list[bytes | None]:
        """Return the noted SHA-256 of files, in order; None for files that changed or have no note."""
        notes = self._blobs.notes([state.path for state in states if state is not None])
        found: list[bytes | None] = []
        for state in states:
            note = notes.get(state.path) if state is not None else None
            known = state is not None and note is not None and note[: _NOTE.size] == _NOTE.pack(*state[1:])
            whole = known and note is not None and len(note) == _NOTE.size + _CONTENT_BYTES
            found.append(note[_NOTE.size :] if whole and note is not None else None)
        return found

    def of_content(self, content: bytes, side: int) -> bytes | None:
        """Return the packed features of a file with this SHA-256, or None."""
        key = self._key(content, side)
        return self._read([key]).get(key)

    def keep(self, images: Iterable[tuple[bytes, bytes]], side: int) -> None:
        """Store (SHA-256 of the content, packed features) of images at `side`."""
        self._blobs.put_many({self._key(content, side): data for content, data in images})

    def note(self, files: Iterable[tuple[FileState, bytes]]) -> None:
        """Note the content's SHA-256 of files, except those that were changed a moment ago.

        Notes are collected and written by `write_notes`. A note lost in a crash costs one reading of the file.
        """
        now = time.time_ns()
        with self._lock:
            for state, content in files:
                if state.changed >= 0 and abs(now - state.changed) > _SETTLED:
                    self._gathered[state.path] = _NOTE.pack(*state[1:]) + content
            enough = len(self._gathered) >= self._notes_at_once
        if enough:
            self.write_notes()

    def write_notes(self) -> None:
        """Write the notes that were collected."""
        with self._lock:
            gathered, self._gathered = self._gathered, {}
        self._blobs.put_notes(gathered)

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        self._blobs.read(keys, found.__setitem__)
        return {key: data for key, data in found.items() if is_packed(data, self._channels)}

    def _key(self, content: bytes, side: int) -> bytes:
        return blake2b(b"%b %b %d" % (content, self._space, side), digest_size=_DIGEST_BYTES).digest()
