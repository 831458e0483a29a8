"""The sizes at which images are embedded depend on the images' own sizes."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from model.backbones.registry import create_backbone
from model.backbones.runtime import INT8
from model.embedding.embedder import Embedder, readable_sizes
from model.features.sizes import Looks, closer_side, is_large, smaller_side, working_side
from model.training.train import train
from model.types import SupportSet
from tests.model.conftest import paint


def saved(folder: Path, name: str, size: tuple[int, int]) -> Path:
    Image.new("RGB", size, "gray").save(folder / name)
    return folder / name


def test_small_images_are_looked_at_in_the_backbones_own_size(tmp_path: Path, embedder: Embedder) -> None:
    paths = [saved(tmp_path, f"{n}.png", (60, 40)) for n in range(3)]
    assert working_side(embedder.backbone, readable_sizes(paths)) == 224


def test_large_images_are_looked_at_larger(tmp_path: Path, embedder: Embedder) -> None:
    paths = [saved(tmp_path, f"{n}.png", (400, 300)) for n in range(3)]
    assert working_side(embedder.backbone, readable_sizes(paths)) == 320


def test_the_median_decides_and_unreadable_images_do_not_count(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "broken.png").write_bytes(b"")
    small = [saved(tmp_path, f"s{n}.png", (60, 40)) for n in range(2)]
    large = saved(tmp_path, "l.png", (4000, 3000))
    assert working_side(embedder.backbone, readable_sizes([*small, large, tmp_path / "broken.png"])) == 224
    assert working_side(embedder.backbone, readable_sizes([tmp_path / "broken.png"])) == 224


def test_a_backbone_of_one_size_keeps_it(tmp_path: Path, embedder: Embedder) -> None:
    path = saved(tmp_path, "large.png", (400, 300))
    assert closer_side(embedder.backbone, 224) == 448
    assert closer_side(embedder.backbone, 2048) == 2048  # a classifier from elsewhere may have so large a side
    try:
        embedder.backbone.any_size = False
        assert working_side(embedder.backbone, readable_sizes([path])) == 224
        assert closer_side(embedder.backbone, 224) == 224
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
    side = 256 if embedder.runtime.precision == INT8 else 320
    assert classifier.side == side
    assert embedder.embed_one(groups[0][0], classifier.looks()).features.grid == (side // 16, side // 16)
    assert classifier.explain(groups[0][0]).evidence_maps.shape == (2, side // 8, side // 8)


def test_the_smaller_size_follows_the_working_size_where_the_backbone_takes_any() -> None:
    backbone = create_backbone("patent-cnn")
    assert [smaller_side(backbone, side) for side in (32, 224, 320)] == [32, 96, 128]
    backbone.any_size = False
    assert smaller_side(backbone, 224) == 224


def test_looks_name_each_square_once() -> None:
    looks = Looks(224, 448, second_from=300)
    assert looks.sides_of((200, 200)) == (224,)
    assert looks.sides_of((300, 300)) == (224, 448)
    assert Looks(224).sides_of((9000, 9000)) == (224,)
    same = Looks(224, 224, second_from=300)
    assert same.sides_of((300, 300)) == (224,)
    assert [same.is_seen_twice(size) for size in ((200, 200), (300, 300))] == [False, True]


def test_an_image_half_again_as_large_as_the_largest_example_is_large() -> None:
    assert not is_large((149, 149), 100)
    assert is_large((150, 150), 100)
