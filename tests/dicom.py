"""A small DICOM file, made on the spot."""

from __future__ import annotations

import io

from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RLELossless, SecondaryCaptureImageStorage, generate_uid


def dicom_bytes(image: Image.Image, compressed: bool = False, patient: str = "") -> bytes:
    """Return `image` in grey as a DICOM file of `patient`."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = SecondaryCaptureImageStorage, generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    found = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    found.PatientName = found.PatientID = patient
    found.Rows, found.Columns = image.height, image.width
    found.SamplesPerPixel, found.PhotometricInterpretation = 1, "MONOCHROME2"
    found.BitsAllocated = found.BitsStored = 8
    found.HighBit, found.PixelRepresentation = 7, 0
    pixels = image.convert("L").tobytes()
    found.PixelData = pixels + b"\0" * (len(pixels) % 2)
    if compressed:
        found.compress(RLELossless)
    file = io.BytesIO()
    found.save_as(file, enforce_file_format=True)
    return file.getvalue()
