"""The command on files that hold several images: pages, frames and tiles are rows of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from model.cli.command import main
from tests.model.cli_support import rows_of
from tests.model.conftest import SHAPES, paint


@pytest.fixture
def classifier(tmp_path: Path) -> Path:
    """Trained on a stack of pages for each shape."""
    for number, shape in enumerate(SHAPES):
        (tmp_path / "bins" / shape).mkdir(parents=True)
        with tifffile.TiffWriter(tmp_path / "bins" / shape / "pages.tif") as writer:
            for k in range(4):
                writer.write(np.asarray(paint(shape, 10 * number + k)), photometric="rgb")
    assert main(["train", str(tmp_path / "bins"), "--out", str(tmp_path / "classifier"), "--device", "cpu"]) == 0
    return tmp_path / "classifier"


def test_every_page_is_an_example_and_a_row(tmp_path: Path, classifier: Path) -> None:
    (tmp_path / "photos").mkdir()
    with tifffile.TiffWriter(tmp_path / "photos" / "scan.tif") as writer:
        for k, shape in enumerate(("disc", "cross", "stripes")):
            writer.write(np.asarray(paint(shape, 50 + k)), photometric="rgb")
    paint("disc", 60).save(tmp_path / "photos" / "one.png")
    out, overlays = tmp_path / "r.csv", tmp_path / "overlays"
    arguments = ["classify", str(classifier), str(tmp_path / "photos"), "--out", str(out), "--overlays", str(overlays)]
    assert main(arguments) == 0
    rows = rows_of(out)
    assert [Path(row["path"]).name for row in rows] == ["one.png", "scan.tif#1", "scan.tif#2", "scan.tif#3"]
    assert [row["predicted"] for row in rows] == ["disc", "disc", "cross", "stripes"]
    assert sorted(path.name for path in overlays.iterdir()) == [
        "one.png", "scan#1.png", "scan#2.png", "scan#3.png"
    ]  # fmt: skip
    assert main([*arguments, "--resume"]) == 0
    assert rows_of(out) == rows
    one = ["classify", str(classifier), str(tmp_path / "photos" / "scan.tif#2"), "--out", str(tmp_path / "one.csv")]
    assert main(one) == 0
    assert rows_of(tmp_path / "one.csv")[0]["predicted"] == "cross"


def test_tiles_are_rows_and_their_regions_lie_in_them(tmp_path: Path, classifier: Path) -> None:
    slide = Image.new("RGB", (320, 240))
    shapes = ("disc", "cross", "stripes", "disc")
    for k, shape in enumerate(shapes):
        slide.paste(paint(shape, 70 + k), (160 * (k % 2), 120 * (k // 2)))
    slide.save(tmp_path / "slide.png")
    out = tmp_path / "r.csv"
    arguments = ["classify", str(classifier), str(tmp_path / "slide.png"), "--out", str(out), "--tiles", "160"]
    assert main(arguments) == 0
    rows = rows_of(out)
    assert [Path(row["path"]).name for row in rows] == [
        f"slide.png#xywh={left},{top},160,120" for top in (0, 120) for left in (0, 160)
    ]
    assert [row["predicted"] for row in rows] == list(shapes)
    for row in rows:
        assert int(row["region_x"]) + int(row["region_w"]) <= 160
        assert int(row["region_y"]) + int(row["region_h"]) <= 120
