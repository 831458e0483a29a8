"""Tables of vectors: one compact row for each of many images, held in memory and kept on disk.

What is embedded takes some 40 kB an image; to look through 100,000 images in less than a second, one vector of each
is kept apart, as int8 with one factor a row. Rows are found by path in memory, and by the file's state (a hash of the
path, size, time of change) on disk, where they lie in blobs of `ROWS` rows in the cache's store: so that they go with
the rest where the cache is cleared, are checked for damage, and hold no names.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from model.cache.store import BlobStore
from model.embedding.store import FileState, file_state
from model.errors import ImageReadError
from model.progress import CancelToken, Progress, ProgressCallback

ROWS = 1024
"""Rows that are kept together."""

MOST_BLOBS = 512
"""Rows beyond so many blobs (524,288 rows) are held in memory, but not kept on disk."""

_HEADER = struct.Struct("<4sII")  # mark, rows, numbers a row
_MARK = b"fvt1"
_STATE = np.dtype([("path", "S16"), ("size", "<u8"), ("changed", "<i8")])
_STEPS = 127
_BLOCK = 128  # rows that are multiplied at once; divides ROWS
_AT_ONCE = 64  # blobs that are asked for at once

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Made = Iterator[list[Floats | ImageReadError]]
"""Batches of vectors, one for each path in order, or the error of an image that cannot be read."""


@dataclass(frozen=True)
class Found:
    """The rows of images.

    paths: those that can be read, in order; rows: int64 (n,), theirs; unreadable: the errors of the others
    """

    paths: list[Path]
    rows: Ints
    unreadable: tuple[ImageReadError, ...]


class VectorTable:
    """Rows of `size` numbers for images, by path. Thread-safe.

    space: names what the vectors mean (weights, rendering, side): other spaces have other blobs
    make: yields the vectors of images that have no row yet

    An image is looked up by its file's state once in the life of a table, and by its path alone from then on;
    `changed` finds those whose file was changed since.
    """

    def __init__(self, blobs: BlobStore, space: str, size: int, make: Callable[[Sequence[Path]], Made]) -> None:
        self._blobs, self._space, self.size, self.make = blobs, space, size, make
        self._lock = threading.RLock()
        self._parts: list[npt.NDArray[np.int8]] = []  # of ROWS rows each
        self._scales: list[Floats] = []
        self._states: list[FileState | None] = []
        self._by_state: dict[FileState, int] = {}
        self._by_path: dict[str, int] = {}
        self._kept = 0  # rows that are on disk, or need not be
        self._is_loaded = False

    def __len__(self) -> int:
        return len(self._states)

    def find(self, paths: Sequence[Path], phase: str, progress: ProgressCallback, token: CancelToken) -> Found:
        """Return the rows of images, making those that are missing; `phase` names that in reports. Raises `Cancelled`.

        What was made before a cancellation is kept.
        """
        with self._lock:
            self._load()
            missing = self._look_up(paths)
            unreadable = self._add(missing, phase, progress, token) if missing else {}
            readable = [path for path in paths if str(path) in self._by_path] if unreadable else list(paths)
            rows = np.fromiter((self._by_path[str(path)] for path in readable), np.int64, len(readable))
            return Found(readable, rows, tuple(unreadable.values()))

    def changed(self, paths: Sequence[Path]) -> list[Path]:
        """Return those of `paths`, which have rows, whose file is another now; their rows are given up."""
        with self._lock:
            others = [path for path in paths if file_state(path) != self._states[self._by_path[str(path)]]]
            for path in others:
                del self._by_path[str(path)]
            return others

    def products(self, vectors: Floats, rows: Ints) -> Floats:
        """Return the products of rows (n,) with k vectors: float32 (k, size) -> (n, k)."""
        with self._lock:
            found = np.empty((len(self._parts) * ROWS, len(vectors)), np.float32)
            # One small buffer, which stays in the processor's cache: memory takes longer than the arithmetic.
            numbers = np.empty((_BLOCK, self.size), np.float32)
            for at in np.unique(rows // ROWS).tolist():
                for start in range(0, ROWS, _BLOCK):
                    np.copyto(numbers, self._parts[at][start : start + _BLOCK])
                    first = at * ROWS + start
                    found[first : first + _BLOCK] = (vectors @ numbers.T).T
                found[at * ROWS : (at + 1) * ROWS] *= self._scales[at][:, None]
            picked: Floats = found[rows]
            return picked

    def vectors(self, rows: Ints) -> Floats:
        """Return the vectors of rows (n,): float32 (n, size)."""
        with self._lock:
            found = np.empty((len(rows), self.size), np.float32)
            parts = rows // ROWS
            for at in np.unique(parts).tolist():
                here = parts == at
                inside = rows[here] - at * ROWS
                found[here] = self._parts[at][inside] * self._scales[at][inside, None]
            return found

    def _look_up(self, paths: Sequence[Path]) -> list[Path]:
        """Note the rows that are known of files by their state; return the paths that have none."""
        missing = []
        for path in paths:
            name = str(path)
            if name in self._by_path:
                continue
            state = file_state(path)
            row = None if state is None else self._by_state.get(state)
            if row is None:
                missing.append(path)
            else:
                self._by_path[name] = row
        return missing

    def _add(
        self, paths: Sequence[Path], phase: str, progress: ProgressCallback, token: CancelToken
    ) -> dict[Path, ImageReadError]:
        unreadable: dict[Path, ImageReadError] = {}
        # The states before the files are read: one that changes meanwhile is found to be another later.
        states = [file_state(path) for path in paths]
        at = 0
        try:
            progress(Progress(phase, 0, len(paths)))
            for batch in self.make(paths):
                for made in batch:
                    if isinstance(made, ImageReadError):
                        unreadable[paths[at]] = made
                    else:
                        self._by_path[str(paths[at])] = self._append(made, states[at])
                    at += 1
                progress(Progress(phase, at, len(paths)))
                token.raise_if_cancelled()
        finally:
            self._save()
        return unreadable

    def _append(self, vector: Floats, state: FileState | None) -> int:
        row = len(self._states)
        if row == len(self._parts) * ROWS:
            self._parts.append(np.zeros((ROWS, self.size), np.int8))
            self._scales.append(np.zeros(ROWS, np.float32))
        largest = float(np.abs(vector).max(initial=0.0))
        part, inside = divmod(row, ROWS)
        if largest > 0:
            self._scales[part][inside] = largest / _STEPS
            self._parts[part][inside] = np.rint(vector * (_STEPS / largest))
        self._states.append(state)
        if state is not None:
            self._by_state[state] = row
        return row

    def _key(self, number: int) -> bytes:
        return blake2b(f"vectors {self._space} {self.size} {number}".encode(), digest_size=16).digest()

    def _load(self) -> None:
        if self._is_loaded:
            return
        self._is_loaded = True
        for first in range(0, MOST_BLOBS, _AT_ONCE):
            keys = [self._key(number) for number in range(first, first + _AT_ONCE)]
            blobs: dict[bytes, bytes] = {}
            self._blobs.read(keys, blobs.__setitem__)
            for key in keys:
                if not self._take(blobs.get(key)):
                    return

    def _take(self, data: bytes | None) -> bool:
        """Add the rows of a blob; whether it is a full one, after which there may be others."""
        if data is None or len(data) < _HEADER.size:
            return False
        mark, count, size = _HEADER.unpack_from(data)
        if mark != _MARK or size != self.size or not 0 < count <= ROWS:
            return False
        if len(data) != _HEADER.size + count * (_STATE.itemsize + 4 + size):
            return False
        states = np.frombuffer(data, _STATE, count, _HEADER.size)
        start = _HEADER.size + states.nbytes
        scales = np.zeros(ROWS, np.float32)
        scales[:count] = np.frombuffer(data, "<f4", count, start)
        if not np.isfinite(scales).all():
            return False
        part = np.zeros((ROWS, size), np.int8)
        part[:count] = np.frombuffer(data, np.int8, count * size, start + 4 * count).reshape(count, size)
        self._parts.append(part)
        self._scales.append(scales)
        paths = data[_HEADER.size : start]
        for at, (length, changed) in enumerate(zip(states["size"].tolist(), states["changed"].tolist(), strict=True)):
            begin = at * _STATE.itemsize  # not `states["path"]`, which drops zeros at the end
            state = FileState(paths[begin : begin + 16], length, changed)
            self._by_state[state] = len(self._states)
            self._states.append(state)
        self._kept = len(self._states)
        return bool(count == ROWS)

    def _save(self) -> None:
        """Write the blobs that have new rows."""
        first, last = self._kept // ROWS, (len(self._states) - 1) // ROWS
        for number in range(first, min(last, MOST_BLOBS - 1) + 1):
            states = self._states[number * ROWS : (number + 1) * ROWS]
            count = len(states)
            head = b"".join(struct.pack("<16sQq", *(state if state is not None else (b"", 0, 0))) for state in states)
            scales, rows = self._scales[number][:count], self._parts[number][:count]
            data = _HEADER.pack(_MARK, count, self.size) + head + scales.astype("<f4").tobytes() + rows.tobytes()
            self._blobs.put(self._key(number), data)
        self._kept = len(self._states)
