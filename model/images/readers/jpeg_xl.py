"""JPEG XL: by imagecodecs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from model.images.formats import Size, Sure, register
from model.images.readers._decoded_whole import DecodedWhole
from model.messages import message

if TYPE_CHECKING:
    import numpy.typing as npt

_BOXED = b"\0\0\0\x0cJXL \r\n\x87\n"
_BARE = b"\xff\x0a"
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # of width and height
_LOOKED_AT = 1_000_000  # bytes before the codestream, in boxes


@register
class JpegXl(DecodedWhole):
    """Of an animation the first frame."""

    name = "jpeg-xl"
    endings = frozenset({".jxl"})

    def matches(self, header: bytes, ending: str) -> Sure:  # noqa: ARG002
        """See `Format.matches`."""
        return Sure.MARK if header.startswith((_BOXED, _BARE)) else Sure.NO

    def decoded(self, path: Path, frame: int | None) -> tuple[npt.NDArray[Any], int]:
        """See `DecodedWhole.decoded`."""
        import imagecodecs
        import numpy as np

        self.size(path, frame)
        data = path.read_bytes()
        values = np.asarray(imagecodecs.jpegxl_decode(data, index=0))
        bits = min(_header(data[:_LOOKED_AT]).bits, 8 * values.itemsize)
        return values[0] if values.ndim == 4 else values, bits

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _arrays

        with path.open("rb") as file:
            header = _header(file.read(_LOOKED_AT))
        _arrays.check(path, frame, header.width, header.height)
        return header.width, header.height


class _Header(NamedTuple):
    """What the codestream's first bits say: the size as displayed, and how many bits a sample has."""

    width: int
    height: int
    bits: int


def _header(data: bytes) -> _Header:
    stream = data if data.startswith(_BARE) else _codestream(data)
    bits = _Bits(stream[2:])
    width, height = _size(bits)
    if bits.take(1):  # all that follows is as it mostly is
        return _Header(width, height, 8)
    orientation = 0
    if bits.take(1):
        orientation = bits.take(3)
        if bits.take(1):  # the size to display it in
            _size(bits)
        if bits.take(1):
            _skip_preview(bits)
        if bits.take(1):
            _skip_animation(bits)
    is_float = bits.take(1)
    depth = (
        bits.choose((32, 0), (16, 0), (24, 0), (1, 6)) if is_float else bits.choose((8, 0), (10, 0), (12, 0), (1, 6))
    )
    turned = orientation >= 4  # 5 to 8, counted from 1
    return _Header(*((height, width) if turned else (width, height)), depth)


def _size(bits: _Bits) -> Size:
    small = bits.take(1)
    height = _length(bits, small)
    ratio = bits.take(3)
    return (height * _RATIOS[ratio - 1][0] // _RATIOS[ratio - 1][1] if ratio else _length(bits, small)), height


def _skip_preview(bits: _Bits) -> None:
    lengths = ((16, 0), (32, 0), (1, 5), (33, 9)) if bits.take(1) else ((1, 6), (65, 8), (321, 10), (1345, 12))
    bits.choose(*lengths)
    if not bits.take(3):
        bits.choose(*lengths)


def _skip_animation(bits: _Bits) -> None:
    bits.choose((100, 0), (1000, 0), (1, 10), (1, 30))
    bits.choose((1, 0), (1001, 0), (1, 8), (1, 10))
    bits.choose((0, 0), (0, 3), (0, 16), (0, 32))
    bits.take(1)


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
    raise ValueError(message("no codestream"))


class _Bits:
    """Numbers of some bits each, the lowest first."""

    def __init__(self, data: bytes) -> None:
        self._left = int.from_bytes(data[:64], "little")

    def take(self, count: int) -> int:
        """Return the next number of so many bits."""
        found = self._left & ((1 << count) - 1)
        self._left >>= count
        return found

    def choose(self, *ways: tuple[int, int]) -> int:
        """Return a number that is written in one of four ways: so much, and what so many bits add."""
        least, count = ways[self.take(2)]
        return least + self.take(count)
