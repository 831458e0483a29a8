"""Transduction: similar images get similar results, the others keep theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from model.checkpoint.files import load
from model.progress import Cancelled, CancelToken, Progress
from model.runs import transduction
from model.runs.classify import Asked, classify
from model.runs.image_classifier import ImageClassifier
from model.runs.transduction import joined, spread_probabilities
from model.types import Prediction, Status
from tests.model.cli_support import Run, one_line, rows_of


def _two_groups(images: int) -> tuple[torch.Tensor, torch.Tensor]:
    """An example of each of two classes and images around them, a third of which lies closer to the other example."""
    generator = torch.Generator().manual_seed(5)
    centres = torch.tensor([[3.0, 0.0], [0.0, 3.0]])
    truth = torch.arange(images) % 2
    around = centres[truth] + torch.randn((images, 2), generator=generator)
    return torch.cat((centres, around)), truth


def _by_distance(vectors: torch.Tensor) -> torch.Tensor:
    return torch.softmax(-torch.cdist(vectors[2:], vectors[:2]).double(), dim=1)


def test_probabilities_are_what_the_formula_says() -> None:
    vectors, _ = _two_groups(40)
    labels, alone = torch.tensor([0, 1]), _by_distance(vectors)
    unit = torch.nn.functional.normalize(vectors, dim=1)
    cosines = (unit @ unit.T).fill_diagonal_(-2).double()
    nearest = cosines.topk(transduction.NEIGHBOURS, dim=1)
    weights = torch.zeros(42, 42, dtype=torch.float64)
    weights.scatter_(1, nearest.indices, nearest.values.clamp_min(0) ** transduction.SHARPNESS)
    weights = weights + weights.T
    scale = weights.sum(dim=1).rsqrt()
    links = weights * scale[:, None] * scale
    own = torch.cat((torch.eye(2).double(), transduction.BELIEF * alone))
    exact = torch.linalg.solve(torch.eye(42).double() - transduction.SPREADING * links, own)[2:]
    expected = exact**transduction.SHARPENING
    torch.testing.assert_close(
        spread_probabilities(vectors, labels, alone), expected / expected.sum(1, keepdim=True), rtol=1e-4, atol=1e-5
    )


def test_more_are_right_together_than_one_by_one() -> None:
    vectors, truth = _two_groups(200)
    alone = _by_distance(vectors)
    together = spread_probabilities(vectors, torch.tensor([0, 1]), alone)
    assert int((together.argmax(1) == truth).sum()) > int((alone.argmax(1) == truth).sum())


@pytest.mark.parametrize("images", [1, 3])
def test_few_images_and_images_without_links_give_probabilities(images: int) -> None:
    vectors = torch.cat((torch.eye(4)[:2], torch.zeros(images, 4)))
    alone = torch.full((images, 2), 0.5, dtype=torch.float64)
    torch.testing.assert_close(spread_probabilities(vectors, torch.tensor([0, 1]), alone), alone)


def test_blocks_of_rows_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _ = _two_groups(60)
    alone = _by_distance(vectors)
    at_once = spread_probabilities(vectors, torch.tensor([0, 1]), alone)
    in_parts = spread_probabilities(vectors, torch.tensor([0, 1]), alone, rows=7)
    torch.testing.assert_close(in_parts, at_once)


def _joined(classifier: ImageClassifier, predictions: list[Prediction], **options: Any) -> Iterator[list[Prediction]]:
    for batch in joined(classifier, predictions, **options):
        yield [one.prediction for one in batch]


@pytest.fixture(scope="module")
def classifier(trained: Path) -> ImageClassifier:
    """Of three shapes, four examples each."""
    return load(trained, "cpu")


@pytest.fixture(scope="module")
def predictions(classifier: ImageClassifier, shapes_folder: Path) -> list[Prediction]:
    """Of the shapes that are no examples, those that are like a bin."""
    paths = [path for path in sorted(shapes_folder.rglob("*.png")) if int(path.stem) >= 4]
    return [one for batch in classify(classifier, paths) for one in batch if one.status is Status.OK]


def test_joined_predictions_have_a_note_and_nothing_is_computed_twice(
    classifier: ImageClassifier, predictions: list[Prediction]
) -> None:
    before = classifier.embedder.work.forwarded
    heard: list[Progress] = []
    found = [one for batch in _joined(classifier, predictions, progress=heard.append) for one in batch]
    assert classifier.embedder.work.forwarded == before
    assert [one.path for one in found] == [one.path for one in predictions]
    assert all(one.message == transduction.NOTE and sum(one.scores) == pytest.approx(1) for one in found)
    assert (heard[-1].done, heard[-1].total) == (len(found), len(found))


def test_an_image_that_its_neighbours_correct_gets_the_region_of_its_new_class(
    classifier: ImageClassifier, predictions: list[Prediction]
) -> None:
    first = predictions[0]
    wrong = (first.predicted + 1) % 3
    scores = tuple(0.5 if c == wrong else 0.49 if c == first.predicted else 0.01 for c in range(3))
    doubted = [replace(first, predicted=wrong, scores=scores, region=None), *predictions[1:]]
    found = next(_joined(classifier, doubted))[0]
    assert found.predicted == first.predicted
    assert found.region == first.region
    kept = next(_joined(classifier, doubted, asked=Asked(explain_class=0)))[0]
    assert kept.predicted == first.predicted
    assert kept.region is None
    close = next(_joined(classifier, doubted, asked=Asked(closely=True)))[0]
    assert close.region == classifier.explain(first.path).regions[first.predicted]
    assert close.region != first.region


def test_what_is_unlike_every_bin_or_gone_keeps_its_prediction(
    classifier: ImageClassifier, predictions: list[Prediction], tmp_path: Path
) -> None:
    strange = replace(predictions[0], status=Status.UNKNOWN)
    gone = replace(predictions[1], path=tmp_path / "gone.png")
    unread = Prediction(tmp_path / "broken.png", Status.ERROR, message="is no image.")
    found = [one for batch in _joined(classifier, [strange, gone, unread, *predictions[2:]]) for one in batch]
    assert [one.path for one in found] == [one.path for one in predictions[2:]]
    assert list(_joined(classifier, [strange, unread])) == []


def test_groups_are_joined_one_after_the_other(
    classifier: ImageClassifier, predictions: list[Prediction], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [one for batch in _joined(classifier, predictions, group_size=10) for one in batch]
    assert [one.path for one in found] == [one.path for one in predictions]
    alone = [one for batch in _joined(classifier, predictions[:10]) for one in batch]
    assert found[:10] == alone


def test_it_can_be_cancelled(classifier: ImageClassifier, predictions: list[Prediction]) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        next(_joined(classifier, predictions, token=token))


def test_the_command_writes_the_joined_results_with_overlays(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    (photos / "broken.png").write_bytes(b"no image")
    arguments = ("classify", trained, photos, "--json", "--overlays", tmp_path / "overlays", "--out")
    alone = run(*arguments, tmp_path / "alone.csv")
    together = run(*arguments, tmp_path / "joined.csv", "--transductive")
    assert alone.status == together.status == 3
    before, after = rows_of(tmp_path / "alone.csv"), rows_of(tmp_path / "joined.csv")
    assert [row["path"] for row in after] == [row["path"] for row in before]
    assert [row["status"] for row in after] == [row["status"] for row in before]
    for one, other in zip(before, after, strict=True):
        if one["status"] == "ok":
            assert other["message"] == transduction.NOTE
            assert other["confidence"] != one["confidence"]
        else:
            assert other == one
    assert together.result["error"] == 1
    assert together.result["changed_by_similar_images"] == 0
    assert len(list((tmp_path / "overlays").iterdir())) == 4
    assert not list(tmp_path.glob("*.new"))


def test_resumed_results_are_joined_from_what_each_image_shows_by_itself(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    out, whole = tmp_path / "resumed.csv", tmp_path / "whole.csv"
    run("classify", trained, photos, "--out", whole, "--transductive")
    run("classify", trained, photos / "disc.png", "--out", out)
    done = run("classify", trained, photos, "--out", out, "--transductive", "--resume", "--json")
    assert done.result["resumed_after"] == 1
    assert rows_of(out) == rows_of(whole)
    run("classify", trained, photos, "--out", out, "--transductive", "--resume")
    assert rows_of(out) == rows_of(whole)


def test_a_table_that_cannot_be_replaced_keeps_its_rows(
    run: Run, trained: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_names: object) -> None:
        raise PermissionError(13, "Permission denied")  # as where another program has it open

    monkeypatch.setattr(Path, "replace", refused)
    out = tmp_path / "results.csv"
    done = run("classify", trained, photos, "--out", out, "--transductive")
    assert done.status == 1
    assert "results.csv" in one_line(done.err)
    assert len(rows_of(out)) == 4
