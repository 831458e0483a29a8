"""Reads HEIC and HEIF files: Pillow with the decoder of pi-heif."""

from __future__ import annotations

from pathlib import Path

import pi_heif
from PIL import Image

from model.images.readers import _pillow as pillow_reader

Size = tuple[int, int]

pi_heif.register_heif_opener()


def read(path: Path, frame: int | None, max_side: int | None) -> tuple[Image.Image, Size]:
    """See `decoders.Reader`."""
    return pillow_reader.read(path, frame, max_side)


def size(path: Path, frame: int | None) -> Size:
    """See `decoders.Reader`."""
    return pillow_reader.size(path, frame)


def parts(path: Path, rate: float) -> list[int]:  # noqa: ARG001 - pictures of a burst have no rate
    """See `decoders.Reader`."""
    return list(range(1, pillow_reader.count(path) + 1))
