"""A classifier saved by an earlier version loads and gives the same results.

tests/data/version_6 was written by the version before model/ had rooms: two examples of each class of the example
project, and the classifier's results for four of its other images. Numbers may differ a little where a processor
computes in float32 or int8 what was computed in bfloat16.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from model.backbones.openvino_runtime import _import_openvino, lowest_precision
from model.backbones.runtime import BFLOAT16, FLOAT32, INT8
from model.cli.command import main

SAVED = Path(__file__).resolve().parents[1] / "data" / "version_6"
PICTURES = Path(__file__).resolve().parents[2] / "resources" / "example" / "to_classify"
DIFFERENCES = {BFLOAT16: 0.03, FLOAT32: 0.05, INT8: 0.06}  # of a probability
PIXELS = 40  # of a box's edges: a cell of the map


def test_a_classifier_saved_before_gives_the_same_results(tmp_path: Path) -> None:
    shutil.copytree(SAVED / "classifier", tmp_path / "classifier")
    expected = _rows(SAVED / "results.csv")
    difference = DIFFERENCES[lowest_precision(_import_openvino().Core(), {BFLOAT16, INT8})]
    pictures = [PICTURES / name for name in expected]
    out = tmp_path / "results.csv"
    assert (
        main(["classify", str(tmp_path / "classifier"), *map(str, pictures), "--out", str(out), "--device", "cpu"]) == 0
    )
    found = _rows(out)
    assert found.keys() == expected.keys()
    for name, row in expected.items():
        for column, value in row.items():
            if column.startswith(("p_", "confidence")):
                assert float(found[name][column]) == pytest.approx(float(value), abs=difference)
            elif column.startswith("region_"):
                assert int(found[name][column]) == pytest.approx(int(value), abs=PIXELS)
            else:
                assert found[name][column] == value


def _rows(table: Path) -> dict[str, dict[str, str]]:
    """Return the rows by file name, without the path."""
    with table.open(encoding="utf-8", newline="") as file:
        return {Path(row.pop("path")).name: row for row in csv.DictReader(file)}
