"""Training on real files: same data, same model; bad input is named; the classifier finds and explains."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from model.embedding.embedder import Embedder
from model.errors import SupportSetError
from model.progress import Cancelled, CancelToken, Progress
from model.runs.classify import classify
from model.training.backbone import Schedule
from model.training.train import train
from model.types import Status, SupportSet
from tests.model.conftest import paint, support_of


def test_trained_on_four_examples_it_labels_the_rest(shapes_folder: Path, embedder: Embedder) -> None:
    support = support_of(shapes_folder, 4)
    classifier, report = train(support, embedder=embedder)
    rest = [path for name in support.class_names for path in sorted((shapes_folder / name).iterdir())[4:]]
    predictions = [p for batch in classify(classifier, rest) for p in batch]
    assert [p.path for p in predictions] == rest
    right = sum(support.class_names[p.predicted] == p.path.parent.name for p in predictions)
    assert right >= 0.9 * len(rest)
    assert report.converged
    assert report.leave_one_out_accuracy is not None
    assert report.leave_one_out_accuracy > 0.7
    for prediction in predictions:
        assert sum(prediction.scores) == pytest.approx(1.0)
        assert prediction.confidence == max(prediction.scores)


def test_the_region_lies_on_the_object(tmp_path: Path, shapes_support: SupportSet, embedder: Embedder) -> None:
    classifier, _ = train(shapes_support, embedder=embedder)
    hits = 0
    places = [(40, 40), (280, 40), (40, 200), (280, 200), (160, 120)]
    for number, place in enumerate(places):
        path = tmp_path / f"{number}.png"
        paint("disc", 900 + number, (320, 240), place).save(path)
        region = classifier.explain(path).regions[shapes_support.class_names.index("disc")]
        centre = (region.x + region.width / 2, region.y + region.height / 2)
        hits += abs(centre[0] - place[0]) < 50 and abs(centre[1] - place[1]) < 50
    assert hits >= 4


def test_an_explanation_covers_every_class(shapes_support: SupportSet, embedder: Embedder) -> None:
    classifier, _ = train(shapes_support, embedder=embedder)
    path = shapes_support.images[0][0]
    explanation = classifier.explain(path)
    assert explanation.image_size == (160, 120)
    assert explanation.evidence_maps.shape == (3, 28, 28)
    assert explanation.evidence_maps.max(axis=(1, 2)) == pytest.approx([1.0] * 3)
    assert explanation.evidence_maps.min() >= 0
    for region in explanation.regions:
        assert 0 <= region.x < region.x + region.width <= 160
        assert 0 <= region.y < region.y + region.height <= 120
    (prediction,) = next(classify(classifier, [path], closely=True))
    assert explanation.scores == pytest.approx(prediction.scores)
    assert explanation.regions[prediction.predicted] == prediction.region


def test_the_order_and_names_of_files_do_not_matter(
    tmp_path: Path, shapes_support: SupportSet, embedder: Embedder
) -> None:
    renamed = []
    for group in shapes_support.images:
        copies = [Path(shutil.copy(path, tmp_path / f"{path.parent.name}{9 - k}.png")) for k, path in enumerate(group)]
        renamed.append(tuple(sorted(copies)))
    first, _ = train(shapes_support, embedder=embedder)
    second, _ = train(SupportSet(shapes_support.class_names, tuple(renamed)), embedder=embedder)
    one, other = first.classifier.state, second.classifier.state
    for name, value in vars(one).items():
        if name == "memory":
            assert value is None  # of a single class alone
        elif name != "view_names":
            assert torch.equal(torch.as_tensor(value), torch.as_tensor(getattr(other, name))), name


def test_one_image_a_class_is_enough(shapes_folder: Path, embedder: Embedder) -> None:
    classifier, report = train(support_of(shapes_folder, 1), embedder=embedder)
    assert report.leave_one_out_accuracy is None
    assert all(example.weight == 1.0 for example in report.examples)
    (prediction,) = next(classify(classifier, [shapes_folder / "cross" / "05.png"]))
    assert prediction.status is not Status.ERROR


def test_unequal_bins_work(shapes_folder: Path, embedder: Embedder) -> None:
    groups = ((shapes_folder / "cross" / "00.png",), tuple(sorted((shapes_folder / "disc").iterdir())))
    classifier, _ = train(SupportSet(("cross", "disc"), groups), embedder=embedder)
    predictions = next(classify(classifier, [shapes_folder / "cross" / f"{k:02}.png" for k in range(1, 12)]))
    assert sum(p.predicted == 0 for p in predictions) >= 9


def test_one_bin_gets_a_clear_message(shapes_folder: Path) -> None:
    with pytest.raises(SupportSetError, match="at least two bins"):
        train(SupportSet(("disc",), ((shapes_folder / "disc" / "00.png",),)))


def test_an_empty_bin_is_named(shapes_folder: Path) -> None:
    with pytest.raises(SupportSetError, match="‘空’ has no images"):
        train(SupportSet(("disc", "空"), ((shapes_folder / "disc" / "00.png",), ())))


def test_unreadable_and_double_examples_are_left_out_and_named(
    tmp_path: Path, shapes_support: SupportSet, embedder: Embedder
) -> None:
    broken, double = tmp_path / "broken.jpg", tmp_path / "double.png"
    broken.write_bytes(b"\xff\xd8\xff not a picture")
    shutil.copy(shapes_support.images[1][0], double)
    images = (
        (*shapes_support.images[0], broken, tmp_path / "gone.png"),
        (*shapes_support.images[1], double),
        shapes_support.images[2],
    )
    _, report = train(SupportSet(shapes_support.class_names, images), embedder=embedder)
    assert {path for path, _ in report.unreadable} == {broken, tmp_path / "gone.png"}
    assert len(report.duplicates) == 1
    assert len(report.examples) == 12


def test_a_bin_of_unreadable_images_is_named(tmp_path: Path, shapes_support: SupportSet, embedder: Embedder) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"nothing")
    images = ((broken,), *shapes_support.images[1:])
    with pytest.raises(SupportSetError, match="No image of the bin ‘cross’ can be read"):
        train(SupportSet(shapes_support.class_names, images), embedder=embedder)


def test_training_reports_progress_and_can_be_cancelled(shapes_support: SupportSet, embedder: Embedder) -> None:
    phases: list[str] = []
    token = CancelToken()

    def stop_when_training(progress: Progress) -> None:
        phases.append(progress.phase)
        if progress.phase == "Training":
            token.cancel()

    with pytest.raises(Cancelled):
        train(shapes_support, embedder=embedder, progress=stop_when_training, token=token)
    assert phases[-1] == "Training"
    assert "Embedding the examples" in phases


def test_a_mislabelled_example_weighs_least(shapes_folder: Path, embedder: Embedder) -> None:
    support = support_of(shapes_folder, 6)
    odd = shapes_folder / "stripes" / "08.png"
    images = ((*support.images[0][:5], odd), *support.images[1:])
    _, report = train(SupportSet(support.class_names, images), embedder=embedder)
    own = [example for example in report.examples if example.class_index == 0]
    assert min(own, key=lambda example: example.weight).path == odd


def test_the_patents_own_cnn_trains_on_the_bins(shapes_folder: Path) -> None:
    support, schedule = support_of(shapes_folder, 3), Schedule(side=64, steps=3)
    first, report = train(support, backbone="patent-cnn-scratch", seed=3, device="cpu", schedule=schedule)
    second, _ = train(support, backbone="patent-cnn-scratch", seed=3, device="cpu", schedule=schedule)
    assert report.leave_one_out_accuracy is not None
    for key, value in first.embedder.backbone.state_dict().items():
        assert torch.equal(value, second.embedder.backbone.state_dict()[key]), key
