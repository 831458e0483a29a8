"""JPEG 2000: by Pillow, but of more than 8 bits, which it would wrap around, by imagecodecs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.images.formats import Format, Size, Sure, Wanted, register
from model.images.readers._jpeg_2000 import BARE, Stream, stream_of
from model.messages import message

if TYPE_CHECKING:
    import numpy.typing as npt
    from PIL import Image

    from model.images.grey_values import GreyValues
    from model.types import Region

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
        from model.images.readers import _arrays, _pillow

        stream = _deep_stream(path)
        if stream is None:
            return _pillow.read(path, frame, wanted)
        size = _pillow.size(path, frame)
        return _arrays.picture(*_decoded(path, stream), wanted.greys), size

    def values(
        self,
        path: Path,
        frame: int | None,
        wanted: Wanted,
        box: Region | None,  # noqa: ARG002 - it is decoded as a whole
    ) -> GreyValues | None:
        """See `Format.values`."""
        from model.images.readers import _arrays, _pillow

        stream = _deep_stream(path)
        if stream is None:
            return _pillow.values(path, frame, wanted)
        _pillow.size(path, frame)
        return _arrays.greys_of(*_decoded(path, stream), wanted.greys)

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _pillow

        return _pillow.size(path, frame)


def _deep_stream(path: Path) -> Stream | None:
    """Return what a codestream of more than 8 bits says of itself; None for others, which Pillow reads."""
    with path.open("rb") as file:
        stream = stream_of(file.read(_LOOKED_AT))
    if stream is None:
        return None
    channels, bits = len(stream.bits), max(stream.bits)
    if channels <= 4 and bits <= 8:
        return None
    if channels > 4 or stream.colours == _CMYK:
        raise NotImplementedError(message("{channels} channels of {bits} bits", channels=channels, bits=bits))
    return stream


def _decoded(path: Path, stream: Stream) -> tuple[npt.NDArray[Any], int]:
    """Return values (H, W) or (H, W, C), signed ones shifted to 0, and how many bits each has."""
    import imagecodecs
    import numpy as np

    bits = max(stream.bits)
    values = np.asarray(imagecodecs.jpeg2k_decode(path.read_bytes()))  # YCbCr is RGB by then
    return (values.astype(np.int64) + 2 ** (bits - 1)).astype(np.uint32) if stream.signed else values, bits
