"""`fewshot classify --resume` with tables that another classifier, other options or another program left."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from model.checkpoint.files import identity
from tests.model.cli_support import Run, one_line, rows_of


@pytest.fixture
def other(run: Run, bins: Path, shapes_folder: Path, tmp_path: Path) -> Path:
    """A classifier with the same classes as `trained`."""
    shutil.copytree(bins, tmp_path / "other bins")
    shutil.copy(shapes_folder / "disc" / "09.png", tmp_path / "other bins" / "диск, red")
    assert run("train", tmp_path / "other bins", "--out", tmp_path / "other").status == 0
    return tmp_path / "other"


def test_rows_of_another_classifier_are_not_gone_on_with(
    run: Run, trained: Path, other: Path, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r.csv"
    run("classify", trained, photos / "disc.png", "--out", out)
    before = out.read_bytes()
    done = run("classify", other, photos, "--out", out, "--resume")
    assert done.status == 1
    said = one_line(done.err)
    assert "holds results of another classifier with the same classes" in said
    assert identity(trained) in said
    assert identity(other) in said
    assert "Give another --out, or leave out --resume" in said
    assert out.read_bytes() == before
    moved = tmp_path / "elsewhere" / "c"
    shutil.copytree(trained, moved)
    assert run("classify", moved, photos, "--out", out, "--resume", "--json").result["resumed_after"] == 1
    assert run("classify", other, photos, "--out", out).status == 0
    assert {row["classifier"] for row in rows_of(out)} == {identity(other)}


def test_an_error_names_no_classifier_and_is_no_ones(
    run: Run, trained: Path, other: Path, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r.csv"
    assert run("classify", trained, tmp_path / "gone.png", "--out", out).status == 3
    assert rows_of(out)[0]["classifier"] == ""
    assert run("classify", other, tmp_path / "gone.png", photos / "disc.png", "--out", out, "--resume").status == 3
    assert [row["classifier"] for row in rows_of(out)] == ["", identity(other)]


def test_a_table_of_an_older_version_is_gone_on_with_and_it_is_said_what_cannot_be_told(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    whole, out = tmp_path / "whole.csv", tmp_path / "r.csv"
    run("classify", trained, photos, "--out", whole, "--max-error", "0.3")
    with whole.open(encoding="utf-8", newline="") as file:
        old = [row[:-1] for row in csv.reader(file)][:3]
    with out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(old)
    done = run("classify", trained, photos, "--out", out, "--max-error", "0.3", "--resume", "--json")
    assert (done.status, done.result["resumed_after"]) == (0, 2)
    assert "do not say which classifier made them" in done.err
    rows = rows_of(out)
    assert [row["classifier"] for row in rows] == ["", "", *[identity(trained)] * 2]
    assert [{k: v for k, v in row.items() if k != "classifier"} for row in rows] == [
        {k: v for k, v in row.items() if k != "classifier"} for row in rows_of(whole)
    ]
    assert run("classify", trained, photos, "--out", whole, "--max-error", "0.3", "--resume").err.count("which") == 0


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        ((), ("--max-error", "0.3"), "--max-error"),
        (("--max-error", "0.3"), (), "--max-error"),
        (("--candidates", "0.3"), ("--max-error", "0.3"), "--max-error, --candidates"),
    ],
)
def test_other_options_than_a_table_was_begun_with_are_named(
    run: Run, trained: Path, photos: Path, tmp_path: Path, first: tuple[str, ...], second: tuple[str, ...], named: str
) -> None:
    out = tmp_path / "r.csv"
    run("classify", trained, photos / "disc.png", "--out", out, *first)
    before = out.read_bytes()
    done = run("classify", trained, photos, "--out", out, "--resume", *second)
    assert done.status == 1
    assert f"was begun with other options ({named})" in one_line(done.err)
    assert out.read_bytes() == before


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "mac-roman"])
def test_a_table_in_another_encoding_is_refused_with_a_way_out(
    run: Run, shapes_folder: Path, tmp_path: Path, encoding: str
) -> None:
    for name in ("disc", "cross"):
        (tmp_path / "bins" / name).mkdir(parents=True)
        shutil.copy(shapes_folder / name / "00.png", tmp_path / "bins" / name)
    run("train", tmp_path / "bins", "--out", tmp_path / "c")
    folder, out = tmp_path / "photos", tmp_path / "r.csv"
    folder.mkdir()
    for name in ("caf\u00e9.png", "M\u00fcller.png", "plain.png"):
        shutil.copy(shapes_folder / "disc" / "05.png", folder / name)
    run("classify", tmp_path / "c", folder, "--out", out)
    right = out.read_bytes()
    out.write_bytes(right.decode().encode(encoding))
    before = out.read_bytes()
    done = run("classify", tmp_path / "c", folder, "--out", out, "--resume")
    assert done.status == 1
    assert "is not UTF-8" in one_line(done.err)
    assert "Save it as “CSV UTF-8”" in done.err
    assert out.read_bytes() == before
    out.write_bytes("".join(right.decode().splitlines(keepends=True)[:2]).encode("utf-8-sig"))  # as CSV UTF-8
    assert run("classify", tmp_path / "c", folder, "--out", out, "--resume").status == 0
    assert out.read_bytes() == right


def test_a_last_row_that_ends_within_a_letter_is_done_again(
    run: Run, trained: Path, shapes_folder: Path, tmp_path: Path
) -> None:
    folder, whole, out = tmp_path / "photos", tmp_path / "whole.csv", tmp_path / "r.csv"
    folder.mkdir()
    for name in ("1.png", "2\u00e9.png"):
        shutil.copy(shapes_folder / "disc" / "05.png", folder / name)
    run("classify", trained, folder, "--out", whole)
    content = whole.read_bytes()
    out.write_bytes(content[: content.index("\u00e9".encode()) + 1])
    assert run("classify", trained, folder, "--out", out, "--resume", "--json").result["resumed_after"] == 1
    assert out.read_bytes() == content
