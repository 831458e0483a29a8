"""Classifying folders: errors are rows, cancelling keeps what is done, nothing is embedded twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.accuracy.painting import overlap
from model.backbones.registry import create_backbone
from model.cache.store import BlobStore
from model.embedding.embedder import BATCHES, Embedder
from model.features.sizes import Looks
from model.progress import Cancelled, CancelToken, Progress
from model.runs.classify import classify
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from model.types import Status
from tests.model.conftest import paint, support_of


@pytest.fixture(scope="module")
def classifier(shapes_folder: Path, embedder: Embedder) -> ImageClassifier:
    return train(support_of(shapes_folder, 4), embedder=embedder)[0]


def test_unreadable_images_are_rows_and_the_rest_goes_on(
    tmp_path: Path, shapes_folder: Path, classifier: ImageClassifier
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes((shapes_folder / "disc" / "00.png").read_bytes()[:200])
    paths = [broken, shapes_folder / "disc" / "05.png", tmp_path / "gone.png"]
    first, second, third = next(classify(classifier, paths))
    assert (first.status, third.status) == (Status.ERROR, Status.ERROR)
    assert "damaged or cut off" in first.message
    assert "there is no such file" in third.message
    assert first.scores == ()
    assert second.status is not Status.ERROR


def test_cancelling_keeps_the_batches_that_are_done(shapes_folder: Path, classifier: ImageClassifier) -> None:
    paths = 3 * sorted(shapes_folder.rglob("*.png"))
    token = CancelToken()
    batches = classify(classifier, paths, token=token)
    assert BATCHES.first <= len(next(batches)) < len(paths)
    token.cancel()
    with pytest.raises(Cancelled):
        next(batches)


def test_progress_counts_every_image(shapes_folder: Path, classifier: ImageClassifier) -> None:
    paths = sorted(shapes_folder.rglob("*.png"))
    reports: list[Progress] = []
    for _ in classify(classifier, paths, progress=reports.append):
        pass
    assert reports[-1] == Progress("Classifying", len(paths), len(paths))


def test_a_second_pass_embeds_nothing(shapes_folder: Path, classifier: ImageClassifier) -> None:
    paths = sorted(shapes_folder.rglob("*.png"))
    first = [p for batch in classify(classifier, paths) for p in batch]
    decoded, forwarded = classifier.embedder.work.decoded, classifier.embedder.work.forwarded
    second = [p for batch in classify(classifier, paths) for p in batch]
    assert (classifier.embedder.work.decoded, classifier.embedder.work.forwarded) == (decoded, forwarded)
    assert [p.scores for p in second] == [p.scores for p in first]


def test_an_image_unlike_every_bin_is_flagged(tmp_path: Path, classifier: ImageClassifier) -> None:
    photo = tmp_path / "gradient.png"
    paint("disc", 0, (320, 200)).convert("L").rotate(45, expand=True, fillcolor=255).save(photo)
    blank = tmp_path / "blank.png"
    paint("disc", 0).point(lambda _: 255).save(blank)
    known = next(classify(classifier, [tmp_path / "gradient.png", blank]))
    assert known[1].status is Status.UNKNOWN
    assert known[1].scores


def test_the_region_of_another_class_can_be_asked_for(shapes_folder: Path, classifier: ImageClassifier) -> None:
    path = shapes_folder / "disc" / "07.png"
    for index in range(len(classifier.class_names)):
        (prediction,) = next(classify(classifier, [path], explain_class=index, closely=True))
        assert prediction.region == classifier.explain(path).regions[index]
        (first,) = next(classify(classifier, [path], explain_class=index))
        assert first.region != prediction.region
        assert (first.predicted, first.scores) == (prediction.predicted, prediction.scores)


def test_looking_closely_takes_one_more_forward_pass_for_an_image_and_only_once(
    tmp_path: Path, classifier: ImageClassifier
) -> None:
    paths = [tmp_path / f"{k}.png" for k in range(5)]
    for k, path in enumerate(paths):
        paint("disc", 7000 + k).save(path)
    work = classifier.embedder.work
    before = work.forwarded
    first = [p for batch in classify(classifier, paths) for p in batch]
    assert work.forwarded == before + 5
    closely = [p for batch in classify(classifier, paths, closely=True) for p in batch]
    assert work.forwarded == before + 10
    for path in paths:
        classifier.explain(path)
    assert [p for batch in classify(classifier, paths, closely=True) for p in batch] == closely
    assert work.forwarded == before + 10
    assert [p.scores for p in first] == [p.scores for p in closely]


def test_the_closer_look_finds_objects_better(tmp_path: Path, classifier: ImageClassifier) -> None:
    rng = np.random.default_rng(4)
    overlaps = []
    for number in range(12):
        shape = ("disc", "stripes", "cross")[number % 3]
        x, y = int(rng.integers(40, 200)), int(rng.integers(40, 110))
        path = tmp_path / f"{number}.png"
        paint(shape, 8000 + number, (240, 150), (x, y)).save(path)
        asked = classifier.class_names.index(shape)
        for closely in (False, True):
            (found,) = next(classify(classifier, [path], explain_class=asked, closely=closely))
            assert found.region is not None
            overlaps.append(overlap([(x - 28, y - 28, x + 28, y + 28)], found.region))
    first, close = sum(overlaps[::2]) / 12, sum(overlaps[1::2]) / 12
    assert close > 0.4
    assert close > first


def test_an_image_that_was_seen_at_the_working_side_alone_keeps_its_first_region(
    tmp_path: Path, classifier: ImageClassifier
) -> None:
    path = tmp_path / "a.png"
    paint("disc", 9000).save(path)
    image = classifier.embedder.embed_one(path, Looks(classifier.side))
    (first,) = classifier.predict([image])
    assert first.region == next(classify(classifier, [path]))[0].region


def test_what_comes_from_the_disk_gives_the_same_to_the_bit(tmp_path: Path, shapes_folder: Path) -> None:
    paths = sorted(shapes_folder.rglob("*.png"))
    support = support_of(shapes_folder, 3)
    outcomes = []
    for _ in range(2):
        embedder = Embedder(create_backbone("patent-cnn"), "cpu", store=BlobStore(tmp_path))
        trained, _ = train(support, embedder=embedder)
        predictions = [p for batch in classify(trained, paths) for p in batch]
        outcomes.append((embedder.work.forwarded, trained.classifier.state, predictions))
    (forwarded, state, predictions), (forwarded_again, state_again, predictions_again) = outcomes
    assert (forwarded, forwarded_again) == (len(paths) + sum(map(len, support.images)), 0)  # examples at two sizes
    assert all(
        torch.equal(torch.as_tensor(value), torch.as_tensor(getattr(state_again, name)))
        for name, value in vars(state).items()
        if name not in {"view_names", "memory"}
    )
    assert predictions == predictions_again


def test_an_image_alone_is_predicted_as_among_others(shapes_folder: Path, classifier: ImageClassifier) -> None:
    paths = sorted(shapes_folder.rglob("*.png"))
    together = [p for batch in classify(classifier, paths) for p in batch]
    for path, expected in list(zip(paths, together, strict=True))[::7]:
        (alone,) = next(classify(classifier, [path]))
        assert (alone.predicted, alone.status, alone.region) == (expected.predicted, expected.status, expected.region)
        assert alone.scores == pytest.approx(expected.scores, abs=1e-6)
