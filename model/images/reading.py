"""Read an image into RGB pixels as they are meant to be displayed. Needs neither torch nor Qt.

An image is a file, or a page or frame of one (see `model.images.items`). Files of trusted formats are
read here, others in a process of their own (see `model.images.decoder_process`).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from model.errors import ImageReadError
from model.images.colour import WHITE, Colour
from model.images.cutting import AS_THEY_ARE, Cutting, tiles
from model.images.decoder_process import pool
from model.images.facts import Fact
from model.images.formats import HEADER_BYTES, Format, Wanted, format_of, single_endings
from model.images.grey_values import GreyValues
from model.images.greys import AS_THE_FILE_SAYS, Greys
from model.images.items import Item, split_item
from model.images.pixels import over, shrunk
from model.images.read_errors import EMPTY, MODEST_PIXELS, TOO_MANY_VALUES, describe_os_error, translated_errors
from model.images.series import Place
from model.messages import message

HELD_BYTES = 64 * 2**20
"""Larger files are never held in memory as a whole beside their pixels."""


def read_image(
    path: Path, max_side: int | None = None, ground: Colour = WHITE, greys: Greys = AS_THE_FILE_SAYS
) -> Image.Image:
    """Read `path` as an RGB image, upright (EXIF orientation applied), in sRGB.

    Transparent pixels are laid over `ground`. Greys of more than 8 bits are scaled from their lowest to their
    highest value, but for a few dead pixels, DICOM by the window in the file where it has one; images of one
    file share a range, and `greys` may ask for another. Of a file with several pages or frames the first is read.
    With `max_side` the result is shrunk so that its longer side has at most that many pixels, which JPEG files do
    while decoding.

    Raises `ImageReadError`, naming the image, for everything that can be wrong with it.
    """
    return read_with_size(path, max_side, ground=ground, greys=greys)[0]


def read_with_size(
    path: Path,
    max_side: int | None = None,
    data: bytes | None = None,
    ground: Colour = WHITE,
    greys: Greys = AS_THE_FILE_SAYS,
) -> tuple[Image.Image, tuple[int, int]]:
    """Return what `read_image` and `image_size` return, from one look at the file or at its content `data`."""
    item = split_item(path)
    form = _format(item, data)
    found = None
    if form.trusted and item.box is None:
        with translated_errors(path, details=form.quotable):
            found = form.read_here(item.file, item.frame, Wanted(max_side, greys), data, MODEST_PIXELS)
    if found is None:
        return pool.read(item, form, max_side, ground, greys)
    return shrunk(over(ground, found[0]), max_side), found[1]


def image_size(path: Path) -> tuple[int, int]:
    """Return (width, height) in pixels as displayed, from the header where it has them.

    Raises `ImageReadError` when the file is not a readable image.
    """
    item = split_item(path)
    form = _format(item)
    if not form.trusted or item.box:
        return pool.size(item, form)
    with translated_errors(path, details=form.quotable):
        return form.size(item.file, item.frame)


def read_values(path: Path, greys: Greys = AS_THE_FILE_SAYS) -> GreyValues | None:
    """Return a picture of greys in numbers, upright; None for colours, and where its format has none but 8 bits.

    The values are those of which `read_image` makes the picture that is classified, by their window `classified`.

    Raises `ImageReadError` as `read_image` does, and for pictures of more than `MODEST_PIXELS`; their tiles are read.
    """
    item = split_item(path)
    form = _format(item)
    if form.trusted and item.box is None:
        with translated_errors(path, details=form.quotable):
            width, height = form.size(item.file, item.frame)
            if width * height > MODEST_PIXELS:
                raise ImageReadError(path, TOO_MANY_VALUES)
            return form.values(item.file, item.frame, Wanted(None, greys), None)
    return pool.values(item, form, greys)


def facts(path: Path) -> tuple[Fact, ...]:
    """Return what an image's file says of how it was taken. Raises `ImageReadError`."""
    item = split_item(path)
    form = _format(item)
    if not form.trusted:
        return pool.facts(item, form)
    with translated_errors(path, details=form.quotable):
        return form.facts(item.file, item.frame)


