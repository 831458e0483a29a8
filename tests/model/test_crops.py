"""Crops of a large image are scored as images, which finds objects that single regions do not show."""

from __future__ import annotations

import math
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from model.embedding.embedder import Embedder
from model.features.maps import LAYOUT_CELLS, ImageFeatures, ImageMaps, describe
from model.features.texture_energies import CELLS, CHANNELS
from model.regions import evidence
from model.regions.crops import CROPS, crop_features, faded, on_regions
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from model.types import SupportSet

SIGNS = "bdpq"
TILE = 224  # pixels


def _sign(name: str, seed: int) -> Image.Image:
    """A letter of a stem and a bowl: all four have the same parts, in other places."""
    rng = np.random.default_rng(seed)
    ground = rng.integers(90, 150, (TILE, TILE, 1), np.uint8).repeat(3, axis=2)
    image = Image.fromarray(ground)
    draw = ImageDraw.Draw(image)
    x, y = (int(v) for v in rng.integers(70, 90, 2))
    draw.rectangle((x, y - 40, x + 12, y + 100), fill=(20, 20, 20))
    draw.ellipse((x, y + 40, x + 66, y + 100), outline=(20, 20, 20), width=12)
    turned = image if name in "bp" else image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return turned if name in "bd" else turned.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


@pytest.fixture(scope="module")
def of_signs(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> ImageClassifier:
    """A classifier trained on eight examples of each sign."""
    folder, groups = tmp_path_factory.mktemp("signs"), []
    for sign in SIGNS:
        paths = [folder / f"{sign}{k}.png" for k in range(8)]
        for k, path in enumerate(paths):
            _sign(sign, 100 * ord(sign) + k).save(path)
        groups.append(tuple(paths))
    return train(SupportSet(tuple(SIGNS), tuple(groups)), embedder=embedder)[0]


def _found(classifier: ImageClassifier, folder: Path) -> int:
    """Return in how many of 32 cases the region for a sign lies on it, in pictures of all four."""
    hits = 0
    for number, order in enumerate(list(permutations(range(4)))[::3]):
        picture = Image.new("RGB", (2 * TILE, 2 * TILE))
        for cell, label in enumerate(order):
            picture.paste(_sign(SIGNS[label], 1000 * number + cell), (cell % 2 * TILE, cell // 2 * TILE))
        picture.save(folder / "signs.png")
        for label, region in enumerate(classifier.explain(folder / "signs.png").regions):
            x, y = region.x + region.width / 2, region.y + region.height / 2
            hits += order[int(y >= TILE) * 2 + int(x >= TILE)] == label
    return hits


def test_what_differs_by_where_its_parts_lie_is_found_by_crops(
    of_signs: ImageClassifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_crops = _found(of_signs, tmp_path)
    monkeypatch.setattr(evidence, "CROPS_SHARE", 0.0)
    without = _found(of_signs, tmp_path)
    assert with_crops >= 28
    assert with_crops > without + 4


def _features(height: int, width: int) -> tuple[ImageMaps, ImageFeatures]:
    generator = torch.Generator().manual_seed(1)
    shapes = (1, 5, 2 * height, 2 * width), (1, 7, height, width), (1, CHANNELS, CELLS, CELLS)
    maps = ImageMaps.of(*(torch.rand(shape, generator=generator) for shape in shapes))
    return maps, describe(maps)


def test_a_crop_in_the_corner_is_described_as_that_quarter_of_the_image() -> None:
    maps, features = _features(12, 12)
    crops = crop_features(features)
    assert len(crops.coarse) == CROPS**2
    quarter = describe(ImageMaps.of(maps.fine[..., :12, 12:], maps.coarse[..., :6, 6:], maps.texture[..., :14, 14:]))
    corner = crops.pick(torch.tensor([CROPS - 1]))
    for name in ("coarse", "fine", "layout", "texture"):
        torch.testing.assert_close(getattr(corner, name), getattr(quarter, name), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("grid", [(7, 7), (5, 9), (1, 1)])
def test_crops_fit_any_grid(grid: tuple[int, int]) -> None:
    _, features = _features(*grid)
    crops = crop_features(features)
    assert crops.layout.shape == (CROPS**2, 5, LAYOUT_CELLS, LAYOUT_CELLS)
    assert all(bool(part.isfinite().all()) for part in crops)
    assert on_regions(torch.rand(CROPS**2, 3), grid).shape == (3, grid[0] * grid[1])


def test_scores_stay_at_the_edges_as_at_the_centres_of_the_outmost_crops() -> None:
    scores = torch.arange(CROPS).float().repeat(CROPS)[:, None]  # from left to right
    spread = on_regions(scores, (28, 28)).view(28, 28)
    assert bool((spread[:, :7] == 0).all())
    torch.testing.assert_close(spread[:, 21:], torch.full((28, 7), CROPS - 1.0))
    assert bool((spread[:, 7:21].diff(dim=1) > 0).all())


def test_crops_that_are_unlike_every_class_fade() -> None:
    scores = torch.tensor([[1.0, -1.0]]).repeat(4, 1)
    shown = faded(scores, torch.tensor([0.5, 1.0, 2.0, 4.0]), 1.0)[:, 0]
    assert shown[:2].tolist() == [1, 1]
    assert 1 > float(shown[2]) > float(shown[3]) > 0


@pytest.mark.parametrize(
    ("unlikeness", "threshold"),
    [([3.0, 3.0, 3.0], 1.0), ([1.0, 2.0, 3.0], math.inf), ([0.0, 0.0, 0.0], 0.0)],
    ids=["all are equally unlike", "no threshold", "all are the examples themselves"],
)
def test_no_crop_fades_where_none_exceeds_the_allowed_unlikeness(unlikeness: list[float], threshold: float) -> None:
    scores = torch.rand(3, 2)
    assert torch.equal(faded(scores, torch.tensor(unlikeness), threshold), scores)
