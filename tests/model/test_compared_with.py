"""Examples are embedded at a smaller size too, and the evidence of regions unlike every class fades."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageFilter

from model.classifier import FewShotClassifier
from model.embedding.embedder import Embedder
from model.embedding.labelled_images import LabelledImages, embed_labelled
from model.features.sizes import Looks
from model.head.fitting import fit_head
from model.progress import CancelToken, ignore_progress
from model.runs.image_classifier import ImageClassifier
from tests.model.conftest import SHAPES, paint, support_of

SIDE = 224
OBJECT, SCENE = 40, 448  # pixels


@pytest.fixture(scope="module")
def examples(shapes_folder: Path, embedder: Embedder) -> LabelledImages:
    """Six examples of each shape."""
    groups = support_of(shapes_folder, 6).images
    return embed_labelled(groups, embedder, SIDE, "", ignore_progress, CancelToken())


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


def _found(classifier: ImageClassifier, scenes: list[tuple[Path, int, tuple[int, int]]]) -> int:
    hits = 0
    for path, label, (left, top) in scenes:
        region = classifier.explain(path).regions[label]
        x, y = region.x + region.width / 2, region.y + region.height / 2
        hits += left <= x <= left + OBJECT and top <= y <= top + OBJECT
    return hits


def test_small_objects_are_found_in_scenes_and_fewer_at_one_size_or_without_fading(
    examples: LabelledImages, scenes: list[tuple[Path, int, tuple[int, int]]], embedder: Embedder
) -> None:
    features, names = examples.features(), sorted(SHAPES)
    directions = embedder.backbone.class_directions
    both, one_size = (
        fit_head(features, examples.labels, 3, examples.sizes, directions, SIDE, compared_with=compared).state
        for compared in (examples.compared_with(features), None)
    )
    believing = replace(one_size, familiar_from=-torch.inf)  # no evidence fades
    found = [
        _found(ImageClassifier(FewShotClassifier(names, state, directions), embedder), scenes)
        for state in (both, one_size, believing)
    ]
    assert found[0] >= len(scenes) * 2 / 3
    assert found[0] > found[1] > found[2]


def test_regions_are_compared_with_the_mean_of_both_sizes(examples: LabelledImages, embedder: Embedder) -> None:
    features = examples.features()
    both = examples.compared_with(features)
    smaller = embedder.embed_one(examples.images[0].path, Looks(96)).features.joined_globals()[0]
    assert torch.allclose(both[0], (features.joined_globals()[0] + smaller) / 2, atol=1e-6)


def test_both_sizes_of_an_example_take_one_decode(tmp_path: Path) -> None:
    embedder = Embedder.create("patent-cnn", "cpu")
    paint("disc", 1).save(tmp_path / "a.png")
    embedded = embed_labelled([[tmp_path / "a.png"]], embedder, SIDE, "", ignore_progress, CancelToken())
    assert (embedder.work.decoded, embedder.work.forwarded) == (1, 2)
    assert embedded.images[0].second is not None


def test_an_example_that_was_seen_at_one_size_counts_as_it_was_seen(tmp_path: Path) -> None:
    embedder = Embedder.create("patent-cnn", "cpu")
    paint("disc", 1).save(tmp_path / "a.png")
    seen = LabelledImages([embedder.embed_one(tmp_path / "a.png", Looks(SIDE))], torch.tensor([0]), ())
    features = seen.features()
    assert torch.equal(seen.compared_with(features), features.joined_globals())
