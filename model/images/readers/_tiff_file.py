"""An open TIFF file: the images that lie in it, the levels of each, and their values.

An image is a plane of a series as tifffile finds them: a page, one of the planes that ImageJ and tifffile put behind
one page, a slice of a page with depth, or a band of a page of separate greys. Smaller levels of a pyramid, masks, and
the thumbnail, label and macro image of a slide are no images.
"""

from __future__ import annotations

import itertools
import logging
import math
import os
from collections import Counter
from pathlib import Path

import numpy as np
import tifffile

from model.errors import ImageReadError
from model.images.formats import MAX_PARTS
from model.images.grey_scale import Range, joined
from model.images.greys import Greys
from model.images.read_errors import MAX_PIXELS, TOO_LARGE, breaks_off, cut_off_planes, damaged, no_such_page
from model.images.readers import _tiff_colours as colours
from model.images.readers._tiff_pages import (
    DESCRIBED,
    Level,
    Picture,
    Values,
    forgotten_planes,
    is_banded,
    is_copy,
    pictures_of,
    plane_of,
    planes_behind,
    planes_within,
    promised_planes,
    segments_of,
    walked_chain,
)
from model.messages import message

_MOST_PIXELS_A_BYTE = 1_000_000  # an empty page of fax compression has a hundred thousand
_MOST_UNCOMPRESSED = 1000  # of which most are in tiles that are left out
_RANGE_PIXELS = 16_000_000  # of one image, of which its range is taken
_SERIES_PIXELS = 64_000_000  # of all images that share a range
_MOST_LEVELS = 30
_JPEG = frozenset({6, 7, 34892, 33007})
_SEPARATE = 2  # of the tag PlanarConfiguration
logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # what is wrong with a file is said once, by us


