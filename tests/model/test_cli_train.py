"""`fewshot train`: the classifier that is saved, what is reported, what is refused."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import tifffile

from model.checkpoint.files import load
from tests.model.cli_support import CLASSES, Run, one_line, rows_of
from tests.model.conftest import paint


def test_train_saves_a_classifier_and_reports_in_json(run: Run, bins: Path, tmp_path: Path) -> None:
    done = run("train", bins, "--out", tmp_path / "new" / "c", "--device", "cpu", "--seed", 3, "--json")
    assert done.status == 0
    assert sorted(done.result["classes"]) == sorted(CLASSES)
    assert done.result["examples"] == dict.fromkeys(CLASSES, 4)
    assert 0 <= done.result["leave_one_out_accuracy"] <= 1
    assert done.result["device"].startswith("CPU (as chosen), ")
    assert "Embedding the examples 12/12" in done.err
    assert "Embedding" not in done.out
    assert load(tmp_path / "new" / "c").class_names == tuple(done.result["classes"])


def test_training_twice_with_a_seed_gives_the_same_files(run: Run, bins: Path, tmp_path: Path, trained: Path) -> None:
    assert run("train", bins, "--out", tmp_path / "c", "--device", "cpu").status == 0
    for file in trained.iterdir():
        assert file.read_bytes() == (tmp_path / "c" / file.name).read_bytes()


def test_one_image_a_class_is_enough(run: Run, shapes_folder: Path, tmp_path: Path) -> None:
    for shape in ("disc", "cross"):
        (tmp_path / "bins" / shape).mkdir(parents=True)
        shutil.copy(shapes_folder / shape / "00.png", tmp_path / "bins" / shape)
    done = run("train", tmp_path / "bins", "--out", tmp_path / "c", "--json")
    assert done.status == 0
    assert done.result["leave_one_out_accuracy"] is None
    assert "Confidence was not measured" in done.out
    found = run("classify", tmp_path / "c", shapes_folder / "disc" / "05.png", "--out", tmp_path / "r.csv")
    assert found.status == 0


def test_one_bin_finds_what_is_unlike_it(run: Run, shapes_folder: Path, tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / "one" / "disc").mkdir(parents=True, exist_ok=True)
        shutil.copy(shapes_folder / "disc" / f"{number:02}.png", tmp_path / "one" / "disc")
    done = run("train", tmp_path / "one", "--out", tmp_path / "c", "--json")
    assert done.status == 0, done.err
    assert done.result["leave_one_out_accuracy"] is None
    assert "images unlike it will be unknown" in done.out
    table = tmp_path / "r.csv"
    words = ("classify", tmp_path / "c", shapes_folder / "disc", shapes_folder / "cross", "--out", table)
    assert run(*words, "--false-alarms", "0.1", "--overlays", tmp_path / "o").status == 0
    flagged = {"disc": [], "cross": []}
    for row in rows_of(table):
        flagged[Path(row["path"]).parent.name].append(row["status"] == "unknown")
    assert sum(flagged["disc"]) <= 0.3 * len(flagged["disc"])
    assert sum(flagged["cross"]) >= 0.8 * len(flagged["cross"])


def test_unreadable_examples_are_named_and_end_with_3(run: Run, bins: Path, tmp_path: Path) -> None:
    shutil.copytree(bins, tmp_path / "bins")
    broken = tmp_path / "bins" / CLASSES[0] / "broken.png"
    broken.write_bytes(b"no image")
    done = run("train", tmp_path / "bins", "--out", tmp_path / "c", "--json")
    assert done.status == 3
    assert [one["path"] for one in done.result["unreadable"]] == [str(broken)]
    assert "known format" in done.err


def test_class_folders_whose_names_are_no_text_can_be_trained_on(run: Run, shapes_folder: Path, tmp_path: Path) -> None:
    for shape, name in (("disc", b"caf\xe9"), ("cross", b"cross")):
        target = os.fsencode(tmp_path / "bins") + b"/" + name
        os.makedirs(target)
        shutil.copy(os.fsencode(shapes_folder / shape / "00.png"), target)
    assert run("train", tmp_path / "bins", "--out", tmp_path / "c").status == 0
    assert run("classify", tmp_path / "c", tmp_path / "bins", "--out", tmp_path / "r.csv").status == 0
    assert {row["predicted"] for row in rows_of(tmp_path / "r.csv")} == {"caf\\xe9", "cross"}


def _few_bins(tmp_path: Path, *classes: str) -> Path:
    folder = tmp_path / "few"
    for name in classes:
        (folder / name).mkdir(parents=True)
        paint("disc", 1).save(folder / name / "1.png")
    folder.mkdir(exist_ok=True)
    return folder


def test_what_cannot_be_trained_on_fails_in_one_line(run: Run, tmp_path: Path, bins: Path) -> None:
    out = tmp_path / "c"
    assert "not a folder" in one_line(run("train", tmp_path / "gone", "--out", out).err)
    assert "no sub-folders" in one_line(run("train", _few_bins(tmp_path), "--out", out).err)
    one = run("train", _few_bins(tmp_path, "only"), "--out", out)
    assert (one.status, "at least two bins" in one_line(one.err)) == (1, True)
    (tmp_path / "few" / "empty").mkdir()
    assert "‘empty’ has no images" in one_line(run("train", tmp_path / "few", "--out", out).err)
    unknown = run("train", bins, "--out", out, "--backbone", "nonesuch")
    assert (unknown.status, "Unknown backbone" in one_line(unknown.err)) == (1, True)
    assert not out.exists()


def test_train_never_overwrites_a_folder_of_somebody_s(run: Run, bins: Path) -> None:
    before = sorted(bins.rglob("*"))
    done = run("train", bins, "--out", bins)
    assert done.status == 1
    assert "is not a classifier" in one_line(done.err)
    assert sorted(bins.rglob("*")) == before


def test_one_picture_in_two_bins_is_named_with_both(run: Run, bins: Path, tmp_path: Path) -> None:
    shutil.copytree(bins, tmp_path / "bins")
    one, other = tmp_path / "bins" / CLASSES[0] / "00.png", tmp_path / "bins" / CLASSES[1] / "again.png"
    shutil.copy(one, other)
    done = run("train", tmp_path / "bins", "--out", tmp_path / "c", "--json")
    assert done.status == 0
    (pair,) = done.result["in_two_bins"]
    assert sorted(pair["paths"]) == sorted([str(one), str(other)])
    assert sorted(pair["bins"]) == sorted(CLASSES[:2])
    (said,) = [line for line in done.err.splitlines() if "in two bins" in line]
    assert all(words in said for words in (CLASSES[0], CLASSES[1], "00.png", "again.png"))
    assert run("train", bins, "--out", tmp_path / "c", "--json").result["in_two_bins"] == []


def test_one_bin_of_a_single_file_is_told_to_find_nothing(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "one" / "calm"
    folder.mkdir(parents=True)
    frames = [np.random.default_rng(k).integers(0, 255, (40, 60, 3), np.uint8) for k in range(5)]
    tifffile.imwrite(folder / "film.tif", np.stack(frames), photometric="rgb")
    done = run("train", tmp_path / "one", "--out", tmp_path / "c")
    assert done.status == 0, done.err
    assert "of 1 independent example:" in done.out
    assert "no image is called unlike it" in done.out
    assert "no image is called unlike it" in (tmp_path / "c" / "classifier.md").read_text(encoding="utf-8")
