"""TIFF: decoded in `_tiff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.images.formats import Format, Size, Sure, Wanted, register

if TYPE_CHECKING:
    from PIL import Image

STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""The first bytes, in both orders, of TIFF and BigTIFF."""


@register
class Tiff(Format):
    """Pages are images."""

    name = "tiff"
    endings = frozenset({".tif", ".tiff"})
    several = True

    def matches(self, header: bytes, ending: str) -> Sure:  # noqa: ARG002
        """See `Format.matches`."""
        return Sure.MARK if header.startswith(STARTS) else Sure.NO

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """See `Format.read`."""
        from model.images.readers import _tiff

        return _tiff.read(path, frame, wanted)

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _tiff

        return _tiff.size(path, frame)

    def parts(self, path: Path, rate: float) -> list[int]:  # noqa: ARG002 - pages have no rate
        """See `Format.parts`."""
        from model.images.readers import _tiff

        return _tiff.parts(path)
