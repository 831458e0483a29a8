"""What EXIF data say of a photograph."""

from __future__ import annotations

import struct
from typing import Any

from PIL import ExifTags, Image

from model.images.facts import Fact, fact
from model.messages import message

_Base = ExifTags.Base


def facts_of(image: Image.Image) -> tuple[Fact, ...]:
    """Return what the EXIF data of an image that was opened say; nothing where they are damaged."""
    try:
        exif = image.getexif()
        told = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
        where = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error):
        return ()
    maker, model = (str(told.get(tag) or "").strip("\0 ") for tag in (_Base.Make, _Base.Model))
    camera = model if model.startswith(maker) else f"{maker} {model}"
    found = [
        fact(message("date"), told.get(_Base.DateTimeOriginal) or told.get(_Base.DateTime)),
        fact(message("camera"), camera),
        fact(message("lens"), told.get(_Base.LensModel)),
        fact(message("exposure"), _exposure(told)),
        fact(message("position"), _position(where), personal=True),
        fact(message("artist"), told.get(_Base.Artist), personal=True),
    ]
    return tuple(one for one in found if one is not None)


def _exposure(told: dict[int, object]) -> str:
    seconds, stop = _number(told.get(_Base.ExposureTime)), _number(told.get(_Base.FNumber))
    speed, length = _number(told.get(_Base.ISOSpeedRatings)), _number(told.get(_Base.FocalLength))
    parts = []
    if seconds:
        parts.append(f"1/{1 / seconds:.0f} s" if seconds < 0.4 else f"{seconds:.3g} s")
    if stop:
        parts.append(f"f/{stop:.3g}")
    if speed:
        parts.append(f"ISO {speed:.0f}")
    if length:
        parts.append(f"{length:.3g} mm")
    return ", ".join(parts)


def _position(where: dict[int, object]) -> str:
    """Return degrees north and east."""
    names = ExifTags.GPS
    parts = []
    for degrees, side, negative in (
        (names.GPSLatitude, names.GPSLatitudeRef, "S"),
        (names.GPSLongitude, names.GPSLongitudeRef, "W"),
    ):
        found = where.get(degrees)
        numbers = [_number(one) for one in found] if isinstance(found, tuple) else []
        if len(numbers) != 3 or any(one is None for one in numbers):
            return ""
        whole = sum((one or 0) / 60**k for k, one in enumerate(numbers))
        parts.append(f"{-whole if str(where.get(side)) == negative else whole:.5f}")
    return ", ".join(parts)


def _number(value: Any) -> float | None:  # noqa: ANN401 - a number or one of Pillow's fractions, or several
    if isinstance(value, tuple):
        value = value[0] if value else None
    try:
        found = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return found if 0 <= found < float("inf") else None
