"""The record of a project: who said and did what, one entry after the other, each with the hash of the one before.

An entry is a JSON object with the keys `number` (from 1), `previous` (hash of the entry before; 64 zeros in the first),
`at` (UTC), `who`, `kind` and `what`. It is written canonically: keys sorted, no white space, ASCII alone, no NaN and no
infinity. Its hash is the SHA-256 of these bytes. The table `record` holds number, hash and text; `state` holds the hash
of the last entry as `record_head`, so that a missing end is noticed as well.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from model.errors import UsageError
from model.messages import message
from model.project_file.reading import has_table, opened_project

FIRST = "0" * 64
"""What the first entry names as the hash of the one before."""

HEAD = "record_head"
"""The key of `state` with the hash of the last entry."""

_KEYS = {"number", "previous", "at", "who", "kind", "what"}
_HASH = re.compile("[0-9a-f]{64}")


def canonical(entry: Mapping[str, Any]) -> str:
    """Return the text of an entry, ASCII; raises `ValueError` for numbers that JSON does not have."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def hash_of(text: str) -> str:
    """Return the SHA-256 of an entry's text as 64 hexadecimal digits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class RecordCheck:
    """What a check of a record found.

    entries: how many were read; head: the hash of the last one, "" where there is none
    kinds: how many of each kind; by: the names of those who did something
    broken: number of the first entry that is not as it was written, or is missing; None: the record is whole
    reason: what is wrong with it, "" where nothing is
    anchor: number of the entry whose hash was asked for; None where none was, or there is no such entry
    """

    entries: int
    head: str
    kinds: Mapping[str, int]
    by: tuple[str, ...]
    broken: int | None = None
    reason: str = ""
    anchor: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every entry is as it was written, and the hash that was asked for is one of theirs."""
        return not self.reason


def check_rows(rows: Iterable[tuple[object, object, object]], head: str | None, anchor: str = "") -> RecordCheck:
    """Check entries (number, hash, text) in the order of their numbers.

    head: hash of the last entry as the project has it, None where it has none
    anchor: a hash, from a report say, that must be that of an entry; "": none is asked for
    """
    kinds: dict[str, int] = {}
    by: dict[str, None] = {}
    count, previous, found = 0, FIRST, None
    for number, hash_, text in rows:
        reason = _fault(count + 1, previous, number, hash_, text)
        if reason:
            return RecordCheck(count, previous if count else "", kinds, tuple(by), count + 1, reason)
        entry = json.loads(str(text))
        count, previous = count + 1, str(hash_)
        kinds[entry["kind"]] = kinds.get(entry["kind"], 0) + 1
        by[entry["who"]] = None
        if anchor and previous == anchor:
            found = count
    last = previous if count else ""
    names = tuple(by)
    if (head or "") != last:
        reason = message("the end is not the one that the project knows of: entries are missing there, or were added")
        return RecordCheck(count, last, kinds, names, count + 1, reason)
    if anchor and found is None:
        return RecordCheck(count, last, kinds, names, None, message("no entry has the hash that was given"))
    return RecordCheck(count, last, kinds, names, anchor=found)


def _fault(expected: int, previous: str, number: object, hash_: object, text: object) -> str:
    """Return what is wrong with an entry that follows one with the hash `previous`; "" where nothing is."""
    if number != expected:
        return message("it is missing")
    if not isinstance(text, str) or not isinstance(hash_, str) or not text.isascii() or hash_of(text) != hash_:
        return message("its text is not the one that its hash was made of")
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        return message("it is no JSON")
    if not isinstance(entry, dict) or entry.keys() != _KEYS or canonical(entry) != text:
        return message("it is not written as entries are")
    if entry["number"] != expected or type(entry["number"]) is not int:
        return message("it says another number")
    if not all(isinstance(entry[key], str) for key in ("previous", "at", "who", "kind")):
        return message("it is not written as entries are")
    if entry["previous"] != previous:
        return message("it does not follow the entry before it")
    return ""


def check_record(connection: sqlite3.Connection, anchor: str = "") -> RecordCheck:
    """Check the record of an open project; one of an older format has none, which counts as whole.

    A project that knows of a last entry had a record, even where its table is gone.
    """
    row = connection.execute("SELECT value FROM state WHERE key = ?", (HEAD,)).fetchone()
    is_there = has_table(connection, "record")
    rows = connection.execute("SELECT number, hash, entry FROM record ORDER BY number") if is_there else ()
    return check_rows(rows, None if row is None else str(row[0]), anchor)


def check_project(path: Path, anchor: str = "") -> RecordCheck:
    """Check the record of a project file, open in the window or not.

    anchor: the hash of an entry, 64 hexadecimal digits, that must be among its entries; "": none

    Raises `CheckpointError` where the file cannot be read, `UsageError` where `anchor` is no hash.
    """
    if anchor and not _HASH.fullmatch(anchor):
        raise UsageError(message("{anchor} is no hash: it has 64 digits from 0 to f.", anchor=anchor))
    with opened_project(path, "state") as connection:
        connection.text_factory = _text
        return check_record(connection, anchor)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
