"""Valid files of every image format that is read, small, for fuzzing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import tifffile
from PIL import Image, features
from pydicom import uid
from pydicom.dataset import Dataset

from tests.dicom import dicom_bytes
from tests.model.dicom_support import PICTURE, write_dicom, write_frames
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
    "ICO": ({}, {"bitmap_format": "bmp"}),
}  # fmt: skip
"""Pillow's names, and the options a seed each is written with. A format that cannot be written here is left out."""

_OPTIONAL = {"WEBP": "webp", "AVIF": "avif", "JPEG2000": "jpg_2000"}
SUFFIXES = {"TGA": ".tga", "RAW": ".dng", "MOTION_JPEG": ".mjpeg", "SLIDE": ".mrxs"}
"""Of formats that only the ending tells."""

_DEEP_TIFF = (
    ({}, np.uint16), ({"tile": (16, 16)}, np.float32), ({"compression": "zlib"}, np.int16),
    ({"compression": "jpeg2000"}, np.uint16), ({"compression": "lerc"}, np.float32),
    ({"compression": "zstd"}, np.uint16), ({"compression": "lzma"}, np.uint32), ({"bigtiff": True}, np.float64),
)  # fmt: skip


def image_kinds() -> tuple[str, ...]:
    """The formats of which there are seeds here."""
    written = (kind for kind in IMAGE_FORMATS if kind not in _OPTIONAL or features.check(_OPTIONAL[kind]))
    return (*written, *_SEEDS)


def image_seeds(kind: str, folder: Path) -> tuple[bytes, ...]:
    """Files of one format; `folder` is for what can be written to a file alone."""
    return _SEEDS[kind](folder) if kind in _SEEDS else _by_pillow(kind)


def _heic(_: Path) -> tuple[bytes, ...]:
    return ((Path(__file__).resolve().parents[1] / "data" / "corners.heic").read_bytes(),)


def _dicom(_: Path) -> tuple[bytes, ...]:
    picture = Image.linear_gradient("L").resize((23, 17))
    return tuple(dicom_bytes(picture, compressed) for compressed in (False, True))


def _deep_png(_: Path) -> tuple[bytes, ...]:
    noise = np.random.default_rng(0).integers(0, 65_535, (9, 11, 4), np.uint16)
    return tuple(imagecodecs.png_encode(noise[..., :channels].copy()) for channels in (2, 3, 4))


def _deep_jpeg_2000(_: Path) -> tuple[bytes, ...]:
    noise = np.random.default_rng(0).integers(0, 4096, (9, 11, 4)).astype(np.uint16)
    return tuple(
        imagecodecs.jpeg2k_encode(noise[..., :channels].copy(), codecformat=form, bitspersample=12, level=0)
        for channels, form in ((2, "jp2"), (3, "jp2"), (3, "j2k"), (4, "jp2"))
    )


