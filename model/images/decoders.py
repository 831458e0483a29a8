"""One reader for each kind of file, all with the same three functions, imported when it is first needed."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Protocol, cast

from PIL import Image

from model.images.formats import Kind

Size = tuple[int, int]

MAX_PARTS = 100_000
"""Most pages or frames of one file that become items."""

_MODULES = {
    Kind.PLAIN: "_pillow",
    Kind.PILLOW: "_pillow",
    Kind.WIDE_PNG: "deep_png",
    Kind.TIFF: "_tiff",
    Kind.DICOM: "_dicom",
    Kind.HEIF: "heif",
    Kind.RAW: "raw",
    Kind.VIDEO: "video",
}


class Reader(Protocol):
    """What the modules that read a kind of file offer. `frame` counts from 1; None means the file's first."""

    def read(self, path: Path, frame: int | None, max_side: int | None) -> tuple[Image.Image, Size]:
        """Return RGB or, where it is transparent, RGBA pixels, upright, and (width, height) of the file as displayed.

        Pixels may be fewer, but not fewer than `max_side` along the longer side.
        """

    def size(self, path: Path, frame: int | None) -> Size:
        """Return (width, height) as displayed, from the header where it has them."""

    def parts(self, path: Path, rate: float) -> list[int]:
        """Return the numbers of the pages, or of the frames (`rate` a second), that are pictures of their own."""


def reader(kind: Kind) -> Reader:
    """Return the reader for a kind of file."""
    return cast(Reader, importlib.import_module(f"model.images.readers.{_MODULES[kind]}"))


def shrunk(image: Image.Image, max_side: int | None) -> Image.Image:
    """Shrink an image whose longer side has more than `max_side` pixels."""
    if max_side is not None and max(image.size) > max_side:
        image.thumbnail((max_side, max_side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return image
