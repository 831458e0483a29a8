"""JPEG, PNG, GIF, BMP and PPM: by Pillow, whose decoders for them are fuzzed every day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.images.formats import Format, Size, Sure, Wanted, register

if TYPE_CHECKING:
    from PIL import Image

    from model.images.facts import Fact
    from model.images.grey_values import GreyValues
    from model.types import Region

_STARTS = (b"\xff\xd8\xff", b"GIF8", b"BM", b"\x89PNG\r\n\x1a\n")


@register
class Plain(Format):
    """The only format whose files are decoded in this process."""

    name = "plain"
    endings = frozenset(
        {
            ".jpg",
            ".jpeg",
            ".jpe",
            ".jfif",
            ".mpo",
            ".png",
            ".apng",
            ".gif",
            ".bmp",
            ".dib",
            ".ppm",
            ".pgm",
            ".pbm",
            ".pnm",
        }
    )
    trusted = True

    def matches(self, header: bytes, ending: str) -> Sure:  # noqa: ARG002
        """See `Format.matches`."""
        is_ppm = header[:1] == b"P" and header[1:2] in b"123456"
        return Sure.PLAIN if header.startswith(_STARTS) or is_ppm else Sure.NO

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """See `Format.read`."""
        from model.images.readers import _pillow

        return _pillow.read(path, frame, wanted)

    def read_here(
        self, path: Path, frame: int | None, wanted: Wanted, data: bytes | None, most_pixels: int
    ) -> tuple[Image.Image, Size] | None:
        """See `Format.read_here`."""
        from model.images.readers import _pillow

        return _pillow.read_plain(path, frame, wanted, data, most_pixels)

    def values(
        self,
        path: Path,
        frame: int | None,
        wanted: Wanted,
        box: Region | None,  # noqa: ARG002 - it is decoded as a whole
    ) -> GreyValues | None:
        """See `Format.values`."""
        from model.images.readers import _pillow

        return _pillow.values(path, frame, wanted, formats=_pillow.PLAIN_FORMATS)

    def facts(self, path: Path, frame: int | None) -> tuple[Fact, ...]:
        """See `Format.facts`."""
        from model.images.readers import _pillow

        return _pillow.facts(path, frame, formats=_pillow.PLAIN_FORMATS)

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _pillow

        return _pillow.size(path, frame, formats=_pillow.PLAIN_FORMATS)
