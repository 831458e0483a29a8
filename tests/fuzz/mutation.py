"""Changes to the bytes of a valid file: drawn by hypothesis, or by a seeded generator for hours."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import strategies as st

KINDS = ("set", "insert", "delete", "repeat", "cut", "flip", "swap")
NUMBERS = tuple(
    value.to_bytes(size, order, signed=value < 0)
    for size in (1, 2, 4, 8)
    for value in (
        0,
        1,
        -1,
        2 ** (8 * size - 1) - 1,
        -(2 ** (8 * size - 1)),
        2 ** (8 * size - 2),
        255 if size > 1 else 7,
    )
    for order in ("little", "big")
)
TEXTS = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b'"',
    b"\r\n",
    b"[" * 200,
    b'{"a":' * 200,
    b"NaN",
    b"1e999",
    b"null",
    b"\xed\xa0\x80",
)
_MOST_EDITS = 6


class Edit(NamedTuple):
    """What to do with the byte at `place` (0..1 of the length), and with what."""

    kind: str
    place: float
    data: bytes
    count: int


def mutated(seed: bytes, edits: Sequence[Edit]) -> bytes:
    """Apply the edits in order."""
    content = bytearray(seed)
    for kind, place, data, count in edits:
        at = min(int(place * len(content)), max(len(content) - 1, 0))
        match kind:
            case "set":
                content[at : at + len(data)] = data
            case "insert":
                content[at:at] = data
            case "delete":
                del content[at : at + count]
            case "repeat":
                content[at:at] = content[at : at + count] * 3
            case "cut":
                del content[at:]
            case "flip" if content:
                content[at] ^= 1 << count % 8
            case "swap":
                content[at:] = content[at + count :] + content[at : at + count]
    return bytes(content)


def drawn(generator: random.Random) -> list[Edit]:
    """Some edits; half of them near the beginning, where headers are."""
    return [
        Edit(
            generator.choice(KINDS),
            generator.random() ** generator.choice((1, 4)),
            generator.choice((*NUMBERS, *TEXTS, generator.randbytes(generator.randint(1, 9)))),
            generator.randint(1, 64),
        )
        for _ in range(generator.randint(1, _MOST_EDITS))
    ]


def edits() -> st.SearchStrategy[list[Edit]]:
    """The same for hypothesis, which makes failures small."""
    place = st.floats(0, 1, allow_nan=False)
    data = st.one_of(st.sampled_from((*NUMBERS, *TEXTS)), st.binary(min_size=1, max_size=9))
    edit = st.builds(Edit, st.sampled_from(KINDS), place | place.map(lambda x: x**4), data, st.integers(1, 64))
    return st.lists(edit, min_size=1, max_size=_MOST_EDITS)
