"""Colours of TIFF pages: every photometric interpretation at every depth, with its transparency and profile."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image

from model.images.colour_spaces import D50, rgb_of_ycbcr, srgb_of_lab
from model.images.depth import by_type, eight_bits, share, unmultiplied
from model.images.grey_scale import Range, stretched
from model.images.pixels import to_srgb

Values = npt.NDArray[Any]

_P = tifffile.PHOTOMETRIC
ALPHA = {int(tifffile.EXTRASAMPLE.ASSOCALPHA): True, int(tifffile.EXTRASAMPLE.UNASSALPHA): False}
"""Kinds of extra samples that are transparency, and whether colours were multiplied by it."""
_SAMPLES = {_P.RGB: 3, _P.LINEAR_RAW: 3, _P.SEPARATED: 4, _P.YCBCR: 3, _P.CIELAB: 3, _P.ICCLAB: 3, _P.ITULAB: 3}
_GREY = frozenset({_P.MINISWHITE, _P.MINISBLACK, _P.MASK, _P.DEPTH_MAP, _P.SEMANTIC_MASK})
_NAMES = {
    _P.CFA: "the raw mosaic of a camera",
    _P.LOGL: "LogL, light of high dynamic range",
    _P.LOGLUV: "LogLuv, light of high dynamic range",
}
_TO_RGB = frozenset({6, 7, 34892, 33007, 50001, 34927, 50002, 52546})  # JPEG, WebP, JPEG XL: decoded to RGB
_CMYK = 1  # of the tag InkSet


class UnsupportedError(Exception):
    """A page is whole, but of a kind that is not read; says which."""


class Light(NamedTuple):
    """Greys of a page (H, W), larger is lighter unless `inverted`, and where they are fully transparent."""

    values: Values
    ground: npt.NDArray[np.bool_] | None
    inverted: bool


def check(page: tifffile.TiffPage) -> None:
    """Raise `UnsupportedError` where a page's colours are of a kind that is not read."""
    kind = page.photometric
    if kind in _NAMES:
        raise UnsupportedError(_NAMES[_P(kind)])
    if kind == _P.SEPARATED and (_ink_set(page) != _CMYK or _inks(page) > 4):
        raise UnsupportedError(f"{_inks(page)} inks that are not CMYK")
    if kind not in _SAMPLES and kind not in _GREY and kind != _P.PALETTE:
        raise UnsupportedError(f"colours of kind {int(kind)}")


def is_deep_grey(page: tifffile.TiffPage) -> bool:
    """Whether a page holds greys that are scaled over their range."""
    few_samples = page.samplesperpixel < _SAMPLES.get(_P(page.photometric), 1)
    if page.photometric not in _GREY and not few_samples:
        return False
    return page.dtype is not None and not (page.dtype.kind in "ub" and _bits(page) <= 8)


def light(values: Values, page: tifffile.TiffPage) -> Light:
    """Return the greys of a page's values (H, W, samples)."""
    grey, alpha = values[..., 0], _alpha(values, page, 1)
    if np.iscomplexobj(grey):
        grey = np.abs(grey)
    ground = None
    if alpha is not None:
        ground = alpha[0] <= 0
        if alpha[1]:
            grey = np.where(ground, 0, grey / np.where(ground, 1, share(alpha[0], _bits(page))))
    return Light(grey, ground, page.photometric == _P.MINISWHITE)


def picture(values: Values, page: tifffile.TiffPage, span: Range | None) -> Image.Image:
    """Return the RGB or RGBA pixels of a page's values (H, W, samples); `span` is that of deep greys.

    Raises `UnsupportedError`.
    """
    if np.iscomplexobj(values):
        values = np.abs(values)
    kind, bits = _P(page.photometric), _bits(page)
    colours = _SAMPLES.get(kind, 1)
    if values.shape[2] < colours:
        kind, colours = (_P.MINISWHITE, 1) if kind == _P.SEPARATED else (_P.MINISBLACK, 1)
    alpha = _alpha(values, page, colours)
    if is_deep_grey(page):
        found = light(values, page)
        grey = stretched(found.values, span)
        image = Image.fromarray(255 - grey if found.inverted else grey)
    else:
        image = _coloured(values[..., :colours], kind, page, bits, alpha)
    profile = page.tags.valueof("InterColorProfile")
    if isinstance(profile, bytes):
        image.info["icc_profile"] = profile
    seen = to_srgb(image)
    if alpha is not None:
        seen.putalpha(Image.fromarray(by_type(alpha[0], bits)))
    return seen


def _coloured(
    values: Values, kind: tifffile.PHOTOMETRIC, page: tifffile.TiffPage, bits: int, alpha: tuple[Values, bool] | None
) -> Image.Image:
    if kind == _P.PALETTE and page.colormap is not None:
        return Image.fromarray(_looked_up(values[..., 0], np.asarray(page.colormap)))
    if alpha is not None and alpha[1]:
        if kind in (_P.CIELAB, _P.ICCLAB, _P.ITULAB, _P.YCBCR):
            raise UnsupportedError("colours without red, green and blue that were multiplied by their alpha")
        values, bits, alpha = (unmultiplied(values, alpha[0], bits) * 255).round().astype(np.uint8), 8, None
    if kind in (_P.RGB, _P.LINEAR_RAW) or (kind == _P.YCBCR and page.compression in _TO_RGB):
        if values.dtype == np.uint8:
            return Image.fromarray(np.ascontiguousarray(by_type(values, bits)))
        return Image.fromarray(eight_bits(values if alpha is None else values * (alpha[0] > 0)[..., None]))
    if kind == _P.SEPARATED:
        return Image.fromarray(np.ascontiguousarray(by_type(values, bits)), "CMYK")
    if kind == _P.YCBCR:
        return Image.fromarray(_from_ycbcr(by_type(values, bits), page))
    if kind in (_P.CIELAB, _P.ICCLAB, _P.ITULAB):
        return Image.fromarray(srgb_of_lab(_lab(values, kind, bits), _white(page)))
    grey = by_type(values[..., 0].astype(np.uint8), bits)
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
