"""Why an image has its class: like regions of examples, the difference of two classes, the image without its region."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.embedding.embedder import Embedder
from model.regions.likeness import cells_of
from model.runs.image_classifier import ImageClassifier
from model.runs.why import by_example, covered
from model.training.train import train
from model.types import Region, SupportSet
from tests.model.conftest import paint, support_of


@pytest.fixture
def support(shapes_folder: Path) -> SupportSet:
    return support_of(shapes_folder, 6)


@pytest.fixture
def classifier(support: SupportSet, embedder: Embedder) -> ImageClassifier:
    return train(support, embedder=embedder)[0]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A disc at (110, 70), half of its radius of 28 pixels from no edge."""
    paint("disc", 900, at=(110, 70)).save(tmp_path / "disc.png")
    return tmp_path / "disc.png"


def test_like_regions_are_of_the_two_classes_and_ordered(
    classifier: ImageClassifier, support: SupportSet, picture: Path
) -> None:
    explanation = classifier.explain(picture)
    found = by_example(classifier.embedder, classifier.looks(), explanation, support.images, 4)
    assert tuple(one.class_index for one in found) == explanation.ranked[:2]
    assert classifier.class_names[found[0].class_index] == "disc"
    for one in found:
        similarities = [like.similarity for like in one.like]
        assert len(similarities) == 4
        assert similarities == sorted(similarities, reverse=True)
        assert all(like.path in support.images[one.class_index] for like in one.like)
        assert all(0 <= like.region.x <= like.region.x + like.region.width <= 160 for like in one.like)


def test_the_like_region_lies_on_the_example_s_shape(
    classifier: ImageClassifier, support: SupportSet, picture: Path
) -> None:
    first, _ = by_example(classifier.embedder, classifier.looks(), classifier.explain(picture), support.images, 6)
    hits = 0
    for like in first.like:
        red = np.asarray(Image.open(like.path))[..., 0].astype(int) - np.asarray(Image.open(like.path))[..., 2]
        rows, columns = np.nonzero(red > 100)
        middle = (like.region.x + like.region.width / 2, like.region.y + like.region.height / 2)
        hits += np.hypot(columns.mean() - middle[0], rows.mean() - middle[1]) < 40
    assert hits >= 5


def test_an_example_is_compared_with_the_others_only(classifier: ImageClassifier, support: SupportSet) -> None:
    path = support.images[0][2]
    found = classifier.explain(path, support.images).by_example
    assert found[0].class_index == 0
    assert found[0].like
    assert all(like.path != path for one in found for like in one.like)


def test_unreadable_examples_are_left_out(
    classifier: ImageClassifier, support: SupportSet, picture: Path, tmp_path: Path
) -> None:
    (tmp_path / "damaged.png").write_bytes(b"no picture")
    some = tuple((tmp_path / "damaged.png", group[0]) for group in support.images)
    found = classifier.explain(picture, some).by_example
    assert [len(one.like) for one in found] == [1, 1]
    with pytest.raises(ValueError, match="2 classes of examples for 3"):
        classifier.explain(picture, some[:2])


def test_the_difference_of_the_maps_peaks_where_the_first_class_is(classifier: ImageClassifier, tmp_path: Path) -> None:
    both = Image.new("RGB", (320, 160), (120, 120, 120))
    both.paste(paint("disc", 1, (160, 160), (80, 80)), (0, 0))
    both.paste(paint("cross", 2, (160, 160), (80, 80)), (160, 0))
    both.save(tmp_path / "both.png")
    found = classifier.explain(tmp_path / "both.png")
    assert found.difference is not None
    assert found.difference.shape == found.evidence_maps.shape[1:]
    first, second = found.ranked[:2]
    logs = np.log(np.maximum(found.evidence_maps, 1e-30))
    between = logs[first] - logs[second]
    assert np.corrcoef(between.ravel(), found.difference.ravel())[0, 1] > 0.99
    if {classifier.class_names[c] for c in (first, second)} == {"disc", "cross"}:
        column = int(found.difference.argmax()) % found.difference.shape[1]
        assert (column < found.difference.shape[1] / 2) == (classifier.class_names[first] == "disc")


def test_without_its_shape_an_image_is_less_sure(classifier: ImageClassifier, picture: Path) -> None:
    (whole,) = classifier.predict([classifier.embedder.embed_one(picture, classifier.looks())])
    without = classifier.without_region(picture, Region(80, 40, 60, 60))
    elsewhere = classifier.without_region(picture, Region(0, 90, 30, 30))
    disc = whole.predicted
    assert without.scores[disc] < elsewhere.scores[disc] - 0.2
    assert elsewhere.predicted == disc
    (again,) = classifier.predict([classifier.embedder.embed_one(picture, classifier.looks())])
    assert again.scores == whole.scores  # what was covered is not remembered for the file


def test_a_covered_region_takes_the_colours_around_it() -> None:
    picture = Image.new("RGB", (80, 60), (10, 200, 30))
    picture.paste((255, 0, 0), (20, 20, 40, 40))
    plain = covered(picture, Region(40, 40, 40, 40), (160, 120))
    assert np.abs(np.asarray(plain).astype(int) - (10, 200, 30)).max() <= 1
    everything = np.asarray(covered(picture, Region(0, 0, 160, 120), (160, 120)))
    assert np.abs(everything.astype(float) - np.asarray(picture, float).mean(axis=(0, 1))).max() <= 1


def test_cells_of_a_rectangle() -> None:
    assert cells_of(0, 0, 1, 1, (4, 6)) == (0, 0, 4, 6)
    assert cells_of(0.5, 0.25, 1, 0.5, (4, 4)) == (1, 2, 2, 4)
    assert cells_of(0.4, 0.4, 0.41, 0.41, (4, 4)) == (1, 1, 2, 2)
