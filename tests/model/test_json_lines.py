"""Results as JSON lines: as the CSV file says, resumed without a loss, other files refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from model.checkpoint.files import identity, load
from tests.model.cli_support import Run, one_line, rows_of


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def broken(photos: Path) -> Path:
    (photos / "broken.png").write_bytes(b"no image")
    return photos


def test_lines_say_what_the_csv_file_says(run: Run, trained: Path, broken: Path, tmp_path: Path) -> None:
    options = ("--max-error", "0.3", "--candidates", "0.4")
    assert run("classify", trained, broken, "--out", tmp_path / "r.jsonl", *options).status == 3
    assert run("classify", trained, broken, "--out", tmp_path / "r.csv", *options).status == 3
    names = load(trained).class_names
    for line, row in zip(lines_of(tmp_path / "r.jsonl"), rows_of(tmp_path / "r.csv"), strict=True):
        assert (line["path"], line["status"]) == (row["path"], row["status"])
        if line["status"] == "error":
            assert line["message"] == row["message"]
            assert (line["predicted"], line["region"], line["probabilities"], line["candidates"]) == (
                None,
                None,
                {},
                [],
            )
            continue
        assert line["region"] == [int(row[f"region_{part}"]) for part in "xywh"]
        assert list(line["probabilities"]) == list(names)
        assert line["confidence"] == pytest.approx(float(row["confidence"]), abs=2e-6)
        assert (line["predicted"], line["classifier"]) == (row["predicted"], identity(trained))
        assert {True: "yes", False: "no"}[line["accepted"]] == row["accepted"]
        assert "; ".join(line["candidates"]) == row["candidates"].removeprefix("'")
        assert line["region_steadiness"] == pytest.approx(float(row["region_steadiness"]))


def test_an_interrupted_file_is_gone_on_with(run: Run, trained: Path, broken: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    run("classify", trained, broken, "--out", out)
    whole = out.read_bytes()
    cut = whole[: len(whole) - len(whole.splitlines()[-1]) // 2]
    out.write_bytes(cut)
    done = run("classify", trained, broken, "--out", out, "--resume", "--json")
    assert done.status == 3  # the broken one of before counts
    assert done.result["resumed_after"] == len(whole.splitlines()) - 1
    assert lines_of(out) == [json.loads(line) for line in whole.splitlines()]


@pytest.mark.parametrize("content", ["a,b\n1,2\n", '{"path": "x"}\n', "[1]\n"])
def test_other_files_are_neither_replaced_nor_gone_on_with(
    run: Run, trained: Path, photos: Path, tmp_path: Path, content: str
) -> None:
    out = tmp_path / "r.jsonl"
    out.write_text(content, encoding="utf-8")
    assert run("classify", trained, photos, "--out", out).status == 2
    done = run("classify", trained, photos, "--out", out, "--resume")
    assert done.status in {1, 2}
    assert out.read_text(encoding="utf-8") == content


def test_lines_of_another_classifier_are_refused(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    run("classify", trained, photos, "--out", out)
    other = [line | {"classifier": "cfffffffffff1"} for line in lines_of(out)]
    out.write_text("".join(json.dumps(line) + "\n" for line in other), encoding="utf-8")
    before = out.read_bytes()
    done = run("classify", trained, photos, "--out", out, "--resume")
    assert done.status == 1
    assert "does not hold results of this classifier alone" in one_line(done.err)
    assert out.read_bytes() == before


def test_joined_results_replace_the_lines(run: Run, trained: Path, broken: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    assert run("classify", trained, broken, "--out", out, "--transductive").status == 3
    assert len(lines_of(out)) == 5
    assert not out.with_name("r.jsonl.new").exists()
