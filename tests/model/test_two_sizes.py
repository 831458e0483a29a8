"""Examples are looked at in a smaller size too, and what is like no class is not taken for one."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageFilter

from model.backbones.registry import create_backbone
from model.classifier import FewShotClassifier
from model.embedding.embedder import EmbeddedImage, Embedder
from model.embedding.labelled_images import embed_labelled
from model.embedding.two_sizes import globals_at_two_sizes, smaller_side
from model.features.maps import ImageFeatures
from model.head.fitting import features_of, fit_classifier
from model.progress import CancelToken, ignore_progress
from tests.model.conftest import SHAPES, paint, support_of

SIDE = 224
OBJECT, SCENE = 40, 448  # pixels


@pytest.fixture(scope="module")
def examples(shapes_folder: Path, embedder: Embedder) -> tuple[list[EmbeddedImage], torch.Tensor, ImageFeatures]:
    """Six examples of each shape, their labels and features."""
    groups = support_of(shapes_folder, 6).images
    embedded = embed_labelled(groups, embedder, SIDE, "", ignore_progress, CancelToken())
    return embedded.images, embedded.labels, features_of(embedded.images)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, int, tuple[int, int]]]:
    """Pictures of soft, coloured ground with one small shape: file, label, and the shape's left and top."""
    folder, made = tmp_path_factory.mktemp("scenes"), []
    generator = torch.Generator().manual_seed(3)
    for number in range(30):
        patches = (torch.rand((9, 9, 3), generator=generator) * 255).to(torch.uint8).numpy()
        scene = Image.fromarray(patches).resize((SCENE, SCENE)).filter(ImageFilter.GaussianBlur(6))
        left, top = torch.randint(SCENE - OBJECT, (2,), generator=generator).tolist()
        label = number % 3
        tile = paint(sorted(SHAPES)[label], 1000 + number, (120, 120), (60, 60))
        scene.paste(tile.resize((OBJECT, OBJECT)), (left, top))
        made.append((folder / f"{number}.png", label, (left, top)))
        scene.save(made[-1][0])
    return made


def _found(classifier: FewShotClassifier, scenes: list[tuple[Path, int, tuple[int, int]]]) -> int:
    hits = 0
    for path, label, (left, top) in scenes:
        region = classifier.explain(path).regions[label]
        x, y = region.x + region.width / 2, region.y + region.height / 2
        hits += left <= x <= left + OBJECT and top <= y <= top + OBJECT
    return hits


def test_small_objects_are_found_in_scenes_and_fewer_at_one_size_or_where_all_is_believed(
    examples: tuple[list[EmbeddedImage], torch.Tensor, ImageFeatures],
    scenes: list[tuple[Path, int, tuple[int, int]]],
    embedder: Embedder,
) -> None:
    images, labels, features = examples
    both = globals_at_two_sizes(images, features, embedder, SIDE, ignore_progress, CancelToken())
    sizes = [image.size for image in images]
    names = sorted(SHAPES)
    whole, one_size = (
        fit_classifier(names, features, labels, sizes, embedder, SIDE, compared_with=compared).classifier
        for compared in (both, None)
    )
    scalars = one_size.state.scalars.clone()
    scalars[8] = -torch.inf  # nothing is strange
    believing = FewShotClassifier(names, embedder, replace(one_size.state, scalars=scalars))
    found = [_found(classifier, scenes) for classifier in (whole, one_size, believing)]
    assert found[0] >= len(scenes) * 2 / 3
    assert found[0] > found[1] > found[2]


def test_what_regions_are_compared_with_is_the_mean_of_both_sizes(
    examples: tuple[list[EmbeddedImage], torch.Tensor, ImageFeatures], embedder: Embedder
) -> None:
    images, _, features = examples
    both = globals_at_two_sizes(images, features, embedder, SIDE, ignore_progress, CancelToken())
    smaller = embedder.embed_one(images[0].path, 96).features.joined_globals()[0]
    assert torch.allclose(both[0], (features.joined_globals()[0] + smaller) / 2, atol=1e-6)


def test_the_smaller_size_follows_the_working_size_where_the_backbone_takes_any() -> None:
    backbone = create_backbone("patent-cnn")
    assert [smaller_side(backbone, side) for side in (32, 224, 320)] == [32, 96, 128]
    backbone.any_size = False
    assert smaller_side(backbone, 224) == 224


def test_an_example_that_is_gone_meanwhile_counts_as_it_was_seen(shapes_folder: Path, tmp_path: Path) -> None:
    embedder = Embedder.create("patent-cnn", "cpu")
    path = Path(shutil.copy(shapes_folder / "disc" / "00.png", tmp_path / "gone.png"))
    image = embedder.embed_one(path, SIDE)
    path.unlink()
    features = features_of([image])
    both = globals_at_two_sizes([image], features, embedder, SIDE, ignore_progress, CancelToken())
    assert torch.equal(both, features.joined_globals())
