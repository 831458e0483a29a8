"""DICOM files as a viewer shows them.

Stored values become what they mean (modality LUT or rescale), then what is seen of them (VOI LUT or window), then
light or dark (MONOCHROME1 and an inverse presentation LUT are inverted). Where a file says nothing of what is to be
seen, or nothing that makes sense, the range of all its frames is shown. Padding is background: black, and no part of
the range. Of the header nothing but what this needs is looked at here, and nothing of it but the windows and the unit
of values leaves this module.
"""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pydicom
from PIL import Image

from model.errors import ImageReadError
from model.images.depth import eight_bits
from model.images.formats import MAX_PARTS, Size, Wanted
from model.images.grey_scale import Range, joined, range_of, stretched, windowed
from model.images.grey_values import GreyValues, of_picture
from model.images.greys import GreyRange, Greys
from model.images.last_file import LastFile
from model.images.read_errors import cut_off_frames, damaged, more_frames, no_such_frame, unsupported
from model.images.readers import _dicom_file as files
from model.images.readers import _dicom_hints as hints
from model.images.readers._dicom_bits import Sample, sample_of, stored_words
from model.images.readers._dicom_frames import UnsupportedError, Values, frame_values, is_decodable
from model.images.readers._dicom_tables import coloured
from model.images.windows import Window, between
from model.messages import message
from model.types import Region

_NO_DECODER = message("is compressed in a way that cannot be read here. Export it uncompressed.")
_FRAMES_PIXELS = 64_000_000  # of all frames of which a range is taken


class _Opened:
    """A file, or its header alone, and how many frames are there and promised."""

    def __init__(self, path: Path, *, header: bool = False) -> None:
        source = files.opened(path, header=header)
        self.dataset = source.dataset
        self.count, self.promised = files.count_frames(path, source), files.promised_frames(self.dataset)
        if self.promised != self.count:
            self.dataset.NumberOfFrames = self.count
        self.ranges: dict[Greys, Range | None] = {}

    @cached_property
    def sample(self) -> Sample | None:
        """Where samples lie in the words of all frames; None where each frame tells, as of what is compressed."""
        words = stored_words(self.dataset, self.count)
        return None if words is None else sample_of(self.dataset, words)


_last, _last_header = LastFile(_Opened), LastFile(partial(_Opened, header=True))


class _Light(NamedTuple):
    """Greys (H, W) in the unit that they mean, what is said of them, and where there is no picture."""

    meaning: Values
    rules: hints.Rules
    ground: npt.NDArray[np.bool_] | None
    inverted: bool


