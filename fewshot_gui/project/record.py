"""The record of the open project: entries are made here, chained when they are saved, and found again. Free of Qt.

How an entry is written, and how anyone can check it: `model/project_file/record.py`, docs/reliability.md.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from fewshot_gui.project.labels import now
from model.project_file.record import FIRST, HEAD, canonical, hash_of

EDIT, UNDO, REDO = "edit", "undo", "redo"
TRAINING, RUN, RUN_END = "training", "run", "run end"
FOUND, SETTINGS = "found elsewhere", "settings"
DROPPED, WENT_BACK = "classifiers dropped", "went back"
BEGUN, SAVED_AS, RECOVERED = "record begun", "saved as", "recovered"


@dataclass(frozen=True)
class Draft:
    """An entry before it is saved: what was done, by whom and when (UTC); it gets number and hash in the file.

    what: values that JSON has, see `plain`
    images: by which it is found, besides its kind
    keys: other words by which it is found
    """

    kind: str
    who: str
    what: Mapping[str, Any]
    images: tuple[Path, ...] = ()
    keys: tuple[str, ...] = ()
    at: str = field(default_factory=now)


@dataclass(frozen=True)
class Entry:
    """An entry as it is in the file."""

    number: int
    at: str
    who: str
    kind: str
    what: Mapping[str, Any]
    hash: str


def append(connection: sqlite3.Connection, drafts: Iterable[Draft]) -> dict[int, int]:
    """Add entries at the end of the record, inside a transaction; return the number of each, by the `id` of its draft.

    The hash of the entry before is that which the project knows of as the last: a missing end stays noticeable.
    """
    numbers: dict[int, int] = {}
    (number,) = connection.execute("SELECT ifnull(max(number), 0) FROM record").fetchone()
    row = connection.execute("SELECT value FROM state WHERE key = ?", (HEAD,)).fetchone()
    before = previous = FIRST if row is None else str(row[0])
    for draft in drafts:
        number += 1
        numbers[id(draft)] = number
        text = canonical(
            {
                "number": number,
                "previous": previous,
                "at": draft.at,
                "who": draft.who,
                "kind": draft.kind,
                "what": draft.what,
            }
        )
        previous = hash_of(text)
        connection.execute("INSERT INTO record VALUES (?, ?, ?)", (number, previous, text))
        keys = {_key("kind", draft.kind), *(_key("key", word) for word in draft.keys), *map(_image, draft.images)}
        connection.executemany("INSERT INTO record_index VALUES (?, ?)", ((key, number) for key in sorted(keys)))
    if previous != before:
        connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (HEAD, previous))
    return numbers


def index_again(connection: sqlite3.Connection, number: int, text: str) -> None:
    """Make an entry that came from elsewhere findable, as far as its text tells by what; inside a transaction."""
    entry = json.loads(text)
    what = entry["what"]
    words = [str(what[name]) for name in ("classifier", "run") if isinstance(what.get(name), str)]
    images = [Path(text) for text in what.get("images", ()) if isinstance(text, str)]
    keys = {_key("kind", str(entry["kind"])), *(_key("key", word) for word in words), *map(_image, images)}
    rows = ((key, number) for key in keys)
    connection.executemany("INSERT OR IGNORE INTO record_index VALUES (?, ?)", rows)


def head(connection: sqlite3.Connection) -> tuple[int, str]:
    """Return how many entries there are, and the hash of the last ("" where there is none)."""
    row = connection.execute("SELECT number, hash FROM record ORDER BY number DESC LIMIT 1").fetchone()
    return (0, "") if row is None else (int(row[0]), str(row[1]))


def entries(connection: sqlite3.Connection, *kinds: str) -> list[Entry]:
    """Return the entries of some kinds, the earliest first."""
    return _found(connection, [_key("kind", kind) for kind in kinds])


def entries_with(connection: sqlite3.Connection, kind: str, texts: Sequence[str]) -> list[Entry]:
    """Return the entries of a kind whose text has one of these in it, the earliest first."""
    rows = connection.execute(
        "SELECT number, hash, entry FROM record WHERE number IN (SELECT number FROM record_index WHERE key = ?)"
        " ORDER BY number",
        (_key("kind", kind),),
    )
    return [_entry(*row) for row in rows if any(text in row[2] for text in texts)]


def entries_of_word(connection: sqlite3.Connection, word: str) -> list[Entry]:
    """Return the entries that are found by a word, such as a classifier's hash or a run's id."""
    return _found(connection, [_key("key", word)])


def entries_of_image(connection: sqlite3.Connection, path: Path) -> list[Entry]:
    """Return what was done to an image, the earliest first, also under the paths that it had before."""
    paths, found = [path], dict[int, Entry]()
    for each in paths:  # grows while it is gone through
        for entry in _found(connection, [_image(each)]):
            found[entry.number] = entry
            if entry.kind == FOUND:
                before = (Path(old) for old, new in entry.what.get("moved", ()) if new == os.fspath(each))
                paths += [old for old in before if old not in paths]
    return [found[number] for number in sorted(found)]


def _found(connection: sqlite3.Connection, keys: Sequence[bytes]) -> list[Entry]:
    marks = ",".join("?" * len(keys))
    query = f"SELECT number FROM record_index WHERE key IN ({marks})"  # noqa: S608 - question marks
    rows = connection.execute(f"SELECT number, hash, entry FROM record WHERE number IN ({query}) ORDER BY number", keys)  # noqa: S608
    return [_entry(*row) for row in rows]


def _entry(number: int, hash_: str, text: str) -> Entry:
    told = json.loads(text)
    return Entry(number, told["at"], told["who"], told["kind"], told["what"], hash_)


def _key(kind: str, word: str) -> bytes:
    return f"{kind}:{word}".encode("utf-8", "surrogatepass")


def _image(path: Path) -> bytes:
    return b"image:" + os.fsencode(path)


def plain(value: object, paths: dict[Path, None] | None = None) -> Any:  # noqa: ANN401 - what JSON has
    """Return a value as JSON has it: dataclasses as objects, paths as text, numbers that JSON lacks as null.

    Every path in it is added to `paths`.
    """
    if isinstance(value, Path):
        if paths is not None:
            paths[value] = None
        return os.fspath(value)
    if isinstance(value, Enum):
        return plain(value.value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name), paths) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key, paths)): plain(one, paths) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one, paths) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


@cache
def program_version() -> str:
    """Return the version of this program."""
    try:
        return version("fewshot")
    except PackageNotFoundError:
        return "unknown"
