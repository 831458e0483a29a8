"""What the command says, and ends with, where folders, files and parts of files are missing, or may not be read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.model.cli_support import Run, one_line, rows_of
from tests.model.dicom_support import write_dicom


def _lock(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make the folders of this name unreadable, also to root."""
    scandir = os.scandir

    def refusing(path: Any) -> Any:
        if not isinstance(path, int) and os.path.basename(path) == name:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)


def test_a_folder_that_cannot_be_listed_ends_with_3(
    run: Run, trained: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lock(monkeypatch, "sub")
    done = run("classify", trained, photos, "--out", tmp_path / "r.csv", "--json")
    assert done.status == 3
    assert f"{photos / 'sub'}: the folder cannot be listed: Permission denied." in done.err
    assert done.result["missing"] == [
        {"path": str(photos / "sub"), "reason": "the folder cannot be listed: Permission denied."}
    ]
    assert len(rows_of(tmp_path / "r.csv")) == 3
    assert run("suggest", photos, "--count", 1).status == 3


def test_a_file_that_lacks_frames_ends_with_3(run: Run, trained: Path, bins: Path, tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 200, (2, 80, 80)).astype(np.uint8)
    write_dicom(tmp_path / "cine.dcm", values, NumberOfFrames=5)
    done = run("classify", trained, tmp_path / "cine.dcm", "--out", tmp_path / "r.csv", "--json")
    assert done.status == 3
    assert [one["path"] for one in done.result["missing"]] == [str(tmp_path / "cine.dcm")]
    assert "2 of the 5 frames" in done.err
    assert {row["status"] for row in rows_of(tmp_path / "r.csv")} <= {"ok", "unknown"}
    shutil.copytree(bins, tmp_path / "bins")
    shutil.copy(tmp_path / "cine.dcm", next((tmp_path / "bins").iterdir()))
    assert run("train", tmp_path / "bins", "--out", tmp_path / "c").status == 3
    assert run("evaluate", tmp_path / "bins", "--shots", "1", "--queries", 1, "--episodes", 1).status == 3


def test_a_file_without_ending_that_may_not_be_read_is_named(
    run: Run, trained: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos / "IM0001").write_bytes(b"x")

    def refusing(path: Path | str) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("model.images.scan.begins_as_image", refusing)
    done = run("classify", trained, photos, "--out", tmp_path / "r.csv", "--json")
    assert done.status == 3
    assert f"{photos / 'IM0001'}: whether it is an image cannot be told: Permission denied." in done.err
    assert done.result["left_aside"] == {}


def test_a_mistyped_path_and_a_broken_image_are_called_so(run: Run, trained: Path, tmp_path: Path) -> None:
    done = run("classify", trained, tmp_path / "gone.png", "--out", tmp_path / "r.csv")
    assert (done.status, rows_of(tmp_path / "r.csv")[0]["message"]) == (
        3,
        "there is no such file. Check its path, or put it back.",
    )
    assert "Classified 1 image: none can be read." in done.out
    done = run("classify", trained, tmp_path / "gone.png", "--out", tmp_path / "r.csv", "--resume")
    assert "Classified 0 images: nothing new." in done.out


def test_a_place_where_nothing_can_be_saved_is_refused_before_training(
    run: Run, bins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.training.train.train", lambda *_, **__: pytest.fail("it was trained first"))
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "letter.txt").touch()
    done = run("train", bins, "--out", foreign)
    assert (done.status, "is not a classifier. Give another place" in one_line(done.err)) == (1, True)
    done = run("train", bins, "--out", foreign / "letter.txt" / "c")
    assert (done.status, "cannot be written" in one_line(done.err)) == (1, True)

    def refusing(**options: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(options["dir"]))

    monkeypatch.setattr("tempfile.TemporaryDirectory", refusing)
    done = run("train", bins, "--out", tmp_path / "new" / "c")
    assert (done.status, "cannot be written: Permission denied" in one_line(done.err)) == (1, True)
    assert not (tmp_path / "new").exists()


def test_copies_take_no_part_in_episodes(run: Run, bins: Path, tmp_path: Path) -> None:
    shutil.copytree(bins, tmp_path / "bins")
    first, second, _ = sorted((tmp_path / "bins").iterdir())
    arguments = ("--shots", "1", "--queries", 2, "--episodes", 3, "--json")
    plain = run("evaluate", tmp_path / "bins", *arguments)
    assert (plain.status, plain.result["duplicates"]) == (0, [])
    shutil.copy(first / "00.png", first / "copy.png")
    again = run("evaluate", tmp_path / "bins", *arguments)
    assert again.status == 0
    assert again.result["results"] == plain.result["results"]
    assert [Path(one["path"]).name for one in again.result["duplicates"]] == ["copy.png"]
    assert "is the same picture as 00.png and counts once" in again.err
    shutil.copy(first / "01.png", second / "wrong.png")
    both = run("evaluate", tmp_path / "bins", *arguments)
    assert both.status == 0
    assert {Path(one["path"]).name for one in both.result["duplicates"]} == {"copy.png", "01.png", "wrong.png"}
    assert "is in two bins" in both.err
    few = run("evaluate", tmp_path / "bins", "--shots", "3")
    assert (few.status, "has 3 readable images" in one_line(few.err)) == (1, True)