def read(path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
    """See `Format.read`."""
    opened = _last.get(path)
    values, index = _stored(path, frame, opened)
    size = files.size(path, opened.dataset)
    return Image.fromarray(_shown(opened, values, index, wanted.greys)).convert("RGB"), size


def values(path: Path, frame: int | None, wanted: Wanted, box: Region | None) -> GreyValues | None:  # noqa: ARG001
    """See `Format.values`; a frame is decoded as a whole."""
    opened = _last.get(path)
    if not _is_grey(opened.dataset):
        return None
    stored, index = _stored(path, frame, opened)
    if stored.ndim == 3:
        return None
    light = _light(opened.dataset, stored, index)
    return of_picture(
        light.meaning,
        unit=light.rules.unit,
        windows=light.rules.windows,
        classified=_classified(opened, light, wanted.greys),
        inverted=light.inverted,
        ground=light.ground,
    )


def _stored(path: Path, frame: int | None, opened: _Opened) -> tuple[Values, int]:
    """Return the stored values of a frame, and its index."""
    dataset = opened.dataset
    if not any(name in dataset for name in files.PIXEL_DATA):
        raise ImageReadError(path, files.NO_PICTURE if "Rows" not in dataset else damaged(message("no pixels in it")))
    files.size(path, dataset)
    index = _index(path, frame, opened)
    if not is_decodable(dataset):
        raise ImageReadError(path, _NO_DECODER)
    try:
        return frame_values(dataset, index, opened.sample), index
    except UnsupportedError as problem:
        raise ImageReadError(path, unsupported("DICOM", problem)) from problem


def size(path: Path, frame: int | None) -> Size:
    """See `Format.size`."""
    header = _last_header.get(path)
    _index(path, frame, header)
    return files.size(path, header.dataset)


def parts(path: Path) -> list[int]:
    """See `Format.parts`."""
    header = _last_header.get(path)
    return list(range(1, min(header.count, MAX_PARTS) + 1)) if is_decodable(header.dataset) else [1]  # to say so once


def note(path: Path) -> str:
    """See `Format.note`."""
    header = _last_header.get(path)
    if not header.promised or header.count == header.promised or not is_decodable(header.dataset):
        return ""
    is_cut = header.count < header.promised
    return (cut_off_frames if is_cut else more_frames)(header.count, header.promised)


def _index(path: Path, frame: int | None, held: _Opened) -> int:
    number, count = frame or 1, held.count
    if number > count:
        is_cut = number <= held.promised
        missing = cut_off_frames(count, held.promised) if is_cut else no_such_frame(number, count)
        raise ImageReadError(path, missing)
    return number - 1


def _shown(opened: _Opened, values: Values, index: int, greys: Greys) -> npt.NDArray[np.uint8]:
    dataset = opened.dataset
    if values.ndim == 3:
        return _colours(values, dataset)
    if not _is_grey(dataset):
        return _of_palette(values, dataset)
    light = _light(dataset, values, index)
    grey = hints.seen(light.meaning, light.rules) if greys.range is GreyRange.FILE else None
    if grey is None:
        grey = stretched(light.meaning, _range(opened, greys))
    grey = 255 - grey if light.inverted else grey
    return grey if light.ground is None else np.where(light.ground, 0, grey).astype(np.uint8)


def _is_grey(dataset: pydicom.FileDataset) -> bool:
    """Whether values are greys, if there is one a pixel."""
    return bool(dataset.get("PhotometricInterpretation") != "PALETTE COLOR")


def _light(dataset: pydicom.FileDataset, values: Values, index: int) -> _Light:
    rules = hints.rules(dataset, index, values)
    inverted = dataset.get("PhotometricInterpretation") == "MONOCHROME1"
    inverted = inverted or dataset.get("PresentationLUTShape") == "INVERSE"
    return _Light(hints.meant(values, rules), rules, hints.padding(values, dataset), inverted)


def _classified(opened: _Opened, light: _Light, greys: Greys) -> Window | None:
    """Return the window that `_shown` uses; None where that is a table or a range of one value."""
    if greys.range is GreyRange.FILE and (light.rules.voi is not None or light.rules.window is not None):
        return None if light.rules.voi is not None else light.rules.window
    span = _range(opened, greys)
    return None if span is None else between(*span)


def _of_palette(values: Values, dataset: pydicom.FileDataset) -> npt.NDArray[np.uint8]:
    little = dataset.file_meta.TransferSyntaxUID.is_little_endian
    return coloured(values, dataset, little=little, signed=files.first_number(dataset, "PixelRepresentation") == 1)


def _colours(values: Values, dataset: pydicom.FileDataset) -> npt.NDArray[np.uint8]:
    bits = int(files.first_number(dataset, "BitsStored") or 0)
    colours = values[..., :3]
    if colours.dtype.kind == "u" and 8 < bits <= 8 * colours.itemsize and int(colours.max(initial=0)) < 2**bits:
        return windowed(colours.astype(np.float64), 0.0, float(2**bits - 1))
    return eight_bits(colours)


def _range(opened: _Opened, greys: Greys) -> Range | None:
    """Return the range that all frames of the file share."""
    if greys not in opened.ranges:
        dataset, count = opened.dataset, opened.count
        pixels = max(1, int(dataset.Rows) * int(dataset.Columns))
        chosen = max(1, min(count, _FRAMES_PIXELS // pixels))
        indices = {round(k * (count - 1) / max(1, chosen - 1)) for k in range(chosen)}
        opened.ranges[greys] = joined(_range_of_frame(opened, index, greys) for index in sorted(indices))
    return opened.ranges[greys]


def _range_of_frame(opened: _Opened, index: int, greys: Greys) -> Range | None:
    dataset = opened.dataset
    try:
        values = frame_values(dataset, index, opened.sample)
    except Exception:  # noqa: BLE001 - a damaged frame takes no part in what the others show
        return None
    meant = hints.meant(values, hints.rules(dataset, index, values))
    return range_of(meant, greys, hints.padding(values, dataset))
