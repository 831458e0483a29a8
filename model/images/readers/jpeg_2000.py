"""JPEG 2000: by Pillow, but of more than 8 bits, which it would wrap around, by imagecodecs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.images.formats import Format, Size, Sure, Wanted, register
from model.images.readers._jpeg_2000 import BARE, stream_of
from model.messages import message

if TYPE_CHECKING:
    from PIL import Image

_BOXED = b"\0\0\0\x0cjP  \r\n\x87\n"
_LOOKED_AT = 1_000_000  # bytes before the codestream, in boxes
_CMYK = 12  # of the colour box


@register
class Jpeg2000(Format):
    """Bare codestreams too."""

    name = "jpeg-2000"
    endings = frozenset({".jp2", ".j2k", ".jpx", ".jpf", ".jpc", ".j2c"})

    def matches(self, header: bytes, ending: str) -> Sure:  # noqa: ARG002
        """See `Format.matches`."""
        return Sure.MARK if header.startswith((_BOXED, BARE)) else Sure.NO

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """See `Format.read`."""
        from model.images.readers import _pillow

        with path.open("rb") as file:
            stream = stream_of(file.read(_LOOKED_AT))
        if stream is None:
            return _pillow.read(path, frame, wanted)
        channels, bits = len(stream.bits), max(stream.bits)
        if channels <= 4 and bits <= 8:
            return _pillow.read(path, frame, wanted)
        if channels > 4 or stream.colours == _CMYK:
            raise NotImplementedError(message("{channels} channels of {bits} bits", channels=channels, bits=bits))
        size = _pillow.size(path, frame)
        return _deep(path.read_bytes(), bits, wanted, signed=stream.signed), size

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _pillow

        return _pillow.size(path, frame)


def _deep(data: bytes, bits: int, wanted: Wanted, *, signed: bool) -> Image.Image:
    import imagecodecs
    import numpy as np

    from model.images.readers import _arrays

    values = np.asarray(imagecodecs.jpeg2k_decode(data))  # YCbCr is RGB by then
    if signed:
        values = (values.astype(np.int64) + 2 ** (bits - 1)).astype(np.uint32)
    return _arrays.picture(values, bits, wanted.greys)
