"""Suggestions cover the pool: every group first, typical images before outliers, nothing twice, labels respected."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from model.cli.command import main
from model.embedding import embedder as embedder_module
from model.embedding.embedder import Embedder
from model.errors import NoImagesError
from model.images.reading import image_size
from model.progress import Cancelled, CancelToken, Progress, ProgressCallback, ignore_progress
from model.runs import fetch_kinds
from model.runs.fetch import fetch
from model.runs.fetch_data import Fetched, Search
from model.runs.suggestion import suggest
from model.types import Wanted


def _groups(sizes: tuple[int, ...], seed: int = 0) -> Tensor:
    """Global features of images in well separated groups, in the order of the groups: (n, 16)."""
    generator = torch.Generator().manual_seed(seed)
    centres = torch.eye(16)[: len(sizes)]
    rows = torch.cat([centres[g] + 0.05 * torch.randn(n, 16, generator=generator) for g, n in enumerate(sizes)])
    return functional.normalize(rows, dim=1)


def suggest_images(
    pool: list[Path],
    labelled: list[Path],
    embedder: Embedder,
    count: int = 10,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> Fetched:
    wanted = Wanted(count=count)
    return fetch(Search(wanted, pool, labelled, embedder, progress=progress, token=token or CancelToken()))


def _group_of(index: int, sizes: tuple[int, ...]) -> int:
    return next(g for g in range(len(sizes)) if index < sum(sizes[: g + 1]))


def test_every_group_has_its_turn_before_any_comes_again() -> None:
    sizes = (30, 10, 20)
    chosen = suggest(_groups(sizes), 3)
    assert {_group_of(index, sizes) for index in chosen} == {0, 1, 2}


def test_groups_that_are_labelled_come_last() -> None:
    sizes = (30, 10, 20)
    pool = _groups(sizes)
    labelled = pool[torch.tensor([0, 45])]  # of the first and the last group
    assert _group_of(suggest(pool, 1, labelled)[0], sizes) == 1


def test_nothing_is_suggested_twice_and_never_more_than_there_is() -> None:
    chosen = suggest(_groups((3, 4)), 50)
    assert sorted(chosen) == list(range(7))


def test_a_large_pool_is_sampled_evenly(
    shapes_folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_kinds, "MOST_IMAGES", 6)
    pool = [path for folder in sorted(shapes_folder.iterdir()) for path in sorted(folder.iterdir())]
    found = suggest_images(pool, [], embedder, 3)
    assert found.considered == 6
    assert {path.parent.name for path in found.images} == {"disc", "stripes", "cross"}


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(
    shapes_folder: Path, embedder: Embedder, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no image")
    found = suggest_images([broken, *sorted((shapes_folder / "disc").iterdir())], [broken], embedder, 3)
    assert len(found.images) == 3
    assert {error.path for error in found.unreadable} == {broken}
    with pytest.raises(NoImagesError, match="no image can be read"):
        suggest_images([broken], [], embedder)


def test_choosing_can_be_cancelled(shapes_folder: Path, embedder: Embedder) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        suggest_images(sorted((shapes_folder / "disc").iterdir()), [], embedder, token=token)


def test_every_image_is_a_step_when_its_size_is_read_and_when_it_is_embedded(
    shapes_folder: Path, embedder: Embedder, tmp_path: Path
) -> None:
    reports: list[Progress] = []
    pool = sorted(shutil.copytree(shapes_folder / "disc", tmp_path / "new").iterdir())
    suggest_images(pool, pool[:2], embedder, progress=reports.append)
    sizes = [one for one in reports if one.phase == "Reading sizes"]
    assert sizes == [Progress("Reading sizes", done, 12) for done in range(1, 13)]
    assert reports[: len(sizes)] == sizes
    assert {(one.phase, one.total) for one in reports[len(sizes) :]} == {("Embedding", 14)}
    assert reports[-1].done == 14


def test_choosing_can_be_cancelled_while_sizes_are_read(
    shapes_folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, reports, read = CancelToken(), [], []
    monkeypatch.setattr(embedder_module, "image_size", lambda path: read.append(path) or image_size(path))

    def cancel_at_the_third(progress: Progress) -> None:
        reports.append(progress)
        if progress.done == 3:
            token.cancel()

    pool = sorted((shapes_folder / "disc").iterdir())
    with pytest.raises(Cancelled):
        suggest_images(pool, [], embedder, progress=cancel_at_the_third, token=token)
    assert read == pool[:3]
    assert reports == [Progress("Reading sizes", done, 12) for done in (1, 2, 3)]


def test_cancelled_at_the_last_size_nothing_is_embedded(shapes_folder: Path, embedder: Embedder) -> None:
    token, phases = CancelToken(), []

    def cancel_at_the_last(progress: Progress) -> None:
        phases.append(progress.phase)
        if progress.done == progress.total:
            token.cancel()

    with pytest.raises(Cancelled):
        suggest_images(sorted((shapes_folder / "disc").iterdir()), [], embedder, 3, cancel_at_the_last, token)
    assert set(phases) == {"Reading sizes"}


def test_the_command_names_one_image_of_each_kind(shapes_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["suggest", str(shapes_folder), "--count", "3", "--json"]) == 0
    captured = capsys.readouterr()
    assert "Reading sizes 36/36\nEmbedding" in captured.err
    assert "Reading" not in captured.out
    result = json.loads(captured.out.splitlines()[-1])
    assert len(result["suggestions"]) == 3
    assert {Path(path).parent.name for path in result["suggestions"]} == {"disc", "stripes", "cross"}


def test_the_command_leaves_out_what_is_labelled(shapes_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["suggest", str(shapes_folder / "disc"), "--bins", str(shapes_folder), "--count", "3"]) == 1
    assert "labelled already" in capsys.readouterr().err
