"""Annotations are what a person gets into other programs: each is read back by a library of its format."""

from __future__ import annotations

import json
from pathlib import Path

import geojson
import pytest
from PIL import Image
from pycocotools.coco import COCO

from fewshot_gui.app import App
from fewshot_gui.project.labels import Label, LabelSource, now
from model.cli.command import main
from model.types import Prediction, Region, Status

EVIL = '"},<b> =1+1'
BOX = Region(100, 50, 200, 80)


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{name}.png" for name in ("predicted", "corrected", "none of these", "both")]
    for path in paths:
        Image.new("RGB", (400, 200)).save(path)
    return paths


@pytest.fixture
def project(app: App, images: list[Path], tmp_path: Path) -> Path:
    """Four results of which three have a person's word, one image that is gone."""
    document, results = app.session.document, app.session.results
    bins = (document.add_bin(EVIL), document.add_bin("Dog"))
    made = [Prediction(path, Status.OK, 0, (0.9, 0.1), BOX) for path in images]
    made.append(Prediction(tmp_path / "gone.png", Status.ERROR, message="is gone"))
    results.add_predictions(document.revision, bins, made)
    for path, said in zip(images[1:], (bins[1], None, bins[0]), strict=True):
        document.give_labels({path: Label("ana", LabelSource.CORRECTED, said, None, now(), bins[0], 0.9, 1)})
    assert app.session.file is not None
    return app.session.file


def _export(project: Path, name: str, out: Path, *more: str) -> int:
    return main(["export", str(project), "--format", name, "--out", str(out), *more])


def test_coco_has_the_region_or_the_whole_image_where_a_person_says_another_class(
    project: Path, images: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "coco.json"
    assert _export(project, "coco", out) == 3
    assert "gone.png" in capsys.readouterr().err
    coco = COCO(str(out))
    assert [one["file_name"] for one in coco.loadImgs(coco.getImgIds())] == [str(path) for path in images]
    names = {one["id"]: one["name"] for one in coco.loadCats(coco.getCatIds())}
    found = [
        (one["image_id"], names[one["category_id"]], one["bbox"], one["area"], one.get("score"), one["labelled_by"])
        for one in coco.loadAnns(coco.getAnnIds())
    ]
    assert found == [
        (1, EVIL, [100, 50, 200, 80], 16000, 0.9, ""),
        (2, "Dog", [0, 0, 400, 200], 80000, None, "ana"),
        (4, EVIL, [100, 50, 200, 80], 16000, 0.9, "ana"),
    ]


def test_label_studio_tells_predictions_from_what_people_said(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "tasks.json"
    _export(project, "label-studio", out)
    tasks = json.loads(out.read_text(encoding="utf-8"))
    assert [len(task["annotations"]) for task in tasks] == [0, 1, 1, 1]
    choice, box = tasks[0]["predictions"][0]["result"]
    assert choice["value"]["choices"] == box["value"]["rectanglelabels"] == [EVIL]
    assert [box["value"][key] for key in ("x", "y", "width", "height")] == [25, 25, 50, 40]
    assert (box["original_width"], box["original_height"]) == (400, 200)
    assert tasks[0]["predictions"][0]["score"] == pytest.approx(0.9)
    assert tasks[1]["annotations"][0]["result"][0]["value"]["choices"] == ["Dog"]
    assert tasks[2]["annotations"][0]["result"] == []
    assert [one["type"] for one in tasks[1]["predictions"][0]["result"]] == ["choices"]


def test_qupath_gets_the_regions_of_tiles_at_their_place_in_the_slide(app: App, tmp_path: Path) -> None:
    Image.new("RGB", (1000, 600)).save(tmp_path / "slide.png")
    document = app.session.document
    bins = (document.add_bin(EVIL), document.add_bin("Dog"))
    tile = tmp_path / "slide.png#xywh=512,256,256,256"
    made = [Prediction(tile, Status.OK, 1, (0.2, 0.8), Region(10, 20, 100, 50))]
    app.session.results.add_predictions(document.revision, bins, made)
    out = tmp_path / "regions.geojson"
    assert app.session.file is not None
    assert _export(app.session.file, "qupath", out) == 0
    read = geojson.loads(out.read_text(encoding="utf-8"))
    assert read.is_valid
    (one,) = read.features
    corners = list(geojson.utils.coords(one))
    assert (min(corners), max(corners)) == ((522, 276), (622, 326))
    assert one.properties["classification"]["name"] == "Dog"
    assert one.properties["measurements"] == {"confidence": 0.8}


@pytest.mark.parametrize(
    ("name", "out", "said"),
    [
        ("qupath", "new.json", "several images"),
        ("paper", "new.json", "none of csv, xlsx"),
        ("coco", "predicted.png", "does not end with"),
        ("coco", "there.json", "--overwrite"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_replaced(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, out: str, said: str
) -> None:
    (tmp_path / "there.json").write_text("mine")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert _export(project, name, tmp_path / out) == 2
    assert said in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_file_is_replaced_where_that_is_asked_for(project: Path, tmp_path: Path) -> None:
    (tmp_path / "there.json").write_text("mine")
    _export(project, "coco", tmp_path / "there.json", "--overwrite")
    assert len(COCO(str(tmp_path / "there.json")).imgs) == 4


def test_a_label_of_a_bin_that_is_gone_is_kept_under_a_part_of_its_id(
    app: App, project: Path, images: list[Path], tmp_path: Path
) -> None:
    document = app.session.document
    gone = document.add_bin("Cat")
    document.give_labels({images[0]: Label("ana", LabelSource.CORRECTED, gone, None, now(), None, 0.9, 1)})
    document.remove_bin(gone)
    _export(project, "coco", tmp_path / "coco.json")
    coco = COCO(str(tmp_path / "coco.json"))
    (one,) = coco.loadAnns(coco.getAnnIds(imgIds=[1]))
    assert coco.loadCats([one["category_id"]])[0]["name"] == gone[:8]