class TiffReading:
    """Not thread-safe. Close it."""

    def __init__(self, path: Path) -> None:
        # No other file is opened, whatever this one says: not those of a series, nor of a folder of them.
        self._file = tifffile.TiffFile(path, _multifile=False, is_mmstack=False, is_ndtiff=False)
        self._path, self._bytes = path, os.stat(path).st_size
        self._chain = walked_chain(self._file)
        self._pages = self._chain.pages
        self._pictures: tuple[Picture, ...] | None = None
        self._volume: tuple[int, Values] | None = None  # the page of several planes that was decoded last
        self.note = ""
        """What is missing of the file; known once `pictures` are."""
        self._ranges: dict[tuple[tuple[int, int], Greys], Range | None] = {}

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The images in order."""
        if self._pictures is None:
            self._pictures = self._found()
        return self._pictures

    def picture(self, frame: int | None) -> Picture:
        """Return an image by its number; raises `ImageReadError` where there is none or it is too large."""
        if not self._pages:
            raise ImageReadError(self._path, damaged(message("no page")))
        found = next((one for one in self.pictures if frame in (None, one.number)), None) or self._left_out(frame)
        pixels, page = found.base.pixels, found.base.tags
        if pixels > MAX_PIXELS and len(found.levels) == 1 and not page.is_tiled:
            raise ImageReadError(self._path, TOO_LARGE)
        depth = 1 if found.base.behind is not None else page.imagedepth
        most = _MOST_PIXELS_A_BYTE if page.compression != 1 else _MOST_UNCOMPRESSED
        if pixels * depth > most * self._bytes:
            raise ImageReadError(self._path, damaged(message("more pixels than it holds")))
        if pixels == 0:
            raise ImageReadError(self._path, damaged(message("a page without pixels")))
        return found

    def values(self, level: Level) -> Values:
        """Return the values (H, W, samples) of an image's level."""
        page = level.tags
        if level.pixels > MAX_PIXELS or (
            page.dtype is not None
            and level.pixels * page.imagedepth * page.samplesperpixel * page.dtype.itemsize > 8 * MAX_PIXELS
        ):
            raise ImageReadError(self._path, TOO_LARGE)
        if level.behind is not None:
            return self._behind(level)
        self._check_whole(level)
        if page.is_subsampled and page.compression not in _JPEG:
            return self._subsampled(page)
        if planes_within(page) == 1:
            return plane_of(level.page.asarray(), page, level.within)
        if self._volume is None or self._volume[0] != page.offset:  # else every plane would decode all
            self._volume = None
            self._volume = page.offset, level.page.asarray()
        return plane_of(self._volume[1], page, level.within)

    def region(self, level: Level, left: int, top: int, width: int, height: int) -> Values:
        """Return the values (height, width, samples) of a part of a level, decoding no more than lies in it."""
        page = level.tags
        if level.behind is not None or page.imagedepth > 1 or (page.is_subsampled and page.compression not in _JPEG):
            return self.values(level)[top : top + height, left : left + width]
        if width * height > MAX_PIXELS:
            raise ImageReadError(self._path, TOO_LARGE)
        found = np.zeros((height, width, page.samplesperpixel), page.dtype)
        for index in segments_of(page, left, top, width, height):
            offset, count = level.page.dataoffsets[index], level.page.databytecounts[index]
            if not count:
                continue
            self._file.filehandle.seek(offset)
            data = self._file.filehandle.read(count)
            segment, (sample, _, y, x, _), shape = page.decode(data, index, jpegtables=page.jpegtables)
            if segment is None:
                continue
            block = segment.reshape(shape)[0] if segment.ndim != 4 else segment[0]
            samples = slice(sample, sample + 1) if page.planarconfig == _SEPARATE else slice(0, block.shape[2])
            rows = slice(max(y, top), min(y + block.shape[0], top + height, page.imagelength))
            columns = slice(max(x, left), min(x + block.shape[1], left + width, page.imagewidth))
            if rows.start < rows.stop and columns.start < columns.stop:
                found[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left, samples] = block[
                    rows.start - y : rows.stop - y, columns.start - x : columns.stop - x
                ]
        return found[..., level.within : level.within + 1] if is_banded(page) else found

    def span(self, picture: Picture, greys: Greys, values: Values | None = None) -> Range | None:
        """Return the range of deep greys or colours that an image shares with its family.

        `values`: those of the image's largest level where they were read already.
        """
        key = picture.family, greys
        if key not in self._ranges:
            family = [one for one in self.pictures if one.family == picture.family] or [picture]
            pixels = min(picture.base.pixels, _RANGE_PIXELS)
            count = max(1, min(len(family), _SERIES_PIXELS // max(1, pixels)))
            chosen = [family[round(k * (len(family) - 1) / max(1, count - 1))] for k in range(count)]
            self._ranges[key] = joined(
                self._range(one, greys, values if one.number == picture.number else None) for one in chosen
            )
        return self._ranges[key]

    def _range(self, picture: Picture, greys: Greys, values: Values | None) -> Range | None:
        level = next((one for one in picture.levels if one.pixels <= _RANGE_PIXELS), picture.levels[-1])
        if values is None or level != picture.base:
            try:
                values = self.values(level) if level.pixels <= MAX_PIXELS else self._middle(level)
            except Exception:  # noqa: BLE001 - a damaged page takes no part in what the others show
                return None
        return colours.range_in(values, level.tags, greys) if colours.has_range(level.tags) else None

    def _middle(self, level: Level) -> Values:
        """Return the middle of a level that is too large to be read."""
        side = math.isqrt(_RANGE_PIXELS)
        width, height = (min(length, side) for length in level.size)
        left, top = (level.size[0] - width) // 2, (level.size[1] - height) // 2
        return self.region(level, left, top, width, height)

    def _found(self) -> tuple[Picture, ...]:
        try:
            series = list(self._file.series) if self._chain.ends else []
        except Exception:  # noqa: BLE001 - what a file says of its series may be nonsense: its pages are there still
            series = []
        found = [one for number, each in enumerate(series) for one in pictures_of(self._file, each, number)]
        found += forgotten_planes(self._file, series, found, self._pages)
        held, promised = _counted(found, series)
        planes = self._planes_in_one_page(found) if self._pages == len(found) == 1 else 1
        if planes > 1:
            page, promised = found[0].base.tags, planes
            held = max(1, min(planes, (self._bytes - page.dataoffsets[0]) // max(1, page.nbytes), MAX_PARTS))
            found = [Picture(0, (Level(page, k),), (0, 0)) for k in range(held)]
        if held < promised:
            self.note = cut_off_planes(held, promised)
        elif self._chain.missing is not None:
            self.note = breaks_off(self._pages)
        if not found:
            found = [
                Picture(0, (Level(page.aspage() if isinstance(page, tifffile.TiffFrame) else page),), (-index - 1, 0))
                for index, page in zip(range(min(self._pages, MAX_PARTS)), self._file.pages, strict=False)
            ]
        kept = [one for one in found if not (one.base.tags.is_reduced or one.base.tags.is_mask)] or found[:1]
        kept = [self._with_levels(one) for one in kept]
        # In the order of their pages, whatever the order of the series.
        kept.sort(key=lambda one: (one.base.page.index, one.base.behind or 0, one.base.within))
        counts = Counter(one.base.page.index for one in kept)
        if max(counts.values(), default=1) > 1:
            return tuple(one._replace(number=number) for number, one in enumerate(kept, 1))
        return tuple(one._replace(number=one.base.page.index + 1) for one in kept)

    def _planes_in_one_page(self, found: list[Picture]) -> int:
        """Return how many planes the only page of a file says that there are though tifffile believes in one alone."""
        planes = (self._file.imagej_metadata or {}).get("images", 1)
        if isinstance(planes, int) and planes > 1:
            return planes
        missing = self._chain.missing
        return 1 if missing is None else planes_behind(found[0].base.tags, missing)

    def _with_levels(self, picture: Picture) -> Picture:
        """Add smaller copies that tifffile does not take for levels: it knows those of a half, a third or a quarter."""
        base = picture.base.tags
        if len(picture.levels) > 1 or not base.is_tiled or len(base.treeindex) > 1:
            return picture
        copies: list[tifffile.TiffPage] = []
        for number in range(base.index + 1, min(base.index + 1 + _MOST_LEVELS, self._pages)):
            copy = self._file.pages[number].aspage()
            if not copy.is_reduced:
                break
            copies.append(copy)
        copies += [page.aspage() for page in itertools.islice(base.pages or (), _MOST_LEVELS)]
        levels = [Level(page) for page in copies if page.is_reduced and is_copy(page, base)]
        return picture._replace(levels=(picture.base, *sorted(levels, key=lambda one: -one.pixels)))

    def _left_out(self, frame: int | None) -> Picture:
        """Return a page that is no image, by its number, for names that were given before it was known to be none."""
        count = max(self._pages, len(self.pictures))
        if frame is None or frame > self._pages:
            raise ImageReadError(self._path, no_such_page(frame or 1, count))
        page = self._file.pages[frame - 1]
        return Picture(frame, (Level(page.aspage()),), (-frame, 0))

    def _check_whole(self, level: Level) -> None:
        """Raise where the data are not all in the file: tifffile fills up with black."""
        page = level.page
        segments = list(zip(page.dataoffsets, page.databytecounts, strict=False))
        if any(count and offset + count > self._bytes for offset, count in segments):
            raise ImageReadError(self._path, damaged(message("cut off")))
        if not any(count for _, count in segments):
            raise ImageReadError(self._path, damaged(message("no pixels in it")))
        tags, held = level.tags, sum(count for _, count in segments)
        if len(segments) < math.prod(tags.chunked) and (tags.compression != 1 or held < tags.nbytes):
            raise ImageReadError(self._path, damaged(message("cut off")))

    def _behind(self, level: Level) -> Values:
        page = level.tags
        assert level.behind is not None
        assert page.dtype is not None
        length = math.prod(page.shape) * page.dtype.itemsize
        offset = page.dataoffsets[0] + level.behind * length
        if offset + length > self._bytes:
            raise ImageReadError(self._path, damaged(message("cut off")))
        self._file.filehandle.seek(offset)
        data = self._file.filehandle.read(length)
        values = np.frombuffer(data, page.dtype.newbyteorder(self._file.byteorder)).reshape(page.shape)
        return plane_of(values.astype(page.dtype), page, level.within)

    def _subsampled(self, page: tifffile.TiffPage) -> Values:
        """Return Y, Cb and Cr (H, W, 3) of a page in which a block of Y is followed by its Cb and Cr."""
        across, down = page.subsampling or (1, 1)
        if page.bitspersample != 8 or page.planarconfig == _SEPARATE or page.is_tiled or page.samplesperpixel != 3:
            raise colours.UnsupportedError(
                message("YCbCr with fewer colours than pixels, in tiles, planes or many bits")
            )
        unpack = None if page.compression == 1 else tifffile.TIFF.DECOMPRESSORS[page.compression]
        width, height = page.imagewidth, page.imagelength
        columns, unit = math.ceil(width / across), across * down + 2
        found = np.zeros((height + down, columns * across, 3), np.uint8)
        for number, (offset, count) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=True)):
            self._file.filehandle.seek(offset)
            data = self._file.filehandle.read(count)
            top = number * page.rowsperstrip
            rows = math.ceil(min(page.rowsperstrip, height - top) / down)
            values = np.frombuffer(unpack(data) if unpack else data, np.uint8)[: rows * columns * unit]
            blocks = values.reshape(rows, columns, unit)
            luma = blocks[..., : across * down].reshape(rows, columns, down, across).transpose(0, 2, 1, 3)
            strip = found[top : top + rows * down]
            strip[..., 0] = luma.reshape(rows * down, columns * across)[: len(strip)]
            for channel in (0, 1):
                spread = blocks[..., across * down + channel].repeat(down, axis=0).repeat(across, axis=1)
                strip[..., 1 + channel] = spread[: len(strip)]
        return found[:height, :width]


def _counted(found: list[Picture], series: list[tifffile.TiffPageSeries]) -> tuple[int, int]:
    """Return how many planes, of those that descriptions speak of, are there, and how many they speak of."""
    described = {
        number
        for number, one in enumerate(series)
        if one.kind in DESCRIBED or any(p.base.behind is not None and p.family[0] == number for p in found)
    }
    promised = sum(promised_planes(series[number]) for number in described)
    planes = {
        (one.base.page.index, one.base.behind) for one in found if one.family[0] in described or one.family[0] < 0
    }
    return (len(planes), promised) if described else (len(found), 0)
