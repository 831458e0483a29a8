"""Which bits of a stored DICOM word are the sample, and which are of something else.

A header names the highest bit of a sample and how many there are; old devices left them at the top of the word.
Above may lie overlays, which the header then speaks of; it does not where its number of bits is simply too small.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pydicom

from model.images.readers._dicom_file import first_number

Values = npt.NDArray[Any]


class Sample(NamedTuple):
    """Where a sample lies in its word: so many bits up, and how many bits wide it is."""

    shift: int
    bits: int
    signed: bool


def sample_of(dataset: pydicom.FileDataset, words: Values) -> Sample:
    """Return where samples lie, from the header and from words (of any whole type) that show which bits are used."""
    width = 8 * words.dtype.itemsize
    stored = int(first_number(dataset, "BitsStored") or width)
    signed = first_number(dataset, "PixelRepresentation") == 1
    if first_number(dataset, "BitsAllocated") != width or not 0 < stored < width:
        return Sample(0, width, signed)
    codes = words.view(f"{words.dtype.str[0]}u{words.dtype.itemsize}")
    ever, always = (int(reduce(codes, axis=None)) for reduce in (np.bitwise_or.reduce, np.bitwise_and.reduce))
    overlays = _overlays(dataset, width)
    shift = _shift(dataset, width, stored, ever & ~overlays)
    end = shift + stored
    if end < width and not overlays >> end and (ever & ~always if signed else ever) >> end & 1:
        return Sample(shift, width - shift, signed)  # values go on above what the header says
    return Sample(shift, stored, signed)


def samples(words: Values, sample: Sample) -> Values:
    """Return the samples of words of a whole type, with their sign."""
    width = 8 * words.dtype.itemsize
    if sample.shift == 0 and sample.bits == width:
        return words
    codes = words.view(f"{words.dtype.str[0]}{'i' if sample.signed else 'u'}{words.dtype.itemsize}")
    return codes << (width - sample.shift - sample.bits) >> (width - sample.bits)


def stored_words(dataset: pydicom.FileDataset, frames: int) -> Values | None:
    """Return the words of so many frames that are not compressed; None where they are, or are no words."""
    syntax = dataset.file_meta.TransferSyntaxUID
    allocated = first_number(dataset, "BitsAllocated")
    if syntax.is_encapsulated or allocated not in (8, 16, 32) or "PixelData" not in dataset:
        return None
    length = int(allocated) // 8
    each = int(dataset.Rows) * int(dataset.Columns) * int(dataset.SamplesPerPixel)
    data = dataset.PixelData
    words = np.frombuffer(data[: len(data) // length * length], f"{'<' if syntax.is_little_endian else '>'}u{length}")
    return words[: each * frames] if words.size else None


def _shift(dataset: pydicom.FileDataset, width: int, stored: int, ever: int) -> int:
    """Return how far up samples lie. A highest bit that is merely that of the word is passed over."""
    high = first_number(dataset, "HighBit")
    shift = 0 if high is None else int(high) + 1 - stored
    if not 0 < shift <= width - stored:
        return 0
    is_used_below, is_used_above = ever & (2**shift - 1), ever >> stored
    return 0 if is_used_below and not is_used_above else shift


def _overlays(dataset: pydicom.FileDataset, width: int) -> int:
    """Return a mask of the bits in which overlays lie: those of overlays without data of their own."""
    found = 0
    for group in range(0x6000, 0x6020, 2):
        element = dataset.get((group, 0x0102))
        position = element.value if element is not None else None
        if isinstance(position, int) and 0 < position < width and (group, 0x3000) not in dataset:
            found |= 1 << position
    return found
