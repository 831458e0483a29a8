"""A TIFF file written tag by tag, for forms that no library writes."""

from __future__ import annotations

import struct
from pathlib import Path

SHORT, LONG, RATIONAL = 3, 4, 5
_FORMS = {SHORT: "H", LONG: "I", RATIONAL: "I"}


def write_tiff(path: Path, tags: dict[int, tuple[int, tuple[int, ...]]], data: bytes) -> None:
    """Write one page whose only strip is `data`; `tags`: number to type and values. Tags of the strip are added."""
    tags = tags | {273: (LONG, (8,)), 279: (LONG, (len(data),))}
    at = 8 + len(data) + len(data) % 2
    entries, more = b"", b""
    extra_at = at + 2 + 12 * len(tags) + 4
    for tag, (kind, values) in sorted(tags.items()):
        packed = struct.pack(f"<{len(values)}{_FORMS[kind]}", *values)
        count = len(values) // 2 if kind == RATIONAL else len(values)
        if len(packed) <= 4:
            field = packed.ljust(4, b"\0")
        else:
            field = struct.pack("<I", extra_at + len(more))
            more += packed
        entries += struct.pack("<HHI", tag, kind, count) + field
    head = b"II*\0" + struct.pack("<I", at) + data + b"\0" * (len(data) % 2)
    path.write_bytes(head + struct.pack("<H", len(tags)) + entries + b"\0" * 4 + more)
