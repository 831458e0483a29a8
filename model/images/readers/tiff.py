"""TIFF: decoded in `_tiff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.images.formats import Format, Size, Sure, Wanted, register

if TYPE_CHECKING:
    from PIL import Image

    from model.images.grey_values import GreyValues
    from model.types import Region

STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""The first bytes, in both orders, of TIFF and BigTIFF."""


@register
class Tiff(Format):
    """Planes of series are images; a pyramid is one."""

    name = "tiff"
    endings = frozenset(
        {".tif", ".tiff", ".svs", ".ndpi", ".scn", ".bif", ".qptiff", ".lsm", ".stk", ".btf", ".tf2", ".tf8"}
    )
    several = True

    def matches(self, header: bytes, ending: str) -> Sure:  # noqa: ARG002
        """See `Format.matches`."""
        return Sure.MARK if header.startswith(STARTS) else Sure.NO

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """See `Format.read`."""
        from model.images.readers import _tiff

        return _tiff.read(path, frame, wanted)

    def tile(self, path: Path, frame: int | None, box: Region, wanted: Wanted) -> Image.Image | None:
        """See `Format.tile`."""
        from model.images.readers import _tiff

        return _tiff.tile(path, frame, box, wanted)

    def values(self, path: Path, frame: int | None, wanted: Wanted, box: Region | None) -> GreyValues | None:
        """See `Format.values`."""
        from model.images.readers import _tiff

        return _tiff.values(path, frame, wanted, box)

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _tiff

        return _tiff.size(path, frame)

    def parts(self, path: Path, rate: float) -> list[int]:  # noqa: ARG002 - pages have no rate
        """See `Format.parts`."""
        from model.images.readers import _tiff

        return _tiff.parts(path)

    def note(self, path: Path) -> str:
        """See `Format.note`."""
        from model.images.readers import _tiff

        return _tiff.note(path)
