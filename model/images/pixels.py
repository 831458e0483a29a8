"""From what decoders give to the RGB pixels that are shown and classified: depth, alpha, colour profile, turning."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from model.images.colour import Colour

ORIENTATION_TAG = 0x0112
SIDEWAYS = range(5, 9)
"""EXIF orientations that swap width and height."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_WIDE_MODES = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N", "F"})
_SRGB_NAMES = ("sRGB", "IEC 61966", "IEC61966")
_SPACES = {"RGB ": "RGB", "CMYK": "CMYK", "GRAY": "L"}  # of profiles, and the modes they fit


def to_srgb(image: Image.Image) -> Image.Image:
    """Convert a loaded image of any mode to RGB, or RGBA where it is transparent, by its colour profile.

    Greys of more than 8 bits are scaled from their own lowest to their own highest value.
    """
    if image.mode in _WIDE_MODES:
        return Image.fromarray(stretched(np.asarray(image, dtype=np.float64))).convert("RGB")
    profile = image.info.get("icc_profile")
    if not image.has_transparency_data:
        return image if image.mode == "RGB" and not profile else _in_srgb(image, profile)
    rgba = image.convert("RGBA")
    if not profile:
        return rgba
    coloured = _in_srgb(rgba.convert("RGB"), profile)
    coloured.putalpha(rgba.getchannel("A"))
    return coloured


def over(ground: Colour, image: Image.Image) -> Image.Image:
    """Lay an RGBA image over a colour; one without transparency stays as it is."""
    if image.mode != "RGBA":
        return image
    laid = Image.new("RGB", image.size, ground)
    laid.paste(image, mask=image.getchannel("A"))
    return laid


def shrunk(image: Image.Image, max_side: int | None) -> Image.Image:
    """Shrink an image whose longer side has more than `max_side` pixels."""
    if max_side is not None and max(image.size) > max_side:
        image.thumbnail((max_side, max_side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return image


def upright(image: Image.Image, orientation: object) -> Image.Image:
    """Turn and mirror an image as an EXIF orientation asks; numbers that mean nothing are passed over."""
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


def stretched(values: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Map values (H, W), any range, to 0..255; what is not a number counts as the lowest."""
    finite = np.isfinite(values)
    if finite.all():
        return windowed(values, float(values.min(initial=np.inf)), float(values.max(initial=-np.inf)))
    if not finite.any():
        return np.zeros(values.shape, np.uint8)
    low, high = float(values[finite].min()), float(values[finite].max())
    return windowed(np.where(finite, values, low), low, high)


def windowed(values: npt.NDArray[np.floating], low: float, high: float) -> npt.NDArray[np.uint8]:
    """Map `low`..`high` to 0..255; what lies outside is cut."""
    if high <= low:
        return np.zeros(values.shape, np.uint8)
    scaled = values.clip(low, high)
    scaled -= low
    scaled *= 255.0 / (high - low)
    return scaled.round(out=scaled).astype(np.uint8)


def eight_bits(colours: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Map colours (H, W, C) of any depth to 0..255, all channels alike, so that hues stay.

    Whole numbers count as of the fewest bits, 8 at least, that hold the highest of them (cameras
    keep 12 bits in 16); fractions as 0..1 where none is outside, else they are stretched.
    """
    if colours.dtype == np.uint8:
        return colours.astype(np.uint8, copy=False)
    if colours.dtype.kind == "u":
        bits = max(8, int(colours.max(initial=0)).bit_length())
        return windowed(colours.astype(np.float64), 0.0, float(2**bits - 1))
    values = colours.astype(np.float64)
    if colours.dtype.kind == "f" and np.nanmin(values) >= 0 and np.nanmax(values) <= 1:
        return windowed(np.nan_to_num(values), 0.0, 1.0)
    return stretched(values)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert to RGB by the colour profile; one that is damaged or does not fit the pixels does not count."""
    if profile and image.mode == "P":
        image = image.convert("RGB")
    transform = _to_srgb(profile, image.mode) if profile else None
    if transform is None:
        return image.convert("RGB")
    converted = ImageCms.applyTransform(image, transform)
    return image.convert("RGB") if converted is None else converted


@lru_cache(maxsize=32)
def _to_srgb(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _SPACES.get(source.profile.xcolor_space) != mode:
            return None
        if mode == "RGB" and any(name in ImageCms.getProfileDescription(source) for name in _SRGB_NAMES):
            return None
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
