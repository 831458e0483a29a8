"""The small pictures of a report, as text inside of it."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from model.errors import ImageReadError
from model.images.reading import read_with_size
from model.types import Region

_SIDE = 176  # pixels of a picture
_QUALITY = 72


@dataclass(frozen=True)
class Picture:
    """A small picture with what is said below it; `box`: left, top, width, height of the region, in percent."""

    name: str
    data: str  # base64 of a JPEG; "": it cannot be read
    box: tuple[float, float, float, float] | None
    color: str
    lines: tuple[str, ...]


def small_picture(path: Path) -> tuple[str, tuple[int, int]]:
    """A small JPEG of an image, as base64, and the image's size; "" where it cannot be read."""
    try:
        image, size = read_with_size(path, _SIDE)
    except ImageReadError:
        return "", (1, 1)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY)
    return base64.b64encode(buffer.getvalue()).decode("ascii"), size


def in_percent(region: Region | None, size: tuple[int, int]) -> tuple[float, float, float, float] | None:
    """Left, top, width and height of a region in percent of an image of (width, height) `size`; None for none."""
    if region is None:
        return None
    width, height = size
    parts = (region.x / width, region.y / height, region.width / width, region.height / height)
    left, top, across, down = (min(max(100 * part, 0.0), 100.0) for part in parts)
    return left, top, across, down
