"""`main.py --demo --headless DIR` as a user calls it: the contract of CLI.md."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import EXAMPLE

_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not EXAMPLE.is_dir(), reason="the example pictures are missing")
def test_the_demo_leaves_what_was_promised(tmp_path: Path) -> None:
    target = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "main.py", "--demo", "--headless", str(target)],
        cwd=_ROOT, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    images = sorted((EXAMPLE / "to_classify").glob("*.jpg"))
    with (target / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["path"] for row in rows] == [str(path) for path in images]
    with (EXAMPLE / "labels.csv").open(encoding="utf-8", newline="") as file:
        labels = {row["file"]: row["class"].replace("_", " ") for row in csv.DictReader(file)}
    right = sum(row["predicted"] == labels[Path(row["path"]).name] for row in rows)
    assert right >= 0.9 * len(rows)
    assert str(target) in done.stdout
    for row in rows:
        scores = [float(value) for name, value in row.items() if name.startswith("p_")]
        assert sum(scores) == pytest.approx(1, abs=1e-4)
        assert row["status"] in {"ok", "unknown"}
    for path in images:
        with Image.open(target / "overlays" / f"{path.stem}.png") as overlay, Image.open(path) as image:
            assert overlay.size == image.size
    assert len(list(target.glob("*.png"))) >= 5
    timings = json.loads((target / "timings.json").read_text())
    assert list(timings) == ["window_shown", "trained", "first_result", "finished"]
    assert sorted(timings.values()) == list(timings.values())
