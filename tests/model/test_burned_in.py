"""DICOM: text in the pixels is told of once in a run; nothing of a header leaves with an exported picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model.images.reading import remark
from tests.model.cli_support import Run
from tests.model.dicom_support import PICTURE, write_dicom


def _scan(folder: Path, name: str, **header: object) -> Path:
    values = np.ascontiguousarray(PICTURE.repeat(3, 0).repeat(3, 1)[..., 0])
    return write_dicom(folder / name, values, PatientName="Roe^Jane", PatientID="R-4711", **header)


def test_burned_in_text_is_said_once_and_costs_nothing(run: Run, trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(3):
        _scan(folder, f"{number}.dcm", BurnedInAnnotation="YES")
    _scan(folder, "3.dcm", BurnedInAnnotation="NO")
    assert remark(folder / "3.dcm") == ""
    done = run("classify", trained, folder, "--out", tmp_path / "r.csv", "--json")
    assert done.status == 0
    lines = [line for line in done.err.splitlines() if "text is burned" in line]
    assert len(lines) == 1
    assert lines[0].startswith(str(folder / "0.dcm"))
    assert "The same holds for 2 more." in lines[0]
    assert [one["files"] for one in done.result["remarks"]] == [3]


def test_overlays_of_scans_carry_nothing_of_the_header(run: Run, trained: Path, tmp_path: Path) -> None:
    scan = _scan(tmp_path, "a.dcm", StudyDescription="SECRET STUDY", InstitutionName="Hospital X")
    overlays = tmp_path / "overlays"
    assert run("classify", trained, scan, "--out", tmp_path / "r.csv", "--overlays", overlays).status == 0
    (picture,) = overlays.iterdir()
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG")
    kinds = _chunks(content)
    assert set(kinds) <= {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"sRGB", b"pHYs"}  # no text, no EXIF
    for word in (b"Roe", b"R-4711", b"SECRET", b"Hospital"):
        assert word not in content
        assert word not in (tmp_path / "r.csv").read_bytes()


def _chunks(png: bytes) -> list[bytes]:
    kinds, at = [], 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        kinds.append(png[at + 4 : at + 8])
        at += 12 + length
    return kinds
