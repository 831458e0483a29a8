"""The map depends on what it should depend on: the labels, the backbone's weights, the class that is asked for.

After Adebayo et al., "Sanity checks for saliency maps" (NeurIPS 2018): a map that stays the same when labels
or weights are scrambled shows edges, not reasons.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from model.backbones.registry import create_backbone
from model.embedding.embedder import Embedder
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from model.types import Explanation, SupportSet
from tests.model.conftest import paint, support_of

ALIKE = 0.5  # correlation of two maps of one image


@pytest.fixture
def classifier(shapes_folder: Path, embedder: Embedder) -> ImageClassifier:
    return train(support_of(shapes_folder, 6), embedder=embedder)[0]


@pytest.fixture
def mosaics(tmp_path: Path) -> list[Path]:
    """Images with a disc, stripes and a cross in three of four corners."""
    paths = []
    for number in range(4):
        whole = Image.new("RGB", (448, 448), (120, 120, 120))
        for k, shape in enumerate(("disc", "stripes", "cross")):
            corner = (k + number) % 4
            whole.paste(paint(shape, 10 * number + k, (224, 224), (112, 112)), (corner % 2 * 224, corner // 2 * 224))
        paths.append(tmp_path / f"mosaic{number}.png")
        whole.save(paths[-1])
    return paths


def correlation(one: Explanation, other: Explanation) -> float:
    """Mean over the classes of the correlation of two images' maps (logarithms, so that peaks do not dominate)."""
    pairs = zip(one.evidence_maps, other.evidence_maps, strict=True)
    return float(np.mean([np.corrcoef(np.log(a.ravel() + 1e-9), np.log(b.ravel() + 1e-9))[0, 1] for a, b in pairs]))


def test_shuffled_labels_change_the_map(
    classifier: ImageClassifier, mosaics: list[Path], shapes_folder: Path, embedder: Embedder
) -> None:
    support = support_of(shapes_folder, 6)
    flat = [path for group in support.images for path in group]
    order = torch.randperm(len(flat), generator=torch.Generator().manual_seed(1)).tolist()
    groups = tuple(tuple(flat[k] for k in order[6 * c : 6 * c + 6]) for c in range(3))
    shuffled, _ = train(SupportSet(support.class_names, groups), embedder=embedder)
    likeness = [correlation(classifier.explain(path), shuffled.explain(path)) for path in mosaics]
    assert np.mean(likeness) < ALIKE


def test_a_backbone_of_random_weights_changes_the_map(
    classifier: ImageClassifier, mosaics: list[Path], shapes_folder: Path
) -> None:
    backbone = create_backbone("efficientnet-lite0")
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in backbone.parameters():
            if parameter.ndim > 1:
                deviation = float(parameter.std())
                parameter.copy_(deviation * torch.randn(parameter.shape, generator=generator))
    scrambled, _ = train(support_of(shapes_folder, 6), embedder=Embedder(backbone, "cpu"))
    likeness = [correlation(classifier.explain(path), scrambled.explain(path)) for path in mosaics]
    assert np.mean(likeness) < ALIKE


def test_another_class_moves_the_region(classifier: ImageClassifier, mosaics: list[Path]) -> None:
    for path in mosaics:
        regions = classifier.explain(path).regions
        corners = {(region.x + region.width / 2 > 224, region.y + region.height / 2 > 224) for region in regions}
        assert len(corners) == 3


def test_training_again_gives_the_same_map(
    classifier: ImageClassifier, mosaics: list[Path], shapes_folder: Path, embedder: Embedder
) -> None:
    again, _ = train(support_of(shapes_folder, 6), embedder=embedder)
    assert correlation(classifier.explain(mosaics[0]), again.explain(mosaics[0])) > 0.999
