"""Labels and pictures for other programs: read back by their own libraries, or held against what they document."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pypdf
import pytest
from lxml import etree
from PIL import Image
from pycocotools.coco import COCO

from fewshot_gui.items.naming import display_name, hide_names
from fewshot_gui.project.session import Session
from model.checkpoint.files import to_files
from model.cli.command import main
from model.errors import UsageError
from model.exports.exporter import EXPORTS, ExportOptions, Word, export
from model.exports.project_contents import read_project
from model.training.train import train
from model.types import Prediction, Region, Status, SupportSet

from .exporting import BOX, CHINESE, FORMULA, NAMES, write


def test_an_image_in_a_bin_is_labelled_by_a_person_and_one_unlike_every_bin_by_nobody(
    odd_project: Path, tmp_path: Path
) -> None:
    coco = COCO(str(write(odd_project, "coco", tmp_path / "a.json")))
    names = {one["id"]: one["name"] for one in coco.loadCats(coco.getCatIds())}
    files = {one["id"]: Path(one["file_name"]).name for one in coco.loadImgs(coco.getImgIds())}
    found = {
        files[one["image_id"]]: (names[one["category_id"]], one["labelled_by"], one["bbox"])
        for one in coco.loadAnns(coco.getAnnIds())
    }
    whole, box = [0, 0, 400, 200], [BOX.x, BOX.y, BOX.width, BOX.height]
    assert found == {
        "old.png": (CHINESE, "", box),
        "plain.png": (FORMULA, "", box),
        NAMES[1]: (CHINESE, "ana", whole),
        "花.png": (FORMULA, "", box),
        "in a bin.png": (CHINESE, "person", whole),
    }
    assert set(files.values()) == {"old.png", *NAMES[:6]}  # none of these, and unlike every bin: images without a box


def test_a_word_that_is_chosen_takes_the_place_of_the_others(odd_project: Path, tmp_path: Path) -> None:
    predicted = COCO(str(write(odd_project, "coco", tmp_path / "p.json", word=Word.PREDICTION)))
    assert {one["labelled_by"] for one in predicted.loadAnns(predicted.getAnnIds())} == {""}
    assert len(predicted.getAnnIds()) == 6
    said = COCO(str(write(odd_project, "coco", tmp_path / "v.json", word=Word.VERDICT)))
    assert sorted(one["labelled_by"] for one in said.loadAnns(said.getAnnIds())) == ["ana", "person"]
    assert len(said.getImgIds()) == 3


@pytest.mark.parametrize("name", ["coco", "label-studio", "cvat", "fiftyone"])
def test_hidden_names_are_nowhere(name: str, odd_project: Path, odd_images: list[Path], tmp_path: Path) -> None:
    exporter = EXPORTS.get(name)
    assert exporter is not None
    out = tmp_path / f"hidden{exporter.endings[0] if exporter.endings else ''}"
    write(odd_project, name, out, names_hidden=True)
    files = sorted(out.iterdir()) if out.is_dir() else [out]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert "Miller" not in text
    assert ".png" not in text
    hide_names(True)
    try:
        assert all(display_name(path) in text for path in odd_images)
    finally:
        hide_names(False)


def test_cvat_has_a_tag_and_where_it_is_of_that_class_the_box(odd_project: Path, tmp_path: Path) -> None:
    """The structure of https://docs.cvat.ai/docs/other/xml_format; datumaro 1.13 reads it, see ADR 35."""
    root = etree.parse(write(odd_project, "cvat", tmp_path / "a.xml")).getroot()
    assert root.tag == "annotations"
    assert root.findtext("version") == "1.1"
    assert [one.findtext("name") for one in root.iterfind("meta/task/labels/label")] == [FORMULA, CHINESE]
    images = {one.get("name"): one for one in root.iterfind("image")}
    assert [one.get("id") for one in images.values()] == [str(number) for number in range(7)]
    plain, bin_, none = images["plain.png"], images["in a bin.png"], images["=1+1.png"]
    assert (plain.get("width"), plain.get("height")) == ("400", "200")
    (box,) = plain.iterfind("box")
    assert dict(box.attrib) == {
        "label": FORMULA, "source": "auto", "occluded": "0", "z_order": "0",
        "xtl": "100.00", "ytl": "50.00", "xbr": "300.00", "ybr": "130.00",
    }  # fmt: skip
    assert [dict(one.attrib) for one in plain.iterfind("tag")] == [{"label": FORMULA, "source": "auto"}]
    assert [(one.tag, dict(one.attrib)) for one in bin_] == [("tag", {"label": CHINESE, "source": "manual"})]
    assert list(none) == list(images["unknown.png"]) == []


