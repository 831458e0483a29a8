"""JPEG-LS, lossless JPEG and JPEG of 12 bits, which Pillow does not know: by imagecodecs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from model.images.formats import HEADER_BYTES, Size, Sure, register
from model.images.readers._decoded_whole import DecodedWhole
from model.messages import message

if TYPE_CHECKING:
    import numpy.typing as npt

_LS, _LOSSLESS = 0xF7, 0xC3
_TABLES = (0xC4, 0xC8, 0xCC)
_LOOKED_AT = 1_000_000  # bytes before the frame's header


class _Frame(NamedTuple):
    """What the frame's header says: the marker of its kind, bits of a sample, height, width, channels."""

    marker: int
    bits: int
    height: int
    width: int
    channels: int


@register
class JpegLs(DecodedWhole):
    """Told by the header of the frame where that is among the first bytes."""

    name = "jpeg-ls"
    endings = frozenset({".jls", ".ljpg"})

    def matches(self, header: bytes, ending: str) -> Sure:
        """See `Format.matches`."""
        if not header.startswith(b"\xff\xd8\xff"):
            return Sure.NO
        frame = _frame(header[:HEADER_BYTES])
        is_rare = ending in self.endings if frame is None else frame.marker in (_LS, _LOSSLESS) or frame.bits > 8
        return Sure.PLAIN_BUT if is_rare else Sure.NO

    def decoded(self, path: Path, frame: int | None) -> tuple[npt.NDArray[Any], int]:
        """See `DecodedWhole.decoded`."""
        import imagecodecs
        import numpy as np

        self.size(path, frame)
        data = path.read_bytes()
        header = _frame(data[:_LOOKED_AT])
        is_ls = header is not None and header.marker == _LS
        if b"\xff\xd9" not in data:  # what is missing would be grey, and JPEG-LS looks for it for seconds
            raise ValueError(message("no end"))
        values = np.asarray(imagecodecs.jpegls_decode(data) if is_ls else imagecodecs.jpeg_decode(data))
        return values, header.bits if header is not None else 8 * values.itemsize

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _arrays

        with path.open("rb") as file:
            header = _frame(file.read(_LOOKED_AT))
        if header is None:
            raise ValueError(message("no frame"))
        _arrays.check(path, frame, header.width, header.height)
        return header.width, header.height


def _frame(data: bytes) -> _Frame | None:
    """Return what the frame's header says; None where there is none in `data`."""
    at = 2
    while at + 10 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if (0xC0 <= marker <= 0xCF and marker not in _TABLES) or marker == _LS:
            height, width = (int.from_bytes(data[at + k : at + k + 2], "big") for k in (5, 7))
            return _Frame(marker, data[at + 4], height, width, data[at + 9])
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
