"""TIFF files by tifffile: any depth and any colours; Pillow where it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PIL import Image
from tifffile import TIFF

from model.errors import ImageReadError
from model.images.formats import Size, Wanted
from model.images.grey_values import GreyValues, of_picture
from model.images.last_file import LastFile
from model.images.pixels import SIDEWAYS, is_toned, upright, upright_values
from model.images.read_errors import unsupported
from model.images.readers import _pillow
from model.images.readers import _tiff_colours as colours
from model.images.readers._tiff_file import TiffReading
from model.images.readers._tiff_pages import Level, Picture, Values
from model.images.windows import between
from model.messages import message
from model.types import Region

Found = TypeVar("Found")

_WHOLE_PIXELS = 16_000_000  # tiles of pictures of so many are cut from the whole, which is kept


_last = LastFile(TiffReading, TiffReading.close)


def read(path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
    """See `Format.read`."""
    file = _last.get(path)
    picture = file.picture(frame)
    level = picture.level_for(wanted.max_side)
    try:
        values = file.values(level)
        image = _shown(file, picture, level, values, wanted)
    except colours.UnsupportedError as problem:
        raise ImageReadError(path, unsupported("TIFF", problem)) from problem
    except Exception as problem:  # noqa: BLE001 - decoders raise anything; Pillow has others
        return _otherwise(path, picture, problem, partial(_pillow.read, wanted=wanted))
    return upright(image, _orientation(picture)), _displayed_size(picture)


def tile(path: Path, frame: int | None, box: Region, wanted: Wanted) -> Image.Image | None:
    """See `Format.tile`: of large pictures no more is decoded than what is asked for."""
    file = _last.get(path)
    picture = file.picture(frame)
    if picture.base.pixels <= _WHOLE_PIXELS or _orientation(picture) not in (None, 0, 1):
        return None
    width, height = picture.base.size
    if not _is_inside(box, picture.base.size):
        return None
    share = max(box.width / width, box.height / height)
    level = picture.level_for(None if wanted.max_side is None else int(wanted.max_side / share) + 1)
    across, down = level.size[0] / width, level.size[1] / height
    left, top = int(box.x * across), int(box.y * down)
    columns = max(1, min(round(box.width * across), level.size[0] - left))
    rows = max(1, min(round(box.height * down), level.size[1] - top))
    try:
        return _shown(file, picture, level, file.region(level, left, top, columns, rows), wanted)
    except colours.UnsupportedError as problem:
        raise ImageReadError(path, unsupported("TIFF", problem)) from problem


def values(path: Path, frame: int | None, wanted: Wanted, box: Region | None) -> GreyValues | None:
    """See `Format.values`."""
    file = _last.get(path)
    picture = file.picture(frame)
    level, page, orientation = picture.base, picture.base.tags, _orientation(picture)
    alone = box if level.pixels > _WHOLE_PIXELS and orientation in (None, 0, 1) else None
    try:
        colours.check(page)
        if not colours.is_grey(page):
            return None
        if alone is None:
            stored = file.values(level)
        elif _is_inside(alone, level.size):
            stored = file.region(level, alone.x, alone.y, alone.width, alone.height)
        else:
            return None  # of which `read` says what is wrong
    except colours.UnsupportedError as problem:
        raise ImageReadError(path, unsupported("TIFF", problem)) from problem
    except Exception as problem:  # noqa: BLE001 - as in `read`
        return _otherwise(path, picture, problem, partial(_pillow.values, wanted=wanted))
    light = colours.light(stored, page)
    whole = stored if alone is None and stored.shape[1::-1] == level.size else None
    span = file.span(picture, wanted.greys, whole) if colours.has_range(page) else colours.range_of_bits(page)
    found = of_picture(
        upright_values(light.values, orientation),
        classified=None if span is None or is_toned(page.tags.valueof("InterColorProfile")) else between(*span),
        inverted=light.inverted,
        ground=None if light.ground is None else upright_values(light.ground, orientation),
    )
    return found if alone is None else replace(found, part=alone, size=_displayed_size(picture))


def _is_inside(box: Region, size: Size) -> bool:
    return box.x + box.width <= size[0] and box.y + box.height <= size[1]


def size(path: Path, frame: int | None) -> Size:
    """See `Format.size`."""
    return _displayed_size(_last.get(path).picture(frame))


def parts(path: Path) -> list[int]:
    """See `Format.parts`."""
    return [picture.number for picture in _last.get(path).pictures] or [1]


def note(path: Path) -> str:
    """See `Format.note`."""
    file = _last.get(path)
    return file.note if file.pictures else ""


def _shown(file: TiffReading, picture: Picture, level: Level, values: Values, wanted: Wanted) -> Image.Image:
    page = level.tags
    colours.check(page)
    whole = values if level == picture.base and values.shape[1::-1] == level.size else None
    span = file.span(picture, wanted.greys, whole) if colours.has_range(page) else None
    return colours.picture(values, page, span)


def _otherwise(path: Path, picture: Picture, problem: Exception, by_pillow: Callable[[Path, int], Found]) -> Found:
    """Read a page of 8 bits that tifffile cannot decode, or say what is wrong with it."""
    if isinstance(problem, ImageReadError):  # pixels are missing, which Pillow would show as black
        raise problem
    page = picture.base.tags
    if picture.base.behind is None and page.bitspersample in (1, 2, 4, 8) and len(page.treeindex) == 1:
        try:
            colours.check(page)
            return by_pillow(path, page.index + 1)
        except Exception:  # noqa: BLE001 - what tifffile says is said
            pass
    if page.compression != 1 and page.compression not in TIFF.DECOMPRESSORS:
        raise ImageReadError(
            path, unsupported("TIFF", message("compression {number}", number=int(page.compression)))
        ) from problem
    if page.dtype is None:
        raise ImageReadError(
            path, unsupported("TIFF", message("numbers of {bits} bits", bits=page.bitspersample))
        ) from problem
    raise problem


def _orientation(picture: Picture) -> object:
    return picture.base.tags.tags.valueof("Orientation", 1)


def _displayed_size(picture: Picture) -> Size:
    width, height = picture.base.size
    return (height, width) if _orientation(picture) in SIDEWAYS else (width, height)
