"""DICOM files as a viewer shows them.

Stored values become what they mean (modality LUT or rescale), then what is seen of them (VOI LUT or window), then
light or dark (MONOCHROME1 and an inverse presentation LUT are inverted). Where a file says nothing of what is to be
seen, or nothing that makes sense, the range of all its frames is shown. Padding is background: black, and no part of
the range. Of the header nothing but what this needs is looked at, and nothing of it leaves this module.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom
from PIL import Image
from pydicom.pixels.processing import apply_color_lut

from model.errors import ImageReadError
from model.images.depth import eight_bits
from model.images.formats import MAX_PARTS, Size, Wanted
from model.images.grey_scale import Range, joined, range_of, stretched, windowed
from model.images.greys import GreyRange, Greys
from model.images.read_errors import cut_off_frames, damaged, no_such_part, unsupported
from model.images.readers import _dicom_file as files
from model.images.readers import _dicom_hints as hints
from model.images.readers._dicom_frames import UnsupportedError, Values, frame_values, is_decodable

_NO_DECODER = "is compressed in a way that cannot be read here. Export it uncompressed."
_FRAMES_PIXELS = 64_000_000  # of all frames of which a range is taken


class _Last:
    """The file read last: its frames are mostly wanted one after another. Not thread-safe."""

    def __init__(self) -> None:
        self._identity: object = None
        self.dataset = pydicom.FileDataset("", {})
        self.count, self.promised = 1, 1  # frames that are there, and that the header speaks of
        self.ranges: dict[Greys, Range | None] = {}

    def open(self, path: Path) -> _Last:
        """Read a file, or go on with the one that was read."""
        status = os.stat(path)
        identity = (path, status.st_size, status.st_mtime_ns, status.st_ino)
        if identity != self._identity:
            self._identity = None
            self.dataset, self.ranges = pydicom.FileDataset("", {}), {}  # never two at a time
            self.dataset = files.opened(path)
            self.count, self.promised = files.count_frames(path, self.dataset), files.promised_frames(self.dataset)
            if self.promised != self.count:
                self.dataset.NumberOfFrames = self.count
            self._identity = identity
        return self


_last = _Last()


def read(path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
    """See `Format.read`."""
    dataset = _last.open(path).dataset
    if not any(name in dataset for name in files.PIXEL_DATA):
        raise ImageReadError(path, files.NO_PICTURE if "Rows" not in dataset else damaged("no pixels in it"))
    size = files.size(path, dataset)
    index = _index(path, frame, _last.count, _last.promised)
    if not is_decodable(dataset):
        raise ImageReadError(path, _NO_DECODER)
    try:
        values = frame_values(dataset, index)
    except UnsupportedError as problem:
        raise ImageReadError(path, unsupported("DICOM", problem)) from problem
    return Image.fromarray(_shown(values, index, wanted.greys)).convert("RGB"), size


def size(path: Path, frame: int | None) -> Size:
    """See `Format.size`."""
    dataset, held = _header(path)
    _index(path, frame, held, files.promised_frames(dataset))
    return files.size(path, dataset)


def parts(path: Path) -> list[int]:
    """See `Format.parts`."""
    dataset, held = _header(path)
    return list(range(1, min(held, MAX_PARTS) + 1)) if is_decodable(dataset) else [1]  # to say so once


def note(path: Path) -> str:
    """See `Format.note`."""
    dataset, held = _header(path)
    promised = files.promised_frames(dataset)
    return cut_off_frames(held, promised) if held < promised and is_decodable(dataset) else ""


_headers: dict[object, tuple[pydicom.FileDataset, int]] = {}  # the one that was read last


def _header(path: Path) -> tuple[pydicom.FileDataset, int]:
    """Return a file's header and how many frames are there; all that is asked of a file is asked in a row."""
    status = os.stat(path)
    identity = (path, status.st_size, status.st_mtime_ns, status.st_ino)
    if identity not in _headers:
        dataset = files.opened(path, header=True)
        found = dataset, files.count_frames(path, dataset)
        _headers.clear()
        _headers[identity] = found
    return _headers[identity]


def _index(path: Path, frame: int | None, count: int, promised: int) -> int:
    number = frame or 1
    if number > count:
        missing = cut_off_frames(count, promised) if number <= promised else no_such_part(number, count, "frame")
        raise ImageReadError(path, missing)
    return number - 1


def _shown(values: Values, index: int, greys: Greys) -> npt.NDArray[np.uint8]:
    dataset = _last.dataset
    if values.ndim == 3:
        return _colours(values, dataset)
    if dataset.get("PhotometricInterpretation") == "PALETTE COLOR":
        return eight_bits(apply_color_lut(values, dataset))
    rules, ground = hints.rules(dataset, index), hints.padding(values, dataset)
    meant = hints.meant(values, rules)
    grey = hints.seen(meant, rules) if greys.range is GreyRange.FILE else None
    if grey is None:
        grey = stretched(meant, _range(greys))
    inverse = dataset.get("PhotometricInterpretation") == "MONOCHROME1"
    inverse ^= dataset.get("PresentationLUTShape") == "INVERSE" and not inverse
    grey = 255 - grey if inverse else grey
    return grey if ground is None else np.where(ground, 0, grey).astype(np.uint8)


def _colours(values: Values, dataset: pydicom.FileDataset) -> npt.NDArray[np.uint8]:
    bits = int(files.first_number(dataset, "BitsStored") or 0)
    colours = values[..., :3]
    if colours.dtype.kind == "u" and 8 < bits <= 8 * colours.itemsize and int(colours.max(initial=0)) < 2**bits:
        return windowed(colours.astype(np.float64), 0.0, float(2**bits - 1))
    return eight_bits(colours)


def _range(greys: Greys) -> Range | None:
    """Return the range that all frames of the file share."""
    if greys not in _last.ranges:
        dataset, count = _last.dataset, _last.count
        pixels = max(1, int(dataset.Rows) * int(dataset.Columns))
        chosen = max(1, min(count, _FRAMES_PIXELS // pixels))
        indices = {round(k * (count - 1) / max(1, chosen - 1)) for k in range(chosen)}
        _last.ranges[greys] = joined(_range_of_frame(index, greys) for index in sorted(indices))
    return _last.ranges[greys]


def _range_of_frame(index: int, greys: Greys) -> Range | None:
    try:
        values = frame_values(_last.dataset, index)
    except Exception:  # noqa: BLE001 - a damaged frame takes no part in what the others show
        return None
    meant = hints.meant(values, hints.rules(_last.dataset, index))
    return range_of(meant, greys, hints.padding(values, _last.dataset))
