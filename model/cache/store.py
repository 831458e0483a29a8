"""A store of bytes by key in a folder: bounded, safe with crashes and several processes; it never raises.

Blobs that are put together share a file (`model.cache.files`), which has the day of its last use and is removed as a
whole; an SQLite database holds the positions. Its write-ahead log lets threads and processes read while one writes. A
file is written and removed inside the transaction that records it: after a crash, a file without record is overwritten,
and a record without file is dropped. See docs/adr/0011-embedding-cache.md.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from model.cache.database import LONGEST_VALUE, connect, error_code, transaction
from model.cache.files import BlobFiles

_log = logging.getLogger(__name__)

LEAST_BOUND, MOST_BOUND = 8 * 2**30, 48 * 2**30
"""Limits of the bound in bytes, which is a third of the disk space that is free or used by blobs."""

FILE_NAME = "cache.sqlite3"
KEEP_FREE = 2**30
"""Bytes of the disk that stay free: with fewer, nothing more is stored."""

_SHARE_KEPT = 0.9  # of the bound, after eviction, so that evictions are rare
_DAY = 86_400
_PROBLEMS = (sqlite3.DatabaseError, UnicodeDecodeError, OSError)  # SQLite's messages may quote damaged names
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class _Entry(NamedTuple):
    """The record of a blob. Values may be of any type where the database is someone else's."""

    file: int
    start: int
    length: int
    checksum: int
    key: bytes
    used: int

    @property
    def is_sane(self) -> bool:
        return all(isinstance(one, int) and one >= 0 for one in self[:4]) and self.length <= LONGEST_VALUE


