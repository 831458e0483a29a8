"""TIFF files by tifffile: any depth and any colours; Pillow where it fails."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from tifffile import TIFF

from model.errors import ImageReadError
from model.images.formats import Size, Wanted
from model.images.last_file import LastFile
from model.images.pixels import SIDEWAYS, upright
from model.images.read_errors import unsupported
from model.images.readers import _pillow
from model.images.readers import _tiff_colours as colours
from model.images.readers._tiff_file import TiffReading
from model.images.readers._tiff_pages import Level, Picture, Values
from model.messages import message
from model.types import Region

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
        return _by_pillow(path, picture, wanted, problem)
    return upright(image, _orientation(picture)), _displayed_size(picture)


def tile(path: Path, frame: int | None, box: Region, wanted: Wanted) -> Image.Image | None:
    """See `Format.tile`: of large pictures no more is decoded than what is asked for."""
    file = _last.get(path)
    picture = file.picture(frame)
    if picture.base.pixels <= _WHOLE_PIXELS or _orientation(picture) not in (None, 0, 1):
        return None
    width, height = picture.base.size
    if box.x + box.width > width or box.y + box.height > height:
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


def _by_pillow(path: Path, picture: Picture, wanted: Wanted, problem: Exception) -> tuple[Image.Image, Size]:
    """Read a page of 8 bits that tifffile cannot decode, or say what is wrong with it."""
    if isinstance(problem, ImageReadError):  # pixels are missing, which Pillow would show as black
        raise problem
    page = picture.base.tags
    if picture.base.behind is None and page.bitspersample in (1, 2, 4, 8) and len(page.treeindex) == 1:
        try:
            colours.check(page)
            return _pillow.read(path, page.index + 1, wanted)
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
