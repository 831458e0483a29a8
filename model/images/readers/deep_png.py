"""Reads PNG files of 16 bits and several channels, of which Pillow would keep 8 bits."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image

from model.images.pixels import eight_bits, stretched, to_srgb, upright
from model.images.readers import _pillow as pillow_reader

Size = tuple[int, int]


def read(path: Path, frame: int | None, max_side: int | None) -> tuple[Image.Image, Size]:  # noqa: ARG001
    """See `decoders.Reader`."""
    with pillow_reader.opened(path, frame) as header:
        size = pillow_reader.displayed_size(header)
        orientation, profile = pillow_reader.orientation(header), header.info.get("icc_profile")
        values = imagecodecs.png_decode(path.read_bytes())
    channels = values.shape[2]
    has_alpha = channels in (2, 4)
    if channels <= 2:
        image = Image.fromarray(stretched(values[..., 0].astype(np.float64)))
    else:
        image = Image.fromarray(eight_bits(values[..., :3]))
    if has_alpha:
        image.putalpha(Image.fromarray((values[..., -1] // 257).astype(np.uint8)))
    if profile:
        image.info["icc_profile"] = profile
    return to_srgb(upright(image, orientation)), size


def size(path: Path, frame: int | None) -> Size:
    """See `decoders.Reader`."""
    return pillow_reader.size(path, frame)


def parts(path: Path, rate: float) -> list[int]:  # noqa: ARG001 - one picture
    """See `decoders.Reader`."""
    return [1]
