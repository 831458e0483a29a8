"""Classifying folders: errors are rows, cancelling keeps what is done, nothing is embedded twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from model.backbones.registry import create_backbone
from model.batch import classify
from model.blob_store import BlobStore
from model.classifier import ClassifierState, FewShotClassifier
from model.embedding import FIRST_BATCH_SIZE, Embedder
from model.progress import Cancelled, CancelToken, Progress
from model.training import train
from model.types import Status
from tests.model.conftest import paint, support_of


@pytest.fixture(scope="module")
def classifier(shapes_folder: Path, embedder: Embedder) -> FewShotClassifier:
    return train(support_of(shapes_folder, 4), embedder=embedder)[0]


def test_unreadable_images_are_rows_and_the_rest_goes_on(
    tmp_path: Path, shapes_folder: Path, classifier: FewShotClassifier
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes((shapes_folder / "disc" / "00.png").read_bytes()[:200])
    paths = [broken, shapes_folder / "disc" / "05.png", tmp_path / "gone.png"]
    first, second, third = next(classify(classifier, paths))
    assert (first.status, third.status) == (Status.ERROR, Status.ERROR)
    assert "damaged or cut off" in first.message
    assert "no longer there" in third.message
    assert first.scores == ()
    assert second.status is not Status.ERROR


def test_cancelling_keeps_the_batches_that_are_done(shapes_folder: Path, classifier: FewShotClassifier) -> None:
    paths = 3 * sorted(shapes_folder.rglob("*.png"))
    token = CancelToken()
    batches = classify(classifier, paths, token=token)
    assert FIRST_BATCH_SIZE <= len(next(batches)) < len(paths)
    token.cancel()
    with pytest.raises(Cancelled):
        next(batches)


def test_progress_counts_every_image(shapes_folder: Path, classifier: FewShotClassifier) -> None:
    paths = sorted(shapes_folder.rglob("*.png"))
    reports: list[Progress] = []
    for _ in classify(classifier, paths, progress=reports.append):
        pass
    assert reports[-1] == Progress("Classifying", len(paths), len(paths))


def test_a_second_pass_embeds_nothing(shapes_folder: Path, classifier: FewShotClassifier) -> None:
    paths = sorted(shapes_folder.rglob("*.png"))
    first = [p for batch in classify(classifier, paths) for p in batch]
    decoded, forwarded = classifier.embedder.work.decoded, classifier.embedder.work.forwarded
    second = [p for batch in classify(classifier, paths) for p in batch]
    assert (classifier.embedder.work.decoded, classifier.embedder.work.forwarded) == (decoded, forwarded)
    assert [p.scores for p in second] == [p.scores for p in first]


def test_an_image_unlike_every_bin_is_flagged(tmp_path: Path, classifier: FewShotClassifier) -> None:
    photo = tmp_path / "gradient.png"
    paint("disc", 0, (320, 200)).convert("L").rotate(45, expand=True, fillcolor=255).save(photo)
    blank = tmp_path / "blank.png"
    paint("disc", 0).point(lambda _: 255).save(blank)
    known = next(classify(classifier, [tmp_path / "gradient.png", blank]))
    assert known[1].status is Status.UNKNOWN
    assert known[1].scores


def test_the_region_of_another_class_can_be_asked_for(shapes_folder: Path, classifier: FewShotClassifier) -> None:
    path = shapes_folder / "disc" / "07.png"
    for index in range(len(classifier.class_names)):
        (prediction,) = next(classify(classifier, [path], explain_class=index))
        assert prediction.region == classifier.explain(path).regions[index]


def test_what_comes_from_the_disk_gives_the_same_to_the_bit(tmp_path: Path, shapes_folder: Path) -> None:
    paths = sorted(shapes_folder.rglob("*.png"))
    support = support_of(shapes_folder, 3)
    outcomes = []
    for _ in range(2):
        embedder = Embedder(create_backbone("patent-cnn"), "cpu", store=BlobStore(tmp_path))
        trained, _ = train(support, embedder=embedder)
        predictions = [p for batch in classify(trained, paths) for p in batch]
        outcomes.append((embedder.work.forwarded, trained.state, predictions))
    (forwarded, state, predictions), (forwarded_again, state_again, predictions_again) = outcomes
    assert (forwarded, forwarded_again) == (len(paths) + sum(map(len, support.images)), 0)  # examples at two sizes
    assert all(torch.equal(getattr(state, name), getattr(state_again, name)) for name in ClassifierState.names())
    assert predictions == predictions_again


def test_an_image_alone_is_predicted_as_among_others(shapes_folder: Path, classifier: FewShotClassifier) -> None:
    paths = sorted(shapes_folder.rglob("*.png"))
    together = [p for batch in classify(classifier, paths) for p in batch]
    for path, expected in list(zip(paths, together, strict=True))[::7]:
        (alone,) = next(classify(classifier, [path]))
        assert (alone.predicted, alone.status, alone.region) == (expected.predicted, expected.status, expected.region)
        assert alone.scores == pytest.approx(expected.scores, abs=1e-6)
