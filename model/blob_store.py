"""Bytes by key in one SQLite file: bounded, safe with crashes and several processes, and never a reason to fail.

Pages of 64 KiB make SQLite read blobs of a few hundred kB at several GB/s; the write-ahead log lets
threads and processes read while one writes. What is used is dated by the day in a table of its own,
since rewriting a row would rewrite its blob. See docs/adr/0011-embedding-cache.md.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

_log = logging.getLogger(__name__)

DEFAULT_BYTES = 8 * 2**30
FILE_NAME = "cache.sqlite3"
KEEP_FREE = 2**30
"""Bytes of the disk that are left to others: where fewer are free, nothing more is kept."""

_FORMAT = 1
_LONGEST_VALUE = 256 * 2**20
"""Bytes of one value: longer ones, which nobody here writes, are not read into memory."""

_SHARE_KEPT = 0.9  # of the bound, after eviction: so that it is rare
_DAY = 86_400
_BUSY_SECONDS = 5.0
_PROBLEMS = (sqlite3.DatabaseError, UnicodeDecodeError, OSError)  # SQLite's own words may quote damaged names
_PAUSE = 0.01  # seconds
_SCHEMA = """
CREATE TABLE entries (key BLOB PRIMARY KEY, id INTEGER NOT NULL, bytes INTEGER NOT NULL, used INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE INDEX entries_by_use ON entries (used, id);
CREATE TABLE blobs (id INTEGER PRIMARY KEY AUTOINCREMENT, checksum INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE notes (key BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
"""


class _Door:
    """A connection, and the lock of those who use it."""

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

    A blob is dropped when it was not used for longest and the bound is reached; one whose checksum
    is wrong is not given out. Notes are small values without a bound of their own, dropped with the rest.
    A damaged file is made anew, once; where the folder cannot be written, nothing is kept. Both are logged.
    """

    def __init__(self, folder: Path | None, max_bytes: int = DEFAULT_BYTES) -> None:
        self.path = folder / FILE_NAME if folder is not None else None
        self._max_bytes = max_bytes
        self._reading, self._writing = _Door(), _Door()  # where both are taken, in this order
        self._usable, self._writable, self._renewed = self.path is not None, True, False
        self._uncounted = 0  # bytes that may be kept before all are counted again

    def get(self, key: bytes) -> bytes | None:
        """Return what is kept under `key`."""
        found: list[bytes] = []
        self.read((key,), lambda _, data: found.append(data))
        return found[0] if found else None

    def read(self, keys: Sequence[bytes], take: Callable[[bytes, bytes], None]) -> None:
        """Call `take(key, data)` for each of these keys that is kept, in any order.

        One after the other, so that the memory of one blob serves the next: that doubles the speed.
        """
        today, stale, damaged = _today(), [], []
        with self._guarded(self._reading) as database:
            if database is None or not keys:
                return
            query = f"SELECT key, used, checksum, data FROM entries JOIN blobs USING (id) WHERE key IN ({_marks(keys)})"  # noqa: S608
            for key, used, checksum, data in database.execute(query, tuple(keys)):
                if not isinstance(data, bytes) or _checksum(data) != checksum:
                    damaged.append(key)
                    continue
                take(key, data)
                if not isinstance(used, int) or used < today:
                    stale.append((today, key))
        if (stale or damaged) and self._writable:
            with self._guarded(self._writing) as database:
                if database is not None:
                    with _transaction(database):
                        database.executemany("UPDATE entries SET used = ? WHERE key = ?", stale)
                        _delete(database, damaged)

    def put(self, key: bytes, data: bytes) -> None:
        """Keep `data` under `key`."""
        self.put_many({key: data})

    def put_many(self, blobs: Mapping[bytes, bytes]) -> None:
        """Keep blobs under their keys, all or none; does nothing where the disk is nearly full."""
        if not blobs or self.path is None or not self._writable:
            return
        with self._guarded(self._writing) as database:
            if database is None:
                return
            wanted = sum(map(len, blobs.values()))
            if shutil.disk_usage(self.path.parent).free - wanted < KEEP_FREE:
                self._stop_writing("the disk is nearly full")
                return
            checksums = {key: _checksum(data) for key, data in blobs.items()}  # before other processes must wait
            with _transaction(database):
                for key, data in blobs.items():
                    _delete(database, [key])
                    cursor = database.execute(
                        "INSERT INTO blobs (checksum, data) VALUES (?, ?)", (checksums[key], data)
                    )
                    database.execute(
                        "INSERT INTO entries VALUES (?, ?, ?, ?)", (key, cursor.lastrowid, len(data), _today())
                    )
                self._evict(database, wanted)

    def notes(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the notes under these keys."""
        found: dict[bytes, bytes] = {}
        with self._guarded(self._reading) as database:
            if database is not None and keys:
                query = f"SELECT key, data FROM notes WHERE key IN ({_marks(keys)})"  # noqa: S608
                rows = database.execute(query, tuple(keys)).fetchall()
                found = {key: data for key, data in rows if isinstance(data, bytes)}
        return found

    def put_notes(self, notes: Mapping[bytes, bytes]) -> None:
        """Keep small values."""
        if not notes or not self._writable:
            return
        with self._guarded(self._writing) as database:
            if database is not None:
                with _transaction(database):
                    database.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", list(notes.items()))

    def size(self) -> int:
        """Return how many bytes the blobs take."""
        with self._guarded(self._reading) as database:
            if database is not None:
                return _total(database)
        return 0

    def clear(self) -> None:
        """Drop everything and give the disk space back."""
        with self._guarded(self._writing) as database:
            if database is not None:
                with _transaction(database):
                    for table in ("entries", "blobs", "notes"):
                        database.execute(f"DELETE FROM {table}")  # noqa: S608
                database.execute("VACUUM")
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def move(self, folder: Path | None) -> None:
        """Keep things in `folder` (None: nowhere) from now on; what is kept stays where it was."""
        with self._reading.lock, self._writing.lock:
            self.close()
            self.path = folder / FILE_NAME if folder is not None else None
            self._usable, self._writable, self._renewed = self.path is not None, True, False
            self._uncounted = 0

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        self._reading.close()
        self._writing.close()

    def __del__(self) -> None:
        self.close()

    @contextlib.contextmanager
    def _guarded(self, door: _Door) -> Iterator[sqlite3.Connection | None]:
        """Give the open database, or None; whatever goes wrong inside ends the block and is dealt with afterwards."""
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
        if isinstance(problem, sqlite3.OperationalError) and _code(problem) != sqlite3.SQLITE_CORRUPT:
            if _code(problem) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                return  # another process is at it: this once, nothing is kept
            if _code(problem) in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}:
                self._stop_writing(str(problem))
            else:
                self._give_up(problem)
        elif isinstance(problem, OSError):
            self._give_up(problem)
        elif was_renewed == self._renewed:  # else another thread has met with the same damage
            self._renew(problem)

    def _opened(self, door: _Door) -> sqlite3.Connection:
        if door.connection is None:
            assert self.path is not None
            self.path.parent.mkdir(parents=True, exist_ok=True)
            door.connection = _connect(self.path)
        return door.connection

    def _evict(self, database: sqlite3.Connection, added: int) -> None:
        """Keep the bound after `added` bytes. Counting takes 4 ms where the cache is full, so it is done rarely."""
        self._uncounted -= added
        if self._uncounted > 0:
            return
        total = _total(database)
        if total > self._max_bytes:
            total = self._drop_oldest(database, total)
        self._uncounted = (self._max_bytes - total) // 2  # the other half is for other processes

    def _drop_oldest(self, database: sqlite3.Connection, total: int) -> int:
        """Drop what was not used for longest, from `total` bytes down to the share kept; return what is left."""
        oldest = database.execute(
            "SELECT key, MAX(CAST(bytes AS INTEGER), 0) FROM entries ORDER BY used, id"
        ).fetchall()
        keys = []
        for key, size in oldest:
            if total <= _SHARE_KEPT * self._max_bytes:
                break
            keys.append(key)
            total -= size
        _delete(database, keys)
        return total

    def _stop_writing(self, reason: str) -> None:
        if self._writable:
            _log.warning("The cache in %s takes no more: %s.", self.path, reason)
        self._writable = False

    def _renew(self, problem: Exception) -> None:
        """Drop a damaged file, so that the next call makes a new one."""
        if self._renewed:
            self._give_up(problem)
            return
        self._renewed = True
        _log.warning("The cache in %s is damaged and was made anew: %s.", self.path, problem)
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


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA page_size = 65536")
        _write_ahead(database)
        database.execute("PRAGMA synchronous = NORMAL")  # a crash of the system loses the latest, and damages nothing
        database.execute("PRAGMA journal_size_limit = 67108864")
        if _format(database) != _FORMAT:
            with _transaction(database):
                if _format(database) != _FORMAT:  # another process may have made the tables meanwhile
                    for table in ("entries", "blobs", "notes"):
                        database.execute(f"DROP TABLE IF EXISTS {table}")
                    for statement in filter(str.strip, _SCHEMA.split(";")):
                        database.execute(statement)
                    database.execute(f"PRAGMA user_version = {_FORMAT}")
        _check_schema(database)
    except BaseException:
        database.close()
        raise
    return database


def _write_ahead(database: sqlite3.Connection) -> None:
    """Switch to SQLite's write-ahead log, for which it does not wait by itself where another process does so too."""
    end = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as problem:
            if _code(problem) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(_PAUSE)


def _check_schema(database: sqlite3.Connection) -> None:
    """Raise `sqlite3.DatabaseError` unless there are our tables and nothing else.

    In a file from elsewhere a view or a trigger could compute for ever in the place of a table.
    """
    query = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"
    found = {(kind, name, _squeezed(sql)) for kind, name, sql in database.execute(query)}
    if found != _expected_schema():
        raise sqlite3.DatabaseError("it holds other tables than a cache")


def _expected_schema() -> set[tuple[str, str, str]]:
    statements = [_squeezed(statement) for statement in _SCHEMA.split(";") if statement.strip()]
    return {(statement.split()[1].lower(), statement.split()[2], statement) for statement in statements}


def _squeezed(sql: object) -> str:
    return " ".join(str(sql).split())


@contextlib.contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    with database:  # commits, or rolls back
        database.execute("BEGIN IMMEDIATE")
        yield


def _format(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _total(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT TOTAL(MAX(bytes, 0)) FROM entries").fetchone()[0])  # SUM fails on absurd ones


def _delete(database: sqlite3.Connection, keys: Iterable[bytes]) -> None:
    arguments = [(key,) for key in keys]
    database.executemany("DELETE FROM blobs WHERE id = (SELECT id FROM entries WHERE key = ?)", arguments)
    database.executemany("DELETE FROM entries WHERE key = ?", arguments)


def _checksum(data: bytes) -> int:
    """Sum of the 64-bit words and the length, as SQLite holds integers; ten times as fast as a CRC."""
    import numpy as np  # here: the window starts without it

    words = np.frombuffer(data, np.int64, count=len(data) // 8)
    rest = int.from_bytes(data[8 * len(words) :], "little")
    return (int(np.add.reduce(words)) + rest + len(data)) & 0x7FFF_FFFF_FFFF_FFFF


def _code(problem: sqlite3.Error) -> int:
    # Python's own errors have no code: it could not decode what should be text.
    return int(getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)) & 0xFF


def _today() -> int:
    return int(time.time()) // _DAY


def _marks(values: Sequence[bytes]) -> str:
    return ",".join("?" * len(values))