def place(path: Path) -> Place | None:
    """Return the series of an image's file and its place there; None where it does not say. Raises `ImageReadError`."""
    item = split_item(path)
    form = _format(item)
    return pool.place(item, form) if form.in_series else None


def frames(path: Path, cutting: Cutting = AS_THEY_ARE) -> list[int]:
    """Return the numbers of the pages or frames of an image's file; [] for one picture. Raises `ImageReadError`."""
    item = split_item(path)
    form = _format(item)
    return pool.parts(Item(item.file), form, cutting.video_rate)[0] if form.several else []


def subject(path: Path) -> tuple[str, str]:
    """Return hashes of what tells the patient and the study that an image is of; "" where its file does not say.

    Raises `ImageReadError`.
    """
    item = split_item(path)
    form = _format(item)
    return pool.subject(item, form) if form.names_subject else ("", "")


def remark(path: Path) -> str:
    """Return what people should know before they show or share the image, see `Format.remark`; "" for nothing.

    Raises `ImageReadError`.
    """
    item = split_item(path)
    form = _format(item)
    return pool.remark(item, form) if form.several else ""


def parts(
    path: Path,
    cutting: Cutting = AS_THEY_ARE,
    passed_over: Callable[[Path, str], None] | None = None,
    remarked: Callable[[Path, str], None] | None = None,
) -> list[Path]:
    """Return the images that lie in a file: its pages, frames or tiles; mostly itself alone.

    A file that cannot be read counts as one image: whoever reads it says why. `passed_over` is told of a file of
    which some images are missing, or that holds more than it says, and which in a sentence; `remarked` of what
    `remark` says.
    """
    if path.suffix.lower() in single_endings() and cutting.tile_side is None:
        return [path]
    item = split_item(path)
    try:
        form = _format(item)
        numbers: list[int] = []
        note = said = ""
        if form.several and item == Item(path):
            numbers, note, said = pool.parts(item, form, cutting.video_rate)
        if said and remarked is not None:
            remarked(path, said)
        if note and passed_over is not None:
            passed_over(path, note)
        pages = [item._replace(frame=number) for number in numbers] if len(numbers) > 1 else [item]
        if cutting.tile_side is not None and item.box is None:
            return [tile.path for page in pages for tile in _tiles(page, cutting.tile_side)]
    except ImageReadError:
        return [path]
    return [page.path for page in pages]


def _tiles(page: Item, side: int) -> list[Item]:
    return [page._replace(box=box) for box in tiles(image_size(page.path), side)] or [page]


def is_read_here(path: Path, data: bytes) -> bool:
    """Whether an image with this content is of a format that is read in this process."""
    return format_of(data[:HEADER_BYTES], path.suffix).trusted


def file_bytes(path: Path) -> bytes | None:
    """Return the content of the image's file; None where it is larger than `HELD_BYTES`. Raises `ImageReadError`."""
    with _opened(split_item(path)) as stream:
        # Asked to read so many bytes at most, Python takes the memory for all of them first.
        return stream.read() if os.fstat(stream.fileno()).st_size <= HELD_BYTES else None


def is_special_file(path: Path) -> bool:
    """Whether `path` is there but no regular file: a FIFO or device would block for ever."""
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False  # said better by whoever opens it


def _format(item: Item, data: bytes | None = None) -> Format:
    header = data[:HEADER_BYTES] if data is not None else _start(item, HEADER_BYTES)
    if not header:
        raise ImageReadError(item.path, EMPTY)
    return format_of(header, item.file.suffix)


def _start(item: Item, length: int) -> bytes:
    with _opened(item) as stream:
        return stream.read(length)


@contextmanager
def _opened(item: Item) -> Iterator[BinaryIO]:
    if is_special_file(item.file):
        raise ImageReadError(item.path, message("is not a regular file."))
    try:
        with item.file.open("rb") as stream:
            yield stream
    except (OSError, ValueError) as error:
        raise ImageReadError(item.path, describe_os_error(error)) from error
