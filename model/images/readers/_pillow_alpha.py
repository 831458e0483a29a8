"""Transparency that Pillow gives although the file has none, or has another."""

from __future__ import annotations

import struct
from pathlib import Path

from PIL import Image

_ICON, _ICON_ENTRY, _DIB = struct.Struct("<HHH"), struct.Struct("<BBBBHHII"), struct.Struct("<IiiHH")
_ALPHA_BITS = 0x0F  # of the descriptor of a TGA


def with_true_alpha(image: Image.Image, path: Path) -> Image.Image:
    """Return a loaded image without, or with another transparency where its file says so."""
    if image.mode not in ("RGBA", "LA"):
        return image
    if image.format == "TGA" and not _start(path, 18)[17] & _ALPHA_BITS:
        return image.convert(image.mode[:-1])
    if image.format == "ICO" and not image.getchannel("A").getextrema()[1]:
        return _masked(image, path)
    return image


def _masked(image: Image.Image, path: Path) -> Image.Image:
    """Give an icon whose alpha is 0 throughout, as that of older programs is, the transparency of its mask."""
    found = _mask(path.read_bytes(), image.size)
    if found is None:
        return image
    opaque = image.convert("RGB")
    opaque.putalpha(found)
    return opaque


def _mask(data: bytes, size: tuple[int, int]) -> Image.Image | None:
    """Return the mask of an icon of 32 bits and so many pixels; None where there is none, as of a PNG."""
    width, height = size
    for number in range(_ICON.unpack_from(data)[2]):
        entry = _ICON_ENTRY.unpack_from(data, _ICON.size + number * _ICON_ENTRY.size)
        at = entry[-1]
        if len(data) < at + _DIB.size:
            continue
        length, across, down, _, bits = _DIB.unpack_from(data, at)
        if (across, down, bits) != (width, 2 * height, 32) or data.startswith(b"\x89PNG", at):
            continue
        stride = (width + 31) // 32 * 4
        start = at + length + 4 * width * height
        rows = data[start : start + stride * height]
        if len(rows) < stride * height:  # nothing is masked
            return Image.new("L", size, 255)
        return Image.frombytes("1", size, rows, "raw", "1;I", stride, -1).convert("L")
    return None


def _start(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        return file.read(length).ljust(length, b"\0")
