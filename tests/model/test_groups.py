"""Rules by which images have groups: names, folders, files, lists, DICOM ids, near-duplicates."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from model.embedding.embedder import Embedder
from model.embedding.groups import AUTO, GroupRule, case_names, group_numbers, near_duplicates
from model.embedding.labelled_images import LabelledImages, embed_labelled
from model.errors import UsageError
from model.progress import CancelToken, ignore_progress
from tests.model.conftest import paint
from tests.model.dicom_support import write_dicom

BINS = Path("/bins")
ROOTS = (BINS / "a", BINS / "b")
PATHS = [BINS / "a" / "12_1.png", BINS / "a" / "12_2.png", BINS / "b" / "12_3.png", BINS / "b" / "x" / "7_1.png"]


def same(keys: list[tuple[str, str]]) -> list[int]:
    """Number keys by their first appearance."""
    return [keys.index(key) for key in keys]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (r"^(\d+)_", [0, 0, 0, 3]),  # the path below the bin begins with its folder x
        (r"(\d+)_\d", [0, 0, 0, 3]),
        (r"_\d", [0, 1, 2, 0]),  # all of the match
        (r"(y)?_", [0, 1, 2, 3]),  # a group that took no part tells nothing
        ("none", [0, 1, 2, 3]),
        ("file", [0, 1, 2, 3]),
        ("folder", [0, 1, 2, 3]),  # images right in a bin have no folder of their own
    ],
)
def test_a_rule_tells_groups_by_the_path_below_the_bin(rule: str, expected: list[int]) -> None:
    assert same(GroupRule.parse(rule, ROOTS).keys(PATHS)) == expected


def test_a_folder_below_the_bins_is_a_group_also_across_bins() -> None:
    paths = [
        BINS / "a" / "p1" / "1.png",
        BINS / "a" / "p1" / "2.png",
        BINS / "b" / "p1" / "1.png",
        BINS / "b" / "1.png",
    ]
    assert same(GroupRule.parse("folder", ROOTS).keys(paths)) == [0, 0, 0, 3]


def test_pages_frames_and_tiles_of_one_file_belong_together() -> None:
    paths = [Path("/p/scan.tif#1"), Path("/p/scan.tif#2"), Path("/p/scan.tif#xywh=0,0,9,9"), Path("/p/other.tif#1")]
    for rule in ("file", "auto", "dicom", "^(nothing)"):
        assert same(GroupRule.parse(rule).keys(paths)) == [0, 0, 0, 3]
    assert same(GroupRule.parse("none").keys(paths)) == [0, 1, 2, 3]


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_a_list_names_paths_below_the_bins_or_beside_itself(tmp_path: Path, ending: str) -> None:
    groups = {"a/12_1.png": "p", "b/12_3.png": "p", "x/7_1.png": "=q"}
    listed = tmp_path / f"groups{ending}"
    rows = "path,group\n" + "".join(f"{name},{group}\n" for name, group in groups.items())
    listed.write_text(json.dumps(groups) if ending == ".json" else rows)
    rule = GroupRule.parse(str(listed), ROOTS)
    assert rule.keys(PATHS) == [("list", "p"), ("file", str(PATHS[1])), ("list", "p"), ("list", "=q")]
    assert GroupRule.parse(str(listed)).keys([tmp_path / "a" / "12_1.png#3"]) == [("list", "p")]


def test_rules_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text("[1, 2]")
    (tmp_path / "wrong.csv").write_text("alone\n")
    for rule, said in (
        ("(", "regular expression"),
        (str(tmp_path / "gone.json"), "cannot be read"),
        (str(tmp_path / "wrong.json"), "no list of groups"),
        (str(tmp_path / "wrong.csv"), "no list of groups"),
    ):
        with pytest.raises(UsageError, match=said):
            GroupRule.parse(rule)


def dicom(path: Path, patient: str, study: str) -> Path:
    return write_dicom(path, np.zeros((8, 8), np.uint8), PatientID=patient, StudyInstanceUID=study)


def test_dicom_files_of_one_patient_belong_together_and_the_patient_is_not_shown(tmp_path: Path) -> None:
    paths = [
        dicom(tmp_path / "1.dcm", "Jane", "1.2.1"),
        dicom(tmp_path / "2.dcm", "Jane", "1.2.2"),
        dicom(tmp_path / "3.dcm", "", "1.2.3"),
        dicom(tmp_path / "4.dcm", "", "1.2.3"),
        dicom(tmp_path / "5.dcm", "John", "1.2.5"),
    ]
    keys = AUTO.keys(paths)
    assert same(keys) == [0, 0, 2, 2, 4]
    assert not any("J" in value or "1.2" in value for _, value in keys)
    assert case_names(paths, AUTO) == ["case 1", "case 1", "case 2", "case 2", "case 3"]


def test_one_name_for_all_patients_tells_nothing(tmp_path: Path) -> None:
    paths = [dicom(tmp_path / f"{k}.dcm", "ANONYMOUS", f"1.2.{k // 2}") for k in range(4)]
    assert same(AUTO.keys(paths)) == [0, 0, 2, 2]


def test_files_that_cannot_be_read_are_alone(tmp_path: Path) -> None:
    assert same(AUTO.keys([tmp_path / "gone.dcm", tmp_path / "gone too.dcm"])) == [0, 1]


@pytest.fixture(scope="module")
def burst(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> LabelledImages:
    """Four pictures of one class, of which the first two are nearly the same, and one of these again in another."""
    folder = tmp_path_factory.mktemp("burst")
    first = paint("disc", 0)
    brighter = first.point(lambda value: min(255, round(1.03 * value)))
    pictures = [first, brighter, paint("disc", 1), paint("disc", 2), brighter, paint("cross", 3), paint("cross", 4)]
    paths = [folder / f"{number}.png" for number in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        picture.save(path)
    return embed_labelled([paths[:4], paths[4:]], embedder, 224, "", ignore_progress, CancelToken())


def test_near_duplicates_of_one_class_belong_together(burst: LabelledImages) -> None:
    features = burst.features()
    assert near_duplicates(features, burst.labels).tolist() == [[0, 1]]
    paths = [image.path for image in burst.images]
    assert group_numbers(paths, AUTO, features, burst.labels).tolist() == [0, 0, 2, 3, 4, 5, 6]
    assert group_numbers(paths, GroupRule.parse("file"), features, burst.labels).tolist() == list(range(7))


def test_images_that_a_backbone_finds_all_alike_are_no_near_duplicates(burst: LabelledImages) -> None:
    generator = torch.Generator().manual_seed(0)

    def alike(vectors: torch.Tensor) -> torch.Tensor:
        noise = torch.randn(vectors.shape, generator=generator)
        return torch.nn.functional.normalize(1 + 0.02 * noise, dim=1)

    features = burst.features()
    layout = alike(features.layout.flatten(1)).view_as(features.layout)
    features = features._replace(coarse=alike(features.coarse), layout=layout)
    assert float((features.coarse @ features.coarse.T).min()) > 0.99
    assert len(near_duplicates(features, burst.labels)) == 0
