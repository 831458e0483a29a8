"""The image that the example project shows first is recognised, in bfloat16, float32 and int8."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fewshot_gui.demo import EXAMPLES, SHOWN_FIRST, TO_CLASSIFY


@pytest.mark.parametrize("precision", ["", "float32", "int8"])
def test_what_is_shown_first_is_right(precision: str, tmp_path: Path) -> None:
    environment = {**os.environ, "FEWSHOT_PRECISION": precision, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    for arguments in (
        ["train", str(EXAMPLES), "--out", "c"],
        ["classify", "c", str(TO_CLASSIFY / SHOWN_FIRST), "--out", "r.csv"],
    ):
        command = [sys.executable, "-m", "model", *arguments, "--no-cache"]
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, timeout=120)
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    with (TO_CLASSIFY.parent / "labels.csv").open(encoding="utf-8", newline="") as file:
        labels = {one["file"]: one["class"] for one in csv.DictReader(file)}
    assert (row["status"], row["predicted"]) == ("ok", labels[SHOWN_FIRST])
    assert float(row["confidence"]) > 0.9
