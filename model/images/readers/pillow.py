"""What Pillow reads beside the plain formats: WebP, AVIF, TGA, PSD and some that are rare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.images.formats import Format, Size, Sure, Wanted, register

if TYPE_CHECKING:
    from PIL import Image

    from model.images.facts import Fact
    from model.images.grey_values import GreyValues
    from model.types import Region

_AVIF_BRANDS = frozenset({b"avif", b"avis"})


@register
class Pillow(Format):
    """Asked for every file that nobody else knows."""

    name = "pillow"
    endings = frozenset(
        {".webp", ".avif", ".tga", ".vda", ".icb", ".vst", ".pcx", ".sgi", ".rgb", ".bw", ".psd", ".ico", ".pfm"}
    )

    def matches(self, header: bytes, ending: str) -> Sure:  # noqa: ARG002
        """See `Format.matches`."""
        return Sure.MARK if header[4:8] == b"ftyp" and header[8:12] in _AVIF_BRANDS else Sure.FALLBACK

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """See `Format.read`."""
        from model.images.readers import _pillow

        return _pillow.read(path, frame, wanted)

    def values(
        self,
        path: Path,
        frame: int | None,
        wanted: Wanted,
        box: Region | None,  # noqa: ARG002 - it is decoded as a whole
    ) -> GreyValues | None:
        """See `Format.values`."""
        from model.images.readers import _pillow

        return _pillow.values(path, frame, wanted)

    def facts(self, path: Path, frame: int | None) -> tuple[Fact, ...]:
        """See `Format.facts`."""
        from model.images.readers import _pillow

        return _pillow.facts(path, frame)

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _pillow

        return _pillow.size(path, frame)
