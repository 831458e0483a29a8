"""`fewshot evaluate`: our figures beside the baselines'."""

from __future__ import annotations

import re
from pathlib import Path

from tests.model.cli_support import Run, one_line


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
    assert (few.status, "need at least 13" in one_line(few.err)) == (1, True)
    for ways in (1, 4):
        done = run("evaluate", shapes_folder, "--ways", ways)
        assert (done.status, "has 3 classes" in one_line(done.err)) == (2, True)
