"""Colours of TIFF pages: every photometric interpretation at every depth, with its transparency and profile."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image

from model.images.colour_spaces import D50, rgb_of_ycbcr, srgb_of_lab
from model.images.depth import by_type, colour_range, eight_bits, share, unmultiplied
from model.images.grey_scale import Range, range_of, stretched
from model.images.greys import Greys
from model.images.pixels import to_srgb
from model.messages import message

Values = npt.NDArray[Any]

_P = tifffile.PHOTOMETRIC
ALPHA = {int(tifffile.EXTRASAMPLE.ASSOCALPHA): True, int(tifffile.EXTRASAMPLE.UNASSALPHA): False}
"""Kinds of extra samples that are transparency, and whether colours were multiplied by it."""
_SAMPLES = {_P.RGB: 3, _P.LINEAR_RAW: 3, _P.SEPARATED: 4, _P.YCBCR: 3, _P.CIELAB: 3, _P.ICCLAB: 3, _P.ITULAB: 3}
_GREY = frozenset({_P.MINISWHITE, _P.MINISBLACK, _P.MASK, _P.DEPTH_MAP, _P.SEMANTIC_MASK})
_MASKS = frozenset({_P.MASK, _P.SEMANTIC_MASK})
_NAMES = {
    _P.CFA: message("the raw mosaic of a camera"),
    _P.LOGL: message("LogL, light of high dynamic range"),
    _P.LOGLUV: message("LogLuv, light of high dynamic range"),
}
_TO_RGB = frozenset({6, 7, 34892, 33007, 50001, 34927, 50002, 52546})  # JPEG, WebP, JPEG XL: decoded to RGB
_CMYK = 1  # of the tag InkSet
_NO_DATA = 42113  # of GDAL, a number as text


class UnsupportedError(Exception):
    """A page is whole, but of a kind that is not read; says which."""


class Light(NamedTuple):
    """Greys of a page (H, W), larger is lighter unless `inverted`, and where there is no picture."""

    values: Values
    ground: npt.NDArray[np.bool_] | None
    inverted: bool


def check(page: tifffile.TiffPage) -> None:
    """Raise `UnsupportedError` where a page's colours are of a kind that is not read."""
    kind = page.photometric
    if kind in _NAMES:
        raise UnsupportedError(_NAMES[_P(kind)])
    if kind == _P.SEPARATED and (_ink_set(page) != _CMYK or _inks(page) > 4):
        raise UnsupportedError(message("{count} inks that are not CMYK", count=_inks(page)))
    if kind not in _SAMPLES and kind not in _GREY and kind != _P.PALETTE:
        raise UnsupportedError(message("colours of kind {number}", number=int(kind)))


def has_range(page: tifffile.TiffPage) -> bool:
    """Whether what is black and white in a page follows from its values, and those of the file's other images."""
    return _is_deep_grey(page) or _is_deep_rgb(page)


def is_grey(page: tifffile.TiffPage) -> bool:
    """Whether a page shows greys alone."""
    return _is_deep_grey(page) or _P(page.photometric) in _GREY


def range_of_bits(page: tifffile.TiffPage) -> Range:
    """Return the range of greys of up to 8 bits, which are shown as they are."""
    return 0.0, 2.0 ** (1 if page.dtype is not None and page.dtype.kind == "b" else _bits(page)) - 1


def range_in(values: Values, page: tifffile.TiffPage, greys: Greys) -> Range | None:
    """Return the range of a page's values (H, W, samples) of which `has_range` holds; None where there is no value."""
    if np.iscomplexobj(values):
        values = np.abs(values)
    if _is_deep_grey(page):
        found = light(values, page)
        return range_of(found.values, greys, found.ground)
    colours = _SAMPLES[_P(page.photometric)]
    return colour_range(values[..., :colours], _ground(values, page, colours))


def picture(values: Values, page: tifffile.TiffPage, span: Range | None) -> Image.Image:
    """Return the RGB or RGBA pixels of a page's values (H, W, samples); `span` is the range where it `has_range`.

    Raises `UnsupportedError`.
    """
    if np.iscomplexobj(values):
        values = np.abs(values)
    kind, bits = _P(page.photometric), _bits(page)
    colours = _SAMPLES.get(kind, 1)
    if values.shape[2] < colours:
        kind, colours = (_P.MINISWHITE, 1) if kind == _P.SEPARATED else (_P.MINISBLACK, 1)
    alpha = _alpha(values, page, colours)
    if _is_deep_grey(page):
        found = light(values, page)
        grey = stretched(found.values, span, None if page.dtype is None or page.dtype.kind in "fc" else bits)
        image = Image.fromarray(_without_ground(255 - grey if found.inverted else grey, values, page))
    elif _is_deep_rgb(page):
        ground = _ground(values, page, colours)
        shown = values[..., :colours] if ground is None else np.where(ground[..., None], 0, values[..., :colours])
        image = Image.fromarray(_without_ground(eight_bits(shown, span), values, page))
    else:
        image = _coloured(values[..., :colours], kind, page, bits, alpha)
    profile = page.tags.valueof("InterColorProfile")
    if isinstance(profile, bytes):
        image.info["icc_profile"] = profile
    seen = to_srgb(image)
    if alpha is not None:
        seen.putalpha(Image.fromarray(by_type(alpha[0], bits)))
    return seen


