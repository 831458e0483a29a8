"""Pages of small pictures by class, with the region's box and what is said below each. Needs neither torch nor Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from model.errors import ImageReadError
from model.images.reading import read_with_size
from model.images.scan import readable_text
from model.messages import message, translated
from model.types import Region

PAGE = (1240, 1754)
"""Pixels of an A4 page at 150 dots an inch."""

COLUMNS, ROWS = 6, 8
_MARGIN, _HEADER, _GAP, _LINE = 60, 110, 12, 22
_TILE = ((PAGE[0] - 2 * _MARGIN + _GAP) // COLUMNS, (PAGE[1] - _MARGIN - _HEADER + _GAP - 30) // ROWS)
_PICTURE = (_TILE[0] - _GAP, _TILE[1] - _GAP - 2 * _LINE)
_INK, _GREY, _PAPER, _EMPTY = "#1a1d21", "#6b7178", "#ffffff", "#e6e8ea"
_FONTS = (
    "NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "msyh.ttc", "PingFang.ttc", "Hiragino Sans GB.ttc",
    "wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf", "simhei.ttf", "Arial Unicode.ttf",
)  # fmt: skip
"""Fonts of the systems that have Chinese characters; Pillow looks for them where each system keeps its fonts."""


@dataclass(frozen=True)
class Tile:
    """One picture on a page: its image, two lines of text, and the region with the colour of its class."""

    path: Path
    name: str
    line: str
    region: Region | None
    color: str


@dataclass(frozen=True)
class Sheet:
    """The pictures of one class."""

    title: str
    color: str
    tiles: tuple[Tile, ...]


def page_count(sheets: Sequence[Sheet]) -> int:
    """Return how many pages the sheets need."""
    return sum(-(-len(sheet.tiles) // (COLUMNS * ROWS)) for sheet in sheets)


def pages(sheets: Sequence[Sheet]) -> Iterator[tuple[Image.Image, list[Path]]]:
    """Yield each page, RGB of the size `PAGE`, with the images on it that could not be read."""
    total, number = page_count(sheets), 0
    for sheet in sheets:
        for start in range(0, len(sheet.tiles), COLUMNS * ROWS):
            number += 1
            unread: list[Path] = []
            page = Image.new("RGB", PAGE, _PAPER)
            draw = ImageDraw.Draw(page)
            _header(draw, sheet, start, f"{number} / {total}")
            for at, tile in enumerate(sheet.tiles[start : start + COLUMNS * ROWS]):
                left = _MARGIN + at % COLUMNS * _TILE[0]
                top = _HEADER + at // COLUMNS * _TILE[1]
                if not _draw_picture(page, draw, tile, left, top):
                    unread.append(tile.path)
                for line, (text, color) in enumerate(((tile.name, _GREY), (tile.line, _INK))):
                    place = (left, top + _PICTURE[1] + 2 + line * _LINE)
                    draw.text(place, _fitting(text, _PICTURE[0], 15), font=_font(15), fill=color)
            yield page, unread


def _header(draw: ImageDraw.ImageDraw, sheet: Sheet, start: int, number: str) -> None:
    draw.rectangle((_MARGIN, 48, _MARGIN + 26, 74), fill=sheet.color)
    end = min(start + COLUMNS * ROWS, len(sheet.tiles))
    counted = f"{start + 1:,}–{end:,} / {len(sheet.tiles):,}"
    width = int(_font(18).getlength(counted)) + 40
    title = _fitting(sheet.title, PAGE[0] - 2 * _MARGIN - 40 - width, 28)
    draw.text((_MARGIN + 40, 40), title, font=_font(28), fill=_INK)
    draw.text((PAGE[0] - _MARGIN, 50), counted, font=_font(18), fill=_GREY, anchor="ra")
    draw.text((PAGE[0] - _MARGIN, PAGE[1] - 40), number, font=_font(15), fill=_GREY, anchor="ra")


def _draw_picture(page: Image.Image, draw: ImageDraw.ImageDraw, tile: Tile, left: int, top: int) -> bool:
    """Draw an image with its box, as large as there is room; an empty place where it cannot be read: returns False."""
    try:
        picture, size = read_with_size(tile.path, max(_PICTURE))
    except ImageReadError:
        draw.rectangle((left, top, left + _PICTURE[0] - 1, top + _PICTURE[1] - 1), fill=_EMPTY)
        text = _fitting(translated(message("not readable")), _PICTURE[0] - 16, 15)
        draw.text((left + 8, top + 8), text, font=_font(15), fill=_GREY)
        return False
    picture.thumbnail(_PICTURE, Image.Resampling.LANCZOS)
    left, top = left + (_PICTURE[0] - picture.width) // 2, top + (_PICTURE[1] - picture.height) // 2
    page.paste(picture, (left, top))
    if tile.region is not None:
        across, down = picture.width / size[0], picture.height / size[1]
        box = tile.region
        corners = [box.x * across, box.y * down, (box.x + box.width) * across - 1, (box.y + box.height) * down - 1]
        x0, y0, x1, y1 = (round(value) for value in corners)
        outline = (left + x0, top + y0, left + max(x1, x0 + 4), top + max(y1, y0 + 4))
        draw.rectangle(outline, outline=_INK, width=5)
        draw.rectangle((outline[0] + 1, outline[1] + 1, outline[2] - 1, outline[3] - 1), outline=tile.color, width=3)
    return True


def _fitting(text: str, width: int, size: int) -> str:
    """Return a text that fits a width; the middle of a long one is left out.

    Characters that are not to be seen, such as ends of lines and marks of direction, become spaces: some are refused
    where text is laid out.
    """
    text = "".join(char if char.isprintable() else " " for char in readable_text(text))
    if _font(size).getlength(text) <= width:
        return text
    low, high = 0, len(text)  # how much of it may stay
    while low < high:
        some = (low + high + 1) // 2
        if _font(size).getlength(_shortened(text, some)) <= width:
            low = some
        else:
            high = some - 1
    return _shortened(text, low)


def _shortened(text: str, kept: int) -> str:
    start = kept - kept // 2
    return f"{text[:start]}…{text[len(text) - kept // 2 :]}"


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
