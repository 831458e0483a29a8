"""The command, word by word as docs/cli.md promises it: exit status, streams, table, resuming after Ctrl+C."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from model.batch import classify
from model.checkpoint import load
from model.cli import main
from model.embedding import BATCH_SIZE, FIRST_BATCH_SIZE
from model.types import Region
from tests.model.conftest import paint

ROOT = Path(__file__).resolve().parents[2]
HEADER = ["path", "status", "predicted", "confidence", "region_x", "region_y", "region_w", "region_h", "message"]


@dataclass(frozen=True)
class Done:
    """How a run of the command ended."""

    status: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """The JSON object on the last line of standard output."""
        result: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return result


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process."""

    def run_main(*arguments: object) -> Done:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse
            status = int(end.code or 0)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Done(status, captured.out, captured.err)

    return run_main


@pytest.fixture(scope="module")
def bins(shapes_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four examples of each of three classes, their names as awkward as folders allow."""
    folder = tmp_path_factory.mktemp("bins")
    for shape, name in (("disc", "диск, red"), ("stripes", 'say "stripes"'), ("cross", "十字\ncross")):
        (folder / name).mkdir()
        for k in range(4):
            shutil.copy(shapes_folder / shape / f"{k:02}.png", folder / name)
    return folder


CLASSES = ['say "stripes"', "диск, red", "十字\ncross"]


@pytest.fixture(scope="module")
def trained(bins: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier of `bins`."""
    out = tmp_path_factory.mktemp("trained") / "classifier"
    assert main(["train", str(bins), "--out", str(out), "--device", "cpu"]) == 0
    return out


@pytest.fixture
def photos(tmp_path: Path, shapes_folder: Path) -> Path:
    """A few images in folders, and one that is like no bin."""
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    shutil.copy(shapes_folder / "disc" / "06.png", folder / "disc.png")
    shutil.copy(shapes_folder / "cross" / "06.png", folder / "cross.png")
    shutil.copy(shapes_folder / "stripes" / "07.png", folder / "sub" / "stripes.png")
    Image.new("RGB", (160, 120), "white").save(folder / "white.png")
    return folder


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _one_line(err: str) -> str:
    lines = [line for line in err.splitlines() if line.startswith("fewshot: ")]
    assert len(lines) == 1, err
    assert err.splitlines()[-1] == lines[0]
    return lines[0]


# --- train


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
    found = run("classify", tmp_path / "c", shapes_folder / "disc" / "05.png", "--out", tmp_path / "r.csv")
    assert found.status == 0


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
    assert {row["predicted"] for row in _rows(tmp_path / "r.csv")} == {"caf\\xe9", "cross"}


def _few_bins(tmp_path: Path, *classes: str) -> Path:
    folder = tmp_path / "few"
    for name in classes:
        (folder / name).mkdir(parents=True)
        paint("disc", 1).save(folder / name / "1.png")
    folder.mkdir(exist_ok=True)
    return folder


def test_what_cannot_be_trained_on_fails_in_one_line(run: Run, tmp_path: Path, bins: Path) -> None:
    out = tmp_path / "c"
    assert "not a folder" in _one_line(run("train", tmp_path / "gone", "--out", out).err)
    assert "no sub-folders" in _one_line(run("train", _few_bins(tmp_path), "--out", out).err)
    one = run("train", _few_bins(tmp_path, "only"), "--out", out)
    assert (one.status, "at least two bins" in _one_line(one.err)) == (1, True)
    (tmp_path / "few" / "empty").mkdir()
    assert "‘empty’ has no images" in _one_line(run("train", tmp_path / "few", "--out", out).err)
    unknown = run("train", bins, "--out", out, "--backbone", "nonesuch")
    assert (unknown.status, "Unknown backbone" in _one_line(unknown.err)) == (1, True)
    assert not out.exists()


def test_train_never_overwrites_a_folder_of_somebody_s(run: Run, bins: Path) -> None:
    before = sorted(bins.rglob("*"))
    done = run("train", bins, "--out", bins)
    assert done.status == 1
    assert "is not a classifier" in _one_line(done.err)
    assert sorted(bins.rglob("*")) == before


# --- classify


def test_classify_writes_one_row_for_each_image(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "results.csv"
    done = run("classify", trained, photos, "--out", out, "--json")
    assert done.status == 0
    with out.open(encoding="utf-8", newline="") as file:
        names = load(trained).class_names
        assert next(csv.reader(file)) == HEADER + [f"p_{name}" for name in names]
    rows = _rows(out)
    paths = [photos / "cross.png", photos / "disc.png", photos / "white.png", photos / "sub" / "stripes.png"]
    assert [row["path"] for row in rows] == [str(path) for path in paths]
    assert [row["predicted"] for row in rows[:2]] == ["十字\ncross", "диск, red"]
    assert rows[3]["predicted"] == 'say "stripes"'
    assert rows[2]["status"] == "unknown"
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
    upright_row, *turned = _rows(tmp_path / "r.csv")
    region = {key: int(value) for key, value in upright_row.items() if key.startswith("region_")}
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
    errors = {row["path"]: row for row in _rows(tmp_path / "r.csv") if row["status"] == "error"}
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
    assert {row["path"] for row in _rows(out)} == expected
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
        (row,) = _rows(tmp_path / "r.csv")
        region = Region(*(int(row[f"region_{part}"]) for part in "xywh"))
        assert region == classifier.explain(photos / "disc.png").regions[index]
        assert row["predicted"] == "диск, red"


def test_the_table_agrees_with_the_library(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    run("classify", trained, photos, "--out", tmp_path / "r.csv")
    rows = _rows(tmp_path / "r.csv")
    predictions = [p for batch in classify(load(trained), [Path(row["path"]) for row in rows]) for p in batch]
    for row, prediction in zip(rows, predictions, strict=True):
        assert row["status"] == prediction.status.value
        assert float(row["confidence"]) == pytest.approx(prediction.confidence, abs=2e-6)


def test_a_table_is_never_written_over_an_image(run: Run, trained: Path, photos: Path) -> None:
    content = (photos / "disc.png").read_bytes()
    done = run("classify", trained, photos, "--out", photos / "sub" / ".." / "disc.png")
    assert done.status == 2
    assert "would be overwritten" in _one_line(done.err)
    assert (photos / "disc.png").read_bytes() == content


def test_what_cannot_be_classified_fails_in_one_line(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    (tmp_path / "nothing").mkdir()
    cases = [
        ((photos, photos, "--out", out), "is not a classifier"),
        ((tmp_path / "gone", photos, "--out", out), "is not a classifier"),
        ((trained, tmp_path / "nothing", "--out", out), "no image"),
        ((trained, photos, "--out", tmp_path), "cannot be written"),
        ((trained, photos, "--out", out, "--overlays", photos / "disc.png"), "File exists"),
    ]
    for arguments, words in cases:
        done = run("classify", *arguments)
        assert done.status == 1
        assert words in _one_line(done.err)


def test_resuming_another_classifier_s_table_is_refused(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    out.write_text("path,status\r\n", encoding="utf-8")
    done = run("classify", trained, photos, "--out", out, "--resume")
    assert done.status == 1
    assert "leave out --resume" in _one_line(done.err)
    assert out.read_text(encoding="utf-8").strip() == "path,status"


# --- evaluate


def test_evaluate_prints_our_figures_and_the_baselines(run: Run, shapes_folder: Path) -> None:
    arguments = ("--shots", "1,5", "--queries", 3, "--episodes", 3, "--ways", 2, "--seed", 1, "--json")
    done = run("evaluate", shapes_folder, *arguments)
    assert done.status == 0
    assert [row["shots"] for row in done.result["results"]] == [1, 5]
    for row in done.result["results"]:
        assert {"fewshot", "nearest class mean", "logistic regression", "ridge"} == set(row["methods"])
        for key in ("accuracy", "interval", "macro_f1", "expected_calibration_error"):
            assert row[key] == row["methods"]["fewshot"][key]
    assert "2-way 5-shot, 3 episodes" in done.out
    assert re.search(r"fewshot +\d+\.\d% ±\d+\.\d% +\d+\.\d% +\d+\.\d%", done.out)
    assert run("evaluate", shapes_folder, *arguments).result == done.result


def test_evaluate_says_what_does_not_fit(run: Run, shapes_folder: Path) -> None:
    few = run("evaluate", shapes_folder, "--shots", "12")
    assert (few.status, "need at least 13" in _one_line(few.err)) == (1, True)
    for ways in (1, 4):
        done = run("evaluate", shapes_folder, "--ways", ways)
        assert (done.status, "has 3 classes" in _one_line(done.err)) == (2, True)


# --- usage and streams


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["fly"], ["train"], ["train", "x"], ["train", "x", "--out", "y", "--device", "tpu"],
        ["train", "x", "--out", "y", "--seed", "1.5"], ["train", "x", "--out", "y", "--seed", "9" * 30],
        ["classify", "c", "--out", "r.csv"], ["classify", "c", "x"], ["evaluate"], ["evaluate", "x", "--shots", "1,,5"],
        ["evaluate", "x", "--shots", "0"], ["evaluate", "x", "--episodes", "many"], ["evaluate", "x", "--nonesuch"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_ends_with_2(run: Run, arguments: Sequence[str]) -> None:
    done = run(*arguments)
    assert done.status == 2
    assert done.err.startswith("usage: fewshot")
    assert done.out == ""
    assert "_" not in done.err.splitlines()[-1]  # no name of a function of ours


def test_explaining_an_unknown_class_is_wrong_usage_and_names_the_classes(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    done = run("classify", trained, photos, "--out", tmp_path / "r.csv", "--explain", "dog")
    assert done.status == 2
    assert "диск, red" in _one_line(done.err)
    assert not (tmp_path / "r.csv").exists()


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["classify", "--help"], ["evaluate", "--help"]])
def test_help_ends_with_0(run: Run, arguments: Sequence[str]) -> None:
    done = run(*arguments)
    assert done.status == 0
    assert done.out.startswith("usage: fewshot")


def test_an_unexpected_error_is_one_line_too(run: Run, bins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.cli_commands.class_folders", lambda *_: 1 / 0)
    done = run("train", bins, "--out", "x")
    assert done.status == 1
    assert "ZeroDivisionError" in _one_line(done.err)


def test_the_main_job_in_processes_of_its_own(bins: Path, photos: Path, tmp_path: Path) -> None:
    """As in a cron job: no terminal, a locale without UTF-8, paths relative to the working directory."""
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
    arguments = [sys.executable, "-m", "model"]
    options: dict[str, Any] = {
        "cwd": tmp_path,
        "capture_output": True,
        "env": environment,
        "timeout": 120,
    }
    done = subprocess.run([*arguments, "train", str(bins), "--out", "c", "--json"], check=False, **options)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["classifier"] == "c"
    done = subprocess.run([*arguments, "classify", "c", "photos", "--out", "r.csv", "--json"], check=False, **options)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["images"] == 4
    assert _rows(tmp_path / "r.csv")[0]["path"] == str(Path("photos", "cross.png"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_standard_output_that_takes_nothing_is_one_line(shapes_folder: Path) -> None:
    command = [sys.executable, "-m", "model", "evaluate", str(shapes_folder), "--shots", "1", "--episodes", "1"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "No space left" in _one_line(done.stderr)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one child")
def test_interrupted_and_resumed_gives_the_table_of_an_uninterrupted_run(
    run: Run, trained: Path, shapes_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(4 * BATCH_SIZE):
        shape = ("disc", "cross", "stripes")[number % 3]
        paint(shape, number, (200, 150)).save(folder / f"{number}.jpg")
    (folder / "3.jpg").write_bytes(b"broken")
    out, whole = tmp_path / "r.csv", tmp_path / "whole.csv"
    arguments = ["classify", str(trained), str(folder), "--device", "cpu", "--json", "--out"]
    command = [sys.executable, "-m", "model", *arguments, str(out), "--overlays", str(tmp_path / "o")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while (not out.exists() or b".jpg" not in out.read_bytes()) and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume" in _one_line(stderr)
    assert "Traceback" not in stderr
    assert stdout == ""
    done_rows = len(_rows(out))
    assert FIRST_BATCH_SIZE <= done_rows < 4 * BATCH_SIZE
    resumed = run(*arguments, out, "--resume")
    assert resumed.status == 3
    assert resumed.result["resumed_after"] == done_rows
    assert run(*arguments, whole).status == 3
    assert out.read_bytes() == whole.read_bytes()
