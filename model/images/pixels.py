"""From what decoders give to the RGB pixels that are shown and classified: alpha, colour profile, turning."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from model.images.colour import Colour
from model.images.grey_scale import range_of, stretched
from model.images.greys import AS_THE_FILE_SAYS, Greys

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
EIGHT_BITS = frozenset({"1", "L", "LA", "La"})
"""Modes of Pillow for greys of up to 8 bits."""

_EMPTY_ALPHA = frozenset({"BMP", "DIB", "TGA"})  # in which alpha 0 throughout means that there is none
_SRGB_NAMES = ("sRGB", "IEC 61966", "IEC61966")
_SPACES = {"RGB ": "RGB", "CMYK": "CMYK", "GRAY": "L"}  # of profiles, and the modes they fit


def to_srgb(image: Image.Image, greys: Greys = AS_THE_FILE_SAYS) -> Image.Image:
    """Convert a loaded image of any mode to RGB, or RGBA where it is transparent, by its colour profile.

    Greys of more than 8 bits are scaled over their range, see `model.images.grey_scale`.
    """
    if image.mode in _WIDE_MODES:
        return _from_deep_greys(image, greys)
    profile = image.info.get("icc_profile")
    if not image.has_transparency_data:
        return image if image.mode == "RGB" and not profile else _in_srgb(image, profile)
    with_alpha = image.convert("LA" if image.mode in EIGHT_BITS else "RGBA")
    alpha = with_alpha.getchannel("A")
    # The profile is that of the colours as they are stored: grey stays grey for it.
    coloured = _in_srgb(with_alpha.convert(with_alpha.mode[:-1]), profile)
    if image.format in _EMPTY_ALPHA and not alpha.getextrema()[1]:
        return coloured
    coloured.putalpha(alpha)
    return coloured


def is_grey_mode(mode: str) -> bool:
    """Whether an image of a mode of Pillow has greys alone, with or without alpha."""
    return mode in _WIDE_MODES or mode in EIGHT_BITS


def light_of(image: Image.Image) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]:
    """Return the greys (H, W) of a loaded image for which `is_grey_mode`, and where it is fully transparent."""
    if image.mode in ("LA", "La"):
        return np.asarray(image.getchannel("L")), np.asarray(image.getchannel("A")) == 0
    values = np.asarray(image)
    if image.format == "PPM" and image.mode == "I":
        values = values.astype(np.uint16)  # of which Pillow makes 32 bits
    transparent = image.info.get("transparency")
    return values, values == transparent if isinstance(transparent, int) else None


def _from_deep_greys(image: Image.Image, greys: Greys) -> Image.Image:
    values, ground = light_of(image)
    found = Image.fromarray(stretched(values, range_of(values, greys, ground))).convert("RGB")
    if ground is not None:
        found.putalpha(Image.fromarray(np.where(ground, 0, 255).astype(np.uint8)))
    return found


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


def upright_values(values: npt.NDArray[Any], orientation: object) -> npt.NDArray[Any]:
    """Turn and mirror values (H, W) as `upright` does an image."""
    if not isinstance(orientation, int) or orientation not in _TURNS:
        return values
    turned = values.T if orientation in SIDEWAYS else values
    down, across = orientation in (3, 4, 7, 8), orientation in (2, 3, 6, 7)
    return np.ascontiguousarray(turned[:: -1 if down else 1, :: -1 if across else 1])


def is_toned(profile: object) -> bool:
    """Whether a colour profile changes the tone of greys, so that no window shows them as `to_srgb` does."""
    return isinstance(profile, bytes) and _to_srgb(profile, "L") is not None


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
