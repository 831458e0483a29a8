"""Embeddings on disk: found by what a file holds, under any name, and without reading the file where it is unchanged.

A record's key is a hash of the content's SHA-256, the backbone's fingerprint, the working side and
`PREPROCESSING`; a note says which content lay under which path, size and time of change. Paths are
hashed, so that the cache tells no file's name.
"""

from __future__ import annotations

import math
import os
import struct
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from model import texture
from model.blob_store import BlobStore
from model.features import ImageMaps
from model.images.items import source_file

PREPROCESSING = "2"
"""To be changed with everything that changes the maps of an image: reading, fitting, texture, forward pass."""

Size = tuple[int, int]
_DIGEST_BYTES = 16
_HEADER = struct.Struct("<8I")  # width, height; channels, rows and columns of the fine and of the coarse map
_SIZE_BYTES = 8  # of width and height
_ITEM_BYTES = 2  # float16
_NOTE = struct.Struct("<QQ")  # size and time of change of the file; its content's SHA-256 follows
_TEXTURE = (texture.CHANNELS, texture.CELLS, texture.CELLS)
_SETTLED = 1_000_000_000  # nanoseconds: a younger file may change again without a new time of change


class FileState(NamedTuple):
    """What tells that a file is unchanged: its path's hash, its size in bytes and its time of change."""

    path: bytes
    size: int
    changed: int


class Record(NamedTuple):
    """What is kept of an image: float16 maps (a batch of one) and (width, height) in pixels as displayed."""

    maps: ImageMaps
    size: Size


def file_state(path: Path) -> FileState | None:
    """Return the state of a file as it is now; None when it cannot be asked."""
    try:
        status = os.stat(source_file(path))
    except (OSError, ValueError):
        return None
    name = blake2b(os.fsencode(os.path.abspath(path)), digest_size=_DIGEST_BYTES).digest()
    return FileState(name, status.st_size, status.st_mtime_ns)


class EmbeddingStore:
    """The records of one backbone's embeddings in a `BlobStore`. Thread-safe; methods never raise.

    `channels` are the backbone's (fine, coarse). What does not look like one of its records is not
    given out, since the file may be someone else's.
    """

    def __init__(self, blobs: BlobStore, fingerprint: str, channels: tuple[int, int]) -> None:
        self._blobs, self._channels = blobs, channels
        self._space = f"{fingerprint} {PREPROCESSING}".encode()

    def of_files(self, states: Sequence[FileState | None], side: int) -> list[Record | None]:
        """Return the records of files that are unchanged, in order, by two questions to the store in all.

        The maps of one call lie in one tensor: keep copies of single ones, not themselves.
        """
        notes = self._blobs.notes([state.path for state in states if state is not None])
        keys: list[bytes | None] = []
        for state in states:
            note = notes.get(state.path) if state is not None else None
            known = note is not None and state is not None and note[: _NOTE.size] == _NOTE.pack(*state[1:])
            keys.append(self._key(note[_NOTE.size :], side) if known and note is not None else None)
        wanted = [key for key in keys if key is not None]
        unpacker = _Unpacker(len(wanted), self._channels)
        self._blobs.read(wanted, unpacker.take)
        return [unpacker.records.get(key) if key is not None else None for key in keys]

    def of_content(self, content: bytes, side: int) -> Record | None:
        """Return the record of a file with this SHA-256."""
        key, unpacker = self._key(content, side), _Unpacker(1, self._channels)
        self._blobs.read((key,), unpacker.take)
        return unpacker.records.get(key)

    def keep(self, records: Iterable[tuple[bytes, Record]], side: int) -> None:
        """Keep the records of contents."""
        self._blobs.put_many({self._key(content, side): _packed(record) for content, record in records})

    def note(self, files: Iterable[tuple[FileState, bytes]]) -> None:
        """Note which content the files have, save those that were changed a moment ago."""
        now = time.time_ns()
        self._blobs.put_notes(
            {
                state.path: _NOTE.pack(*state[1:]) + content
                for state, content in files
                if state.changed >= 0 and abs(now - state.changed) > _SETTLED
            }
        )

    def _key(self, content: bytes, side: int) -> bytes:
        return blake2b(b"%b %b %d" % (content, self._space, side), digest_size=_DIGEST_BYTES).digest()


def _packed(record: Record) -> bytes:
    maps = record.maps
    header = _HEADER.pack(*record.size, *maps.fine.shape[1:], *maps.coarse.shape[1:])
    return b"".join((header, *(part.contiguous().numpy().tobytes() for part in maps)))


class _Unpacker:
    """Makes records of bytes as they are read; their maps are views of one tensor for each shape."""

    def __init__(self, count: int, channels: tuple[int, int]) -> None:
        self.records: dict[bytes, Record] = {}
        self._count, self._channels = count, channels
        self._rows: dict[bytes, npt.NDArray[np.float16]] = {}
        self._used: Counter[bytes] = Counter()

    def take(self, key: bytes, data: bytes) -> None:
        """Add a record, if it is one."""
        if len(data) < _HEADER.size:
            return
        width, height, *lengths = _HEADER.unpack_from(data)
        shapes = (tuple(lengths[:3]), tuple(lengths[3:]), _TEXTURE)
        told = _HEADER.size + _ITEM_BYTES * sum(map(math.prod, shapes))
        if len(data) != told or (lengths[0], lengths[3]) != self._channels or not (width and height and all(lengths)):
            return
        name = data[_SIZE_BYTES : _HEADER.size]
        values = np.frombuffer(data, np.float16, offset=_HEADER.size)
        if name not in self._rows:
            self._rows[name] = np.empty((self._count, len(values)), np.float16)
        row = self._rows[name][self._used[name]]
        self._used[name] += 1
        row[:] = values
        parts = torch.from_numpy(row)[None].split([math.prod(shape) for shape in shapes], dim=1)
        maps = ImageMaps(*(part.view(1, *shape) for part, shape in zip(parts, shapes, strict=True)))
        self.records[key] = Record(maps, (width, height))
