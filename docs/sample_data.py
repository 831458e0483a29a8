"""Made-up pictures for the tutorials: nothing in them was ever photographed or scanned.

    python docs/sample_data.py ct DIR       chest slices of patients who do not exist, as DICOM files
    python docs/sample_data.py night DIR    a yard by night, as a fixed camera sees it, and a video
    python docs/sample_data.py sky DIR      the pictures of the example project

The same pictures each time. `DIR` must be new or empty.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

ROOT = Path(__file__).resolve().parents[1]

SLICE = 192
"""Side of a slice, pixels."""

LUNG, TISSUE, BONE, NODULE = -820, 40, 700, 60
"""Hounsfield units."""

FRAME, RATE = (320, 180), 5
"""Size and frames a second of the films."""


def ct(folder: Path) -> None:
    """Write `bins/` with two slices of each of ten patients, and `ward/` with three of each of six others."""
    for patient in range(1, 11):
        kind = "nodule" if patient % 2 else "clear"
        for number in (1, 2):
            _write_slice(folder / "bins" / kind / f"p{patient:02}-{number}.dcm", patient, number, kind == "nodule")
    for patient in range(21, 27):
        for number in (1, 2, 3):
            _write_slice(folder / "ward" / f"p{patient}" / f"{number}.dcm", patient, number, patient % 2 == 1)


def slice_values(patient: int, number: int, nodule: bool) -> NDArray[np.int16]:
    """Return (SLICE, SLICE) Hounsfield units: a body with two lungs and a spine, in one of them a nodule."""
    random = np.random.default_rng(1000 * patient + number)
    own = np.random.default_rng(patient)
    y, x = np.mgrid[:SLICE, :SLICE].astype(float)
    width, height = own.uniform(76, 86), own.uniform(58, 68)

    def inside(centre: tuple[float, float], radii: tuple[float, float]) -> NDArray[np.bool_]:
        return ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2 <= 1  # type: ignore[no-any-return]

    values = np.full((SLICE, SLICE), -1000.0)
    values[inside((96, 96), (width, height))] = TISSUE
    for side in (-1, 1):
        values[inside((96 + side * 36, 92), (28, 42 - 2 * number))] = LUNG
    values[inside((96, 134), (9, 9))] = BONE
    for _ in range(25):  # vessels
        at = (96 + own.choice((-1, 1)) * own.uniform(14, 56), own.uniform(62, 122))
        values[inside(at, (1.5, 1.5)) & (values == LUNG)] = 0
    if nodule:
        at = (96 + own.choice((-1, 1)) * own.uniform(30, 42), own.uniform(80, 104))
        values[inside(at, (9 + number, 9 + number))] = NODULE
    return (values + random.normal(0, 25, values.shape)).astype(np.int16)


def _write_slice(path: Path, patient: int, number: int, nodule: bool) -> None:
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[f"{patient} {number}"])
    made = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID, made.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    made.StudyInstanceUID = generate_uid(entropy_srcs=[f"study {patient}"])
    made.SeriesInstanceUID = generate_uid(entropy_srcs=[f"series {patient}"])
    made.FrameOfReferenceUID = generate_uid(entropy_srcs=[f"frame {patient}"])
    made.PatientName, made.PatientID = f"Made-up^Patient {patient}", f"M{patient:04}"
    made.PatientBirthDate, made.PatientSex = "19600101", "O"
    made.StudyID, made.AccessionNumber, made.ReferringPhysicianName = str(patient), f"A{patient}", ""
    made.StudyDate, made.StudyTime, made.Modality, made.BodyPartExamined = "20260105", "080000", "CT", "CHEST"
    made.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    made.SeriesNumber, made.InstanceNumber = 1, number
    made.ImagePositionPatient, made.ImageOrientationPatient = [0, 0, 5 * number], [1, 0, 0, 0, 1, 0]
    made.PixelSpacing, made.SliceThickness = [1.8, 1.8], 5
    made.Rows, made.Columns, made.SamplesPerPixel = SLICE, SLICE, 1
    made.PhotometricInterpretation, made.PixelRepresentation = "MONOCHROME2", 0
    made.BitsAllocated, made.BitsStored, made.HighBit = 16, 16, 15
    made.RescaleIntercept, made.RescaleSlope, made.RescaleType = -1100, 1, "HU"
    made.WindowCenter, made.WindowWidth, made.WindowCenterWidthExplanation = -500, 1500, "LUNG"
    made.PixelData = (slice_values(patient, number, nodule).astype(int) + 1100).clip(0).astype("<u2").tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save_as(path, enforce_file_format=True)


def night(folder: Path) -> None:
    """Write frames and films of the same yard, mostly empty.

    `quiet/nobody`: 20 frames without anybody; `inbox`: 16 frames, somebody in four, and frame 9 three times.
    `quiet-films/nobody`: films of six evenings, four seconds each, without anybody; `gate.avi`: 12 seconds, somebody
    in four.
    """
    quiet, inbox, film = folder / "quiet" / "nobody", folder / "inbox", folder / "quiet-films" / "nobody"
    for place in (quiet, inbox, film):
        place.mkdir(parents=True)
    for number in range(20):
        frame(number).save(quiet / f"quiet {number + 1:02}.jpg", quality=92)
    for number in range(16):
        somebody = 40 + 16 * number if number in {3, 4, 12, 13} else None
        moment = 108 if 8 <= number <= 10 else 100 + number
        frame(moment, somebody).save(inbox / f"frame {number + 1:02}.jpg", quality=92)
    for evening in range(1, 7):
        _write_film(film / f"evening {evening}.avi", [frame(1000 * evening + at) for at in range(4 * RATE)])
    walking = range(4 * RATE, 8 * RATE)
    shown = [frame(400 + at, 20 + 8 * (at - walking.start) if at in walking else None) for at in range(12 * RATE)]
    _write_film(folder / "gate.avi", shown)


def _write_film(path: Path, frames: list[Image.Image]) -> None:
    import cv2

    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, FRAME)
    for shown in frames:
        film.write(np.asarray(shown)[:, :, ::-1].copy())
    film.release()


def frame(moment: int, person: float | None = None) -> Image.Image:
    """Return what the camera sees at a moment, with a person at `person` pixels from the left if there is one."""
    random = np.random.default_rng(moment)
    image = Image.new("RGB", FRAME, (24, 28, 36))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 110, 320, 180), fill=(44, 46, 44))  # the yard
    draw.rectangle((190, 50, 300, 120), fill=(58, 54, 52))  # a shed
    draw.rectangle((225, 75, 255, 120), fill=(36, 32, 30))
    for post in range(0, 190, 14):
        draw.line((post, 84, post, 116), fill=(70, 68, 62), width=2)
    draw.line((0, 92, 190, 92), fill=(70, 68, 62), width=2)
    draw.ellipse((146, 20, 166, 34), fill=(250, 240, 190))  # a lamp
    if person is not None:
        draw.ellipse((person, 84, person + 16, 100), fill=(196, 160, 140))
        draw.rounded_rectangle((person - 5, 99, person + 21, 136), 6, fill=(150, 40, 44))
        draw.rectangle((person - 2, 134, person + 6, 164), fill=(40, 50, 90))
        draw.rectangle((person + 10, 134, person + 18, 164), fill=(40, 50, 90))
    image = image.filter(ImageFilter.GaussianBlur(0.8))
    pixels = np.asarray(image) * random.uniform(0.85, 1.15) + random.normal(0, 5, (*FRAME[::-1], 3))
    image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    clock = f"CAM 2   02:{moment // 60 % 60:02}:{moment % 60:02}"
    ImageDraw.Draw(image).text((6, 4), clock, fill="white")
    return image


def sky(folder: Path) -> None:
    """Copy the example's pictures: `bins/` with a sub-folder a class, and `photos/`."""
    example = ROOT / "resources" / "example"
    shutil.copytree(example / "examples", folder / "bins")
    shutil.copytree(example / "to_classify", folder / "photos")


KINDS: dict[str, Callable[[Path], None]] = {"ct": ct, "night": night, "sky": sky}


def main(arguments: list[str] | None = None) -> int:
    """Write the pictures; 2 where the folder holds something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    if options.folder.exists() and any(options.folder.iterdir()):
        parser.error(f"{options.folder} holds something")
    KINDS[options.kind](options.folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