def _dicom_tables(folder: Path) -> tuple[bytes, ...]:
    path, seeds = folder / "seed.dcm", []
    ramp = np.arange(12 * 16).astype(np.uint16).reshape(12, 16)
    table = Dataset()
    table.LUTDescriptor = [192, 0, 12]
    table.add_new("LUTData", "OW", (np.arange(192) ** 2 // 10).astype("<u2").tobytes())
    words = np.arange(192).astype("<u2").tobytes()
    palette: dict[str, object] = {}
    for name in ("Red", "Green", "Blue"):
        palette[f"{name}PaletteColorLookupTableDescriptor"] = [192, 0, 16]
        palette[f"{name}PaletteColorLookupTableData"] = words
    for values, header in (
        (ramp, {"VOILUTSequence": [table]}), (ramp, {"ModalityLUTSequence": [table], "WindowCenter": 9}),
        (ramp << 4, {"BitsStored": 12, "HighBit": 15}), (ramp, {"BitsStored": 4, "HighBit": 3}),
        (ramp, {"PhotometricInterpretation": "PALETTE COLOR", **palette}),
    ):  # fmt: skip
        seeds.append(write_dicom(path, values, **header).read_bytes())
    return tuple(seeds)


def _raw(folder: Path) -> tuple[bytes, ...]:
    write_dng(folder / "seed.dng")
    return ((folder / "seed.dng").read_bytes(),)


def _jpeg_ls(_: Path) -> tuple[bytes, ...]:
    lossless = imagecodecs.jpeg8_encode(PICTURE, lossless=True, colorspace="RGB", outcolorspace="RGB")
    return (*(imagecodecs.jpegls_encode(values) for values in _arrays()), lossless)


def _videos(*clips: tuple[str, str]) -> Callable[[Path], tuple[bytes, ...]]:
    return lambda folder: tuple(_video(folder / name, codec) for name, codec in clips)


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


def _arrays() -> tuple[np.ndarray, ...]:
    deep = PICTURE.astype(np.uint16) * 257
    return PICTURE, deep, PICTURE[..., 0].copy(), deep[..., 0].copy(), np.dstack([PICTURE, PICTURE[..., :1]])


def _dicom_frames(folder: Path) -> tuple[bytes, ...]:
    path = folder / "seed.dcm"
    ramp = np.linspace(-2000, 2000, 4 * 12 * 16).astype(np.int16).reshape(4, 12, 16)
    hints = {"WindowCenter": [100, 40], "WindowWidth": [400, 80], "RescaleSlope": 2, "RescaleIntercept": -1024}
    one = np.ascontiguousarray(ramp[0].view(np.uint16))
    write_dicom(path, ramp, PixelPaddingValue=-2000, PhotometricInterpretation="MONOCHROME1", **hints)
    seeds = [path.read_bytes()]
    for syntax, frame in (
        (uid.JPEGLSLossless, imagecodecs.jpegls_encode(one)),
        (uid.JPEG2000Lossless, imagecodecs.jpeg2k_encode(one, level=0)),
        (uid.JPEGLosslessSV1, imagecodecs.ljpeg_encode(one, bitspersample=16)),
    ):  # fmt: skip
        write_frames(path, syntax, ramp[0], [frame, frame], BitsStored=12)
        seeds.append(path.read_bytes())
    colours = imagecodecs.jpeg2k_encode(PICTURE, mct=True, codecformat="jp2", level=0)
    write_frames(path, uid.JPEG2000Lossless, PICTURE, [colours], PhotometricInterpretation="YBR_FULL")
    return (*seeds, path.read_bytes())


def _tiff_colours() -> Iterator[bytes]:
    inks = np.dstack([255 - PICTURE, np.zeros_like(PICTURE[..., :1])])
    alpha = np.dstack([PICTURE // 2, np.full_like(PICTURE[..., :1], 128)])
    for values, options in (
        (inks, {"photometric": "separated"}),
        (inks.astype(np.uint16) * 257, {"photometric": "separated", "tile": (16, 16)}),
        (PICTURE, {"photometric": "cielab"}), (PICTURE.astype(np.uint16) * 256, {"photometric": "icclab"}),
        (PICTURE, {"photometric": "itulab", "compression": "lzw"}), (PICTURE, {"photometric": "ycbcr"}),
        (PICTURE, {"photometric": "ycbcr", "compression": "jpeg"}),
        (alpha, {"photometric": "rgb", "extrasamples": ["assocalpha"]}),
        (alpha.astype(np.float32) / 255, {"photometric": "rgb", "extrasamples": ["assocalpha"]}),
        (np.ascontiguousarray(alpha.transpose(2, 0, 1)),
         {"photometric": "rgb", "extrasamples": ["unassalpha"], "planarconfig": "separate"}),
        (PICTURE[..., :1].astype(np.int16) - 100, {"photometric": "miniswhite"}),
        (PICTURE[..., 0] % 16, {"photometric": "minisblack", "bitspersample": 4}),
    ):  # fmt: skip
        yield _written(values, **options)


def _tiff_stacks() -> Iterator[bytes]:
    stack = np.random.default_rng(1).integers(0, 4000, (4, 12, 16)).astype(np.uint16)
    for options in (
        {"imagej": True},
        {"truncate": True},
        {"volumetric": True},
        {"ome": True},
        {"planarconfig": "separate"},
    ):
        yield _written(stack, photometric=None if "imagej" in options else "minisblack", **options)
    for about in ("Aperio Image Library v12\n96x64", None):
        file = io.BytesIO()
        with tifffile.TiffWriter(file) as writer:
            for number, step in enumerate((1, 4, 2)):
                level = np.ascontiguousarray(PICTURE[::step, ::step])
                reduced = 0 if about else min(number, 1)
                writer.write(
                    level, photometric="rgb", tile=(16, 16), metadata=None, description=about, subfiletype=reduced
                )
        yield file.getvalue()


def _slides() -> Iterator[bytes]:
    """Tiled TIFF, which OpenSlide reads under any name; the files beside a MIRAX or VMS slide are not changed here."""
    yield _written(PICTURE, photometric="rgb", tile=(16, 16), compression="zlib", metadata=None)
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for number, step in enumerate((1, 2)):
            level = np.ascontiguousarray(PICTURE[::step, ::step])
            writer.write(level, photometric="rgb", tile=(16, 16), compression="jpeg", subfiletype=number, metadata=None)
    yield file.getvalue()


def _written(values: np.ndarray, **options: object) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, values, **options)
    return file.getvalue()


def _video(path: Path, codec: str) -> bytes:
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*codec), 10, (64, 48))
    for k in range(6):
        writer.write(np.full((48, 64, 3), 40 * k, np.uint8))
    writer.release()
    return path.read_bytes()


_SEEDS: dict[str, Callable[[Path], tuple[bytes, ...]]] = {
    "HEIC": _heic,
    "DICOM": _dicom,
    "DICOM_FRAMES": _dicom_frames,
    "DICOM_TABLES": _dicom_tables,
    "DEEP_TIFF": lambda _: tuple(_tiff(options, number) for options, number in _DEEP_TIFF),
    "TIFF_COLOURS": lambda _: tuple(_tiff_colours()),
    "TIFF_STACKS": lambda _: tuple(_tiff_stacks()),
    "DEEP_PNG": _deep_png,
    "DEEP_JPEG2000": _deep_jpeg_2000,
    "JPEG_XL": lambda _: tuple(imagecodecs.jpegxl_encode(values, lossless=True) for values in _arrays()),
    "JPEG_LS": _jpeg_ls,
    "VIDEO": _videos(("a.avi", "MJPG"), ("a.mkv", "mp4v")),
    "STREAM": _videos(("a.ts", "mp4v"), ("a.m2ts", "mpg2"), ("a.flv", "FLV1"), ("a.webm", "VP80"), ("a.asf", "WMV2")),
    "MOTION_JPEG": _videos(("a.mjpeg", "MJPG")),
    "RAW": _raw,
    "SLIDE": lambda _: tuple(_slides()),
}
