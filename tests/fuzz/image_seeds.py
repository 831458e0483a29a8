"""Valid files of every image format that is read, small, for fuzzing."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import tifffile
from PIL import Image, features

from tests.dicom import dicom_bytes
from tests.raw import write_dng

_SIDEWAYS = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # orientation 6
IMAGE_FORMATS: dict[str, tuple[dict[str, object], ...]] = {
    "JPEG": ({}, {"progressive": True, "exif": _SIDEWAYS}),
    "PNG": ({}, {"compress_level": 0}),
    "WEBP": ({}, {"lossless": True}),
    "GIF": ({},),
    "BMP": ({},),
    "TIFF": ({}, {"compression": "tiff_lzw"}, {"compression": "jpeg"}, {"compression": "packbits"}),
    "PPM": ({},),
    "AVIF": ({},),
    "JPEG2000": ({},),
    "TGA": ({}, {"compression": "tga_rle"}),
}  # fmt: skip
"""Pillow's names, and the options a seed each is written with. A format that cannot be written here is left out."""

_OPTIONAL = {"WEBP": "webp", "AVIF": "avif", "JPEG2000": "jpg_2000"}
_OTHERS = ("HEIC", "DICOM", "DEEP_TIFF", "DEEP_PNG", "VIDEO", "RAW")
SUFFIXES = {"TGA": ".tga", "RAW": ".dng"}
"""Of formats that only the ending tells."""

_DEEP_TIFF = (
    ({}, np.uint16), ({"tile": (16, 16)}, np.float32), ({"compression": "zlib"}, np.int16),
    ({"compression": "jpeg2000"}, np.uint16), ({"compression": "lerc"}, np.float32),
    ({"compression": "zstd"}, np.uint16), ({"compression": "lzma"}, np.uint32), ({"bigtiff": True}, np.float64),
)  # fmt: skip


def image_kinds() -> tuple[str, ...]:
    """The formats of which there are seeds here."""
    written = (kind for kind in IMAGE_FORMATS if kind not in _OPTIONAL or features.check(_OPTIONAL[kind]))
    return (*written, *_OTHERS)


def image_seeds(kind: str, folder: Path) -> tuple[bytes, ...]:
    """Files of one format; `folder` is for what can be written to a file alone."""
    match kind:
        case "HEIC":
            return ((Path(__file__).resolve().parents[1] / "data" / "corners.heic").read_bytes(),)
        case "DICOM":
            picture = Image.linear_gradient("L").resize((23, 17))
            return tuple(dicom_bytes(picture, compressed) for compressed in (False, True))
        case "DEEP_TIFF":
            return tuple(_tiff(options, kind_of_number) for options, kind_of_number in _DEEP_TIFF)
        case "DEEP_PNG":
            noise = np.random.default_rng(0).integers(0, 65_535, (9, 11, 4), np.uint16)
            return tuple(imagecodecs.png_encode(noise[..., :channels].copy()) for channels in (2, 3, 4))
        case "VIDEO":
            return tuple(_video(folder / name, codec) for name, codec in (("a.avi", "MJPG"), ("a.mkv", "mp4v")))
        case "RAW":
            write_dng(folder / "seed.dng")
            return ((folder / "seed.dng").read_bytes(),)
    return _by_pillow(kind)


def _by_pillow(kind: str) -> tuple[bytes, ...]:
    seeds: list[bytes] = []
    for mode in ("RGB", "L", "P", "RGBA", "I;16", "1"):
        picture = Image.linear_gradient("L").resize((23, 17)).convert("RGB" if mode == "I;16" else mode)
        if mode == "I;16":
            picture = Image.new("I;16", (23, 17), 700)
        for options in IMAGE_FORMATS[kind]:
            file = io.BytesIO()
            try:
                picture.save(file, kind, **options)
            except (OSError, ValueError, KeyError):  # not every format has every mode
                continue
            seeds.append(file.getvalue())
    return tuple(seeds)


def _tiff(options: dict[str, object], number: type) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, np.random.default_rng(0).integers(0, 200, (32, 48)).astype(number), **options)
    return file.getvalue()


def _video(path: Path, codec: str) -> bytes:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), 10, (64, 48))
    for k in range(6):
        writer.write(np.full((48, 64, 3), 40 * k, np.uint8))
    writer.release()
    return path.read_bytes()
