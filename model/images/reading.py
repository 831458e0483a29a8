"""Read an image file into RGB pixels as they are meant to be displayed. Needs neither torch nor Qt."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import struct
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, TiffImagePlugin, UnidentifiedImageError

from model.errors import ImageReadError

MAX_PIXELS = 400_000_000
"""Larger images are refused: decoding one would take more than 1.2 GB (guards against bombs)."""

HELD_BYTES = 64 * 2**20
"""Larger files are never held in memory as a whole beside their pixels."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# Remarks on odd EXIF data and the like, with a line of Pillow's source: no use to whoever sorts pictures.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
_TOO_LARGE = f"has more than {MAX_PIXELS:,} pixels. Export a smaller copy."
_WIDE_MODES = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N", "F"})
_ORIENTATION_TAG = 0x0112
_TURNED = range(2, 9)  # EXIF orientations that ask for turning or mirroring
_SIDEWAYS = range(5, 9)  # and those that swap width and height


def describe_os_error(error: OSError) -> str:
    """Say in one sentence why a file could not be opened and what to do about it."""
    if isinstance(error, FileNotFoundError):
        return "the file is no longer there. Put it back, or remove it from the list."
    if isinstance(error, PermissionError):
        return "the file may not be read. Check its permissions."
    return f"the file cannot be read: {error.strerror or error}."


def file_bytes(path: Path) -> bytes | None:
    """Return the file's content; None where it is larger than `HELD_BYTES`. Raises `ImageReadError`."""
    if is_special_file(path):
        raise ImageReadError(path, "is not a regular file.")
    try:
        with path.open("rb") as file:
            data = file.read(HELD_BYTES + 1)
    except OSError as error:
        raise ImageReadError(path, describe_os_error(error)) from error
    return data if len(data) <= HELD_BYTES else None


def read_image(path: Path, max_side: int | None = None) -> Image.Image:
    """Read the first frame of `path` as an RGB image, upright (EXIF orientation applied).

    Transparent pixels are laid over white; 16-bit, 32-bit and float images are scaled from their
    own lowest to their own highest value. With `max_side` the result is shrunk so that its longer
    side has at most that many pixels, which JPEG files do while decoding.

    Raises `ImageReadError`, naming the file, for everything that can be wrong with it.
    """
    return read_with_size(path, max_side)[0]


def read_with_size(
    path: Path, max_side: int | None = None, data: bytes | None = None
) -> tuple[Image.Image, tuple[int, int]]:
    """Return what `read_image` and `image_size` return, from one look at the file or at its content `data`."""
    with _opened(path, data) as image:
        size = _displayed_size(image)
        if max_side is not None:
            image.draft("RGB", (max_side, max_side))
        image.load()
        rgb = _to_rgb(ImageOps.exif_transpose(image) if _orientation(image) in _TURNED else image)
    if max_side is not None and max(rgb.size) > max_side:
        rgb.thumbnail((max_side, max_side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return rgb, size


def image_size(path: Path) -> tuple[int, int]:
    """Return (width, height) in pixels as displayed, from the header alone.

    Raises `ImageReadError` when the file is not a readable image.
    """
    with _opened(path) as image:
        return _displayed_size(image)


def is_special_file(path: Path) -> bool:
    """Whether `path` is there but no regular file: a FIFO or device would block for ever."""
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False  # said better by whoever opens it


def _displayed_size(image: Image.Image) -> tuple[int, int]:
    """(width, height) of an image that was opened and not yet loaded."""
    width, height = image.size
    if isinstance(image, TiffImagePlugin.TiffImageFile):  # Pillow gives some versions' TIFFs turned already
        width, height = image.tag_v2[TiffImagePlugin.IMAGEWIDTH], image.tag_v2[TiffImagePlugin.IMAGELENGTH]
    return (height, width) if _orientation(image) in _SIDEWAYS else (width, height)


def _orientation(image: Image.Image) -> object:
    """Return the EXIF orientation; 1 where the EXIF data is damaged, which is no reason to refuse the picture."""
    try:
        return image.getexif().get(_ORIENTATION_TAG, 1)
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error):
        return 1


class _opened:  # noqa: N801 - reads as a function: `with _opened(path) as image`
    """Open `path` with Pillow; whatever goes wrong inside the block becomes an `ImageReadError`."""

    def __init__(self, path: Path, data: bytes | None = None) -> None:
        self._path, self._data = path, data
        self._image: Image.Image | None = None

    def __enter__(self) -> Image.Image:
        if self._data is None and is_special_file(self._path):
            raise ImageReadError(self._path, "is not a regular file.")
        try:
            self._image = Image.open(self._path if self._data is None else io.BytesIO(self._data))
        except Exception as error:
            raise self._translated(error) from error
        if self._image.width * self._image.height > MAX_PIXELS:
            self._image.close()
            raise ImageReadError(self._path, _TOO_LARGE)
        return self._image

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._image is not None:
            self._image.close()
        if isinstance(error, Exception) and not isinstance(error, ImageReadError):
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> ImageReadError:
        if isinstance(error, ImageReadError):
            return error
        if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
            return ImageReadError(self._path, _TOO_LARGE)
        if isinstance(error, MemoryError):
            return ImageReadError(self._path, "does not fit into this machine's memory. Export a smaller copy.")
        if isinstance(error, UnidentifiedImageError):
            with contextlib.suppress(OSError):
                if self._data == b"" or self._path.stat().st_size == 0:
                    return ImageReadError(self._path, "is empty (0 bytes). Export it again from its source.")
            return ImageReadError(self._path, "is not an image in a known format. Convert it to PNG, JPEG or TIFF.")
        if isinstance(error, OSError) and error.errno is not None:
            return ImageReadError(self._path, describe_os_error(error))
        # Pillow's decoders raise many types (OSError, SyntaxError, ValueError, struct.error, ...) on damaged data.
        return ImageReadError(self._path, f"is damaged or cut off ({error}). Export it again from its source.")


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode in _WIDE_MODES:
        return Image.fromarray(_stretched(np.asarray(image, dtype=np.float64))).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        ground = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(ground, rgba).convert("RGB")
    return image.convert("RGB")


def _stretched(values: np.ndarray) -> np.ndarray:
    """Map values (H, W), any range, to uint8 0..255; not-a-number counts as the lowest."""
    finite = np.isfinite(values)
    if not finite.any():
        return np.zeros(values.shape, np.uint8)
    low, high = float(values[finite].min()), float(values[finite].max())
    scaled = (np.where(finite, values, low) - low) * (255.0 / (high - low) if high > low else 0.0)
    return scaled.round().astype(np.uint8)
