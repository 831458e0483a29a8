"""Lookup tables of DICOM files: of the modality, of what is to be seen (VOI), and of colours."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

from model.messages import message

Values = npt.NDArray[Any]

_COLOURS = ("Red", "Green", "Blue")


class Table(NamedTuple):
    """Entries from a value on; `white`: the highest that one may be."""

    first: int
    entries: npt.NDArray[np.uint16]
    white: int

    def look_up(self, values: Values) -> npt.NDArray[np.uint16]:
        """Return the entries of values of any real type: those outside have the first or the last."""
        if values.dtype.kind == "f":
            values = np.rint(np.nan_to_num(values)).clip(-(2.0**40), 2.0**40)
        index = values.astype(np.int64) - self.first
        return np.asarray(self.entries[index.clip(0, len(self.entries) - 1)])


def table_of(item: Dataset, *, little: bool, signed: bool) -> Table | None:
    """Return the table of an item of a sequence of tables; None where there is none that can be used.

    `little`: the order of bytes in a word; `signed`: whether the values that are looked up may be negative.
    """
    descriptor, data = item.get("LUTDescriptor"), item.get("LUTData")
    if not descriptor or len(descriptor) != 3 or data is None:
        return None
    count, first, bits = _described(descriptor, signed=signed)
    entries = _entries(data, count, bits, little=little)
    if len(entries) < count:
        return None
    return Table(first, entries, 2 ** _bits(entries, bits) - 1)


def coloured(values: Values, dataset: Dataset, *, little: bool, signed: bool) -> npt.NDArray[np.uint8]:
    """Return the colours (H, W, 3) that stored values (H, W) have in the palette of a file."""
    count, first, bits = _described(dataset.RedPaletteColorLookupTableDescriptor, signed=signed)
    if "RedPaletteColorLookupTableData" in dataset:
        data = [dataset.get(f"{colour}PaletteColorLookupTableData") for colour in _COLOURS]
        tables = [_entries(one, count, bits, little=little) for one in data]
    else:  # in segments, which pydicom joins
        joined = apply_color_lut(np.arange(first, first + count), dataset)
        tables = [joined[:, channel].astype(np.uint16) for channel in range(3)]
    if any(len(entries) < count for entries in tables):
        raise ValueError(message("a palette without all of its colours"))
    surplus = np.uint16(_bits(np.concatenate(tables), bits) - 8)
    return np.stack([Table(first, one >> surplus, 255).look_up(values).astype(np.uint8) for one in tables], axis=2)


def _described(descriptor: Any, *, signed: bool) -> tuple[int, int, int]:  # noqa: ANN401
    """Return the number of entries, the value of the first, and how many bits an entry has.

    The value of the first is a code of 16 bits, whatever type it is written in.
    """
    count, first, bits = (int(number) for number in descriptor)
    if signed and first >= 2**15:
        first -= 2**16
    return count % 2**16 or 2**16, first, bits % 2**16


def _entries(data: Any, count: int, bits: int, *, little: bool) -> npt.NDArray[np.uint16]:  # noqa: ANN401
    """Return up to so many entries of a table, from bytes or numbers: each a word, or two in one of 8 bits each."""
    if isinstance(data, bytes):
        words = np.frombuffer(data + b"\0" * (len(data) % 2), "<u2" if little else ">u2").astype(np.uint16)
    else:
        words = (np.atleast_1d(np.asarray(data, np.int64)) % 2**16).astype(np.uint16)
    if bits <= 8 and len(words) < count:
        words = words.astype("<u2").view(np.uint8).astype(np.uint16)
    return words[:count]


def _bits(entries: npt.NDArray[np.uint16], bits: int) -> int:
    """Return how many bits entries have, of so many that are said: 8 where none has more, 16 where some have more."""
    used = int(entries.max(initial=0)).bit_length()
    if used <= 8:
        return 8
    return bits if used <= bits <= 16 else 16
