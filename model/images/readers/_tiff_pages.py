"""The images and levels that the pages of an open TIFF file make up."""

from __future__ import annotations

import math
import struct
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tifffile

from model.images.formats import MAX_PARTS, Size
from model.images.readers import _tiff_colours as colours

Values = npt.NDArray[Any]
Page = tifffile.TiffPage | tifffile.TiffFrame

_LEFT_OUT = frozenset({"thumbnail", "label", "macro", "map", "overview"})  # of slides
_GREYS = (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.MINISWHITE)
_SEPARATE = 2  # of the tag PlanarConfiguration


class Level(NamedTuple):
    """Pixels of an image in one size.

    `behind`: which of the planes that lie one behind the other from the page's data on, None for the page's own;
    `within`: which slice or band of the page.
    """

    page: Page
    behind: int | None = None
    within: int = 0

    @property
    def tags(self) -> tifffile.TiffPage:
        """The page that describes it."""
        page = self.page.keyframe
        assert page is not None
        return page

    @property
    def size(self) -> Size:
        """(width, height) as stored."""
        return self.tags.imagewidth, self.tags.imagelength

    @property
    def pixels(self) -> int:
        """How many there are."""
        return self.tags.imagewidth * self.tags.imagelength


class Picture(NamedTuple):
    """One image: its number, its levels from the largest on, and those with which it shares a range."""

    number: int
    levels: tuple[Level, ...]
    family: tuple[int, int]

    @property
    def base(self) -> Level:
        """The largest level."""
        return self.levels[0]

    def level_for(self, max_side: int | None) -> Level:
        """Return the smallest level that has so many pixels along its longer side."""
        if max_side is None:
            return self.base
        enough = [level for level in self.levels if max(level.size) >= max_side]
        return min(enough, key=lambda level: level.pixels, default=self.base)


def walked_chain(file: tifffile.TiffFile) -> tuple[int, bool]:
    """Return how many pages follow each other, and whether they end: tifffile would go round in a circle for ever."""
    kind, handle = file.tiff, file.filehandle
    try:
        offset = file.pages.first.offset
    except IndexError:
        return 0, False
    seen: set[int] = set()
    while offset and offset not in seen and len(seen) <= MAX_PARTS:
        handle.seek(offset)
        start = handle.read(kind.tagnosize)
        if len(start) < kind.tagnosize:
            break
        seen.add(offset)
        handle.seek(offset + kind.tagnosize + struct.unpack(kind.tagnoformat, start)[0] * kind.tagsize)
        following = handle.read(kind.offsetsize)
        offset = struct.unpack(kind.offsetformat, following)[0] if len(following) == kind.offsetsize else 0
    return len(seen), offset not in seen and len(seen) <= MAX_PARTS


def pictures_of(file: tifffile.TiffFile, series: tifffile.TiffPageSeries, number: int) -> list[Picture]:
    if series.name.strip().lower() in _LEFT_OUT or len(series.keyframe.treeindex) > 1:
        return []
    levels = [planes_of(file, one) for one in series.levels]
    counts = [len(one) for one in levels]
    return [
        Picture(0, tuple(level[k] for level in levels if len(level) == counts[0]), (number, channel))
        for k, channel in zip(range(min(counts[0], MAX_PARTS)), channels_of(series, counts[0]), strict=False)
    ]


def planes_of(file: tifffile.TiffFile, series: tifffile.TiffPageSeries) -> list[Level]:
    """Return the planes of a series in order."""
    key = series.keyframe
    within = key.imagedepth * (key.samplesperpixel if is_banded(key) else 1)
    pages = promised_planes(series)
    first = series._pages[0]
    if len(series._pages) == 1 and pages > 1 and first is not None:
        if series.is_truncated or first.index + pages > len(file.pages):
            held = (file.filehandle.size - first.dataoffsets[0]) // max(1, first.nbytes)
            return [Level(first, k, w) for k in range(max(1, min(pages, held))) for w in range(within)]
        owners = [file.pages[first.index + k] for k in range(pages)]
    else:
        owners = [page for page in series._pages if page is not None]
    return [Level(described_page(page), None, w) for page in owners for w in range(within)]


def promised_planes(series: tifffile.TiffPageSeries) -> int:
    """Return how many planes a series speaks of."""
    return min(math.prod(series.get_shape(False)) // max(1, math.prod(series.keyframe.shape)), MAX_PARTS)


def described_page(page: Page) -> Page:
    """Return a page with tags of its own; a frame without any is described by another page's."""
    if isinstance(page, tifffile.TiffFrame) and not page.is_virtual:
        return page.aspage()
    return page


def channels_of(series: tifffile.TiffPageSeries, count: int) -> list[int]:
    """Return the channel of each plane of a series: channels have ranges of their own."""
    axes, shape = series.get_axes(False), series.get_shape(False)
    lead = [(axis, length) for axis, length in zip(axes, shape, strict=True) if axis not in "YXS"]
    if is_banded(series.keyframe):
        lead.append(("C", series.keyframe.samplesperpixel))
    lengths = [length for _, length in lead]
    place = next((k for k, (axis, _) in enumerate(lead) if axis == "C"), None)
    if place is None or math.prod(lengths) != count:
        return [0] * count
    return [int(channel) for channel in np.indices(lengths)[place].ravel()]


def is_copy(page: tifffile.TiffPage, base: tifffile.TiffPage) -> bool:
    """Whether a page may be a smaller copy of another: of its shape and kind."""
    across, down = page.imagewidth / base.imagewidth, page.imagelength / base.imagelength
    alike = ("photometric", "samplesperpixel", "bitspersample", "compression", "planarconfig", "imagedepth")
    same = all(getattr(page, name) == getattr(base, name) for name in alike) and page.dtype == base.dtype
    return same and across < 1 and abs(across - down) * max(base.imagewidth, base.imagelength) <= 2 * max(1, 1 / across)


def is_banded(page: tifffile.TiffPage) -> bool:
    """Whether a page holds greys in planes of their own: bands, each a picture."""
    if page.photometric not in _GREYS or page.planarconfig != _SEPARATE or page.samplesperpixel == 1:
        return False
    return not any(int(kind) in colours.ALPHA for kind in page.extrasamples or ())


def plane_of(values: Values, page: tifffile.TiffPage, within: int) -> Values:
    """Bring a page's values to (H, W, samples): those of one slice, or one band."""
    whole = values.reshape(page.shaped)  # separate samples, depth, height, width, samples
    if is_banded(page):
        found = whole[within % whole.shape[0], within // whole.shape[0]]
    elif page.planarconfig == _SEPARATE and whole.shape[0] > 1:
        found = whole[:, within, :, :, 0].transpose(1, 2, 0)
    else:
        found = whole[0, within]
    return np.asarray(found)


def segments_of(page: tifffile.TiffPage, left: int, top: int, width: int, height: int) -> list[int]:
    """Return the numbers of a page's tiles or strips that overlap a part of it."""
    across, down = (page.tilewidth, page.tilelength) if page.is_tiled else (page.imagewidth, max(1, page.rowsperstrip))
    columns, rows = math.ceil(page.imagewidth / across), math.ceil(page.imagelength / down)
    planes = page.samplesperpixel if page.planarconfig == _SEPARATE else 1
    return [
        (plane * rows + row) * columns + column
        for plane in range(planes)
        for row in range(top // down, math.ceil((top + height) / down))
        for column in range(left // across, math.ceil((left + width) / across))
    ]
