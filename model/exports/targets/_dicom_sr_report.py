"""One DICOM structured report, by highdicom: TID 1500, with TID 1410 for regions and TID 1501 for whole images."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import highdicom
import numpy as np
from highdicom import sr
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes as known
from pydicom.uid import UID, generate_uid

from model.exports.project_contents import ProjectContents
from model.exports.targets._dicom_codes import SCHEME, Coded, code_of, plain
from model.exports.targets._observed import Observed
from model.types import Region, Status

_CLASS, _OUTCOME = Coded("class", SCHEME, "Class"), Coded("outcome", SCHEME, "Outcome")
_NONE_OF_THESE = Coded("none", SCHEME, "None of these classes")
_UNLIKE_ALL = Coded("unknown", SCHEME, "Unlike every class")
_INHERITED = ("PatientID", "PatientName", "PatientBirthDate", "PatientSex",
              "AccessionNumber", "StudyID", "StudyDate", "StudyTime")  # fmt: skip
_SERIES_NUMBER = 99  # of the reports: type 1 in SR, and far from the numbers that scanners give


def report(
    project: ProjectContents, codes: Mapping[str, Coded], reader: str, classifier: str, ones: Sequence[Observed]
) -> Any:  # noqa: ANN401 - highdicom has no types for mypy
    """Return the report of what one observer says of images of one series.

    codes: coded concepts by the names of classes; the others have our own
    reader: who labelled the images; "": they were predicted, by `classifier`
    """
    evidence = list({one.header.SOPInstanceUID: _source(one.header) for one in ones}.values())
    groups = [_group(project, codes, one) for one in ones]
    content = sr.MeasurementReport(_context(reader, classifier), known.SCT.ImagingProcedure, groups)
    return sr.ComprehensiveSR(
        evidence,
        content[0],
        series_instance_uid=highdicom.UID(),
        series_number=_SERIES_NUMBER,
        sop_instance_uid=highdicom.UID(),
        instance_number=1,
        manufacturer="Fewshot",
        manufacturer_model_name="Fewshot",
        software_versions=_version(),
        device_serial_number=classifier[:12] or "none",
        series_description="Fewshot: labels" if reader else "Fewshot: predictions",
        is_complete=True,
        specific_character_set="ISO_IR 192",
        coding_schemes=[CodingSchemeIdentificationItem(SCHEME, name="Fewshot")],
    )


def _source(header: Dataset) -> Dataset:
    """Return what a report inherits, decoded, with the attributes that every report has to have."""
    source = copy.deepcopy(header)
    source.decode()
    for name in _INHERITED:
        if name not in source:
            setattr(source, name, None)
    if str(source.PatientSex or "") not in {"M", "F", "O"}:
        source.PatientSex = None
    return source


def _context(reader: str, classifier: str) -> Any:  # noqa: ANN401
    if not reader:
        uid = generate_uid(entropy_srcs=["Fewshot", _version(), classifier])
        device = sr.DeviceObserverIdentifyingAttributes(
            UID(uid), name="Fewshot", manufacturer_name="Fewshot", model_name=f"Fewshot {_version()}",
            serial_number=classifier or None,
        )  # fmt: skip
        return sr.ObservationContext(observer_device_context=sr.ObserverContext(known.DCM.Device, device))
    name = plain(reader.replace("=", " ")) or "?"
    person = sr.PersonObserverIdentifyingAttributes(name if "^" in name else f"{name}^")
    return sr.ObservationContext(observer_person_context=sr.ObserverContext(known.DCM.Person, person))


def _group(project: ProjectContents, codes: Mapping[str, Coded], one: Observed) -> Any:  # noqa: ANN401
    row, said = one.row, one.row.label
    final = row.class_id if said is None else said.class_id
    name = None if final is None else project.names[final]
    concept = _NONE_OF_THESE if name is None else codes.get(name) or code_of(name)
    evaluations = [sr.QualitativeEvaluation(_coded(_CLASS), _coded(concept))]
    if said is None and row.status is Status.UNKNOWN:
        evaluations.append(sr.QualitativeEvaluation(_coded(_OUTCOME), _coded(_UNLIKE_ALL)))
    is_predicted = final is not None and final == row.class_id
    measured = []
    if is_predicted and final in row.scores:
        percent = round(100 * row.scores[final], 4)
        measured.append(sr.Measurement(known.DCM.CertaintyOfFinding, percent, known.UCUM.Percent))
    shared: dict[str, Any] = {
        "tracking_identifier": sr.TrackingIdentifier(highdicom.UID(), one.item.part or one.header.SOPInstanceUID),
        "qualitative_evaluations": evaluations,
        "measurements": measured or None,
    }
    if is_predicted:
        hashes = [f"classifier {row.classifier}"] if row.classifier else None
        shared["algorithm_id"] = sr.AlgorithmIdentification("Fewshot", _version(), hashes)
    box = row.region if is_predicted and row.region is not None else None
    if one.item.box is not None:
        tile = one.item.box
        box = tile if box is None else Region(tile.x + box.x, tile.y + box.y, box.width, box.height)
    image = (one.header.SOPClassUID, one.header.SOPInstanceUID, _frames(one))
    if box is None:
        return sr.MeasurementsAndQualitativeEvaluations(
            source_images=[sr.SourceImageForMeasurementGroup(*image)], **shared
        )
    region = sr.ImageRegion("POLYLINE", _ring(box), sr.SourceImageForRegion(*image))
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(referenced_region=region, **shared)


def _ring(box: Region) -> np.ndarray:
    """Return the closed outline (5, 2), (column, row); 0, 0 is the first pixel's outer corner (PS3.3, C.18.6.1)."""
    right, low = box.x + box.width, box.y + box.height
    return np.array([[box.x, box.y], [right, box.y], [right, low], [box.x, low], [box.x, box.y]], float)


def _frames(one: Observed) -> list[int] | None:
    """Return the frame, of an image that has several."""
    if int(one.header.get("NumberOfFrames") or 1) > 1:
        return [one.item.frame or 1]
    return None


def _coded(one: Coded) -> Any:  # noqa: ANN401
    return sr.CodedConcept(*one)


def _version() -> str:
    try:
        return version("fewshot")
    except PackageNotFoundError:
        return "unknown"
