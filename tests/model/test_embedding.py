"""The working size follows the images' own size, and batches come in order whatever fails."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PIL import Image

from model.embedding import (
    BATCH_SIZE,
    CHUNK_SIZE,
    FIRST_BATCH_SIZE,
    FIRST_CHUNK_SIZE,
    Embedded,
    Embedder,
    detail_side,
    working_side,
)
from model.errors import ImageReadError
from model.training import train
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


def test_batches_keep_the_order_around_unreadable_images(tmp_path: Path, embedder: Embedder) -> None:
    paths = [saved(tmp_path, f"{n:02}.png", (30, 30)) for n in range(BATCH_SIZE + 2)]
    paths[3].write_bytes(b"nothing")
    batches = list(embedder.embed(paths))
    assert [len(batch) for batch in batches] == [FIRST_BATCH_SIZE, BATCH_SIZE - FIRST_BATCH_SIZE, 2]
    items = [item for batch in batches for item in batch]
    assert [item.path for item in items] == paths
    assert [isinstance(item, ImageReadError) for item in items] == [n == 3 for n in range(len(paths))]


def test_work_on_what_is_remembered_is_done_by_the_thread_that_found_it_and_comes_in_order(
    tmp_path: Path, embedder: Embedder
) -> None:
    new = [saved(tmp_path, f"{n:03}.png", (30 + n, 30)) for n in range(FIRST_CHUNK_SIZE + CHUNK_SIZE + 3)]

    def work(batch: list[Embedded]) -> tuple[list[Path], bool]:
        return [item.path for item in batch], threading.current_thread() is threading.main_thread()

    first = list(embedder.apply(work, new, 32))
    assert all(is_here for _, is_here in first)
    again = list(embedder.apply(work, new, 32))
    assert not any(is_here for _, is_here in again)
    assert [len(paths) for paths, _ in again] == [FIRST_CHUNK_SIZE, CHUNK_SIZE, 3]
    for batches in (first, again):
        assert [path for paths, _ in batches for path in paths] == new


def test_what_goes_wrong_in_the_work_reaches_the_caller(tmp_path: Path, embedder: Embedder) -> None:
    path = saved(tmp_path, "a.png", (30, 30))

    def work(batch: list[Embedded]) -> None:
        raise RuntimeError(batch[0].path.name)

    for _ in range(2):  # new, and remembered
        with pytest.raises(RuntimeError, match=r"a\.png"):
            list(embedder.apply(work, [path], 32))
