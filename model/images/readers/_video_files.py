"""Whether a video file goes on to its end, as far as its container tells: the sizes of its parts. Decodes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_MOST_PARTS = 2_000_000  # of one file that are gone through
_SLIP = 9  # bytes: some programs count a chunk's own head twice
_SEGMENT, _LONGEST_ID = 0x18538067, 4  # of Matroska
_EXACT = (b"RIFF", b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


class Container:
    """What a file's container says.

    is_cut: whether a part of the file reaches beyond its end
    lacks_index: whether it is of a kind that cannot be read without a part that it has not, or not all of
    counts_frames: whether what it says of the number of frames is a count, and no guess from its length
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            start = file.read(16)
            length = os.fstat(file.fileno()).st_size
            is_boxes = start[4:8] in _EXACT
            self.counts_frames = start[:4] == b"RIFF" or is_boxes
            whole, ends = set[bytes](), [0]
            for name, end in _parts(file, start, length):
                ends.append(end)
                if end <= length:
                    whole.add(name)
                if len(ends) > _MOST_PARTS:
                    break
        self.is_cut = ends[-1] > length + (_SLIP if start[:4] == b"RIFF" else 0)
        self.lacks_index = is_boxes and b"moov" not in whole


def _parts(file: BinaryIO, start: bytes, length: int) -> Iterator[tuple[bytes, int]]:
    """Yield the name of each part of a file, in order, and where it ends; nothing for a kind that has none."""
    if start[:4] == b"RIFF":
        return _chunks(file, length)
    if start[4:8] in _EXACT:
        return _boxes(file, length)
    if start[:4] == b"\x1a\x45\xdf\xa3":
        return _elements(file, length)
    if start[:8] == b"\x30\x26\xb2\x75\x8e\x66\xcf\x11":
        return _objects(file, length)
    return _tags(file, length) if start[:4] == b"FLV\x01" else iter(())


def _chunks(file: BinaryIO, length: int) -> Iterator[tuple[bytes, int]]:
    """AVI: one or more RIFF chunks."""
    at = 0
    while at + 8 <= length:
        head = _read(file, at, 8)
        size = int.from_bytes(head[4:], "little")
        if head[:4] != b"RIFF" or not size:  # 0: never closed
            return
        at += 8 + size
        yield b"RIFF", at
        at += size % 2


def _boxes(file: BinaryIO, length: int) -> Iterator[tuple[bytes, int]]:
    """MP4, QuickTime, 3GP."""
    at = 0
    while at + 8 <= length:
        head = _read(file, at, 16)
        size, name = int.from_bytes(head[:4], "big"), head[4:8]
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if size == 0:  # up to the end
            size = length - at
        if size < 8:
            return
        at += size
        yield name, at


def _elements(file: BinaryIO, length: int) -> Iterator[tuple[bytes, int]]:
    """Matroska, WebM: the elements of the segment; the segment itself may be of a live recording."""
    at = 0
    while at + 2 <= length:
        head = _read(file, at, 12)
        width = 9 - head[0].bit_length()
        if width > _LONGEST_ID or width >= len(head) or not head[width]:
            return
        digits = 9 - head[width].bit_length()
        size = int.from_bytes(head[width : width + digits], "big") - (1 << 7 * digits)
        at += width + digits
        if int.from_bytes(head[:width], "big") == _SEGMENT:
            continue
        if size == (1 << 7 * digits) - 1:  # not known
            return
        at += size
        yield head[:width], at


def _objects(file: BinaryIO, length: int) -> Iterator[tuple[bytes, int]]:
    """Windows Media."""
    at = 0
    while at + 24 <= length:
        head = _read(file, at, 24)
        size = int.from_bytes(head[16:], "little")
        if size < 24:
            return
        at += size
        yield head[:16], at


def _tags(file: BinaryIO, length: int) -> Iterator[tuple[bytes, int]]:
    """Flash."""
    at = int.from_bytes(_read(file, 5, 4), "big") + 4
    while 0 < at < length:
        head = _read(file, at, 11)
        at += 11 + int.from_bytes(head[1:4], "big") + 4
        yield head[:1], at


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)
