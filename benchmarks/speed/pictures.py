"""JPEG files of about 470 x 400 pixels: made of gradients and noise, or taken from a folder of real pictures."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
from PIL import Image

from model.images.scan import iter_images

SIZE = (470, 400)
_DIFFERENT = 32
_QUALITY = 90
_LONG_AGO = 1_500_000_000


def make_pictures(folder: Path, count: int, data: Path | None = None) -> list[Path]:
    """Write `count` JPEG files, of `_DIFFERENT` pictures, each with other bytes after its end; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    if data is not None:
        sources = [path for path, _ in zip(iter_images([data]), range(_DIFFERENT), strict=False)]
        pictures = [Image.open(path).convert("RGB").resize(SIZE) for path in sources]
    else:
        pictures = [_painted(number) for number in range(_DIFFERENT)]
    encoded = []
    for picture in pictures:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=_QUALITY)
        encoded.append(buffer.getvalue())
    paths = []
    for number in range(count):
        path = folder / f"{number:06}.jpg"
        path.write_bytes(encoded[number % len(encoded)] + number.to_bytes(4, "big"))
        os.utime(path, (_LONG_AGO, _LONG_AGO))
        paths.append(path)
    return paths


def _painted(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 7, 3), np.uint8)
    ground = np.asarray(Image.fromarray(coarse).resize(SIZE, Image.Resampling.BICUBIC), np.int16)
    return Image.fromarray((ground + rng.normal(0, 6, ground.shape)).clip(0, 255).astype(np.uint8))