def _is_deep_grey(page: tifffile.TiffPage) -> bool:
    few_samples = page.samplesperpixel < _SAMPLES.get(_P(page.photometric), 1)
    if page.photometric not in _GREY - _MASKS and not few_samples:
        return False
    return page.dtype is not None and not (page.dtype.kind in "ub" and _bits(page) <= 8)


def _is_rgb(kind: tifffile.PHOTOMETRIC, page: tifffile.TiffPage) -> bool:
    """Whether the decoded values of a page of this kind are red, green and blue."""
    return kind in (_P.RGB, _P.LINEAR_RAW) or (kind == _P.YCBCR and page.compression in _TO_RGB)


def _is_deep_rgb(page: tifffile.TiffPage) -> bool:
    kind = _P(page.photometric)
    if not _is_rgb(kind, page) or page.samplesperpixel < _SAMPLES[kind] or page.dtype is None or page.dtype == np.uint8:
        return False
    return not any(ALPHA.get(int(one)) for one in page.extrasamples or ())  # multiplied colours are shares of alpha


def light(values: Values, page: tifffile.TiffPage) -> Light:
    """Return the greys of a page's values (H, W, samples), of which `is_grey` holds."""
    if np.iscomplexobj(values):
        values = np.abs(values)
    grey, alpha = values[..., 0], _alpha(values, page, 1)
    if alpha is not None and alpha[1]:
        opaque = share(alpha[0], _bits(page))
        grey = np.divide(grey, opaque, out=np.zeros(grey.shape, np.float64), where=opaque > 0)
    return Light(grey, _ground(values, page, 1), page.photometric == _P.MINISWHITE)


def _ground(values: Values, page: tifffile.TiffPage, colours: int) -> npt.NDArray[np.bool_] | None:
    """Return where (H, W) a page's values (H, W, samples) show nothing: fully transparent, or without data."""
    alpha, empty = _alpha(values, page, colours), _empty(values[..., :colours], page)
    if alpha is None:
        return empty
    return alpha[0] <= 0 if empty is None else (alpha[0] <= 0) | empty


def _empty(values: Values, page: tifffile.TiffPage) -> npt.NDArray[np.bool_] | None:
    """Return where (H, W) all of a page's colours (H, W, C) are the number that stands for no data; None: nowhere."""
    try:
        number = float(str(page.tags.valueof(_NO_DATA)).strip("\0 "))
    except ValueError:
        return None
    if values.dtype.kind == "f":
        most = float(np.finfo(values.dtype).max)
        wanted: Any = np.asarray(max(-most, min(number, most)) if abs(number) < np.inf else number, values.dtype)
    elif values.dtype.kind in "iu" and number.is_integer():
        wanted = int(number)
        if not np.iinfo(values.dtype).min <= wanted <= np.iinfo(values.dtype).max:
            return None
    else:
        return None
    found = (values == wanted).all(axis=2)
    return found if found.any() else None


def _without_ground(shown: npt.NDArray[np.uint8], values: Values, page: tifffile.TiffPage) -> npt.NDArray[np.uint8]:
    """Make black what shows nothing, (H, W) or (H, W, C), as a DICOM file's padding is."""
    empty = _empty(values[..., : 1 if shown.ndim == 2 else shown.shape[2]], page)
    if empty is not None:
        shown[empty] = 0
    return np.ascontiguousarray(shown)


def _coloured(
    values: Values, kind: tifffile.PHOTOMETRIC, page: tifffile.TiffPage, bits: int, alpha: tuple[Values, bool] | None
) -> Image.Image:
    if kind == _P.PALETTE and page.colormap is not None:
        return Image.fromarray(_looked_up(values[..., 0], np.asarray(page.colormap)))
    if alpha is not None and alpha[1]:
        if kind in (_P.CIELAB, _P.ICCLAB, _P.ITULAB, _P.YCBCR):
            raise UnsupportedError(message("colours without red, green and blue that were multiplied by their alpha"))
        values, bits, alpha = (unmultiplied(values, alpha[0], bits) * 255).round().astype(np.uint8), 8, None
    if _is_rgb(kind, page):
        return Image.fromarray(np.ascontiguousarray(by_type(values, bits)))
    if kind == _P.SEPARATED:
        return Image.fromarray(np.ascontiguousarray(by_type(values, bits)), "CMYK")
    if kind == _P.YCBCR:
        return Image.fromarray(_from_ycbcr(by_type(values, bits), page))
    if kind in (_P.CIELAB, _P.ICCLAB, _P.ITULAB):
        return Image.fromarray(srgb_of_lab(_lab(values, kind, bits), _white(page)))
    first = values[..., 0]
    grey = by_type(first.astype(np.uint8) if first.dtype.kind == "b" else first, bits)
    return Image.fromarray(255 - grey if kind == _P.MINISWHITE else grey)


