"""HEIC and HEIF: Pillow with the decoder of pi-heif."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.images.formats import Format, Size, Sure, Wanted, register

if TYPE_CHECKING:
    from types import ModuleType

    from PIL import Image

    from model.images.facts import Fact

_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


@register
class Heif(Format):
    """Pictures of a burst are images."""

    name = "heif"
    endings = frozenset({".heic", ".heif", ".hif"})
    several = True

    def matches(self, header: bytes, ending: str) -> Sure:  # noqa: ARG002
        """See `Format.matches`."""
        return Sure.MARK if header[4:8] == b"ftyp" and header[8:12] in _BRANDS else Sure.NO

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """See `Format.read`."""
        found: tuple[Image.Image, Size] = _pillow_with_heif().read(path, frame, wanted)
        return found

    def facts(self, path: Path, frame: int | None) -> tuple[Fact, ...]:
        """See `Format.facts`."""
        found: tuple[Fact, ...] = _pillow_with_heif().facts(path, frame)
        return found

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        found: Size = _pillow_with_heif().size(path, frame)
        return found

    def parts(self, path: Path, rate: float) -> list[int]:  # noqa: ARG002 - pictures of a burst have no rate
        """See `Format.parts`."""
        return list(range(1, _pillow_with_heif().count(path) + 1))


def _pillow_with_heif() -> ModuleType:
    import pi_heif

    from model.images.readers import _pillow

    pi_heif.register_heif_opener()
    return _pillow
