"""The working size follows the images' own size."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from model.embedding.embedder import Embedder
from model.embedding.sizes import detail_side, working_side
from model.training.train import train
from model.types import SupportSet
from tests.model.conftest import paint


def saved(folder: Path, name: str, size: tuple[int, int]) -> Path:
    Image.new("RGB", size, "gray").save(folder / name)
    return folder / name


def test_small_images_are_looked_at_in_the_backbones_own_size(tmp_path: Path, embedder: Embedder) -> None:
    paths = [saved(tmp_path, f"{n}.png", (60, 40)) for n in range(3)]
    assert working_side(embedder.backbone, paths) == 224


def test_large_images_are_looked_at_larger(tmp_path: Path, embedder: Embedder) -> None:
    paths = [saved(tmp_path, f"{n}.png", (400, 300)) for n in range(3)]
    assert working_side(embedder.backbone, paths) == 320


def test_the_median_decides_and_unreadable_images_do_not_count(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "broken.png").write_bytes(b"")
    small = [saved(tmp_path, f"s{n}.png", (60, 40)) for n in range(2)]
    large = saved(tmp_path, "l.png", (4000, 3000))
    assert working_side(embedder.backbone, [*small, large, tmp_path / "broken.png"]) == 224
    assert working_side(embedder.backbone, [tmp_path / "broken.png"]) == 224


def test_a_backbone_of_one_size_keeps_it(tmp_path: Path, embedder: Embedder) -> None:
    path = saved(tmp_path, "large.png", (400, 300))
    assert detail_side(embedder.backbone, 224) == 448
    assert detail_side(embedder.backbone, 2048) == 2048  # a stranger's classifier may have so large a side
    try:
        embedder.backbone.any_size = False
        assert working_side(embedder.backbone, [path]) == 224
        assert detail_side(embedder.backbone, 224) == 224
    finally:
        embedder.backbone.any_size = True


def test_a_classifier_of_large_images_looks_at_more_of_their_pixels(tmp_path: Path, embedder: Embedder) -> None:
    groups = []
    for number, shape in enumerate(("disc", "cross")):
        paths = [tmp_path / f"{shape}{k}.png" for k in range(2)]
        for k, path in enumerate(paths):
            paint(shape, 10 * number + k, (400, 300)).save(path)
        groups.append(tuple(paths))
    classifier, _ = train(SupportSet(("disc", "cross"), tuple(groups)), embedder=embedder)
    assert classifier.side == 320
    assert embedder.embed_one(groups[0][0], classifier.side).features.grid == (20, 20)
    assert classifier.explain(groups[0][0]).attention.shape == (2, 40, 40)
