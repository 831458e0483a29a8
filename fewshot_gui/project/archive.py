"""Classifiers that stay in the project: compressed, cut at their tensors, each part stored once. Free of Qt."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

FACTS_FILE = "classifier.json"
REPORT = "training.json"
"""Beside the classifier's own files: the training as the project keeps it."""

KEPT_BYTES = 50 * 10**6
"""Of all classifiers that are kept, where the user says nothing else."""

_PART = 64 * 2**10  # bytes: smaller tensors share a part with their neighbours
_MOST_BYTES = 2 * 2**30  # of one file, as `model.checkpoint`
_LEVEL = 6

Recipe = dict[str, list[tuple[str, int]]]
"""The parts of each file: SHA-256 and length in bytes."""


@dataclass(frozen=True)
class Packed:
    """Files cut into parts: what each consists of, and the parts, compressed, by the SHA-256 of what they hold."""

    recipe: Recipe
    parts: Mapping[str, bytes] = field(repr=False)

    def joined(self, other: Packed) -> Packed:
        """Return both together."""
        return Packed({**self.recipe, **other.recipe}, {**self.parts, **other.parts})


def classifier_hash(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 by which a classifier is known: of its facts, which hold that of its tensors; "" of none."""
    if FACTS_FILE in files:
        return sha256(files[FACTS_FILE]).hexdigest()
    named = b"".join(name.encode() + sha256(files[name]).digest() for name in sorted(files))
    return sha256(named).hexdigest() if files else ""


def pack(files: Mapping[str, bytes]) -> Packed:
    """Cut and compress files; takes some 30 ms for each megabyte."""
    recipe: Recipe = {}
    parts: dict[str, bytes] = {}
    for name, content in files.items():
        recipe[name] = []
        for part in _cut(content):
            digest = sha256(part).hexdigest()
            recipe[name].append((digest, len(part)))
            if digest not in parts:
                parts[digest] = zlib.compress(part, _LEVEL)
    return Packed(recipe, parts)


def _cut(content: bytes) -> Iterator[bytes]:
    """Yield the parts of a file; one of tensors (safetensors) is cut between them."""
    start = 0
    for end in _tensor_ends(content):
        if end - start >= _PART:
            yield content[start:end]
            start = end
    if start < len(content) or not content:
        yield content[start:]


def _tensor_ends(content: bytes) -> list[int]:
    """Return where the header and each tensor of a file end; [] where it is no such file."""
    size = int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8 : 8 + size]) if 2 <= size <= len(content) - 8 else None
        ends = [one["data_offsets"][1] for name, one in header.items() if name != "__metadata__"] if header else []
        return sorted(8 + size + end for end in ends if 0 < end <= len(content) - 8 - size)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return []


def keep(connection: sqlite3.Connection, hash_: str, entry: int, packed: Packed) -> None:
    """Store a classifier that the record's `entry` tells of; inside a transaction."""
    connection.executemany("INSERT OR IGNORE INTO blobs VALUES (?, ?)", packed.parts.items())
    connection.execute("INSERT OR REPLACE INTO classifiers VALUES (?, ?, ?)", (hash_, entry, json.dumps(packed.recipe)))


def drop_beyond(connection: sqlite3.Connection, most_bytes: int, in_use: str) -> list[str]:
    """Throw away the oldest classifiers until all take `most_bytes`; return their hashes. Inside a transaction.

    The one that is in use, else the latest, always stays.
    """
    size_of = dict(connection.execute("SELECT hash, length(content) FROM blobs"))
    kept: set[str] = set()
    dropped: list[str] = []
    rows = connection.execute(
        "SELECT hash, recipe FROM classifiers ORDER BY hash = ? DESC, entry DESC", (in_use,)
    ).fetchall()
    size, is_full = 0, False
    for place, (hash_, text) in enumerate(rows):
        parts = {digest for file in json.loads(text).values() for digest, _ in file}
        size += sum(size_of.get(part, 0) for part in parts - kept)
        is_full = is_full or size > most_bytes
        if place and is_full:
            dropped.append(hash_)
        else:
            kept |= parts
    if dropped:
        connection.executemany("DELETE FROM classifiers WHERE hash = ?", ((hash_,) for hash_ in dropped))
        connection.executemany("DELETE FROM blobs WHERE hash = ?", ((part,) for part in size_of.keys() - kept))
    return dropped


def stored_bytes(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return how many classifiers are kept, and the bytes that they take together."""
    (count,) = connection.execute("SELECT count(*) FROM classifiers").fetchone()
    (size,) = connection.execute("SELECT ifnull(sum(length(content)), 0) FROM blobs").fetchone()
    return int(count), int(size)


def kept_hashes(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the hashes of the classifiers that are kept."""
    return frozenset(hash_ for (hash_,) in connection.execute("SELECT hash FROM classifiers"))


def unpack(connection: sqlite3.Connection, hash_: str) -> dict[str, bytes] | None:
    """Return the files of a classifier, content by name; None where it is not kept, or not as it was stored."""
    row = connection.execute("SELECT recipe FROM classifiers WHERE hash = ?", (hash_,)).fetchone()
    if row is None:
        return None
    try:
        recipe: Recipe = json.loads(row[0])
        return {name: b"".join(_parts(connection, parts)) for name, parts in recipe.items()}
    except (ValueError, TypeError, AttributeError, RecursionError, zlib.error):
        return None


def _parts(connection: sqlite3.Connection, parts: list[tuple[str, int]]) -> Iterator[bytes]:
    """Yield parts, each checked; raises `ValueError` where one is not what its hash says."""
    left = _MOST_BYTES
    for digest, length in parts:
        left -= length
        row = connection.execute("SELECT content FROM blobs WHERE hash = ?", (digest,)).fetchone()
        if row is None or not 0 <= length <= left + length or left < 0:
            raise ValueError("a part is missing")
        part = zlib.decompressobj().decompress(row[0], length + 1)
        if len(part) != length or sha256(part).hexdigest() != digest:
            raise ValueError("a part is damaged")
        yield part
