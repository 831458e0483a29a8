"""An open DICOM file: its header, its pixel data as far as they are there, and how many frames these hold."""

from __future__ import annotations

import io
import os
import struct
import warnings
from pathlib import Path
from typing import Any, BinaryIO

import pydicom
from pydicom import uid
from pydicom.dataset import Dataset

from model.errors import ImageReadError
from model.images.formats import Size
from model.images.read_errors import MAX_PIXELS, TOO_LARGE, damaged

NO_PICTURE = "is a DICOM file without a picture. Leave it out."
PIXEL_DATA = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

_TAGS = {b"\xe0\x7f\x10\x00": "<", b"\xe0\x7f\x08\x00": "<", b"\xe0\x7f\x09\x00": "<",
         b"\x7f\xe0\x00\x10": ">", b"\x7f\xe0\x00\x08": ">", b"\x7f\xe0\x00\x09": ">"}  # fmt: skip
_UNDEFINED = 0xFFFFFFFF
_ITEM = b"\xfe\xff\x00\xe0"
_STARTS = (b"\xff\xd8", b"\xff\x4f\xff\x51")  # of JPEG and JPEG 2000


def numbers(dataset: Dataset, name: str) -> list[float | None]:
    """Return the numbers of an element, None for each that is none, as "40,5" is."""
    value: Any
    try:
        value = dataset.get(name)
    except Exception:  # noqa: BLE001 - pydicom raises many types on values that bend the standard
        raw = dataset.get_item(name)
        value = raw.value if raw is not None else None
    if value is None:
        return []
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, str):
        value = value.split("\\")
    elif not isinstance(value, (list, tuple, pydicom.multival.MultiValue)):
        value = [value]
    return [_number(one) for one in value]


def first_number(dataset: Dataset, name: str) -> float | None:
    """Return the first number of an element; None where there is none."""
    return next(iter(numbers(dataset, name)), None)


def opened(path: Path, *, header: bool = False) -> pydicom.FileDataset:
    """Return a file's elements, up to the pixel data with `header`; pixel data that are cut off as far as they go."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on headers that bend the standard
        dataset = pydicom.dcmread(path, force=True, stop_before_pixels=header)
        if not header and not any(name in dataset for name in PIXEL_DATA):
            _add_cut_off(path, dataset)
    _mend(dataset)
    if not hasattr(dataset.file_meta, "TransferSyntaxUID"):
        little, implicit = dataset.original_encoding[::-1] if dataset.original_encoding else (True, True)
        dataset.file_meta.TransferSyntaxUID = (
            uid.ExplicitVRBigEndian
            if not little
            else uid.ImplicitVRLittleEndian
            if implicit
            else uid.ExplicitVRLittleEndian
        )
    return dataset


def size(path: Path, dataset: Dataset) -> Size:
    """Return (width, height); raises `ImageReadError` where there is no picture or it is too large."""
    rows, columns = first_number(dataset, "Rows"), first_number(dataset, "Columns")
    if rows is None or columns is None:
        raise ImageReadError(path, NO_PICTURE)
    width, height = int(columns), int(rows)
    if width < 1 or height < 1:
        raise ImageReadError(path, damaged("a picture without pixels"))
    if width * height > MAX_PIXELS:
        raise ImageReadError(path, TOO_LARGE)
    return width, height


def promised_frames(dataset: Dataset) -> int:
    """Return how many frames the header speaks of; 0 where it does not say."""
    found = first_number(dataset, "NumberOfFrames")
    return int(found) if found is not None and 0 < found < 2**31 else 0


def count_frames(path: Path, dataset: pydicom.FileDataset) -> int:
    """Return how many whole frames a file holds, at least 1: what the header says of them may be wrong."""
    promised = promised_frames(dataset)
    syntax = dataset.file_meta.TransferSyntaxUID
    if promised == 1 or syntax == uid.DeflatedExplicitVRLittleEndian:
        return max(1, promised)
    for name in PIXEL_DATA:
        if name in dataset and not syntax.is_encapsulated:  # they were read
            held = _native(dataset, len(dataset[name].value or b""))
            return max(1, min(held, promised) if promised else held)
    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")
        pydicom.dcmread(file, force=True, stop_before_pixels=True)  # and leaves the file there
        length = _element_length(file)
        if length is None:
            return max(1, promised)
        rest = os.stat(path).st_size - file.tell()
        held = _fragments(file, promised) if length == _UNDEFINED else _native(dataset, min(length, rest))
    return max(1, min(held, promised) if promised else held)


def _mend(dataset: Dataset) -> None:
    """Give a picture what its header has to say of its samples and does not, or not so that it can be."""
    if "Rows" not in dataset:
        return
    samples = first_number(dataset, "SamplesPerPixel")
    if samples is None:
        dataset.SamplesPerPixel = samples = 1
    if not str(dataset.get("PhotometricInterpretation") or "").strip():
        dataset.PhotometricInterpretation = "RGB" if samples == 3 else "MONOCHROME2"
    if samples == 3 and first_number(dataset, "PlanarConfiguration") not in (0, 1):
        dataset.PlanarConfiguration = 0
    allocated, stored = first_number(dataset, "BitsAllocated"), first_number(dataset, "BitsStored")
    if allocated is None or any(name in dataset for name in PIXEL_DATA[1:]):
        return
    if stored is None or not 0 < stored <= allocated:
        dataset.BitsStored = stored = int(allocated)
    if first_number(dataset, "PixelRepresentation") not in (0, 1):
        dataset.PixelRepresentation = 0


def _number(value: object) -> float | None:
    try:
        found = float(str(value).strip().strip("\0"))
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None  # False for NaN too


def _native(dataset: Dataset, length: int) -> int:
    samples = first_number(dataset, "SamplesPerPixel") or 1
    if samples == 3 and "422" in str(dataset.get("PhotometricInterpretation")):
        samples = 2
    bits = first_number(dataset, "BitsAllocated") or 0
    if not any(name in dataset for name in ("Rows", "Columns")) or not bits:
        return 1
    pixels = (first_number(dataset, "Rows") or 0) * (first_number(dataset, "Columns") or 0)
    frame = int(pixels * samples * bits)
    return 8 * length // frame if frame else 1


def _element_length(file: BinaryIO) -> int | None:
    """Read the start of the pixel data's element; returns its length, None where it is not there."""
    start = file.read(8)
    order = _TAGS.get(start[:4])
    if order is None or len(start) < 8:
        return None
    if start[4:6] in (b"OB", b"OW", b"OF", b"OD", b"UN"):
        rest = file.read(4)
        return int(struct.unpack(order + "I", rest)[0]) if len(rest) == 4 else None
    return int(struct.unpack(order + "I", start[4:])[0])


