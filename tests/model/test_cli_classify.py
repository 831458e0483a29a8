"""`fewshot classify`: the table, its regions and overlays, what is refused."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from model.checkpoint.files import identity, load
from model.classifier import FewShotClassifier
from model.cli.command import main
from model.embedding.embedder import Embedder
from model.exports import overlays
from model.features.maps import ImageFeatures
from model.runs.classify import classify
from model.types import Region
from tests.model.cli_support import Run, one_line, rows_of
from tests.model.conftest import paint

HEADER = ["path", "status", "predicted", "confidence", "region_x", "region_y", "region_w", "region_h", "message"]


def test_classify_writes_one_row_for_each_image(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "results.csv"
    done = run("classify", trained, photos, "--out", out, "--json")
    assert done.status == 0
    with out.open(encoding="utf-8", newline="") as file:
        names = load(trained).class_names
        assert next(csv.reader(file)) == [*HEADER, *(f"p_{name}" for name in names), "region_steadiness", "classifier"]
    rows = rows_of(out)
    paths = [photos / "cross.png", photos / "disc.png", photos / "white.png", photos / "sub" / "stripes.png"]
    assert [row["path"] for row in rows] == [str(path) for path in paths]
    assert [row["predicted"] for row in rows[:2]] == ["十字\ncross", "диск, red"]
    assert rows[3]["predicted"] == 'say "stripes"'
    assert rows[2]["status"] == "unknown"
    assert {row["classifier"] for row in rows} == {identity(trained)}
    for row in rows:
        assert row["predicted"] in names
        scores = [float(row[f"p_{name}"]) for name in names]
        assert sum(scores) == pytest.approx(1, abs=1e-9)
        assert float(row["confidence"]) == max(scores) == float(row[f"p_{row['predicted']}"])
        x, y, width, height = (int(row[f"region_{part}"]) for part in "xywh")
        assert min(x, y) >= 0
        assert min(width, height) > 0
        assert x + width <= 160
        assert y + height <= 120
    assert (done.result["images"], done.result["ok"] + done.result["unknown"], done.result["error"]) == (4, 4, 0)
    assert sum(done.result["classes"].values()) == 4
    assert "Classifying 4/4" in done.err


def test_regions_count_in_pixels_as_displayed(run: Run, trained: Path, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = paint("disc", 5, (120, 360), at=(60, 300))
    upright.save(tmp_path / "upright.png")
    for ending in ("jpg", "tif"):
        path = tmp_path / f"turned.{ending}"
        upright.transpose(Image.Transpose.ROTATE_90).save(path, exif=exif, quality=98)
    paths = [tmp_path / name for name in ("upright.png", "turned.tif", "turned.jpg")]
    run("classify", trained, *paths, "--explain", "диск, red", "--out", tmp_path / "r.csv")
    upright_row, *turned = rows_of(tmp_path / "r.csv")
    region = {f"region_{part}": int(upright_row[f"region_{part}"]) for part in "xywh"}
    assert region["region_y"] > 180  # the disc is at the bottom
    for row in turned:
        assert int(row["region_y"]) == pytest.approx(region["region_y"], abs=30)
        assert int(row["region_x"]) + int(row["region_w"]) <= 120


def test_unreadable_images_are_rows_with_empty_fields_and_end_with_3(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    (photos / "broken.png").write_bytes(b"no image")
    (photos / "empty.jpg").write_bytes(b"")
    gone, long = tmp_path / "gone.png", tmp_path / ("x" * 300 + ".png")
    done = run("classify", trained, photos, gone, long, "--out", tmp_path / "r.csv", "--json")
    assert done.status == 3
    errors = {row["path"]: row for row in rows_of(tmp_path / "r.csv") if row["status"] == "error"}
    assert list(errors) == [str(path) for path in (photos / "broken.png", photos / "empty.jpg", gone, long)]
    for row in errors.values():
        assert row["message"]
        assert {key for key, value in row.items() if value} == {"path", "status", "message"}
    assert done.result["error"] == 4
    assert str(gone) in done.err


def test_file_names_of_any_bytes(run: Run, trained: Path, shapes_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    names = ["new\nline.png", "a,b.png", 'q"uote.png', "日本.png", "sep\u2028.png", " .png", "-dash.png"]
    for name in names:
        shutil.copy(shapes_folder / "disc" / "05.png", folder / name)
    shutil.copy(os.fsencode(shapes_folder / "disc" / "05.png"), os.fsencode(folder) + b"/caf\xe9.png")
    (folder / "bad\nname.png").write_bytes(b"x")
    out = tmp_path / "r.csv"
    done = run("classify", trained, folder, "--out", out, "--overlays", tmp_path / "o", "--json")
    assert done.status == 3
    expected = {str(folder / name) for name in [*names, "caf\\xe9.png", "bad\nname.png"]}
    assert {row["path"] for row in rows_of(out)} == expected
    assert len([line for line in done.err.splitlines() if "known format" in line]) == 1
    assert len(list((tmp_path / "o").iterdir())) == len(names) + 1
    before = out.read_bytes()
    again = run("classify", trained, folder, "--out", out, "--resume", "--json")
    assert again.result["resumed_after"] == len(expected)
    assert again.status == 3  # the table still has an image that could not be read
    assert out.read_bytes() == before


def test_overlays_show_every_readable_image_and_never_replace_one(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    shutil.copy(photos / "disc.png", photos / "sub" / "disc.png")
    (photos / "broken.png").write_bytes(b"x")
    done = run("classify", trained, photos, "--out", tmp_path / "r.csv", "--overlays", tmp_path / "o")
    assert done.status == 3
    assert sorted(p.name for p in (tmp_path / "o").iterdir()) == [
        "cross.png", "disc-2.png", "disc.png", "stripes.png", "white.png",
    ]  # fmt: skip
    with Image.open(tmp_path / "o" / "disc.png") as overlay, Image.open(photos / "disc.png") as image:
        assert overlay.size == image.size
        assert overlay.convert("RGB").tobytes() != image.convert("RGB").tobytes()
    before = {path: path.read_bytes() for path in photos.rglob("*.png")}
    assert run("classify", trained, photos, "--out", tmp_path / "r.csv", "--overlays", photos).status == 3
    assert all(path.read_bytes() == content for path, content in before.items())
    assert (photos / "disc-2.png").exists()


def test_explain_gives_the_regions_of_that_class(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    classifier = load(trained)
    for index, name in enumerate(classifier.class_names):
        run("classify", trained, photos / "disc.png", "--out", tmp_path / "r.csv", "--explain", name)
        (row,) = rows_of(tmp_path / "r.csv")
        region = Region(*(int(row[f"region_{part}"]) for part in "xywh"))
        assert region == classifier.explain(photos / "disc.png").regions[index]
        assert row["predicted"] == "диск, red"


def test_looking_closely_gives_the_regions_of_the_overlays(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    for name, *options in (("first",), ("close", "--closely"), ("drawn", "--overlays", tmp_path / "overlays")):
        run("classify", trained, photos, "--out", tmp_path / f"{name}.csv", *options)
    first, close, drawn = (rows_of(tmp_path / f"{name}.csv") for name in ("first", "close", "drawn"))
    assert close == drawn
    assert close != first
    assert [row["confidence"] for row in close] == [row["confidence"] for row in first]


def test_the_table_agrees_with_the_library(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    run("classify", trained, photos, "--out", tmp_path / "r.csv")
    rows = rows_of(tmp_path / "r.csv")
    predictions = [p for batch in classify(load(trained), [Path(row["path"]) for row in rows]) for p in batch]
    for row, prediction in zip(rows, predictions, strict=True):
        assert row["status"] == prediction.status.value
        assert float(row["confidence"]) == pytest.approx(prediction.confidence, abs=2e-6)


def test_a_table_is_never_written_over_an_image(run: Run, trained: Path, photos: Path) -> None:
    content = (photos / "disc.png").read_bytes()
    done = run("classify", trained, photos, "--out", photos / "sub" / ".." / "disc.png")
    assert done.status == 2
    assert "would be overwritten" in one_line(done.err)
    assert (photos / "disc.png").read_bytes() == content


def test_what_cannot_be_classified_fails_in_one_line(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    (tmp_path / "nothing").mkdir()
    cases = [
        ((photos, photos, "--out", out), "is not a classifier"),
        ((tmp_path / "gone", photos, "--out", out), "there is no such file or folder"),
        ((trained, tmp_path / "nothing", "--out", out), "no image"),
        ((trained, photos, "--out", tmp_path), "cannot be written"),
        ((trained, photos, "--out", out, "--overlays", photos / "disc.png"), "File exists"),
    ]
    for arguments, words in cases:
        done = run("classify", *arguments)
        assert done.status == 1
        assert words in one_line(done.err)


def test_resuming_another_classifier_s_table_is_refused(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    before = ",".join([*HEADER, "p_another"]) + "\r\n"
    out.write_text(before, encoding="utf-8", newline="")
    done = run("classify", trained, photos, "--out", out, "--resume")
    assert done.status == 1
    assert "leave out --resume" in one_line(done.err)
    assert out.read_bytes().decode() == before


def test_explaining_an_unknown_class_is_wrong_usage_and_names_the_classes(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    done = run("classify", trained, photos, "--out", tmp_path / "r.csv", "--explain", "dog")
    assert done.status == 2
    assert "диск, red" in one_line(done.err)
    assert not (tmp_path / "r.csv").exists()


def test_an_overlay_takes_one_reading_of_the_file_and_one_prediction(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image is decoded once and run at two sizes; a cached one is decoded once to be drawn."""
    pictures = [tmp_path / "photos" / f"{k}.png" for k in range(6)]
    pictures[0].parent.mkdir()
    for k, path in enumerate(pictures):
        paint("disc", 6000 + k).save(path)
    embedders: list[Embedder] = []
    drawn: list[Path] = []
    create, read, decide = Embedder.__init__, overlays.read_image, FewShotClassifier.decide
    decided: list[int] = []

    def created(self: Embedder, *arguments: Any, **options: Any) -> None:
        create(self, *arguments, **options)
        embedders.append(self)

    def decided_on(self: FewShotClassifier, features: ImageFeatures, *arguments: Any, **options: Any) -> Any:
        decided.append(len(features.coarse))
        return decide(self, features, *arguments, **options)

    def read_again(path: Path, *options: Any) -> Any:
        drawn.append(path)
        return read(path, *options)

    monkeypatch.setattr(Embedder, "__init__", created)
    monkeypatch.setattr(FewShotClassifier, "decide", decided_on)
    monkeypatch.setattr(overlays, "read_image", read_again)
    words = ["classify", str(trained), str(tmp_path / "photos"), "--device", "cpu", "--overlays", str(tmp_path / "o")]
    assert main([*words, "--out", str(tmp_path / "first.csv")]) == 0
    work = embedders[-1].work
    assert (work.decoded, work.forwarded, drawn, sum(decided)) == (6, 12, [], 6)
    assert main([*words, "--out", str(tmp_path / "second.csv")]) == 0
    work = embedders[-1].work
    assert (work.decoded, work.forwarded, sorted(drawn), sum(decided)) == (0, 0, pictures, 12)
    assert (tmp_path / "second.csv").read_bytes() == (tmp_path / "first.csv").read_bytes()


def test_files_of_other_kinds_are_told_with_their_endings(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    (photos / "notes.txt").write_text("x")
    (photos / "sub" / "table.xlsx").write_bytes(b"PK")
    done = run("classify", trained, photos, "--out", tmp_path / "r.csv", "--json")
    assert done.status == 0
    assert "2 files of other kinds left aside: .txt (1), .xlsx (1)." in done.err
    assert done.result["left_aside"] == {".txt": 1, ".xlsx": 1}
    assert sorted(Path(path).name for path in done.result["files_left_aside"]) == ["notes.txt", "table.xlsx"]
    (photos / "notes.txt").unlink()
    (photos / "sub" / "table.xlsx").unlink()
    again = run("classify", trained, photos, "--out", tmp_path / "s.csv", "--json")
    assert "left aside" not in again.err
    assert again.result["left_aside"] == {}
