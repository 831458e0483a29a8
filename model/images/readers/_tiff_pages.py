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

DESCRIBED = frozenset({"ome", "shaped", "imagej"})
"""Kinds of series of which a text in the file says how many planes there are."""

_LEFT_OUT = frozenset({"thumbnail", "label", "macro", "map", "overview"})  # of slides
_GREYS = (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.MINISWHITE)
_ALIGNMENT = 16  # bytes that may be left free before the next page
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


class Chain(NamedTuple):
    """How many pages follow each other, and whether they end: tifffile would go round in a circle for ever.

    `missing`: the place beyond the end of the file at which the last page says that there is a next one; None where it
    says no such thing.
    """

    pages: int
    ends: bool
    missing: int | None


def walked_chain(file: tifffile.TiffFile) -> Chain:
    """Go from page to page."""
    kind, handle = file.tiff, file.filehandle
    try:
        offset = file.pages.first.offset
    except IndexError:
        return Chain(0, ends=False, missing=None)
    seen: set[int] = set()
    missing = None
    while offset and offset not in seen and len(seen) <= MAX_PARTS:
        handle.seek(offset)
        start = handle.read(kind.tagnosize)
        if len(start) < kind.tagnosize:
            missing = offset
            break
        seen.add(offset)
        handle.seek(offset + kind.tagnosize + struct.unpack(kind.tagnoformat, start)[0] * kind.tagsize)
        following = handle.read(kind.offsetsize)
        if len(following) < kind.offsetsize:
            missing = handle.size
            break
        offset = struct.unpack(kind.offsetformat, following)[0]
    return Chain(len(seen), offset not in seen and len(seen) <= MAX_PARTS, missing)


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
    within = planes_within(key)
    pages = min(promised_planes(series), max(1, MAX_PARTS // max(1, within)))
    first = series._pages[0]
    if len(series._pages) == 1 and pages > 1 and first is not None:
        if series.is_truncated or first.index + pages > len(file.pages):
            held = (file.filehandle.size - first.dataoffsets[0]) // max(1, first.nbytes)
            return [Level(first, k, w) for k in range(max(1, min(pages, held))) for w in range(within)]
        owners = [file.pages[first.index + k] for k in range(pages)]
    else:
        owners = [page for page in series._pages if page is not None]
    return [Level(described_page(page), None, w) for page in owners for w in range(within)]


def planes_within(page: tifffile.TiffPage) -> int:
    """Return how many images lie in one page: slices and bands."""
    return min(page.imagedepth * (page.samplesperpixel if is_banded(page) else 1), MAX_PARTS)


def promised_planes(series: tifffile.TiffPageSeries) -> int:
    """Return how many planes a series speaks of."""
    return min(math.prod(series.get_shape(False)) // max(1, math.prod(series.keyframe.shape)), MAX_PARTS)


def forgotten_planes(
    file: tifffile.TiffFile, series: list[tifffile.TiffPageSeries], found: list[Picture], pages: int
) -> list[Picture]:
    """Return the images in pages like those of which a text in the file speaks, but of which it does not."""
    in_one_page = {one.family[0] for one in found if one.base.behind is not None}
    described = [number for number, one in enumerate(series) if one.kind in DESCRIBED and number not in in_one_page]
    if not described:
        return []
    told = {page.index for one in series for level in one.levels for page in level._pages if page and _is_own(page)}
    told |= {level.page.index for one in found for level in one.levels if _is_own(level.page)}
    more = []
    for index in range(min(pages, MAX_PARTS)):
        if index in told:
            continue
        page = file.pages[index].aspage()
        like = next((number for number in described if _are_alike(page, series[number].keyframe)), None)
        if like is None:
            continue
        families = {one.family for one in found if one.family[0] == like}
        family = families.pop() if len(families) == 1 else (-index - 1, 0)  # of which channel it is nobody knows
        more += [Picture(0, (Level(page, None, w),), family) for w in range(planes_within(page))]
    return more


def planes_behind(page: tifffile.TiffPage, end: int) -> int:
    """Return how many planes of a page's size lie between its data and `end`, if nothing else can: else one."""
    if page.compression != 1 or not page.is_contiguous or not page.nbytes:
        return 1
    count, rest = divmod(end - page.dataoffsets[0], page.nbytes)
    return int(count) if rest < _ALIGNMENT else 1


def _is_own(page: Page) -> bool:
    return len(page.treeindex) == 1


def _are_alike(page: tifffile.TiffPage, other: tifffile.TiffPage) -> bool:
    return page.shape == other.shape and page.dtype == other.dtype and page.photometric == other.photometric


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
    """Whether a page holds several greys of each pixel, in planes or side by side: bands, each a picture."""
    if page.photometric not in _GREYS or page.samplesperpixel == 1:
        return False
    return not any(int(kind) in colours.ALPHA for kind in page.extrasamples or ())


def plane_of(values: Values, page: tifffile.TiffPage, within: int) -> Values:
    """Bring a page's values to (H, W, samples): those of one slice, or one band."""
    whole = values.reshape(page.shaped)  # separate samples, depth, height, width, samples
    if is_banded(page):
        depth, band = divmod(within, page.samplesperpixel)
        found = whole[band, depth] if page.planarconfig == _SEPARATE else whole[0, depth, :, :, band : band + 1]
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
