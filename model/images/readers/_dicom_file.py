"""An open DICOM file: its header, its pixel data as far as they are there, and how many frames these hold."""

from __future__ import annotations

import io
import os
import struct
import warnings
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pydicom
from pydicom import uid
from pydicom.dataset import Dataset

from model.errors import ImageReadError
from model.images.formats import Size
from model.images.read_errors import MAX_PIXELS, TOO_LARGE, damaged
from model.images.readers._dicom_pieces import content, pieces
from model.images.readers._dicom_pieces import count_frames as count_frames_in
from model.messages import message

NO_PICTURE = message("is a DICOM file without a picture. Leave it out.")
PIXEL_DATA = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

_TAGS = {b"\xe0\x7f\x10\x00": "<", b"\xe0\x7f\x08\x00": "<", b"\xe0\x7f\x09\x00": "<",
         b"\x7f\xe0\x00\x10": ">", b"\x7f\xe0\x00\x08": ">", b"\x7f\xe0\x00\x09": ">"}  # fmt: skip
_UNDEFINED = 0xFFFFFFFF


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


class Source(NamedTuple):
    """A file's elements; `pixels_at`: where those of its pixels begin, of a header; `is_cut`: their end is missing."""

    dataset: pydicom.FileDataset
    pixels_at: int = 0
    is_cut: bool = False


def opened(path: Path, *, header: bool = False) -> Source:
    """Return a file's elements, up to the pixel data with `header`; pixel data that are cut off as far as they go."""
    pixels_at, is_cut = 0, False
    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")  # remarks on headers that bend the standard
        dataset = pydicom.dcmread(file, force=True, stop_before_pixels=header)
        pixels_at = file.tell()
        if header and dataset.file_meta.get("TransferSyntaxUID") == uid.DeflatedExplicitVRLittleEndian:
            file.seek(0)
            dataset = pydicom.dcmread(file, force=True)  # its pixels lie nowhere in the file
        if not header and not any(name in dataset for name in PIXEL_DATA):
            is_cut = _add_cut_off(file, dataset)
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
    return Source(dataset, pixels_at, is_cut)


BURNED_IN = (
    "its header says that text is burned into the picture, perhaps a name. It stays in all that is shown or exported."
)
"""Burned In Annotation (0028,0301) is YES."""


def subject(path: Path) -> tuple[str, str]:
    """Return hashes of the ids of the patient and of the study; "" for an id that is missing or empty."""
    dataset = opened(path, header=True).dataset
    return _hashed(dataset, "PatientID"), _hashed(dataset, "StudyInstanceUID")


def remark(path: Path) -> str:
    """Return what is to be said of text in the pixels: where the header says that it may tell who the patient is."""
    value = opened(path, header=True).dataset.get("BurnedInAnnotation")
    return BURNED_IN if str(value or "").strip().upper() == "YES" else ""


def _hashed(dataset: Dataset, name: str) -> str:
    value = str(dataset.get(name) or "").strip()
    return sha256(f"{name} {value}".encode(errors="backslashreplace")).hexdigest() if value else ""


def size(path: Path, dataset: Dataset) -> Size:
    """Return (width, height); raises `ImageReadError` where there is no picture or it is too large."""
    rows, columns = first_number(dataset, "Rows"), first_number(dataset, "Columns")
    if rows is None or columns is None:
        raise ImageReadError(path, NO_PICTURE)
    width, height = int(columns), int(rows)
    if width < 1 or height < 1:
        raise ImageReadError(path, damaged(message("a picture without pixels")))
    if width * height > MAX_PIXELS:
        raise ImageReadError(path, TOO_LARGE)
    return width, height


def promised_frames(dataset: Dataset) -> int:
    """Return how many frames the header speaks of; 0 where it does not say."""
    found = first_number(dataset, "NumberOfFrames")
    return int(found) if found is not None and 0 < found < 2**31 else 0


def count_frames(path: Path, source: Source) -> int:
    """Return how many whole frames a file holds, at least 1: what the header says of them may be wrong."""
    dataset = source.dataset
    for name in PIXEL_DATA:
        if name in dataset:
            value = dataset[name].value or b""
            if not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
                return _native(dataset, len(value))
            return _encapsulated(dataset, io.BytesIO(value), len(value), is_whole=not source.is_cut)
    with path.open("rb") as file:
        file.seek(source.pixels_at)
        length = _element_length(file)
        if length is None:
            return max(1, promised_frames(dataset))
        end = os.stat(path).st_size
        if length == _UNDEFINED:
            return _encapsulated(dataset, file, end, is_whole=False)
        return _native(dataset, min(length, end - file.tell()))


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
    """Return how many frames lie in so many bytes: more than promised only where they fill these."""
    promised = promised_frames(dataset)
    samples = first_number(dataset, "SamplesPerPixel") or 1
    if samples == 3 and "422" in str(dataset.get("PhotometricInterpretation")):
        samples = 2
    pixels = (first_number(dataset, "Rows") or 0) * (first_number(dataset, "Columns") or 0)
    bits = int(pixels * samples * (first_number(dataset, "BitsAllocated") or 0))
    if bits <= 0:
        return 1
    held = 8 * length // bits
    if held > promised > 0 and not _padded(promised * bits) < length <= _padded(held * bits):
        held = promised
    return max(1, held)


def _padded(bits: int) -> int:
    """Return how many bytes hold so many bits: always an even number."""
    return 2 * -(-bits // 16)


def _encapsulated(dataset: Dataset, file: BinaryIO, end: int, *, is_whole: bool) -> int:
    found = pieces(file, end)
    if is_whole:
        found = found._replace(ended=True)
    is_rle = dataset.file_meta.TransferSyntaxUID == uid.RLELossless
    return max(1, count_frames_in(file, found, promised_frames(dataset), is_rle=is_rle))


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


def _add_cut_off(file: BinaryIO, dataset: pydicom.FileDataset) -> bool:
    """Add encapsulated pixel data that end before their end: pydicom leaves them out as a whole."""
    end = file.seek(0, os.SEEK_END)
    file.seek(0)
    header = pydicom.dcmread(file, force=True, stop_before_pixels=True)  # and leaves the file there
    if _element_length(file) != _UNDEFINED:
        return False
    found = pieces(file, end)
    for element in header:
        if element.tag not in dataset:
            dataset.add(element)
    if found.spans:
        dataset.add_new("PixelData", "OB", content(file, found))
    return True
