"""JPEG XL: by imagecodecs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.images.formats import Format, Size, Sure, Wanted, register

if TYPE_CHECKING:
    from PIL import Image

_BOXED = b"\0\0\0\x0cJXL \r\n\x87\n"
_BARE = b"\xff\x0a"
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # of width and height
_LOOKED_AT = 1_000_000  # bytes before the codestream, in boxes


@register
class JpegXl(Format):
    """Of an animation the first frame."""

    name = "jpeg-xl"
    endings = frozenset({".jxl"})

    def matches(self, header: bytes, ending: str) -> Sure:  # noqa: ARG002
        """See `Format.matches`."""
        return Sure.MARK if header.startswith((_BOXED, _BARE)) else Sure.NO

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """See `Format.read`."""
        import imagecodecs
        import numpy as np

        from model.images.readers import _arrays

        self.size(path, frame)
        values = np.asarray(imagecodecs.jpegxl_decode(path.read_bytes(), index=0))
        image = _arrays.picture(values[0] if values.ndim == 4 else values, 8 * values.itemsize, wanted.greys)
        return image, image.size

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _arrays

        with path.open("rb") as file:
            width, height = _size(file.read(_LOOKED_AT))
        _arrays.check(path, frame, width, height)
        return width, height


def _size(data: bytes) -> Size:
    """Return (width, height) as displayed, from the codestream's first bits."""
    stream = data if data.startswith(_BARE) else _codestream(data)
    bits = _Bits(stream[2:])
    small = bits.take(1)
    height = _length(bits, small)
    ratio = bits.take(3)
    width = height * _RATIOS[ratio - 1][0] // _RATIOS[ratio - 1][1] if ratio else _length(bits, small)
    all_default = bits.take(1)
    turned = not all_default and bits.take(1) and bits.take(3) >= 4  # orientations 5 to 8
    return (height, width) if turned else (width, height)


def _length(bits: _Bits, small: int) -> int:
    return 8 * (1 + bits.take(5)) if small else 1 + bits.take((9, 13, 18, 30)[bits.take(2)])


def _codestream(data: bytes) -> bytes:
    """Return the codestream, or the first part of it, from the boxes of a file."""
    at = 0
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        start = at + (16 if length == 1 else 8)
        if kind == b"jxlc":
            return data[start:]
        if kind == b"jxlp":
            return data[start + 4 :]
        step = int.from_bytes(data[at + 8 : at + 16], "big") if length == 1 else length
        if step < 8:
            break
        at += step
    raise ValueError("no codestream")


class _Bits:
    """Numbers of some bits each, the lowest first."""

    def __init__(self, data: bytes) -> None:
        self._left = int.from_bytes(data[:32], "little")

    def take(self, count: int) -> int:
        """Return the next number of so many bits."""
        found = self._left & ((1 << count) - 1)
        self._left >>= count
        return found
