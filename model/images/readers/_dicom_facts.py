"""What DICOM headers say of a picture to whoever looks at it, and of its place in a series."""

from __future__ import annotations

import math
import warnings
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

from model.images.facts import Fact, fact
from model.images.readers import _dicom_file as files
from model.images.series import Place
from model.messages import message

_PLACE_TAGS = ["SeriesInstanceUID", "ImagePositionPatient", "ImageOrientationPatient", "InstanceNumber"]
_WORDS = {
    message("modality"): "Modality",
    message("body part"): "BodyPartExamined",
    message("laterality"): "ImageLaterality",
    message("view"): "ViewPosition",
    message("series"): "SeriesDescription",
    message("study"): "StudyDescription",
    message("device"): "ManufacturerModelName",
}
_PERSONAL = {
    message("patient"): "PatientName",
    message("patient's id"): "PatientID",
    message("date of birth"): "PatientBirthDate",
    message("sex"): "PatientSex",
    message("institution"): "InstitutionName",
    message("physician"): "ReferringPhysicianName",
}
_FREE_TEXTS = frozenset({"series", "study"})  # in which people write whatever they like
_GROUPS = ("PixelMeasuresSequence", "PlanePositionSequence", "PlaneOrientationSequence", "FrameAnatomySequence")


def facts(path: Path, frame: int | None) -> tuple[Fact, ...]:
    """See `Format.facts`."""
    dataset = files.opened(path, header=True).dataset
    sources = _sources(dataset, (frame or 1) - 1)
    found = [fact(key, _text(dataset, name), personal=key in _FREE_TEXTS) for key, name in _WORDS.items()]
    found += [
        fact(message("date"), _date(_text(dataset, "AcquisitionDate") or _text(dataset, "StudyDate")), personal=True),
        fact(
            message("pixel spacing"),
            _in_mm(_numbers(sources, "PixelSpacing") or _numbers(sources, "ImagerPixelSpacing")),
        ),
        fact(message("slice thickness"), _in_mm(_numbers(sources, "SliceThickness"))),
        fact(message("slice position"), _in_mm(_slice_position(sources))),
        fact(message("stored bits"), _bits(dataset)),
        fact(message("compression"), _compression(dataset)),
    ]
    found += [fact(key, _text(dataset, name), personal=True) for key, name in _PERSONAL.items()]
    return tuple(one for one in found if one is not None)


def place(path: Path) -> Place | None:
    """See `Format.place`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on headers that bend the standard
        dataset = pydicom.dcmread(path, force=True, stop_before_pixels=True, specific_tags=list(_PLACE_TAGS))
    series = str(dataset.get("SeriesInstanceUID") or "").strip()
    if not series:
        return None
    axis = _axis(files.numbers(dataset, "ImageOrientationPatient"))
    position = _along(axis, files.numbers(dataset, "ImagePositionPatient"))
    hashed = sha256(f"SeriesInstanceUID {series}".encode(errors="backslashreplace")).hexdigest()
    rounded = tuple(round(number, 3) + 0.0 for number in axis or ())
    return Place(hashed, position, rounded, files.first_number(dataset, "InstanceNumber"))


def _slice_position(sources: list[Dataset]) -> list[float]:
    along = _along(
        _axis(list(_numbers(sources, "ImageOrientationPatient"))), list(_numbers(sources, "ImagePositionPatient"))
    )
    return _numbers(sources, "SliceLocation") if along is None else [along]


def _axis(directions: list[float | None] | list[float]) -> tuple[float, float, float] | None:
    """Return the direction across a slice: the cross product of its rows' and its columns', PS3.3 C.7.6.2.1.1."""
    if len(directions) != 6 or any(one is None for one in directions):
        return None
    a, b, c, d, e, f = (float(one) for one in directions if one is not None)
    across = b * f - c * e, c * d - a * f, a * e - b * d
    length = math.hypot(*across)
    return (across[0] / length, across[1] / length, across[2] / length) if length > 0.5 else None


def _along(axis: tuple[float, float, float] | None, position: list[float | None] | list[float]) -> float | None:
    if axis is None or len(position) != 3:
        return None
    known = [one for one in position if one is not None]
    return sum(one * other for one, other in zip(axis, known, strict=True)) if len(known) == 3 else None


def _sources(dataset: Dataset, index: int) -> list[Dataset]:
    """Return where facts of a frame may stand: its own groups of an enhanced file, the shared ones, the file."""
    each = list(dataset.get("PerFrameFunctionalGroupsSequence") or [])[index : index + 1]
    shared = list(dataset.get("SharedFunctionalGroupsSequence") or [])[:1]
    found = [list(group.get(name) or [])[:1] for group in (*each, *shared) for name in _GROUPS]
    return [*(one for several in found for one in several), dataset]


def _numbers(sources: list[Dataset], name: str) -> list[float]:
    for source in sources:
        found = files.numbers(source, name)
        if found and all(one is not None for one in found):
            return [one for one in found if one is not None]
    return []


def _text(dataset: Dataset, name: str) -> str:
    try:
        return str(dataset.get(name) or "")
    except Exception:  # noqa: BLE001 - pydicom raises many types on values that bend the standard
        return ""


def _in_mm(numbers: list[float]) -> str:
    return " × ".join(f"{number:.4g}" for number in numbers[:2]) + " mm" if numbers else ""


def _date(digits: str) -> str:
    try:
        return datetime.strptime(digits.strip(), "%Y%m%d").date().isoformat()
    except ValueError:
        return ""


def _bits(dataset: Dataset) -> str:
    stored = files.first_number(dataset, "BitsStored")
    return f"{stored:.0f}" if stored is not None and 0 < stored <= 64 else ""


def _compression(dataset: Dataset) -> str:
    syntax = dataset.file_meta.TransferSyntaxUID
    return str(syntax.name) if syntax.is_compressed else ""
