"""Suggestions cover the pool: every group first, typical images before outliers, nothing twice, labels respected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from model import suggestion
from model.cli import main
from model.features import ImageFeatures
from model.suggestion import suggest
from model.texture import CELLS, CHANNELS


def _groups(sizes: tuple[int, ...], seed: int = 0) -> ImageFeatures:
    """Images in well separated groups, in the order of the groups."""
    generator = torch.Generator().manual_seed(seed)
    centres = torch.eye(16)[: len(sizes)]
    rows = torch.cat([centres[g] + 0.05 * torch.randn(n, 16, generator=generator) for g, n in enumerate(sizes)])
    coarse, fine = functional.normalize(rows, dim=1), functional.normalize(rows[:, :8] + 0.1, dim=1)
    coarse_map, fine_map = coarse[..., None, None], fine[..., None, None]
    rest = torch.ones(len(rows), 1, 1), torch.zeros(len(rows), CHANNELS, CELLS, CELLS)
    return ImageFeatures(coarse, fine, coarse_map, fine_map, *rest)


def _group_of(index: int, sizes: tuple[int, ...]) -> int:
    return next(g for g in range(len(sizes)) if index < sum(sizes[: g + 1]))


def test_every_group_has_its_turn_before_any_comes_again() -> None:
    sizes = (30, 10, 20)
    chosen = suggest(_groups(sizes), 3)
    assert {_group_of(index, sizes) for index in chosen} == {0, 1, 2}


def test_groups_that_are_labelled_come_last() -> None:
    sizes = (30, 10, 20)
    pool = _groups(sizes)
    labelled = pool.pick(torch.tensor([0, 45]))  # of the first and the last group
    assert _group_of(suggest(pool, 1, labelled)[0], sizes) == 1


def test_nothing_is_suggested_twice_and_never_more_than_there_is() -> None:
    chosen = suggest(_groups((3, 4)), 50)
    assert sorted(chosen) == list(range(7))


def test_a_large_pool_is_sampled_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestion, "MOST_IMAGES", 12)
    sizes = (30, 30, 30)
    assert {_group_of(index, sizes) for index in suggest(_groups(sizes), 3)} == {0, 1, 2}


def test_the_command_names_one_image_of_each_kind(shapes_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["suggest", str(shapes_folder), "--count", "3", "--json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert len(result["suggestions"]) == 3
    assert {Path(path).parent.name for path in result["suggestions"]} == {"disc", "stripes", "cross"}


def test_the_command_leaves_out_what_is_labelled(shapes_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["suggest", str(shapes_folder / "disc"), "--bins", str(shapes_folder), "--count", "3"]) == 1
    assert "labelled already" in capsys.readouterr().err
