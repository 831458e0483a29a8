"""The record of a damaged project, as far as it can be read, and the classifiers that were kept. Free of Qt."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from fewshot_gui.project.record import RECOVERED, Draft, index_again, program_version
from model.project_file.record import HEAD

Row = tuple[Any, ...]
_HASH = re.compile("[0-9a-f]{64}")


class Tables(Protocol):
    """Reads the tables of a damaged database as far as that goes, see `recovery`."""

    def both_ways(self, columns: str, table: str, key: str, index: str = "") -> list[Row]:
        """Return the rows from both ends of a table, up to what is damaged."""

    def each(self, columns: str, table: str, key: str, values: Iterable[Any]) -> list[Row]:
        """Return the rows with these keys, of which some may be gone."""


@dataclass
class RecoveredRecord:
    """Entries (number, hash, text), the hash that the last one should have, and kept classifiers with their parts."""

    entries: list[tuple[int, str, str]] = field(default_factory=list)
    head: str = ""
    classifiers: list[Row] = field(default_factory=list)
    parts: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def missing(self) -> int:
        """How many entries before the last one that was found are missing."""
        return self.entries[-1][0] - len(self.entries) if self.entries else 0

    def entry(self, who: str) -> Draft:
        """Return what the record says of the recovery."""
        what = {"entries": len(self.entries), "missing": self.missing, "version": program_version()}
        return Draft(RECOVERED, who, what)


def read_record(tables: Tables, head: object) -> RecoveredRecord:
    """Read what can be read; `head` is what the damaged file has as the hash of the last entry."""
    rows = tables.both_ways("number, hash, entry", "record", "number")
    numbers = {row[0] for row in rows if isinstance(row[0], int)}
    if numbers:
        gaps = (number for number in range(1, max(numbers)) if number not in numbers)
        rows += tables.each("number, hash, entry", "record", "number", gaps)
    found = {row[0]: row for row in rows if _is_entry(row)}
    entries = [found[number] for number in sorted(found)]
    last = entries[-1][1] if entries else ""
    parts = {row[0]: row[1] for row in tables.both_ways("hash, content", "blobs", "rowid") if isinstance(row[1], bytes)}
    kept = [
        row
        for row in tables.both_ways("hash, entry, recipe", "classifiers", "rowid")
        if row[1] in found and _parts_of(row[2]) is not None and parts.keys() >= (_parts_of(row[2]) or set())
    ]
    is_hash = isinstance(head, str) and _HASH.fullmatch(head)
    return RecoveredRecord(entries, str(head) if is_hash else last, kept, parts)


def write_record(connection: sqlite3.Connection, found: RecoveredRecord) -> None:
    """Put entries as they were into an empty project; inside a transaction."""
    connection.executemany("INSERT INTO record VALUES (?, ?, ?)", found.entries)
    for number, _, text in found.entries:
        with suppress(KeyError, TypeError, ValueError):  # an entry that was changed: the check will say so
            index_again(connection, number, text)
    if found.head:
        connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (HEAD, found.head))
    connection.executemany("INSERT OR IGNORE INTO blobs VALUES (?, ?)", found.parts.items())
    connection.executemany("INSERT OR IGNORE INTO classifiers VALUES (?, ?, ?)", found.classifiers)


def _is_entry(row: Row) -> bool:
    number, hash_, text = row
    return isinstance(number, int) and 0 < number < 2**53 and isinstance(hash_, str) and isinstance(text, str)


def _parts_of(recipe: object) -> set[str] | None:
    try:
        return {str(digest) for file in json.loads(str(recipe)).values() for digest, _ in file}
    except (ValueError, TypeError, AttributeError):
        return None
