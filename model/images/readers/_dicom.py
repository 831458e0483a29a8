"""DICOM files as a viewer shows them.

Stored values become what they mean (modality LUT or rescale), then what is seen of them (VOI LUT or
window), then light or dark (MONOCHROME1 and an inverse presentation LUT are inverted). Where a file
says nothing of what is to be seen, its own lowest and highest value are the ends. Of the header
nothing but what this needs is looked at, and nothing of it leaves this module.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut
from pydicom.pixels.utils import pixel_array

from model.errors import ImageReadError
from model.images.depth import eight_bits
from model.images.formats import MAX_PARTS, Size, Wanted
from model.images.grey_scale import range_of, stretched, windowed
from model.images.read_errors import MAX_PIXELS, TOO_LARGE, damaged, no_such_part
from model.images.readers import _dicom_codecs

_dicom_codecs.register()

_NO_PICTURE = "is a DICOM file without a picture. Leave it out."
_NO_DECODER = "is compressed in a way that cannot be read here. Export it uncompressed."
_PIXEL_DATA = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_FOR_FRAMES = {
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept", "RescaleType"),
    "FrameVOILUTSequence": ("WindowCenter", "WindowWidth", "VOILUTFunction"),
}
_EXTREMES = np.array([-1e12, 1e12])


def read(path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:  # noqa: ARG001
    """See `Format`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on headers that bend the standard
        dataset = _opened(path)
        if not any(name in dataset for name in _PIXEL_DATA):
            raise ImageReadError(path, _NO_PICTURE)
        size = _size(path, dataset)
        index = _index(path, dataset, frame)
        if not _is_decodable(dataset):
            raise ImageReadError(path, _NO_DECODER)
        values = pixel_array(dataset, index=index)
        return Image.fromarray(_shown(values, dataset, index)).convert("RGB"), size


def size(path: Path, frame: int | None) -> Size:
    """See `Format`."""
    dataset = _opened(path, header=True)
    _index(path, dataset, frame)
    return _size(path, dataset)


def parts(path: Path) -> list[int]:
    """See `Format`."""
    return list(range(1, min(_count(_opened(path, header=True)), MAX_PARTS) + 1))


def _opened(path: Path, *, header: bool = False) -> pydicom.FileDataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(path, force=True, stop_before_pixels=header)
    if not hasattr(dataset.file_meta, "TransferSyntaxUID"):
        little, implicit = dataset.original_encoding[::-1] if dataset.original_encoding else (True, True)
        dataset.file_meta.TransferSyntaxUID = (
            pydicom.uid.ExplicitVRBigEndian
            if not little
            else pydicom.uid.ImplicitVRLittleEndian
            if implicit
            else pydicom.uid.ExplicitVRLittleEndian
        )
    return dataset


def _is_decodable(dataset: pydicom.FileDataset) -> bool:
    try:
        return bool(get_decoder(dataset.file_meta.TransferSyntaxUID).is_available)
    except NotImplementedError:  # not of pictures, or unheard of
        return False


def _count(dataset: Dataset) -> int:
    return max(1, int(dataset.get("NumberOfFrames") or 1))


def _index(path: Path, dataset: Dataset, frame: int | None) -> int:
    number, frames = frame or 1, _count(dataset)
    if number > frames:
        raise ImageReadError(path, no_such_part(number, frames, "frame"))
    return number - 1


def _size(path: Path, dataset: Dataset) -> Size:
    rows, columns = dataset.get("Rows"), dataset.get("Columns")
    if rows is None or columns is None:
        raise ImageReadError(path, _NO_PICTURE)
    width, height = int(columns), int(rows)
    if width < 1 or height < 1:
        raise ImageReadError(path, damaged("a picture without pixels"))
    if width * height > MAX_PIXELS:
        raise ImageReadError(path, TOO_LARGE)
    return width, height


def _shown(values: npt.NDArray[Any], dataset: Dataset, index: int) -> npt.NDArray[np.uint8]:
    if values.ndim == 3:
        return eight_bits(values[..., :3])
    if dataset.get("PhotometricInterpretation") == "PALETTE COLOR":
        return eight_bits(apply_color_lut(values, dataset))
    rules = _rules(dataset, index)
    padding = _padding(values, dataset)
    meant = apply_modality_lut(values, rules)
    grey = _by_voi(meant, rules)
    if grey is None:
        grey = stretched(np.where(padding, np.nan, meant.astype(np.float64)), range_of(meant, ground=padding))
    inverse = dataset.get("PhotometricInterpretation") == "MONOCHROME1"
    inverse ^= dataset.get("PresentationLUTShape") == "INVERSE" and not inverse
    return 255 - grey if inverse else grey


def _by_voi(meant: npt.NDArray[Any], rules: Dataset) -> npt.NDArray[np.uint8] | None:
    if rules.get("VOILUTSequence"):
        bits = int(rules.VOILUTSequence[0].LUTDescriptor[2])
        return windowed(apply_voi_lut(meant, rules).astype(np.float64), 0.0, float(2**bits - 1))
    if rules.get("WindowCenter") is None or rules.get("WindowWidth") is None:
        return None
    low, high = apply_voi_lut(_EXTREMES, rules, prefer_lut=False)  # to what the window maps the ends
    return windowed(apply_voi_lut(meant.astype(np.float64), rules, prefer_lut=False), float(low), float(high))


def _rules(dataset: Dataset, index: int) -> Dataset:
    """Return a dataset in which what enhanced files say of each frame stands where older files have it."""
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    each = dataset.get("PerFrameFunctionalGroupsSequence") or []
    groups = [*shared[:1], *each[index : index + 1]]
    if not any(name in group for group in groups for name in _FOR_FRAMES):
        return dataset
    rules = Dataset()
    for name in ("BitsStored", "PixelRepresentation", "PhotometricInterpretation", "ModalityLUTSequence"):
        if name in dataset:
            setattr(rules, name, dataset[name].value)
    for group in groups:
        for sequence, names in _FOR_FRAMES.items():
            for item in group.get(sequence, [])[:1]:
                for name in names:
                    if name in item:
                        setattr(rules, name, item[name].value)
    return rules


def _padding(values: npt.NDArray[Any], dataset: Dataset) -> npt.NDArray[np.bool_]:
    """Where the picture was only filled up."""
    value = dataset.get("PixelPaddingValue")
    if not isinstance(value, int):
        return np.zeros(values.shape, bool)
    limit = dataset.get("PixelPaddingRangeLimit")
    low, high = sorted((value, limit if isinstance(limit, int) else value))
    filled: npt.NDArray[np.bool_] = (values >= low) & (values <= high)
    return filled if not filled.all() else np.zeros(values.shape, bool)
