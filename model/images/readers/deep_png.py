"""PNG of 16 bits and several channels, of which Pillow would keep 8 bits: by imagecodecs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.images.formats import Format, Size, Sure, Wanted, register

if TYPE_CHECKING:
    from PIL import Image

    from model.images.grey_values import GreyValues
    from model.types import Region

_GREY_WITH_ALPHA = b"\x04"
_COLOUR_TYPES = (b"\x02", _GREY_WITH_ALPHA, b"\x06")  # RGB, grey with alpha, RGB with alpha


@register
class DeepPng(Format):
    """Its endings are those of plain PNG."""

    name = "deep-png"

    def matches(self, header: bytes, ending: str) -> Sure:  # noqa: ARG002
        """See `Format.matches`."""
        is_png = header.startswith(b"\x89PNG\r\n\x1a\n")
        return Sure.PLAIN_BUT if is_png and header[24:25] == b"\x10" and header[25:26] in _COLOUR_TYPES else Sure.NO

    def values(
        self,
        path: Path,
        frame: int | None,
        wanted: Wanted,
        box: Region | None,  # noqa: ARG002 - it is decoded as a whole
    ) -> GreyValues | None:
        """See `Format.values`."""
        from model.images.readers import _arrays

        with path.open("rb") as file:
            if file.read(26)[25:] != _GREY_WITH_ALPHA:
                return None
        values, orientation = self._decoded(path, frame)[:2]
        return _arrays.greys_of(values, 16, wanted.greys, orientation)

    def _decoded(self, path: Path, frame: int | None) -> tuple[Any, object, bytes | None, Size]:
        """Return values (H, W, C), the orientation, the colour profile and the size as displayed."""
        import imagecodecs

        from model.images.readers import _pillow

        with _pillow.opened(path, frame) as header:
            said = _pillow.orientation(header), header.info.get("icc_profile"), _pillow.displayed_size(header)
            return imagecodecs.png_decode(path.read_bytes()), *said

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """See `Format.read`."""
        import numpy as np
        from PIL import Image

        from model.images.depth import eight_bits
        from model.images.grey_scale import range_of, stretched
        from model.images.pixels import to_srgb, upright

        values, orientation, profile, size = self._decoded(path, frame)
        channels = values.shape[2]
        has_alpha = channels in (2, 4)
        if channels <= 2:
            span = range_of(values[..., 0], wanted.greys, values[..., 1] == 0)  # under what is transparent anything
            image = Image.fromarray(stretched(values[..., 0], span))
        else:
            colours = values[..., :3] * (values[..., 3:] > 0) if has_alpha else values
            image = Image.fromarray(eight_bits(colours))
        if has_alpha:
            image.putalpha(Image.fromarray((values[..., -1] // 257).astype(np.uint8)))
        if profile and channels > 2:  # of greys the tone is stretched anyway
            image.info["icc_profile"] = profile
        return to_srgb(upright(image, orientation)), size

    def size(self, path: Path, frame: int | None) -> Size:
        """See `Format.size`."""
        from model.images.readers import _pillow

        return _pillow.size(path, frame)