def _fragments(file: BinaryIO, promised: int) -> int:
    """Return how many whole frames lie in pieces from here on."""
    pieces = list(_whole_pieces(file))
    if not pieces:
        return 0
    offsets = struct.unpack(f"<{len(pieces[0]) // 4}I", pieces[0][: len(pieces[0]) // 4 * 4])
    pieces = pieces[1:]
    if len(offsets) > 1:
        ends, at = [], 0
        for piece in pieces:
            at += 8 + len(piece)
            ends.append(at)
        borders = [*offsets[1:], None]
        return sum(at >= border if border is not None else at > offsets[-1] for border in borders)
    if not promised:
        return sum(piece.startswith(_STARTS) for piece in pieces) or 1
    return len(pieces)


def _whole_pieces(file: BinaryIO) -> list[bytes]:
    """Return the pieces of encapsulated pixel data that are there as a whole, the table of offsets first."""
    pieces: list[bytes] = []
    while True:
        start = file.read(8)
        if len(start) < 8 or start[:4] != _ITEM:
            return pieces
        length = struct.unpack("<I", start[4:])[0]
        piece = file.read(length) if length < _UNDEFINED else b""
        if len(piece) < length:
            return pieces
        pieces.append(piece)


def _add_cut_off(path: Path, dataset: pydicom.FileDataset) -> None:
    """Add encapsulated pixel data that end before their end: pydicom leaves them out as a whole."""
    with path.open("rb") as file:
        header = pydicom.dcmread(file, force=True, stop_before_pixels=True)
        if _element_length(file) != _UNDEFINED:
            return
        pieces = _whole_pieces(file)
    for element in header:
        if element.tag not in dataset:
            dataset.add(element)
    if len(pieces) > 1:
        data = io.BytesIO()
        for piece in pieces:
            data.write(_ITEM + struct.pack("<I", len(piece)) + piece)
        dataset.add_new("PixelData", "OB", data.getvalue())
