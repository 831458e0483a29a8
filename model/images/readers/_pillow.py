"""Files that Pillow reads."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from model.errors import ImageReadError
from model.images.facts import Fact
from model.images.formats import Size, Wanted
from model.images.grey_scale import range_of
from model.images.grey_values import GreyValues, of_picture
from model.images.pixels import (
    EIGHT_BITS,
    ORIENTATION_TAG,
    SIDEWAYS,
    is_grey_mode,
    is_toned,
    light_of,
    to_srgb,
    upright,
    upright_values,
)
from model.images.read_errors import MAX_PIXELS, TOO_LARGE, damaged, no_such_page
from model.images.readers._exif import facts_of
from model.images.readers._pillow_alpha import with_true_alpha
from model.images.windows import between
from model.messages import message

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# Remarks on odd EXIF data and the like, with a line of Pillow's source: no use to whoever sorts pictures.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

PLAIN_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "DIB", "PPM")
# Only these: Pillow has formats that start other programs.
_FORMATS = (*PLAIN_FORMATS, "WEBP", "AVIF", "TIFF", "JPEG2000", "TGA", "ICO", "PCX", "SGI", "PSD", "HEIF")
_PREFIX = 16  # bytes by which Pillow tells formats
_SCAN_START = b"\xff\xda"
_STEPS = {"L;2": 85, "L;4": 17}  # between the greys of few bits
_MAX_SCANS = 200  # a progressive JPEG has about ten; thousands keep a decoder busy for minutes


def read(path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
    """See `Format`."""
    with opened(path, frame) as image:
        size = displayed_size(image)
        _draft(image, wanted.max_side)
        return _loaded(path, None, image, wanted), size


def values(path: Path, frame: int | None, wanted: Wanted, *, formats: tuple[str, ...] = _FORMATS) -> GreyValues | None:
    """See `Format`."""
    with opened(path, frame, formats=formats) as image:
        if not is_grey_mode(image.mode):
            return None
        step, is_deep = _STEPS.get(_raw(image), 1), image.mode not in EIGHT_BITS
        loaded, turned = _decoded(path, None, image)
        if not is_grey_mode(loaded.mode):
            return None
        greys, ground = light_of(loaded)
        toned = not is_deep and is_toned(loaded.info.get("icc_profile"))
    if is_deep:
        span = range_of(greys, wanted.greys, ground)
        classified = None if span is None else between(*span)
    else:
        greys = greys if greys.dtype.kind == "b" else greys // step
        classified = None if toned else between(0, 1 if greys.dtype.kind == "b" else 255 // step)
    ground = None if ground is None else upright_values(ground, turned)
    return of_picture(upright_values(greys, turned), classified=classified, ground=ground)


def read_plain(
    path: Path, frame: int | None, wanted: Wanted, data: bytes | None, most_pixels: int
) -> tuple[Image.Image, Size] | None:
    """As `read`, of the plain formats only; `data` is the file's content where it was read already.

    Returns None, and decodes nothing, where that would give more than `most_pixels`.
    """
    with opened(path, frame, data=data, formats=PLAIN_FORMATS) as image:
        size = displayed_size(image)
        _draft(image, wanted.max_side)
        if image.width * image.height > most_pixels:
            return None
        return _loaded(path, data, image, wanted), size


def size(path: Path, frame: int | None, *, formats: tuple[str, ...] = _FORMATS) -> Size:
    """See `Format`."""
    with opened(path, frame, formats=formats) as image:
        return displayed_size(image)


def facts(path: Path, frame: int | None, *, formats: tuple[str, ...] = _FORMATS) -> tuple[Fact, ...]:
    """See `Format`."""
    with opened(path, frame, formats=formats) as image:
        return facts_of(image)


def count(path: Path) -> int:
    """Return the number of frames."""
    with opened(path, None) as image:
        return getattr(image, "n_frames", 1)


@contextmanager
def opened(
    path: Path, frame: int | None, *, data: bytes | None = None, formats: tuple[str, ...] = _FORMATS
) -> Iterator[Image.Image]:
    """Open a file at a frame without decoding it."""
    if formats is _FORMATS:
        Image.init()  # not all are there on every machine
        formats = tuple(name for name in formats if name in Image.OPEN)
    with _identified(path, data, formats) as image:
        _scale_transparency(image)
        if frame is not None and frame > 1:
            _seek(path, image, frame)
        if image.width * image.height > MAX_PIXELS:
            raise ImageReadError(path, TOO_LARGE)
        yield image


def _identified(path: Path, data: bytes | None, formats: tuple[str, ...]) -> Image.Image:
    try:
        return Image.open(path if data is None else io.BytesIO(data), formats=formats)
    except UnidentifiedImageError as error:
        start = _start(path) if data is None else data[:_PREFIX]
        if any(_begins_as(name, start) for name in formats):
            raise ImageReadError(path, damaged()) from error
        raise


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_PREFIX)


def _begins_as(name: str, start: bytes) -> bool:
    """Whether a file begins as one of a format does, as far as that has a mark."""
    accepts = Image.OPEN[name][1]
    try:
        return accepts is not None and accepts(start) is True
    except (IndexError, struct.error):  # shorter than the mark
        return False


def displayed_size(image: Image.Image) -> Size:
    """Return (width, height) of an image that was opened and not yet loaded."""
    width, height = image.size
    if isinstance(image, TiffImagePlugin.TiffImageFile):  # Pillow gives some versions' TIFFs turned already
        width, height = image.tag_v2[TiffImagePlugin.IMAGEWIDTH], image.tag_v2[TiffImagePlugin.IMAGELENGTH]
    return (height, width) if orientation(image) in SIDEWAYS else (width, height)


def orientation(image: Image.Image) -> object:
    """Return the EXIF orientation; 1 where the EXIF data is damaged, which is no reason to refuse the picture."""
    try:
        return image.getexif().get(ORIENTATION_TAG, 1)
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error):
        return 1


def _draft(image: Image.Image, max_side: int | None) -> None:
    """Have a JPEG file shrunk while it is decoded."""
    if max_side is not None:
        image.draft("RGB", (max_side, max_side))


def _loaded(path: Path, data: bytes | None, image: Image.Image, wanted: Wanted) -> Image.Image:
    found, turned = _decoded(path, data, image)
    return to_srgb(upright(found, turned), wanted.greys)


def _decoded(path: Path, data: bytes | None, image: Image.Image) -> tuple[Image.Image, object]:
    """Return the pixels as they are stored, and the orientation."""
    if image.info.get("progressive"):
        _check_scans(path, data)
    image.load()
    return with_true_alpha(image, path), orientation(image)


def _scale_transparency(image: Image.Image) -> None:
    """Bring the transparent grey of a PNG of 2 or 4 bits to 8, as Pillow does with its pixels."""
    transparent, raw = image.info.get("transparency"), _raw(image)
    if isinstance(transparent, int) and raw in _STEPS:
        image.info["transparency"] = transparent * _STEPS[raw]


def _raw(image: Image.Image) -> str:
    """Return how the pixels of a PNG that is not loaded are stored, in Pillow's words; "" for another file."""
    tiles = getattr(image, "tile", None)
    return str(tiles[0].args) if tiles and image.format == "PNG" else ""


def _seek(path: Path, image: Image.Image, frame: int) -> None:
    frames = getattr(image, "n_frames", 1)
    if frame > frames:
        raise ImageReadError(path, no_such_page(frame, frames))
    image.seek(frame - 1)


def _check_scans(path: Path, data: bytes | None) -> None:
    if (data if data is not None else path.read_bytes()).count(_SCAN_START) > _MAX_SCANS:
        raise ImageReadError(path, damaged(message("more than {most} scans", most=_MAX_SCANS)))
