"""Pictures of greys in numbers: values as the file means them, before a window makes 8 bits of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from model.images.grey_scale import range_of, windowed
from model.images.greys import GreyRange, Greys
from model.images.windows import Look, Window, as_numbers, between, of_numbers
from model.types import Region

Values = npt.NDArray[Any]
Size = tuple[int, int]
Mask = npt.NDArray[np.bool_]

HISTOGRAM_BARS = 128

_TYPES = frozenset({"|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4"})
_MOST_WINDOWS = 32
_LONGEST_UNIT = 16


@dataclass(frozen=True, eq=False)
class GreyValues:
    """The greys of a picture, upright, as the file means them.

    values: (h, w) of whole numbers as stored or rescaled, or of float32
    part: the rectangle of the picture, as displayed, that `values` are of
    size: (width, height) of the whole picture
    unit: of the values, "HU"; "" where the file does not say
    windows: those that the file offers, its own choice first
    classified: the window by which classification sees the picture; None where that is no window: a table or a colour
        profile in the file, or values that are all the same
    inverted: whether higher values are darker
    ground: (h, w), True where there is no picture, which is black; None where there is picture everywhere
    """

    values: Values
    part: Region
    size: Size
    unit: str = ""
    windows: tuple[Window, ...] = ()
    classified: Window | None = None
    inverted: bool = False
    ground: Mask | None = None

    def cut(self, box: Region) -> GreyValues:
        """Return a part of these; raises `ValueError` where it is not in them."""
        if box == self.part:
            return self
        left, top = box.x - self.part.x, box.y - self.part.y
        inside = left >= 0 and top >= 0 and left + box.width <= self.part.width and top + box.height <= self.part.height
        if not inside:
            raise ValueError(f"{box} is not in {self.part}")
        rows, columns = slice(top, top + box.height), slice(left, left + box.width)
        ground = None if self.ground is None else self.ground[rows, columns]
        return replace(self, values=self.values[rows, columns], part=box, ground=ground)

    def thinned(self, step: int) -> GreyValues:
        """Return every `step`th value of every `step`th row, of the same part."""
        if step <= 1:
            return self
        ground = None if self.ground is None else self.ground[::step, ::step]
        return replace(self, values=self.values[::step, ::step], ground=ground)

    def at(self, x: int, y: int) -> float | int | None:
        """Return the value of a pixel of the picture; None outside of the part."""
        column, row = x - self.part.x, y - self.part.y
        if not (0 <= column < self.values.shape[1] and 0 <= row < self.values.shape[0]):
            return None
        found: float | int = self.values[row, column].item()
        return found

    def seen(self, look: Look) -> npt.NDArray[np.uint8]:
        """Return the greys (h, w) that a look shows."""
        grey = _by_table(self.values, look.window)
        if self.inverted != look.inverted:
            grey = 255 - grey
        return grey if self.ground is None else np.where(self.ground, 0, grey).astype(np.uint8)

    def range(self, kind: GreyRange) -> Window | None:
        """Return the window of the full or of the robust range of these values; None where they are all the same."""
        span = range_of(self.values, Greys(kind), self.ground)
        return None if span is None else between(*span)

    def histogram(self, low: float, high: float) -> tuple[int, ...]:
        """Return how many values lie in each of `HISTOGRAM_BARS` equal parts of a range; those outside in the ends."""
        known = self.values if self.ground is None else self.values[~self.ground]
        if known.dtype.kind == "f":
            known = known[np.isfinite(known)]
        counts, _ = np.histogram(known.clip(low, high), HISTOGRAM_BARS, (low, high))
        return tuple(int(count) for count in counts)


def of_picture(
    values: Values,
    *,
    unit: str = "",
    windows: tuple[Window, ...] = (),
    classified: Window | None = None,
    inverted: bool = False,
    ground: Mask | None = None,
) -> GreyValues:
    """Return the greys (H, W), of any real type, of a whole picture."""
    height, width = values.shape
    part = Region(0, 0, width, height)
    return GreyValues(_compact(values), part, (width, height), unit, windows, classified, inverted, ground)


def to_wire(found: GreyValues) -> tuple[dict[str, Any], bytes]:
    """Return what `of_wire` takes: what JSON can hold, and bytes."""
    values = np.ascontiguousarray(found.values.astype(found.values.dtype.newbyteorder("<"), copy=False))
    ground = b"" if found.ground is None else np.packbits(found.ground).tobytes()
    part = found.part
    return {
        "dtype": values.dtype.str, "part": [part.x, part.y, part.width, part.height], "size": list(found.size),
        "unit": found.unit, "windows": [as_numbers(one) for one in found.windows[:_MOST_WINDOWS]],
        "classified": as_numbers(found.classified), "inverted": found.inverted, "ground": len(ground),
    }, values.tobytes() + ground  # fmt: skip


def of_wire(said: Mapping[str, Any], data: bytes) -> GreyValues:
    """Return the greys that a decoder process sent; raises `ValueError` where they make no sense."""
    try:
        dtype, ground_bytes = said["dtype"], int(said["ground"])
        numbers = [int(number) for number in (*said["part"], *said["size"])]
        windows = [of_numbers(one) for one in said["windows"][:_MOST_WINDOWS]]
        classified, inverted = of_numbers(said["classified"]), bool(said["inverted"])
        unit = str(said["unit"])[:_LONGEST_UNIT]
    except (KeyError, TypeError) as error:
        raise ValueError("no greys") from error
    x, y, width, height, *size = numbers
    if dtype not in _TYPES or len(size) != 2 or min(x, y) < 0 or min(width, height, *size) < 1:
        raise ValueError("no greys")
    count = width * height
    length = count * np.dtype(dtype).itemsize
    if x + width > size[0] or y + height > size[1] or len(data) != length + ground_bytes:
        raise ValueError("not as many values as pixels")
    values = np.frombuffer(data, dtype, count).reshape(height, width)
    ground = None
    if ground_bytes:
        if ground_bytes != math.ceil(count / 8):
            raise ValueError("not as many values as pixels")
        packed = np.frombuffer(data, np.uint8, ground_bytes, length)
        ground = np.unpackbits(packed, count=count).astype(bool).reshape(height, width)
    known = tuple(window for window in windows if window is not None)
    return GreyValues(
        values, Region(x, y, width, height), (size[0], size[1]), unit, known, classified, inverted, ground
    )


def _compact(values: Values) -> Values:
    """Return values as whole numbers where they are, else as float32."""
    if values.dtype.kind == "b":
        return values.astype(np.uint8)
    if values.dtype.kind != "f":
        return values
    if values.dtype == np.float64:
        low, high = (float(end) for end in (values.min(initial=0), values.max(initial=0)))  # NaN where one is
        if low >= -(2**31) and high < 2**31 and (values == np.rint(values)).all():
            return values.astype(np.int16 if low >= -(2**15) and high < 2**15 else np.int32)
    with np.errstate(over="ignore"):  # beyond float32: infinite
        return values.astype(np.float32, copy=False)


def _by_table(values: Values, window: Window) -> npt.NDArray[np.uint8]:
    """Return what a window makes of values; of those of 8 or 16 bits by a table of all there can be."""
    if values.dtype.kind in "iu" and values.dtype.itemsize <= 2 and values.size > 2**12:
        codes = np.dtype(f"u{values.dtype.itemsize}")
        every = np.arange(2 ** (8 * codes.itemsize)).astype(codes).view(values.dtype.newbyteorder("="))
        table = windowed(window.shares(every.astype(np.float64)), 0.0, 1.0)
        return np.asarray(table[values.astype(values.dtype.newbyteorder("="), copy=False).view(codes)])
    return windowed(window.shares(values.astype(np.float64)), 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Survey:
    """A picture of greys and what there is to choose a window by.

    full, robust: windows from the lowest to the highest value, of all and without outliers; None where all are the same
    ends: the range that the histogram is of
    histogram: how many values lie in each of its `HISTOGRAM_BARS` equal parts
    """

    greys: GreyValues
    full: Window | None
    robust: Window | None
    ends: tuple[float, float]
    histogram: tuple[int, ...]


def survey(greys: GreyValues) -> Survey:
    """Look through the values of a picture. The histogram is of the robust range and of what is classified."""
    full, robust = greys.range(GreyRange.FULL), greys.range(GreyRange.ROBUST)
    known = [window for window in (robust or full, greys.classified) if window is not None]
    low, high = min((one.low for one in known), default=0.0), max((one.high for one in known), default=1.0)
    return Survey(greys, full, robust, (low, high), greys.histogram(low, high))
