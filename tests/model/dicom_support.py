"""DICOM files with known values, and compressed frames put into them as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

PICTURE = np.zeros((32, 48, 3), np.uint8)
PICTURE[:16, :24], PICTURE[:16, 24:], PICTURE[16:, :24], PICTURE[16:, 24:] = (
    (200, 30, 30), (30, 200, 30), (30, 30, 200), (220, 220, 220),
)  # fmt: skip


def write_dicom(path: Path, values: np.ndarray, **header: object) -> Path:
    """Write greys (H, W) or (frames, H, W), or colours (H, W, 3) where `SamplesPerPixel` is 3, uncompressed."""
    dataset = _dataset(values, **header)
    dataset.PixelData = values.astype(values.dtype.newbyteorder("<")).tobytes()
    if values.dtype.itemsize == 1 and len(dataset.PixelData) % 2:
        dataset.PixelData += b"\0"
    return _saved(path, dataset, header)


def write_frames(path: Path, syntax: str, values: np.ndarray, frames: list[bytes], **header: object) -> Path:
    """Write compressed frames, each of which holds `values`."""
    dataset = _dataset(values, **header)
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    dataset.PixelData = encapsulate(frames)
    if len(frames) > 1:
        dataset.NumberOfFrames = len(frames)
    return _saved(path, dataset, header)


def _saved(path: Path, dataset: Dataset, header: dict[str, object]) -> Path:
    for name, value in header.items():
        setattr(dataset, name, value)
    dataset["PixelData"].VR = "OB" if dataset.BitsAllocated == 8 else "OW"
    if dataset.file_meta.TransferSyntaxUID.is_compressed:
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
    dataset.save_as(path, enforce_file_format=True)
    return path


def _dataset(values: np.ndarray, **header: object) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = pydicom.uid.generate_uid()
    coloured = header.get("SamplesPerPixel") == 3 or (values.ndim == 3 and values.shape[2] == 3)
    dataset.Rows, dataset.Columns = values.shape[:2] if coloured else values.shape[-2:]
    if values.ndim == 3 and not coloured:
        dataset.NumberOfFrames = len(values)
    dataset.SamplesPerPixel = 3 if coloured else 1
    if coloured:
        dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = "RGB" if coloured else "MONOCHROME2"
    bits = 8 * values.dtype.itemsize
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = int(values.dtype.kind == "i")
    return dataset
