"""Episodes: queries apart from examples, reproducible, and the same ones for ours and the baselines."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from model.embedding.embedder import Embedder
from model.errors import SupportSetError
from model.evaluation.baselines import BASELINES
from model.evaluation.episodes import OURS, _draw, _figures, evaluate
from model.images.scan import class_folders
from model.progress import Cancelled, CancelToken, Progress


def _folders(folder: Path) -> tuple[list[str], list[list[Path]]]:
    found = class_folders(folder)
    return [name for name, _ in found], [files for _, files in found]


def test_all_methods_are_measured_on_the_same_episodes(shapes_folder: Path, embedder: Embedder) -> None:
    reports: list[Progress] = []
    figures, unreadable, duplicates = evaluate(
        *_folders(shapes_folder), embedder, shots=(1, 5), queries=4, episodes=4, progress=reports.append
    )
    assert [(row.shots, row.ways, row.episodes) for row in figures] == [(1, 3, 4), (5, 3, 4)]
    assert unreadable == duplicates == ()
    for row in figures:
        assert list(row.methods) == [OURS, *BASELINES]
        for method in row.methods.values():
            assert 0 <= method.accuracy <= 1
            assert 0 <= method.macro_f1 <= 1
            assert 0 <= method.expected_calibration_error <= 1
            assert method.interval >= 0
    assert figures[1].methods[OURS].accuracy > 0.8  # three shapes of three colours
    assert reports[-1] == Progress("5-shot episodes", 4, 4)


def test_the_same_seed_gives_the_same_figures_and_another_seed_others(shapes_folder: Path, embedder: Embedder) -> None:
    def run(seed: int) -> object:
        return evaluate(*_folders(shapes_folder), embedder, shots=(1,), ways=2, queries=3, episodes=3, seed=seed)[0]

    assert run(5) == run(5)
    assert run(5) != run(6)


@pytest.mark.parametrize("seed", range(5))
def test_queries_are_never_among_the_examples(seed: int) -> None:
    labels = torch.tensor([0] * 6 + [1] * 9 + [2] * 30 + [3] * 7)
    episode = _draw(labels, 5, 3, 4, torch.Generator().manual_seed(seed))
    assert not set(episode.support.tolist()) & set(episode.queries.tolist())
    assert len(set(episode.queries.tolist())) == len(episode.queries)
    assert torch.bincount(episode.support_labels).tolist() == [5, 5, 5]
    for new in range(3):  # each class keeps its images under its new number
        old = labels[episode.support[episode.support_labels == new]].unique()
        assert len(old) == 1
        assert (labels[episode.queries[episode.query_labels == new]] == old).all()


@pytest.mark.parametrize("seed", range(5))
def test_no_query_has_the_group_of_an_example_of_any_class(seed: int) -> None:
    labels, groups = torch.arange(4).repeat_interleave(9), torch.arange(36) % 12 // 2
    episode = _draw(labels, 2, 3, 4, torch.Generator().manual_seed(seed), groups)
    assert not set(groups[episode.support].tolist()) & set(groups[episode.queries].tolist())
    assert len(episode.queries) == len(episode.query_labels)


def test_figures_worked_out_by_hand() -> None:
    right, wrong = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    truth = torch.tensor([0, 1])
    figures = _figures([(right, truth), (wrong, truth)])
    assert figures.accuracy == pytest.approx(0.75)
    assert figures.interval == pytest.approx(1.96 * 0.35355 / 2**0.5, abs=1e-3)
    assert figures.macro_f1 == pytest.approx((1 + (2 / 3 + 0) / 2) / 2)
    assert figures.expected_calibration_error == pytest.approx(0.25)


@pytest.mark.parametrize("name", list(BASELINES))
def test_baselines_tell_clear_classes_apart(name: str) -> None:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(3).repeat_interleave(5)
    points = torch.eye(3).repeat_interleave(5, 0) + 0.1 * torch.randn(15, 3, generator=generator)
    probabilities = BASELINES[name](points, labels, torch.eye(3), 3)
    assert probabilities.argmax(1).tolist() == [0, 1, 2]
    assert probabilities.sum(1).tolist() == pytest.approx([1, 1, 1])


def test_unreadable_images_are_named_and_left_out(tmp_path: Path, shapes_folder: Path, embedder: Embedder) -> None:
    names, files = _folders(shapes_folder)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"x")
    files[1] = [broken, *files[1]]
    _, unreadable, _ = evaluate(names, files, embedder, shots=(1,), queries=2, episodes=1)
    assert [path for path, _ in unreadable] == [broken]


def test_too_few_images_and_classes_are_refused(shapes_folder: Path, embedder: Embedder) -> None:
    names, files = _folders(shapes_folder)
    with pytest.raises(SupportSetError, match="12 readable images; 12 shots need at least 13"):
        evaluate(names, files, embedder, shots=(12,))
    with pytest.raises(SupportSetError, match="between 2 and 3"):
        evaluate(names, files, embedder, ways=4)
    with pytest.raises(SupportSetError, match="at least two classes"):
        evaluate(names[:1], files[:1], embedder)


def test_cancelling_stops_between_episodes(shapes_folder: Path, embedder: Embedder) -> None:
    token, seen = CancelToken(), []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        if progress.phase.endswith("episodes"):
            token.cancel()

    with pytest.raises(Cancelled):
        evaluate(*_folders(shapes_folder), embedder, shots=(1,), episodes=50, progress=stop, token=token)
    assert seen[-1].done == 1
