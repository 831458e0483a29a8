"""JPEG 2000: by Pillow, but of more than 8 bits, which it would wrap around, by imagecodecs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from model.images.formats import Format, Size, Sure, Wanted, register

if TYPE_CHECKING:
    from PIL import Image

_BOXED = b"\0\0\0\x0cjP  \r\n\x87\n"
_BARE = b"\xff\x4f\xff\x51"
_LOOKED_AT = 1_000_000  # bytes before the codestream, in boxes
_CMYK = 12  # of the colour box


class _Stream(NamedTuple):
    """What a codestream's header says: channels, bits of each sample, whether they have a sign; the boxes' colours."""

    channels: int
    bits: int
    signed: bool
    colours: int | None


@register
class Jpeg2000(Format):
    """Bare codestreams too."""

    name = "jpeg-2000"
    endings = frozenset({".jp2", ".j2k", ".jpx", ".jpf", ".jpc", ".j2c"})

    def matches(self, header: bytes, ending: str) -> Sure:  # noqa: ARG002
        """See `Format.matches`."""
        return Sure.MARK if header.startswith((_BOXED, _BARE)) else Sure.NO

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """See `Format.read`."""
        from model.images.readers import _pillow

        with path.open("rb") as file:
            stream = _stream(file.read(_LOOKED_AT))
        if stream is None or (stream.channels <= 4 and stream.bits <= 8):
            return _pillow.read(path, frame, wanted)
        if stream.channels > 4 or stream.colours == _CMYK:
            raise NotImplementedError(f"{stream.channels} channels of {stream.bits} bits")
        size = _pillow.size(path, frame)
        return _deep(path.read_bytes(), stream, wanted), size

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _pillow

        return _pillow.size(path, frame)


def _deep(data: bytes, stream: _Stream, wanted: Wanted) -> Image.Image:
    import imagecodecs
    import numpy as np

    from model.images.readers import _arrays

    values = np.asarray(imagecodecs.jpeg2k_decode(data))  # YCbCr is RGB by then
    if stream.signed:
        values = (values.astype(np.int64) + 2 ** (stream.bits - 1)).astype(np.uint32)
    return _arrays.picture(values, stream.bits, wanted.greys)


def _stream(data: bytes) -> _Stream | None:
    """Return what the header says; None where there is none in `data`."""
    start = data.find(_BARE)
    if start < 0 or len(data) < start + 43:
        return None
    channels = int.from_bytes(data[start + 40 : start + 42], "big")
    depths = data[start + 42 : start + 42 + 3 * channels : 3]
    box = data.find(b"colr", 0, start)
    colours = int.from_bytes(data[box + 7 : box + 11], "big") if box >= 0 and data[box + 4] == 1 else None
    return _Stream(channels, max((depth & 0x7F) + 1 for depth in depths), bool(depths[0] & 0x80), colours)