class _Door:
    """A connection and its lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.connection: sqlite3.Connection | None = None

    def close(self) -> None:
        with self.lock:
            if self.connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    self.connection.close()
                self.connection = None


class BlobStore:
    """A map from short keys to bytes in `folder` (None: nothing is kept). Thread-safe; methods never raise.

    Blobs are dropped together with those they were put with: those used longest ago when the bound is reached, and
    those with a wrong checksum. Notes are small values without a bound, dropped with the rest. The bound is
    `max_bytes`, or follows the disk (`LEAST_BOUND`, `MOST_BOUND`) and is computed again as the store fills. A damaged
    database is replaced by an empty one, once; where the folder cannot be written, nothing is kept. Both are logged.
    """

    def __init__(self, folder: Path | None, max_bytes: int | None = None) -> None:
        self.path = folder / FILE_NAME if folder is not None else None
        self._max_bytes = max_bytes
        self._reading, self._writing = _Door(), _Door()  # locked in this order where both are needed
        self._usable, self._writable, self._renewed = self.path is not None, True, False
        self._uncounted = 0  # bytes that may be stored before all are counted again

    def get(self, key: bytes) -> bytes | None:
        """Return the blob of `key`, or None."""
        found: list[bytes] = []
        self.read((key,), lambda _, data: found.append(data))
        return found[0] if found else None

    def read(self, keys: Sequence[bytes], take: Callable[[bytes, bytes], None]) -> None:
        """Call `take(key, data)` for each of these keys that has a blob, in any order."""
        place, entries = self.path, []
        if place is None or not keys:
            return
        with self._guarded(self._reading) as database:
            if database is None:
                return
            query = (
                "SELECT file, start, entries.bytes, checksum, key, used FROM entries JOIN files ON files.id = file "  # noqa: S608
                f"WHERE key IN ({_marks(keys)}) ORDER BY file, start"
            )
            entries = [_Entry(*row) for row in database.execute(query, tuple(keys))]
        files = BlobFiles(place.parent)
        today, stale, damaged = _today(), [], []
        for number, group in groupby(entries, lambda entry: entry.file):
            known = list(group)
            sane = [entry for entry in known if entry.is_sane]
            for entry, data in zip(sane, files.read(number, [entry[1:3] for entry in sane]), strict=True):
                if data is None or _checksum(data) != entry.checksum:
                    damaged.append(number)
                else:
                    take(entry.key, data)
            if len(sane) < len(known):
                damaged.append(number)
            elif not isinstance(known[0].used, int) or known[0].used < today:
                stale.append((today, number))
        if (stale or damaged) and self._writable:
            with self._guarded(self._writing) as database:
                if database is not None and self.path == place:
                    with transaction(database):
                        database.executemany("UPDATE files SET used = ? WHERE id = ?", stale)
                        _drop(database, files, set(damaged))

    def put(self, key: bytes, data: bytes) -> None:
        """Store `data` under `key`."""
        self.put_many({key: data})

    def put_many(self, blobs: Mapping[bytes, bytes]) -> None:
        """Store blobs under their keys, all or none; does nothing where the disk is nearly full."""
        if not blobs or self.path is None or not self._writable:
            return
        with self._guarded(self._writing) as database:
            if database is None:
                return
            wanted = sum(map(len, blobs.values()))
            if shutil.disk_usage(self.path.parent).free - wanted < KEEP_FREE:
                self._stop_writing("the disk is nearly full")
                return
            files, rows, start = BlobFiles(self.path.parent), [], 0
            for key, data in blobs.items():
                rows.append((key, start, len(data), _checksum(data)))
                start += len(data)
            with transaction(database):
                cursor = database.execute("INSERT INTO files (bytes, used) VALUES (?, ?)", (wanted, _today()))
                assert cursor.lastrowid is not None
                files.write(cursor.lastrowid, blobs.values())
                database.executemany(
                    "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)",
                    [(key, cursor.lastrowid, *place) for key, *place in rows],
                )
                self._evict(database, files, wanted)

    def notes(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the notes of these keys, as far as there are any."""
        found: dict[bytes, bytes] = {}
        with self._guarded(self._reading) as database:
            if database is not None and keys:
                query = f"SELECT key, data FROM notes WHERE key IN ({_marks(keys)})"  # noqa: S608
                rows = database.execute(query, tuple(keys)).fetchall()
                found = {key: data for key, data in rows if isinstance(data, bytes)}
        return found

    def put_notes(self, notes: Mapping[bytes, bytes]) -> None:
        """Store notes, small values by key."""
        if not notes or not self._writable:
            return
        with self._guarded(self._writing) as database:
            if database is not None:
                with transaction(database):
                    database.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", list(notes.items()))

    def size(self) -> int:
        """Return the total size of the blobs in bytes."""
        with self._guarded(self._reading) as database:
            if database is not None:
                return _total(database)
        return 0

    def clear(self) -> None:
        """Drop everything and give the disk space back."""
        with self._guarded(self._writing) as database:
            if database is not None and self.path is not None:
                with transaction(database):
                    for table in ("entries", "files", "notes"):
                        database.execute(f"DELETE FROM {table}")  # noqa: S608
                    BlobFiles(self.path.parent).clear()
                database.execute("VACUUM")
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def move(self, folder: Path | None) -> None:
        """Use `folder` from now on (None: keep nothing); what is stored stays where it is."""
        with self._reading.lock, self._writing.lock:
            self.close()
            self.path = folder / FILE_NAME if folder is not None else None
            self._usable, self._writable, self._renewed = self.path is not None, True, False
            self._uncounted = 0

    def close(self) -> None:
        """Close the database; it is opened again when needed."""
        self._reading.close()
        self._writing.close()

    def __del__(self) -> None:
        self.close()

    @contextlib.contextmanager
    def _guarded(self, door: _Door) -> Iterator[sqlite3.Connection | None]:
        """Give the open database, or None; an error inside ends the block and is handled afterwards."""
        was_renewed, problem = self._renewed, None
        with door.lock:
            database = None
            try:
                database = self._opened(door) if self._usable else None
            except _PROBLEMS as error:
                problem = error
            try:
                yield database
            except _PROBLEMS as error:
                problem = error
        if problem is not None:
            with self._reading.lock, self._writing.lock:
                self._deal_with(problem, was_renewed)

    def _deal_with(self, problem: Exception, was_renewed: bool) -> None:
        if isinstance(problem, sqlite3.OperationalError) and error_code(problem) != sqlite3.SQLITE_CORRUPT:
            if error_code(problem) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                return  # another process holds the lock: nothing is stored this time
            if error_code(problem) in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}:
                self._stop_writing(str(problem))
            else:
                self._give_up(problem)
        elif isinstance(problem, OSError) and problem.errno in _FULL:
            self._stop_writing(problem.strerror or str(problem))
        elif isinstance(problem, OSError):
            self._give_up(problem)
        elif was_renewed == self._renewed:  # else another thread has handled the same damage
            self._renew(problem)

    def _opened(self, door: _Door) -> sqlite3.Connection:
        if door.connection is None:
            assert self.path is not None
            self.path.parent.mkdir(parents=True, exist_ok=True)
            door.connection = connect(self.path)
        return door.connection

    def _evict(self, database: sqlite3.Connection, files: BlobFiles, added: int) -> None:
        """Keep the bound after `added` bytes; all bytes are counted only now and then."""
        self._uncounted -= added
        if self._uncounted > 0:
            return
        total = _total(database)
        bound = self._max_bytes if self._max_bytes is not None else self._bound_by_disk(total)
        if total > bound:
            total = self._drop_oldest(database, files, total, bound)
        self._uncounted = (bound - total) // 2  # the other half is for other processes

    def _bound_by_disk(self, total: int) -> int:
        assert self.path is not None
        return min(max((shutil.disk_usage(self.path.parent).free + total) // 3, LEAST_BOUND), MOST_BOUND)

    def _drop_oldest(self, database: sqlite3.Connection, files: BlobFiles, total: int, bound: int) -> int:
        """Drop files used longest ago, from `total` bytes down to a share of `bound`; return the bytes left."""
        oldest = database.execute("SELECT id, MAX(CAST(bytes AS INTEGER), 0) FROM files ORDER BY used, id").fetchall()
        for number, size in oldest:
            if total <= _SHARE_KEPT * bound:
                break
            if _drop(database, files, [number]):
                total -= size
        return total

    def _stop_writing(self, reason: str) -> None:
        if self._writable:
            _log.warning("The cache in %s is no longer written to: %s.", self.path, reason)
        self._writable = False

    def _renew(self, problem: Exception) -> None:
        """Remove a database that is damaged or of another version, so that the next call creates a new one."""
        if self._renewed:
            self._give_up(problem)
            return
        self._renewed = True
        _log.warning("The cache in %s was made anew: %s.", self.path, problem)
        self.close()
        assert self.path is not None
        for suffix in ("", "-wal", "-shm"):
            try:
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
            except OSError as error:
                self._give_up(error)

    def _give_up(self, problem: Exception) -> None:
        if self._usable:
            _log.warning("The cache in %s cannot be used: %s.", self.path, problem)
        self._usable = False
        self.close()


def _total(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT TOTAL(MAX(bytes, 0)) FROM files").fetchone()[0])  # SUM can overflow


def _drop(database: sqlite3.Connection, files: BlobFiles, numbers: Collection[int]) -> bool:
    """Drop files with all their blobs; return whether all are gone."""
    gone = [(number,) for number in numbers if files.remove(number)]
    database.executemany("DELETE FROM entries WHERE file = ?", gone)
    database.executemany("DELETE FROM files WHERE id = ?", gone)
    return len(gone) == len(numbers)


def _checksum(data: bytes) -> int:
    """Return the sum of the 64-bit words and the length, in SQLite's range of integers; ten times as fast as a CRC."""
    import numpy as np  # here, since the window starts without NumPy

    words = np.frombuffer(data, np.int64, count=len(data) // 8)
    rest = int.from_bytes(data[8 * len(words) :], "little")
    return (int(np.add.reduce(words)) + rest + len(data)) & 0x7FFF_FFFF_FFFF_FFFF


def _today() -> int:
    return int(time.time()) // _DAY


def _marks(values: Sequence[bytes]) -> str:
    return ",".join("?" * len(values))