def _alpha(values: Values, page: tifffile.TiffPage, colours: int) -> tuple[Values, bool] | None:
    """Return the alpha (H, W) of a page's values, and whether colours were multiplied by it."""
    for number, kind in enumerate(page.extrasamples or ()):
        if int(kind) in ALPHA and colours + number < values.shape[2]:
            return values[..., colours + number], ALPHA[int(kind)]
    return None


def _bits(page: tifffile.TiffPage) -> int:
    return page.bitspersample if isinstance(page.bitspersample, int) else 8  # RGB of 5, 6 and 5 bits is given as 8


def _ink_set(page: tifffile.TiffPage) -> int:
    found = page.tags.valueof("InkSet", _CMYK)
    return int(found) if isinstance(found, int) else _CMYK


def _inks(page: tifffile.TiffPage) -> int:
    return int(page.samplesperpixel) - len(page.extrasamples or ())


def _looked_up(indices: Values, colours: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Replace indices (H, W) by their colours of a table (3, 2 ** bits) of 16 bits, or of 8 as some write it."""
    table = (colours >> 8 if colours.max(initial=0) > 255 else colours).astype(np.uint8)
    picked: npt.NDArray[np.uint8] = table[:, indices.astype(np.int64).clip(0, table.shape[1] - 1)].transpose(1, 2, 0)
    return np.ascontiguousarray(picked)


def _from_ycbcr(values: npt.NDArray[np.uint8], page: tifffile.TiffPage) -> npt.NDArray[np.uint8]:
    weights, ends = _fractions(page, "YCbCrCoefficients", 3), _fractions(page, "ReferenceBlackWhite", 6)
    if max(ends, default=0) > 255:  # codes of as many bits as the values; some write those of 8 bits nevertheless
        ends = tuple(end / 2.0 ** max(_bits(page) - 8, 0) for end in ends)
    return rgb_of_ycbcr(
        values,
        (weights[0], weights[1], weights[2]) if weights else (0.299, 0.587, 0.114),
        ends or (0, 255, 128, 255, 128, 255),
    )


def _lab(values: Values, kind: tifffile.PHOTOMETRIC, bits: int) -> npt.NDArray[np.float64]:
    """Return L*, a* and b* of the codes of TIFF's three kinds of CIE L*a*b*."""
    if values.dtype.kind == "f":
        return np.nan_to_num(values.astype(np.float64))
    step = 2.0 ** (bits - 8)  # a code of 16 bits is 256 of 8
    if kind == _P.CIELAB:
        signed = values.astype(np.int64)
        signed = np.where(signed >= 2 ** (bits - 1), signed - 2**bits, signed)  # as whatever type they are given
        lightness = values[..., 0].astype(np.int64) % 2**bits
        return np.stack([lightness * 100 / (2**bits - 1), signed[..., 1] / step, signed[..., 2] / step], axis=2)
    codes = values.astype(np.float64) / step
    if kind == _P.ITULAB:  # the ranges of ITU-T T.42
        codes = values.astype(np.float64) * 255 / (2**bits - 1)
        spans = [codes[..., 0] * 100 / 255, (codes[..., 1] - 128) * 170 / 255, (codes[..., 2] - 96) * 200 / 255]
        return np.stack(spans, axis=2)
    return np.stack([codes[..., 0] * 100 / 255, codes[..., 1] - 128, codes[..., 2] - 128], axis=2)


def _white(page: tifffile.TiffPage) -> tuple[float, float, float]:
    """Return the white point (X, Y, Z), which is D50 unless the page has another."""
    found = _fractions(page, "WhitePoint", 2)
    if not found or min(found) <= 0 or sum(found) >= 1:
        return D50
    return found[0] / found[1], 1.0, (1 - found[0] - found[1]) / found[1]


def _fractions(page: tifffile.TiffPage, name: str, count: int) -> tuple[float, ...]:
    """Return a tag of so many fractions; () where there is none that makes sense."""
    found = page.tags.valueof(name)
    if not isinstance(found, tuple) or len(found) not in (count, 2 * count):
        return ()
    if len(found) == count:
        return tuple(float(one) for one in found)
    pairs = list(zip(found[::2], found[1::2], strict=True))
    return tuple(above / below for above, below in pairs) if all(below for _, below in pairs) else ()
