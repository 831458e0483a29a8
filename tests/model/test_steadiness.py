"""How far a region can be relied on: what leaving examples out does to its box."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from model.checkpoint.files import load, save
from model.classifier import FewShotClassifier
from model.embedding.embedder import Embedder
from model.features.maps import ImageFeatures
from model.head.grouping import Grouping
from model.head.partial import PARTS, partial_vectors
from model.head.trained_head import TrainedHead
from model.regions.response_map import response_maps
from model.regions.steadiness import Shifts, agreement, overlap_of, steadiness
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from tests.model.cli_support import Run, rows_of
from tests.model.conftest import support_of

GRID = (6, 6)
AGREED = torch.ones(1)


@pytest.fixture
def classifier(shapes_folder: Path, embedder: Embedder) -> ImageClassifier:
    return train(support_of(shapes_folder, 6), embedder=embedder)[0]


def peak(row: int, column: int, height: float = 4.0) -> Tensor:
    """Evidence with one peak, (1, R)."""
    values = torch.zeros(GRID)
    values[row, column] = height
    return values.flatten()[None]


def parts_of(labels: list[int], groups: list[int] | None = None) -> list[Tensor]:
    """Which examples each part leaves out, seen from means of one-hot vectors."""
    count = len(labels)
    numbers = torch.tensor(groups if groups is not None else range(count))
    found = partial_vectors(
        torch.eye(count),
        torch.eye(count),
        torch.tensor(labels),
        max(labels) + 1,
        torch.ones(count, dtype=torch.float64),
        Grouping.of(numbers),
    )
    return [means.sum(dim=0) == 0 for means in found.means]


def test_every_example_is_left_out_once_and_no_class_is_emptied() -> None:
    left_out = parts_of([0] * 7 + [1] * 5 + [2] * 2)
    assert len(left_out) == PARTS
    assert torch.stack(left_out).sum(dim=0).tolist() == [1] * 14
    assert all(int(part[7:12].sum()) == 1 for part in left_out)


def test_a_group_is_left_out_together() -> None:
    left_out = parts_of([0] * 6 + [1] * 3, [0, 0, 1, 1, 2, 2, 3, 4, 5])
    for part in left_out:
        assert part[0] == part[1]
        assert part[2] == part[3]
        assert part[4] == part[5]
    assert torch.stack(left_out).any(dim=0).all()


def test_what_is_alone_in_its_class_stays() -> None:
    assert not torch.stack(parts_of([0, 0, 0, 1]))[:, 3].any()
    assert parts_of([0, 1, 2]) == []
    assert parts_of([0, 0, 1, 1], [0, 0, 1, 1]) == []


def test_shifts_are_those_of_a_head_without_the_part(
    classifier: ImageClassifier, shapes_folder: Path, embedder: Embedder
) -> None:
    head = classifier.classifier.head
    state = head.state
    image = embedder.embed_one(shapes_folder / "disc" / "11.png", classifier.looks()).features
    spread = torch.full((1, 1, 1), 0.5)
    contrasts, responses = Shifts(head).of(image, None, spread)
    before = head.compare(image)
    for part in range(PARTS):
        without = replace(
            state, class_means=state.partial_means[part], response_directions=state.partial_responses[part]
        )
        after = TrainedHead(without, head.space.directions).compare(image)
        expected = (after.contrasts - before.contrasts) / state.attention_temperature
        assert torch.allclose(contrasts[:, :, part], expected, atol=1e-3)
        maps = [response_maps(seen.responses, image.coarse_strength, image.grid) for seen in (after, before)]
        assert torch.allclose(responses[:, :, part], (maps[0] - maps[1]) / 0.5, atol=1e-3)
    assert float(contrasts.abs().max()) > 0.05
    one, _ = Shifts(head).of(image, torch.tensor([2]), spread)
    assert torch.allclose(one[:, 0], contrasts[:, 2], atol=1e-5)


def test_a_trained_classifier_has_five_parts_that_differ(classifier: ImageClassifier) -> None:
    state = classifier.classifier.state
    assert state.partial_means.shape == (PARTS, 3, state.class_means.shape[1])
    # Each class has six examples: the mean of all is a mixture of the parts' means.
    mixed = state.partial_means.mean(dim=0)
    assert torch.allclose(mixed, state.class_means, atol=0.02)
    assert not torch.allclose(state.partial_means[0], state.partial_means[1], atol=1e-3)


def test_a_box_that_stays_is_steady_and_one_that_moves_is_not() -> None:
    values, still = peak(1, 1), torch.zeros(1, PARTS, 36)
    moving = (peak(4, 4, 9.0) - peak(1, 1, 3.0)).expand(PARTS, -1)[None]
    box = [(1, 1, 2, 2)]
    assert steadiness(values, still, AGREED, box, GRID, 0.5) == [1.0]
    assert steadiness(values, moving, AGREED, box, GRID, 0.5) == [0.5]
    half_moved = torch.cat((still, moving), dim=1)
    assert steadiness(values, half_moved, AGREED, box, GRID, 0.5) == [0.75]


def test_evidence_that_disagrees_lowers_it_and_evidence_that_says_nothing_does_not() -> None:
    values, still, box = peak(1, 1), torch.zeros(1, PARTS, 36), [(1, 1, 2, 2)]
    assert steadiness(values, still, torch.tensor([-0.7]), box, GRID, 0.5) == [0.5]
    assert steadiness(values, still, torch.tensor([0.5]), box, GRID, 0.5) == [0.75]
    flat = agreement(values[None], torch.zeros(1, 1, 36))
    assert steadiness(values, still, flat[0], box, GRID, 0.5) == [1.0]
    assert steadiness(values, torch.zeros(1, 0, 36), AGREED, box, GRID, 0.5) == [None]


def test_agreement_is_the_correlation() -> None:
    generator = torch.Generator().manual_seed(3)
    one, other = torch.rand(1, 2, 36, generator=generator), torch.rand(1, 2, 36, generator=generator)
    expected = [float(torch.corrcoef(torch.stack((one[0, c], other[0, c])))[0, 1]) for c in range(2)]
    assert agreement(one, other)[0].tolist() == pytest.approx(expected, abs=1e-5)


def test_overlap_of_boxes() -> None:
    assert overlap_of((0, 0, 2, 2), (0, 0, 2, 2)) == 1
    assert overlap_of((0, 0, 2, 2), (1, 1, 3, 3)) == pytest.approx(1 / 7)
    assert overlap_of((0, 0, 2, 2), (2, 0, 3, 2)) == 0
    assert overlap_of((0, 0, 1, 1), (2, 2, 3, 3)) == 0


def test_every_look_has_it_and_saving_keeps_it(
    classifier: ImageClassifier, shapes_folder: Path, tmp_path: Path
) -> None:
    path = shapes_folder / "stripes" / "11.png"
    save(classifier, tmp_path / "saved")
    again = load(tmp_path / "saved", embedder=classifier.embedder)
    found = classifier.explain(path)
    close = classifier.embedder.embed_one(path, classifier.looks(closely=True))
    for one in (classifier, again):
        (far,) = one.predict([one.embedder.embed_one(path, one.looks())])
        (near,) = one.predict([close])
        assert far.steadiness is not None
        assert 0 <= far.steadiness <= 1
        assert near.steadiness == pytest.approx(found.steadiness[near.predicted], abs=1e-3)
        assert one.explain(path).steadiness == pytest.approx(found.steadiness)


def test_without_examples_to_leave_out_there_is_none(shapes_folder: Path, embedder: Embedder, tmp_path: Path) -> None:
    classifier, _ = train(support_of(shapes_folder, 1), embedder=embedder)
    save(classifier, tmp_path / "saved")
    loaded = load(tmp_path / "saved", embedder=embedder)
    assert loaded.explain(shapes_folder / "disc" / "11.png").steadiness == (None, None, None)


def test_shuffled_labels_are_less_steady(classifier: ImageClassifier, shapes_folder: Path, embedder: Embedder) -> None:
    support = support_of(shapes_folder, 6)
    flat = [path for k in range(6) for path in (group[k] for group in support.images)]
    mixed = replace(support, images=tuple(tuple(flat[6 * c : 6 * c + 6]) for c in range(3)))
    shuffled, _ = train(mixed, embedder=embedder)

    def mean(one: FewShotClassifier) -> float:
        values = []
        for name in support.class_names:
            for k in range(8, 12):
                image: ImageFeatures = embedder.embed_one(
                    shapes_folder / name / f"{k:02}.png", classifier.looks()
                ).features
                (decision,) = one.decide(image, [(160, 120)], {})
                assert decision.steadiness is not None
                values.append(decision.steadiness)
        return sum(values) / len(values)

    assert mean(shuffled.classifier) < mean(classifier.classifier) - 0.1


def test_the_table_has_it(classifier: ImageClassifier, shapes_folder: Path, tmp_path: Path, run: Run) -> None:
    save(classifier, tmp_path / "saved")
    out = tmp_path / "results.csv"
    done = run("classify", tmp_path / "saved", shapes_folder / "cross", "--out", out)
    assert done.status == 0
    rows = rows_of(out)
    assert list(rows[0])[-2:] == ["region_steadiness", "classifier"]
    (expected,) = classifier.predict([classifier.embedder.embed_one(Path(rows[0]["path"]), classifier.looks())])
    assert float(rows[0]["region_steadiness"]) == pytest.approx(expected.steadiness, abs=2e-3)
