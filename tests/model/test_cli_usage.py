"""Wrong usage, help and unexpected errors of every subcommand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.model.cli_support import Run, one_line


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["fly"], ["train"], ["train", "x"], ["train", "x", "--out", "y", "--device", "tpu"],
        ["train", "x", "--out", "y", "--seed", "1.5"], ["train", "x", "--out", "y", "--seed", "9" * 30],
        ["classify", "c", "--out", "r.csv"], ["classify", "c", "x"], ["evaluate"], ["evaluate", "x", "--shots", "1,,5"],
        ["evaluate", "x", "--shots", "0"], ["evaluate", "x", "--episodes", "many"], ["evaluate", "x", "--nonesuch"],
        ["classify", "c", "x", "--out", "-"], ["classify", "c", "x", "--out", "s3://bucket/r.csv"],
        ["classify", "s3://bucket/c", "x", "--out", "r.csv"], ["train", "x", "--out", "-"],
        ["cluster", "plan", "c", "x", "--out", "s3://bucket/plan"], ["cluster", "merge", "d", "--out", "-"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_ends_with_2(run: Run, arguments: Sequence[str]) -> None:
    done = run(*arguments)
    assert done.status == 2
    assert done.err.startswith("usage: fewshot")
    assert done.out == ""
    assert "_" not in done.err.splitlines()[-1]  # no name of a function of ours


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["classify", "--help"], ["evaluate", "--help"]])
def test_help_ends_with_0(run: Run, arguments: Sequence[str]) -> None:
    done = run(*arguments)
    assert done.status == 0
    assert done.out.startswith("usage: fewshot")


def test_an_unexpected_error_is_one_line_too(run: Run, bins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.cli.commands.train.class_folders", lambda *_: 1 / 0)
    done = run("train", bins, "--out", "x")
    assert done.status == 1
    assert "ZeroDivisionError" in one_line(done.err)
