"""The header of a JPEG 2000 codestream, alone or in JP2 boxes."""

from __future__ import annotations

from typing import NamedTuple

BARE = b"\xff\x4f\xff\x51"
"""The first bytes of a codestream."""


class Stream(NamedTuple):
    """What a codestream's header says.

    start: where it begins
    bits: of a sample, for each channel; signed: whether those of the first have a sign
    colours: the number by which the boxes name the colours; None where they do not
    """

    start: int
    bits: tuple[int, ...]
    signed: bool
    colours: int | None


def stream_of(data: bytes) -> Stream | None:
    """Return what the header says; None where there is none in `data`."""
    start = data.find(BARE)
    if start < 0 or len(data) < start + 43:
        return None
    channels = int.from_bytes(data[start + 40 : start + 42], "big")
    depths = data[start + 42 : start + 42 + 3 * channels : 3]
    box = data.find(b"colr", 0, start)
    colours = int.from_bytes(data[box + 7 : box + 11], "big") if box >= 0 and data[box + 4] == 1 else None
    return Stream(start, tuple((depth & 0x7F) + 1 for depth in depths), bool(depths[0] & 0x80), colours)
