"""Pieces of encapsulated DICOM pixel data, and how many frames lie in them."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

_ITEM = b"\xfe\xff\x00\xe0"
_DELIMITER = b"\xfe\xff\xdd\xe0"
_UNDEFINED = 0xFFFFFFFF
_STARTS = (b"\xff\xd8", b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  ")  # of JPEG, JPEG 2000, and that in its boxes
_END = b"\xff\xd9"  # of both
_TAIL = 10  # bytes among which the end of a stream stands: it may be padded


class Pieces(NamedTuple):
    """Where the pieces lie that are there as a whole; `ended`: whether what comes after them is their end."""

    offsets: tuple[int, ...]  # the table of where frames begin; mostly empty
    spans: tuple[tuple[int, int], ...]  # (position in the file, length)
    ended: bool


def pieces(file: BinaryIO, end: int) -> Pieces:
    """Find the pieces from here to `end`, the file's length."""
    table: bytes | None = None
    spans: list[tuple[int, int]] = []
    while True:
        start = file.read(8)
        if len(start) < 8 or start[:4] != _ITEM:
            break
        length = struct.unpack("<I", start[4:])[0]
        at = file.tell()
        if length == _UNDEFINED or at + length > end:
            break
        if table is None:
            table = file.read(length)
        else:
            spans.append((at, length))
            file.seek(length, 1)
    count = len(table or b"") // 4
    offsets = struct.unpack(f"<{count}I", (table or b"")[: 4 * count])
    return Pieces(offsets, tuple(spans), start[:4] == _DELIMITER)


def content(file: BinaryIO, found: Pieces) -> bytes:
    """Return pieces as they stand in a file, after their table of offsets."""
    parts = [struct.pack(f"<{len(found.offsets)}I", *found.offsets)]
    for at, length in found.spans:
        file.seek(at)
        parts.append(file.read(length))
    return b"".join(_ITEM + struct.pack("<I", len(part)) + part for part in parts)


def count_frames(file: BinaryIO, found: Pieces, promised: int, *, is_rle: bool) -> int:
    """Return how many whole frames lie in pieces."""
    if len(found.offsets) > 1:
        return _by_offsets(found)
    if len(found.spans) <= 1:
        return len(found.spans)
    if is_rle:  # no frame may be in several pieces, but one alone has been
        return len(found.spans) if promised != 1 or sum(_begins_as_rle(file, at) for at, _ in found.spans) > 1 else 1
    return _by_streams(file, found) or (min(promised, len(found.spans)) if promised else 1)


def _by_offsets(found: Pieces) -> int:
    ends, at = [], 0
    for _, length in found.spans:
        at += 8 + length
        ends.append(at)
    borders = [*found.offsets[1:], None]
    return sum(at >= border if border is not None else at > found.offsets[-1] for border in borders)


def _by_streams(file: BinaryIO, found: Pieces) -> int:
    """Count the streams that begin, or follow the end of another; 0 where pieces do not begin as streams do."""
    count, after_end, has_ends = 0, True, False
    for number, (at, length) in enumerate(found.spans):
        file.seek(at)
        begins = file.read(12).startswith(_STARTS)
        if not number and not begins:
            return 0
        count += begins or after_end
        file.seek(at + max(0, length - _TAIL))
        after_end = _END in file.read(min(length, _TAIL))
        has_ends = has_ends or after_end
    is_cut = not found.ended and has_ends and not after_end
    return count - is_cut


def _begins_as_rle(file: BinaryIO, at: int) -> bool:
    """Whether there is a header: the number of segments, up to 15, and where the first of them begins."""
    file.seek(at)
    start = file.read(8)
    return len(start) == 8 and 1 <= int.from_bytes(start[:4], "little") <= 15 and start[4:] == b"\x40\0\0\0"
