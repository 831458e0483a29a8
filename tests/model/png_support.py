"""PNG files of any depth, written chunk by chunk."""

from __future__ import annotations

import struct
import zlib

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6


def png(width: int, height: int, depth: int, colour: int, rows: bytes, **chunks: bytes) -> bytes:
    """Return a PNG; each row of `rows` begins with a filter byte. `chunks` come before the pixels."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    others = b"".join(_chunk(name.encode(), data) for name, data in chunks.items())
    return b"\x89PNG\r\n\x1a\n" + header + others + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def profile_chunk(profile: bytes) -> bytes:
    """Return what an iCCP chunk holds."""
    return b"icc\0\0" + zlib.compress(profile)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
