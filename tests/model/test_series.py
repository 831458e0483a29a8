"""Series of images: slices of a folder by their positions, frames and pages of a file; what files say of pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import ExifTags, Image

from model.images.cutting import Cutting
from model.images.items import Item
from model.images.reading import facts, parts
from model.images.series_search import series_of
from model.messages import translated, use_language
from model.types import Region
from tests.model.dicom_support import write_dicom
from tests.model.test_video import write_clip

GREYS = np.arange(64, dtype=np.uint16).reshape(8, 8)
UPRIGHT = [1, 0, 0, 0, 1, 0]


@pytest.fixture
def write_slice(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, *, z: float | None = None, number: int | None = None, series: str = "1.2.3") -> Path:
        header: dict[str, object] = {"SeriesInstanceUID": series}
        if z is not None:
            header |= {"ImagePositionPatient": [0, 0, z], "ImageOrientationPatient": UPRIGHT}
        if number is not None:
            header["InstanceNumber"] = number
        return write_dicom(tmp_path / name, GREYS, **header)

    return write


def test_slices_are_in_the_order_of_their_positions(write_slice: Callable[..., Path]) -> None:
    heights = {"a.dcm": 12.5, "b.dcm": -40.0, "c": 0.25, "d.dcm": -2.0}
    paths = {name: write_slice(name, z=z, number=at) for at, (name, z) in enumerate(heights.items())}
    write_slice("other series.dcm", z=1, series="1.2.4")
    (paths["a.dcm"].parent / "damaged.dcm").write_bytes(b"\0" * 128 + b"DICM and nothing else")
    Image.new("L", (8, 8)).save(paths["a.dcm"].parent / "photo.png")
    for path in paths.values():
        assert [one.name for one in series_of(path)] == ["b.dcm", "d.dcm", "c", "a.dcm"]


def test_slices_at_the_same_positions_are_in_the_order_of_their_numbers(write_slice: Callable[..., Path]) -> None:
    for name, z, number in (("a", 1, 2), ("b", 0, 3), ("c", 0, 1), ("d", 1, 4)):
        first = write_slice(f"{name}.dcm", z=z, number=number)
    assert [one.stem for one in series_of(first)] == ["c", "a", "b", "d"]


def test_slices_without_positions_are_in_the_order_of_their_numbers(write_slice: Callable[..., Path]) -> None:
    for name, number in (("10.dcm", 1), ("9.dcm", 30), ("8.dcm", 4), ("7.dcm", None)):
        first = write_slice(name, number=number)
    assert [one.name for one in series_of(first)] == ["10.dcm", "8.dcm", "9.dcm", "7.dcm"]


def test_the_search_ends_when_it_is_not_wanted_any_more(write_slice: Callable[..., Path]) -> None:
    paths = [write_slice(f"{at}.dcm", z=at) for at in range(4)]
    answers = iter([True, True, False])
    assert len(series_of(paths[0], go_on=lambda: next(answers))) < 4


def test_frames_and_pages_are_a_series(tmp_path: Path) -> None:
    cine = write_dicom(tmp_path / "cine.dcm", np.stack([GREYS] * 3))
    pages = tmp_path / "pages.tif"
    tifffile.imwrite(pages, np.stack([GREYS] * 4), photometric="minisblack")
    for file, count in ((cine, 3), (pages, 4)):
        wanted = [Item(file, number).path for number in range(1, count + 1)]
        assert series_of(wanted[1]) == wanted
        assert series_of(file) == [file]
    box = Region(0, 0, 4, 4)
    assert series_of(Item(pages, 2, box).path)[3] == Item(pages, 4, box).path


def test_frames_of_a_video_are_a_series_at_the_rate_of_the_library(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", "MJPG")
    items = parts(clip, Cutting(1.0))
    assert series_of(items[2], Cutting(1.0)) == items
    between = Item(clip, 25).path  # that was shown at another rate
    assert between in series_of(between, Cutting(1.0))


def test_an_image_alone_is_its_own_series(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("L", (8, 8)).save(path)
    assert series_of(path) == [path]
    no_series = write_dicom(tmp_path / "a.dcm", GREYS)
    assert series_of(no_series) == [no_series]


def test_facts_of_a_slice_tell_names_apart(tmp_path: Path) -> None:
    path = write_dicom(
        tmp_path / "a.dcm", GREYS, Modality="MR", BodyPartExamined="KNEE", PixelSpacing=[0.5, 0.25], SliceThickness=3,
        ImagePositionPatient=[1, 2, -17.5], ImageOrientationPatient=UPRIGHT, PatientName="Doe^Jane",
        SeriesDescription="Jane's knee", StudyDate="20240229",
    )  # fmt: skip
    found = {one.key: one for one in facts(path)}
    shown = {key: one.value for key, one in found.items() if not one.personal}
    assert shown == {
        "modality": "MR", "body part": "KNEE", "pixel spacing": "0.5 × 0.25 mm", "slice thickness": "3 mm",
        "slice position": "-17.5 mm", "stored bits": "16",
    }  # fmt: skip
    assert found["patient"].value == "Doe^Jane"
    assert found["date"].value == "2024-02-29"


def test_what_facts_are_of_is_said_in_chinese(tmp_path: Path) -> None:
    header = {"Modality": "CT", "BodyPartExamined": "CHEST", "PatientName": "A^B", "PatientID": "7", "PatientSex": "O"}
    path = write_dicom(tmp_path / "a.dcm", np.zeros((8, 8), np.uint16), PixelSpacing=[1, 1], **header)
    use_language("zh_CN")
    try:
        said = {one.key: translated(one.key) for one in facts(path)}
    finally:
        use_language("en")
    assert {"modality", "body part", "patient", "patient's id", "sex", "pixel spacing"} <= said.keys()
    assert [key for key, word in said.items() if word == key] == []


def test_facts_of_a_photograph_tell_places_apart(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Nikon", "Nikon Z 6"
    exif[ExifTags.Base.DateTime] = "2024:03:01 10:11:12"
    told = exif.get_ifd(ExifTags.IFD.Exif)
    told[ExifTags.Base.ExposureTime], told[ExifTags.Base.FNumber] = 0.004, 5.6
    told[ExifTags.Base.ISOSpeedRatings], told[ExifTags.Base.FocalLength] = 400, 50
    where = exif.get_ifd(ExifTags.IFD.GPSInfo)
    where[ExifTags.GPS.GPSLatitude], where[ExifTags.GPS.GPSLatitudeRef] = (48.0, 30.0, 0.0), "N"
    where[ExifTags.GPS.GPSLongitude], where[ExifTags.GPS.GPSLongitudeRef] = (9.0, 0.0, 36.0), "W"
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif)
    found = {one.key: one for one in facts(tmp_path / "a.jpg")}
    assert {key: one.value for key, one in found.items() if not one.personal} == {
        "date": "2024:03:01 10:11:12", "camera": "Nikon Z 6", "exposure": "1/250 s, f/5.6, ISO 400, 50 mm",
    }  # fmt: skip
    assert found["position"] == found["position"].__class__("position", "48.50000, -9.01000", True)
