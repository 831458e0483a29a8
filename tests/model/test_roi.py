"""A region of interest: what lies outside says nothing, and places are those of the whole picture."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.checkpoint.files import FACTS_FILE, from_files, to_files
from model.cli.arguments import roi as roi_argument
from model.embedding.embedder import Embedder
from model.errors import CheckpointError
from model.images.rendering import USUAL, Rendering
from model.images.roi import Roi
from model.regions.geometry import moved, on_whole
from model.runs.image_classifier import ImageClassifier
from model.runs.why import by_example
from model.training.train import train
from model.types import Region, SupportSet
from tests.model.conftest import SHAPES, paint

LEFT = Roi(0.0, 0.25, 0.5, 0.5)
SIZE, BOX = (320, 240), Region(0, 60, 160, 120)


def whole(shape: str, seed: int, other: str) -> Image.Image:
    """A picture whose left middle shows `shape`; what surrounds it shows another."""
    picture = paint(other, seed + 500, SIZE)
    picture.paste(paint(shape, seed, (160, 120)), (0, 60))
    return picture


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[SupportSet, SupportSet, Path, Path]:
    """Examples and a new picture as a whole, and cut out by hand."""
    names = tuple(SHAPES)
    groups: dict[str, list[tuple[Path, ...]]] = {"whole": [], "cut": []}
    for number, shape in enumerate(names):
        for kind, found in groups.items():
            (tmp_path / kind / shape).mkdir(parents=True)
            found.append(tuple(tmp_path / kind / shape / f"{k}.png" for k in range(4)))
        for k in range(4):
            picture = whole(shape, 100 * number + k, names[(number + k) % 3])
            picture.save(groups["whole"][number][k])
            picture.crop((0, 60, 160, 180)).save(groups["cut"][number][k])
    new = whole("disc", 900, "cross")
    new.save(tmp_path / "new.png")
    new.crop((0, 60, 160, 180)).save(tmp_path / "new cut.png")
    sets = (SupportSet(names, tuple(groups[kind])) for kind in ("whole", "cut"))
    return (*sets, tmp_path / "new.png", tmp_path / "new cut.png")  # type: ignore[return-value]


def test_it_is_as_if_the_rest_had_been_cut_off_and_places_are_of_the_whole(
    pictures: tuple[SupportSet, SupportSet, Path, Path], embedder: Embedder
) -> None:
    in_whole, in_cut, new, cut = pictures
    with_roi, report = train(in_whole, embedder=embedder, rendering=Rendering(roi=LEFT))
    by_hand, expected = train(in_cut, embedder=embedder)
    assert report.leave_one_out_accuracy == expected.leave_one_out_accuracy
    for closely in (False, True):
        (made,) = _predict(with_roi, new, closely)
        (other,) = _predict(by_hand, cut, closely)
        assert made.scores == pytest.approx(other.scores, abs=1e-4)
        assert other.region is not None
        assert made.region == moved(other.region, BOX)
        assert made.evidence_map is not None
        rows, columns = np.nonzero(made.evidence_map > 0)
        height, width = made.evidence_map.shape
        assert columns.max() < width / 2
        assert (rows.min() >= height / 4 - 1, rows.max() <= 3 * height / 4) == (True, True)
        assert made.evidence_map.max() == 1
    found, same = with_roi.explain(new), by_hand.explain(cut)
    assert found.image_size == SIZE
    assert found.regions == tuple(moved(region, BOX) for region in same.regions)
    assert found.scores == pytest.approx(same.scores, abs=1e-4)
    assert with_roi.without_region(new, moved(Region(80, 40, 60, 60), BOX)).scores != made.scores
    outside = with_roi.without_region(new, Region(200, 100, 100, 100))
    assert outside.scores == pytest.approx(_predict(with_roi, new, False)[0].scores, abs=0.02)
    like = by_example(with_roi.embedder, with_roi.looks(), found, in_whole.images, 2)
    assert all(one.region.x + one.region.width <= 160 for row in like for one in row.like)
    assert all(60 <= one.region.y <= one.region.y + one.region.height <= 180 for row in like for one in row.like)


def _predict(classifier: ImageClassifier, path: Path, closely: bool) -> list:  # type: ignore[type-arg]
    image = classifier.embedder.embed_one(path, classifier.looks(closely=closely))
    return classifier.predict([image], with_maps=True)


def test_features_of_the_whole_and_of_a_part_are_kept_apart(
    pictures: tuple[SupportSet, SupportSet, Path, Path], embedder: Embedder
) -> None:
    _, _, new, _ = pictures
    part = embedder.rendered(Rendering(roi=LEFT))
    looks = train(pictures[1], embedder=embedder)[0].looks()
    assert part.embed_one(new, looks).size == (160, 120)
    assert embedder.embed_one(new, looks).size == SIZE
    assert part.embed_one(new, looks).whole_size == SIZE
    assert Rendering(roi=LEFT).key != USUAL.key == ""


def test_a_classifier_keeps_it_and_a_damaged_one_is_refused(
    pictures: tuple[SupportSet, SupportSet, Path, Path], embedder: Embedder
) -> None:
    classifier, _ = train(pictures[0], embedder=embedder, rendering=Rendering(roi=LEFT))
    files = to_files(classifier)
    assert from_files(files, embedder=embedder).embedder.rendering.roi == LEFT
    facts = json.loads(files[FACTS_FILE])
    assert facts["version"] == 7  # what knows of no such region refuses it
    for wrong in ([0, 0, 2, 1], [0, 0, 1], "left", None, [0, 0, float("nan"), 1], [0, 0, 10**400, 1]):
        damaged = {**files, FACTS_FILE: json.dumps({**facts, "roi": wrong}).encode()}
        with pytest.raises(CheckpointError, match="region of interest"):
            from_files(damaged, embedder=embedder)
    plain, _ = train(pictures[1], embedder=embedder)
    assert json.loads(to_files(plain)[FACTS_FILE])["version"] == 6


def test_it_is_typed_in_percent() -> None:
    assert roi_argument("25,0,50,100") == Roi(0.25, 0, 0.5, 1)
    assert Roi.parse(Roi(1 / 3, 0.1, 0.25, 0.5).percent).box((900, 100)) == Region(300, 10, 225, 50)
    assert Roi(0.99 - 0.02, 0, 0.02, 1).box((10, 3)) == Region(9, 0, 1, 3)
    for wrong in ("", "1,2,3", "50,0,60,100", "0,0,1,100", "a,b,c,d", "0,0,nan,100", "-5,0,50,50"):
        with pytest.raises(argparse.ArgumentTypeError, match="percent"):
            roi_argument(wrong)


def test_maps_are_placed_where_they_belong() -> None:
    maps = np.zeros((1, 4, 4), np.float32)
    maps[0, 1, 2] = 1
    placed = on_whole(maps, Region(40, 0, 40, 40), (80, 40))
    assert placed.shape == (1, 4, 8)
    assert np.argwhere(placed[0] == 1).tolist() == [[1, 6]]
    assert placed.sum() == 1
    assert on_whole(maps, Region(0, 0, 80, 40), (80, 40)) is maps