def test_fiftyone_finds_images_classes_and_boxes(
    odd_project: Path, odd_images: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The layout of https://docs.voxel51.com/user_guide/import_datasets.html, with a manifest of where images are."""
    out = tmp_path / "fiftyone"
    assert main(["export", str(odd_project), "--format", "fiftyone", "--out", str(out)]) == 3  # one is gone
    data, labels, regions = (
        json.loads((out / f"{name}.json").read_text(encoding="utf-8")) for name in ("data", "labels", "regions")
    )
    assert set(data.values()) == {str(path) for path in odd_images}
    assert data.keys() == labels["labels"].keys() == regions["labels"].keys()
    key = {Path(path).name: key for key, path in data.items()}
    plain = {"label": FORMULA, "confidence": 0.9, "attributes": {"labelled_by": ""}}
    assert labels["labels"][key["plain.png"]] == plain
    assert labels["labels"][key["in a bin.png"]] == {"label": CHINESE, "attributes": {"labelled_by": "person"}}
    assert labels["labels"][key["unknown.png"]] is None
    (box,) = regions["labels"][key["plain.png"]]
    assert box == {"label": FORMULA, "bounding_box": [0.25, 0.25, 0.5, 0.4], "confidence": 0.9}
    assert regions["labels"][key["in a bin.png"]] == []
    capsys.readouterr()
    assert main(["export", str(odd_project), "--format", "fiftyone", "--out", str(out)]) == 2
    assert "is not empty" in capsys.readouterr().err


def test_contact_sheets_have_each_class_on_pages_of_its_own_with_the_box_drawn(
    odd_project: Path, tmp_path: Path
) -> None:
    project = read_project(odd_project)
    reader = pypdf.PdfReader(write(odd_project, "contact-sheet", tmp_path / "a.pdf"), strict=True)
    assert len(reader.pages) == 5  # two classes, unlike every bin, none of these, not readable
    page = reader.pages[0].images[0].image
    assert page is not None
    assert page.size == (1240, 1754)
    pixels = np.asarray(page)
    color = list(bytes.fromhex(next(iter(project.colors.values())).removeprefix("#")))
    near = [
        (x, y) for x in range(60, 240) for y in range(110, 280) if np.abs(pixels[y, x].astype(int) - color).max() < 40
    ]
    # The first picture is 400 x 200, drawn 176 wide: its box lies from a quarter to three quarters of that.
    assert (min(near)[0] - 60, max(near)[0] - 60) == pytest.approx((176 / 4, 3 * 176 / 4), abs=5)


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_contact_sheets_show_names_with_characters_that_cannot_be_drawn(session: Session, tmp_path: Path) -> None:
    bins = (session.document.add_bin("Cat"),)
    names = (b"carriage\rreturn", b"new\nline", b"no text \xff", b"\x1b[31mred")
    paths = [tmp_path / f"{os.fsdecode(name)}.png" for name in names]
    for path in paths:
        Image.new("RGB", (40, 20)).save(path)
    session.results.add_predictions(1, bins, [Prediction(path, Status.OK, 0, (1.0,), BOX) for path in paths])
    assert session.file is not None
    assert len(pypdf.PdfReader(write(session.file, "contact-sheet", tmp_path / "a.pdf")).pages) == 1


def test_contact_sheets_of_nothing_or_of_too_many_images_are_refused(
    session: Session, odd_images: list[Path], tmp_path: Path
) -> None:
    assert session.file is not None
    with pytest.raises(UsageError, match="1 to 500 pages; these would have 0"):
        write(session.file, "contact-sheet", tmp_path / "a.pdf")
    bins = (session.document.add_bin("Cat"),)
    many = [Prediction(Path(f"/{number}.png"), Status.OK, 0, (1.0,), BOX) for number in range(500 * 48 + 1)]
    session.results.add_predictions(1, bins, many)
    with pytest.raises(UsageError, match="would have 501"):
        write(session.file, "contact-sheet", tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_overlays_are_drawn_by_the_project_s_own_classifier(session: Session, tmp_path: Path) -> None:
    document, results = session.document, session.results
    shapes = {"Dark": 30, "Bright": 220}
    paths: dict[str, list[Path]] = {}
    for name, grey in shapes.items():
        paths[name] = [tmp_path / "Miller" / f"{name} {k}.png" for k in range(3)]
        paths[name][0].parent.mkdir(exist_ok=True)
        for k, path in enumerate(paths[name]):
            picture = Image.new("RGB", (96, 64), (grey, grey, grey))
            picture.paste((grey, 255 - grey, 90), (10 + 20 * k, 10, 40 + 20 * k, 40))
            picture.save(path)
    bins = tuple(document.add_bin(name) for name in shapes)
    for bin_id, name in zip(bins, shapes, strict=True):
        document.add_examples(bin_id, paths[name][:2])
    support = SupportSet(tuple(shapes), tuple(tuple(paths[name][:2]) for name in shapes))
    classifier, report = train(support, backbone="patent-cnn", device="cpu")
    results.set_training(document.revision, bins, report, to_files(classifier))
    made = [Prediction(paths[name][2], Status.OK, at, (0.5, 0.5), Region(0, 0, 9, 9)) for at, name in enumerate(shapes)]
    other = Prediction(paths["Dark"][1], Status.OK, 1, (0.1, 0.9), Region(0, 0, 9, 9))  # as an earlier one said
    results.add_predictions(document.revision, bins, [*made, other])
    assert session.file is not None
    out = tmp_path / "overlays"
    assert main(["export", str(session.file), "--format", "overlays", "--out", str(out), "--hide-names"]) == 3
    hide_names(True)
    try:
        assert {path.name for path in out.iterdir()} == {f"{display_name(one.path)}.png" for one in made}
    finally:
        hide_names(False)
    with Image.open(next(out.iterdir())) as drawn:
        assert drawn.size == (96, 64)
        assert len(drawn.getcolors(96 * 64) or []) > 50  # the map, over a picture of two colours


def test_sidecars_are_a_format_too(
    odd_project: Path, odd_images: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["export", str(odd_project), "--format", "xmp"]
    assert main([*call, "--out", str(tmp_path / "new")]) == 2
    assert "leave out --out" in capsys.readouterr().err
    assert main([*call, "--labels", "verdict"]) == 0
    assert "5 images are not written" in capsys.readouterr().err
    sidecars = {path.name: path.read_text(encoding="utf-8") for path in odd_images[0].parent.glob("*.xmp")}
    assert sidecars.keys() == {f"{name}.xmp" for name in (NAMES[1], "=1+1.png", "in a bin.png")}
    assert CHINESE in sidecars["in a bin.png.xmp"]  # the bin's, not what was predicted
    assert main(["export", str(odd_project), "--undo-xmp"]) == 0
    assert list(odd_images[0].parent.glob("*.xmp")) == []


def test_exports_that_are_about_names_do_not_hide_them(odd_project: Path, tmp_path: Path) -> None:
    for name in ("xmp", "dicom-sr"):
        exporter = EXPORTS.get(name)
        assert exporter is not None
        with pytest.raises(UsageError, match="cannot be hidden"):
            export(exporter, read_project(odd_project), tmp_path / "new", ExportOptions(names_hidden=True))
    assert not (tmp_path / "new").exists()
