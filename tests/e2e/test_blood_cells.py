"""The main job through the command, on real micrographs: accuracy on the rest, regions on whole smears."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import pytest

from model.cli.command import main

DATA = Path(os.environ.get("FEWSHOT_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
SHOTS = 10

pytestmark = pytest.mark.skipif(
    not (DATA / "blood_cells").is_dir(), reason=f"no blood_cells in {DATA}; set FEWSHOT_TEST_DATA to the test images"
)


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with bins/ (10 examples a class), rest/ (all others) and the classifier trained on the bins."""
    folder = tmp_path_factory.mktemp("blood")
    for source in sorted((DATA / "blood_cells").iterdir()):
        for number, path in enumerate(sorted(source.iterdir())):
            target = folder / ("bins" if number < SHOTS else "rest") / source.name
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    assert main(["train", str(folder / "bins"), "--out", str(folder / "classifier")]) == 0
    return folder


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_ten_examples_a_class_label_the_rest(job: Path) -> None:
    assert main(["classify", str(job / "classifier"), str(job / "rest"), "--out", str(job / "rest.csv")]) == 0
    results = rows(job / "rest.csv")
    assert len(results) == 330
    right = sum(row["predicted"] == Path(row["path"]).parent.name for row in results)
    assert right / len(results) >= 0.95
    assert sum(row["status"] == "unknown" for row in results) <= 0.05 * len(results)


def test_the_region_for_white_cells_lies_in_a_white_cell(job: Path) -> None:
    smears = json.loads((DATA / "blood_smears" / "boxes.json").read_text())
    images, table = DATA / "blood_smears" / "images", job / "smears.csv"
    assert main(["classify", str(job / "classifier"), str(images), "--out", str(table), "--explain", "WBC"]) == 0
    regions = {Path(row["path"]).name: row for row in rows(table)}
    hits = []
    for smear in smears:
        boxes = [item["box"] for item in smear["boxes"] if item["label"] == "WBC"]
        row = regions[Path(smear["image"]).name]
        x = int(row["region_x"]) + int(row["region_w"]) / 2
        y = int(row["region_y"]) + int(row["region_h"]) / 2
        if boxes:
            hits.append(any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes))
    assert sum(hits) / len(hits) >= 0.85
