"""Structured reports of DICOM images, read back by highdicom's own parser and with pydicom alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.uid import generate_uid

from fewshot_gui.app import App
from fewshot_gui.project.labels import Label, LabelSource, now
from model.cli.command import main
from model.types import Prediction, Region, Status
from tests.model.dicom_support import write_dicom

hd = pytest.importorskip("highdicom")

BOX = Region(10, 5, 20, 8)
STUDY, SERIES = generate_uid(), generate_uid()
PATIENT = {
    "PatientName": "Müller^Jörg",
    "PatientID": "P-17",
    "PatientBirthDate": "19600102",
    "PatientSex": "M",
    "StudyID": "S1",
    "StudyDate": "20250102",
    "StudyTime": "101112",
    "AccessionNumber": "A9",
    "SpecificCharacterSet": "ISO_IR 100",
    "StudyInstanceUID": STUDY,
    "SeriesInstanceUID": SERIES,
}


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    """Three slices of a series, a file of three frames in another, and a picture that is no DICOM."""
    grey = np.arange(40 * 60, dtype=np.uint8).reshape(40, 60)
    slices = [write_dicom(tmp_path / f"{number}.dcm", grey, **PATIENT) for number in range(3)]
    other = PATIENT | {"SeriesInstanceUID": generate_uid()}
    frames = write_dicom(tmp_path / "frames.dcm", np.stack([grey] * 3), **other)
    Image.new("RGB", (60, 40)).save(tmp_path / "photo.png")
    return [*slices, frames.with_name("frames.dcm#2"), tmp_path / "photo.png"]


@pytest.fixture
def project(app: App, images: list[Path]) -> Path:
    """The first slice is predicted, the second labelled as predicted, the third otherwise; of the frames the second."""
    document = app.session.document
    bins = (document.add_bin("猫 nodule " + "x" * 70), document.add_bin("Dog"))
    made = [Prediction(path, Status.OK, 0, (0.9, 0.1), BOX) for path in (*images[:3], images[4])]
    made.append(Prediction(images[3], Status.UNKNOWN, 1, (0.4, 0.6), BOX))
    app.session.results.add_predictions(document.revision, bins, made)
    for path, said in zip(images[1:3], bins, strict=True):
        document.give_labels({path: Label("Ana=M", LabelSource.CORRECTED, said, None, now(), bins[0], 0.9, 1)})
    assert app.session.file is not None
    return app.session.file


def _export(project: Path, folder: Path, *more: str) -> int:
    return main(["export", str(project), "--dicom-sr", str(folder), *more])


def _reports(folder: Path) -> list[Any]:
    """Return the reports by what is said of them: labels, then predictions, the slices' before the frames'."""
    read = [hd.sr.srread(path) for path in folder.iterdir()]
    return sorted(read, key=lambda one: (one.SeriesDescription, "Referenced Frame Number" in str(one)))


def test_a_report_for_each_series_and_observer_holds_class_region_and_confidence(
    project: Path, images: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _export(project, tmp_path / "sr", "--json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out.splitlines()[-1]) | {"remarks": []} == {
        "files": 3, "images": 4, "left_out": 1, "failed": [], "remarks": [],
    }  # fmt: skip
    assert "patients' names" in said.err
    labels, slices, frames = _reports(tmp_path / "sr")
    first = pydicom.dcmread(images[0])

    (group,) = slices.content.get_planar_roi_measurement_groups()
    assert group.roi.graphic_type.value == "POLYLINE"
    corners = [[10, 5], [30, 5], [30, 13], [10, 13], [10, 5]]
    np.testing.assert_array_equal(group.roi.value, corners)
    assert group.roi.ContentSequence[0].referenced_sop_instance_uid == first.SOPInstanceUID
    assert group.roi.ContentSequence[0].referenced_sop_class_uid == first.SOPClassUID
    (measured,) = group.get_measurements()
    assert (measured.value, measured.unit.value, measured.name.meaning) == (90, "%", "Certainty of Finding")
    (said_of,) = group.get_qualitative_evaluations()
    assert said_of.value.scheme_designator == "99FEWSHOT"
    assert said_of.value.meaning == ("猫 nodule " + "x" * 70)[:64]
    (algorithm,) = [one.value for one in group[0].ContentSequence if one.name.meaning == "Algorithm Name"]
    assert algorithm == "Fewshot"

    (group,) = frames.content.get_planar_roi_measurement_groups()
    assert group.roi.ContentSequence[0].referenced_frame_numbers == [2]
    assert [one.value.meaning for one in group.get_qualitative_evaluations()] == ["Dog", "Unlike every class"]

    (same,) = labels.content.get_planar_roi_measurement_groups()
    (otherwise,) = labels.content.get_image_measurement_groups()
    assert len(same.get_measurements()) == 1
    assert otherwise.get_measurements() == []
    assert [one.value.meaning for one in otherwise.get_qualitative_evaluations()] == ["Dog"]
    (source,) = otherwise.source_images
    assert source.referenced_sop_instance_uid == pydicom.dcmread(images[2]).SOPInstanceUID


def test_without_dicom_among_the_images_no_folder_is_left(
    project: Path, images: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in images:
        Image.new("L", (40, 30)).save(path, "PNG")
    mine = tmp_path / "mine"
    mine.mkdir()
    assert _export(project, tmp_path / "new" / "sr") == 0
    assert "0 reports" in capsys.readouterr().out
    assert not (tmp_path / "new").exists()
    assert _export(project, mine) == 0
    assert list(mine.iterdir()) == []


def test_reports_name_patient_observer_and_evidence(project: Path, images: list[Path], tmp_path: Path) -> None:
    _export(project, tmp_path / "sr")
    labels, slices, _ = _reports(tmp_path / "sr")
    for report in (labels, slices):
        assert report.PatientName == "Müller^Jörg"
        assert (report.PatientID, report.StudyInstanceUID, report.AccessionNumber) == ("P-17", STUDY, "A9")
        assert report.SeriesInstanceUID != SERIES
        assert (report.VerificationFlag, report.PreliminaryFlag) == ("UNVERIFIED", "PRELIMINARY")
    (study,) = labels.CurrentRequestedProcedureEvidenceSequence
    (series,) = study.ReferencedSeriesSequence
    assert series.SeriesInstanceUID == SERIES
    assert {one.ReferencedSOPInstanceUID for one in series.ReferencedSOPSequence} == {
        pydicom.dcmread(path).SOPInstanceUID for path in images[1:3]
    }
    (person,) = labels.content.get_observer_contexts()
    assert person.observer_type.meaning == "Person"
    assert person.observer_identifying_attributes.name == "Ana M^"
    (device,) = slices.content.get_observer_contexts()
    assert device.observer_identifying_attributes.name == "Fewshot"


def test_codes_of_a_file_take_the_place_of_ours(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "codes.csv"
    table.write_text("class,value,scheme,meaning\nDog,448771007,SCT,Domestic dog\nCat,1,SCT,Cat\n")
    assert _export(project, tmp_path / "sr", "--codes", str(table)) == 0
    assert "No class is called Cat" in capsys.readouterr().err
    labels, *_ = _reports(tmp_path / "sr")
    (group,) = labels.content.get_image_measurement_groups()
    (one,) = group.get_qualitative_evaluations()
    assert (one.value.value, one.value.scheme_designator, one.value.meaning) == ("448771007", "SCT", "Domestic dog")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("Dog,,SCT,Dog", "line 2: value is missing"),
        ("Dog,12345678901234567,SCT,Dog", "at most 16"),
        ("Dog,1,SCT,Dog\nDog,2,SCT,Dog", "line 3: Dog has a code already"),
    ],
)
def test_codes_that_cannot_be_used_are_refused_before_anything_is_written(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: str, said: str
) -> None:
    table = tmp_path / "codes.csv"
    table.write_text(f"class,value,scheme,meaning\n{rows}\n")
    assert _export(project, tmp_path / "sr", "--codes", str(table)) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "sr").exists()


def test_a_header_without_what_names_an_image_is_named_and_the_others_are_written(
    project: Path, images: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_dicom(images[0], np.zeros((40, 60), np.uint8), PatientName="Secret^Name")
    images[1].write_bytes(b"\0" * 128 + b"DICM\xff\xff")
    assert _export(project, tmp_path / "sr") == 3
    told = capsys.readouterr().err
    assert "0.dcm" in told
    assert "lacks StudyInstanceUID" in told
    assert "1.dcm" in told
    assert "Secret" not in told
    assert len(_reports(tmp_path / "sr")) == 2


def test_a_folder_that_is_not_empty_is_refused(project: Path, tmp_path: Path) -> None:
    (tmp_path / "sr").mkdir()
    (tmp_path / "sr" / "mine").write_text("mine")
    assert _export(project, tmp_path / "sr") == 2
    assert [path.name for path in (tmp_path / "sr").iterdir()] == ["mine"]


def test_a_tiles_region_lies_at_its_place_and_sparse_headers_do(app: App, tmp_path: Path) -> None:
    write_dicom(
        tmp_path / "a.dcm",
        np.zeros((40, 60), np.uint8),
        StudyInstanceUID=STUDY,
        SeriesInstanceUID=SERIES,
        PatientSex="X",
    )
    document = app.session.document
    bins = (document.add_bin("Cat"), document.add_bin("Dog"))
    tile = tmp_path / "a.dcm#xywh=20,10,30,30"
    app.session.results.add_predictions(
        document.revision, bins, [Prediction(tile, Status.OK, 0, (0.8, 0.2), Region(1, 2, 3, 4))]
    )
    assert app.session.file is not None
    assert _export(app.session.file, tmp_path / "sr") == 0
    (report,) = _reports(tmp_path / "sr")
    (group,) = report.content.get_planar_roi_measurement_groups()
    np.testing.assert_array_equal(group.roi.value[0], [21, 12])
    assert report.PatientSex in (None, "")
