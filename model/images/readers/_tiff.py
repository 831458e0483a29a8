"""Pages of TIFF files: those of 8 bits by Pillow, which knows all their colours; deeper ones by tifffile."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image, UnidentifiedImageError

from model.errors import ImageReadError
from model.images.depth import eight_bits
from model.images.formats import MAX_PARTS, Size, Wanted
from model.images.grey_scale import range_of, stretched
from model.images.pixels import SIDEWAYS, to_srgb, upright
from model.images.read_errors import MAX_PIXELS, TOO_LARGE, damaged, no_such_part
from model.images.readers import _pillow

_MOST_PIXELS_A_BYTE = 1_000_000  # an empty page of fax compression has a hundred thousand

_PHOTOMETRIC = tifffile.PHOTOMETRIC
_ALPHA = (tifffile.EXTRASAMPLE.ASSOCALPHA, tifffile.EXTRASAMPLE.UNASSALPHA)
logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # what is wrong with a file is said once, by us


def read(path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
    """See `Format`."""
    with _page(path, frame) as page:
        size = _displayed_size(page)
        if page.bitspersample > 8 or (page.dtype is not None and page.dtype.kind not in "ub"):
            return _deep(path, page), size
    try:
        return _pillow.read(path, frame, wanted)
    except (UnidentifiedImageError, OSError, NotImplementedError, KeyError) as pillow_error:
        with _page(path, frame) as page:  # compressions and depths that Pillow does not know
            if page.dtype is None:
                raise
            try:
                return _deep(path, page), size
            except ImageReadError:
                raise pillow_error from None


def size(path: Path, frame: int | None) -> Size:
    """See `Format`."""
    with _page(path, frame) as page:
        return _displayed_size(page)


def parts(path: Path) -> list[int]:
    """See `Format`; smaller copies and masks of other pages are left out."""
    with tifffile.TiffFile(path) as file:
        if len(file.pages) <= 1:
            return [1]
        pages = enumerate(islice(file.pages, MAX_PARTS), 1)
        return [number for number, page in pages if not _is_extra(page)] or [1]


@contextmanager
def _page(path: Path, frame: int | None) -> Iterator[tifffile.TiffPage]:
    with tifffile.TiffFile(path) as file:
        number = frame or 1
        if number > 1 and number > len(file.pages):
            raise ImageReadError(path, no_such_part(number, len(file.pages)))
        if not file.pages:
            raise ImageReadError(path, damaged("no page"))
        page = file.pages[number - 1]
        if not isinstance(page, tifffile.TiffPage):
            raise ImageReadError(path, damaged())
        if page.imagewidth * page.imagelength > MAX_PIXELS:
            raise ImageReadError(path, TOO_LARGE)
        if page.imagewidth * page.imagelength > _MOST_PIXELS_A_BYTE * path.stat().st_size:
            raise ImageReadError(path, damaged("more pixels than it holds"))
        if page.imagewidth * page.imagelength == 0:
            raise ImageReadError(path, damaged("a page without pixels"))
        yield page


def _is_extra(page: tifffile.TiffPage | tifffile.TiffFrame) -> bool:
    return isinstance(page, tifffile.TiffFrame) or bool(page.is_reduced or page.is_mask)


def _orientation(page: tifffile.TiffPage) -> object:
    return page.tags.valueof("Orientation", 1)


def _displayed_size(page: tifffile.TiffPage) -> Size:
    width, height = page.imagewidth, page.imagelength
    return (height, width) if _orientation(page) in SIDEWAYS else (width, height)


def _deep(path: Path, page: tifffile.TiffPage) -> Image.Image:
    if page.dtype is None or math.prod(page.shape) * page.dtype.itemsize > 8 * MAX_PIXELS:
        raise ImageReadError(path, damaged() if page.dtype is None else TOO_LARGE)
    planes = _planes(page.asarray(), page.axes)
    if np.iscomplexobj(planes):
        planes = np.abs(planes)
    colours = 3 if page.photometric == _PHOTOMETRIC.RGB and planes.shape[2] >= 3 else 1
    if colours == 3:
        image = Image.fromarray(eight_bits(planes[..., :3]))
    elif page.photometric == _PHOTOMETRIC.PALETTE and page.colormap is not None:
        image = Image.fromarray(_looked_up(planes[..., 0], np.asarray(page.colormap)))
    else:
        grey = stretched(planes[..., 0], range_of(planes[..., 0]))
        image = Image.fromarray(255 - grey if page.photometric == _PHOTOMETRIC.MINISWHITE else grey)
    if planes.shape[2] > colours and page.extrasamples and page.extrasamples[0] in _ALPHA:
        image.putalpha(Image.fromarray(eight_bits(planes[..., colours : colours + 1])[..., 0]))
    profile = page.tags.valueof("InterColorProfile")
    if isinstance(profile, bytes):
        image.info["icc_profile"] = profile
    return to_srgb(upright(image, _orientation(page)))


def _planes(values: npt.NDArray[Any], axes: str) -> npt.NDArray[Any]:
    """Bring a page's values to (H, W, samples); of a volume the first slice."""
    order = list(axes)
    for axis in [axis for axis in axes if axis not in "YXS"]:
        values = values.take(0, axis=order.index(axis))
        order.remove(axis)
    if "S" not in order:
        values, order = values[..., None], [*order, "S"]
    return values.transpose([order.index(axis) for axis in "YXS"])


def _looked_up(indices: npt.NDArray[Any], colours: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Replace indices (H, W) by their colours of a 16-bit table (3, 2 ** bits)."""
    table = (colours.astype(np.uint32) // 257).astype(np.uint8)
    picked: npt.NDArray[np.uint8] = table[:, indices.astype(np.int64).clip(0, table.shape[1] - 1)].transpose(1, 2, 0)
    return np.ascontiguousarray(picked)
