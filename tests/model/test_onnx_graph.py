"""The graph that is exported to ONNX, run by PyTorch, against the classifier: the same numbers, without an export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from model.backbones.runtime import TorchRuntime
from model.embedding.embedder import Embedder
from model.embedding.pending import _fitted
from model.exports import onnx_graph
from model.exports.onnx_graph import ClassifierGraph
from model.features import quantisation
from model.features.maps import ImageMaps, compact
from model.features.quantisation import KeptTexture
from model.features.views.texture import texture_map
from model.runs.image_classifier import ImageClassifier
from model.training.train import train
from model.types import SupportSet


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def as_input(*pictures: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()


@pytest.mark.parametrize(
    ("size", "side"), [((32, 1024), 224), ((1024, 33), 320), ((224, 224), 224), ((301, 77), 96), ((517, 689), 64)]
)
def test_the_squeeze_gives_the_same_bytes(size: tuple[int, int], side: int) -> None:
    picture = noise(*size)
    found = onnx_graph.fitted(as_input(picture, picture[::-1]).float(), side)
    assert torch.equal(found[0].permute(1, 2, 0), _fitted(picture, side).float())
    assert torch.equal(found[1].permute(1, 2, 0), _fitted(np.ascontiguousarray(picture[::-1]), side).float())


def test_sums_of_the_squeeze_are_exact_in_float32() -> None:
    low, high, unit = onnx_graph._filter(1024, 32)
    assert unit.item() == 2**19  # the largest weight is 1 / 32 of it, below 2^15
    assert float(low.max()) < 256
    assert 255 * float((low.sum(dim=1)).max()) + unit.item() / 2 < 2**24
    assert 255 * float((high.sum(dim=1)).max()) < 2**24


def test_half_precision_is_rounded_alike() -> None:
    values = torch.linspace(-16, 16, 100_001)
    assert torch.equal(onnx_graph.halved(values), values.half().float())
    small = torch.tensor([0.0, 1e-6, -3e-5, 2**-14, 2**-13, 1 + 2**-11, 1 + 3 * 2**-11])  # the last two lie half way
    assert torch.equal(onnx_graph.halved(small), small.half().float())


def test_regions_are_quantised_alike_and_regions_of_zeros_too() -> None:
    answers = torch.randn(2, 40, 5, 6, generator=torch.Generator().manual_seed(1))
    answers[0, :, 0, 0] = 0
    expected, found = quantisation.quantised(answers), onnx_graph.quantised(answers)
    assert (found.steps - expected.steps.float()).abs().max() == 0
    assert found.scale == pytest.approx(expected.scale, rel=1e-6)
    assert found.strength == pytest.approx(expected.strength, rel=1e-6)


@pytest.mark.parametrize("size", [(32, 32), (100, 333), (1024, 61)])
def test_texture_is_the_same(size: tuple[int, int]) -> None:
    found = onnx_graph.texture_map(as_input(noise(*size)).float())[0]
    assert found == pytest.approx(texture_map(noise(*size)), abs=1e-4)


def expected_of(classifier: ImageClassifier, picture: np.ndarray) -> tuple[torch.Tensor, float, torch.Tensor]:
    """What the classifier's own steps say, over PyTorch's maps."""
    backbone = classifier.embedder.backbone
    maps = TorchRuntime(backbone, torch.device("cpu")).forward(_fitted(picture, classifier.side)[None])
    features = compact(ImageMaps.of(*maps, KeptTexture.of(texture_map(picture)[None]).maps()))
    head = classifier.classifier
    compared = head.head.compare(features)
    probabilities = torch.softmax(head.logits(features), dim=1)[0]
    evidence = head._regions.evidence(features, compared).of(0).maps()
    return probabilities, float(head.unlikeness(features)[0]), evidence


@pytest.mark.parametrize("classes", [3, 1])
@torch.inference_mode()
def test_the_graph_says_what_the_classifier_says(shapes_support: SupportSet, embedder: Embedder, classes: int) -> None:
    support = SupportSet(shapes_support.class_names[:classes], shapes_support.images[:classes])
    classifier, _ = train(support, embedder=embedder)
    graph = ClassifierGraph(classifier.classifier, classifier.embedder.backbone).eval()
    pictures = [noise(120, 160, seed) for seed in range(2)]
    found = graph(as_input(*pictures))
    for number, picture in enumerate(pictures):
        probabilities, unlikeness, evidence = expected_of(classifier, picture)
        assert found[0][number] == pytest.approx(probabilities, abs=1e-5)
        assert float(found[1][number]) == pytest.approx(unlikeness, rel=1e-5)
        assert found[2][number].shape == evidence.shape
        assert found[2][number] == pytest.approx(evidence, abs=1e-3)  # where a step of a region is rounded otherwise
        assert int(found[2][number][0].argmax()) == int(evidence[0].argmax())


@torch.inference_mode()
def test_an_empty_class_is_never_the_nearest(shapes_support: SupportSet, embedder: Embedder) -> None:
    classifier, _ = train(shapes_support, embedder=embedder)
    state = classifier.classifier.state
    kept = state.labels != 1
    state = replace(
        state, labels=state.labels[kept], examples=state.examples[kept], leave_one_out=state.leave_one_out[kept]
    )
    head = type(classifier.classifier)(classifier.class_names, state, embedder.backbone.class_directions)
    _, unlikeness, _ = ClassifierGraph(head, embedder.backbone).eval()(as_input(noise(64, 64)))
    assert bool(torch.isfinite(unlikeness).all())


def test_a_black_picture_gives_numbers(shapes_support: SupportSet, embedder: Embedder, tmp_path: Path) -> None:
    classifier, _ = train(shapes_support, embedder=embedder)
    graph = ClassifierGraph(classifier.classifier, embedder.backbone).eval()
    with torch.inference_mode():
        found = graph(torch.zeros(1, 3, 32, 32, dtype=torch.uint8))
    assert all(bool(torch.isfinite(part).all()) for part in found)
