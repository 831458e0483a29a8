"""bfloat16, where the processor supports it: named, stored apart from float32, with the same predictions."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import torch

from model.backbones import openvino_runtime as runtime_openvino
from model.backbones.openvino_runtime import PRECISION_VARIABLE
from model.backbones.registry import create_backbone
from model.backbones.runtime import BFLOAT16, FLOAT32, TorchRuntime
from model.cache.store import BlobStore
from model.embedding.embedder import Embedder
from model.features.sizes import Looks
from model.runs.classify import classify
from model.training.train import train
from model.types import SupportSet
from tests.conftest import EXAMPLE

HAS_UNITS = "BF16" in runtime_openvino._import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
needs_units = pytest.mark.skipif(not HAS_UNITS, reason="this processor has no units for bfloat16")


def _embedder(name: str = "efficientnet-lite0", store: BlobStore | None = None) -> Embedder:
    return Embedder(create_backbone(name), "cpu", store=store or BlobStore(None))


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> Embedder:
    """The default backbone in float32."""
    with monkeypatch.context() as patch:
        patch.setenv(PRECISION_VARIABLE, FLOAT32)
        return _embedder()


def test_float32_can_be_chosen(exact: Embedder) -> None:
    assert exact.runtime.precision == FLOAT32
    assert BFLOAT16 not in exact.device_note


def test_a_processor_without_units_uses_float32() -> None:
    assert _embedder().runtime.precision == (BFLOAT16 if HAS_UNITS else FLOAT32)


@needs_units
def test_the_note_names_bfloat16() -> None:
    assert BFLOAT16 in _embedder().device_note


@needs_units
def test_a_backbone_that_was_not_measured_in_bfloat16_is_left_in_float32() -> None:
    assert _embedder("patent-cnn").runtime.precision == FLOAT32


@needs_units
@pytest.mark.parametrize("side", [64, 224, 320])
def test_features_in_bfloat16_are_close(side: int) -> None:
    embedder = _embedder()
    generator = torch.Generator().manual_seed(side)
    pixels = torch.randint(256, (2, side, side, 3), dtype=torch.uint8, generator=generator)
    expected = TorchRuntime(embedder.backbone, torch.device("cpu")).forward(pixels)
    for made, reference in zip(embedder.forward(pixels), expected, strict=True):
        difference = float((made - reference).float().norm() / reference.float().norm())
        assert 1e-3 < difference < 0.1  # neither float32 by mistake nor far off


@needs_units
def test_embeddings_of_both_are_kept_apart(
    tmp_path: Path, example_images: dict[str, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, store = next(iter(example_images.values()))[0], BlobStore(tmp_path)
    fast = _embedder(store=store).embed_one(path, Looks(224))
    monkeypatch.setenv(PRECISION_VARIABLE, FLOAT32)
    exact = _embedder(store=store)
    assert exact.embed_one(path, Looks(224)).data != fast.data
    assert exact.work.forwarded == 1


@needs_units
def test_predictions_stay_what_they_are(example_images: dict[str, list[Path]], exact: Embedder) -> None:
    support = SupportSet(tuple(example_images), tuple(tuple(paths) for paths in example_images.values()))
    with (EXAMPLE / "labels.csv").open(encoding="utf-8") as file:
        truth = {row["file"]: row["class"] for row in csv.DictReader(file)}
    paths = [EXAMPLE / "to_classify" / name for name in truth]
    found = []
    for embedder in (exact, _embedder()):
        classifier, _ = train(support, embedder=embedder)
        found.append([one for batch in classify(classifier, paths) for one in batch])
    in_both = list(zip(*found, strict=True))
    assert sum(a.predicted == b.predicted for a, b in in_both) >= len(in_both) - 1
    assert sum(abs(max(a.scores) - max(b.scores)) for a, b in in_both) / len(in_both) < 0.02
    correct = [sum(support.class_names[p.predicted] == truth[p.path.name] for p in one) for one in found]
    assert abs(correct[0] - correct[1]) <= 1


@needs_units
def test_the_first_depthwise_convolution_stays_in_float32_and_the_rest_does_not() -> None:
    runtime = _embedder().runtime
    assert isinstance(runtime, runtime_openvino.OpenVinoRuntime)
    runtime.forward(torch.zeros((1, 64, 64, 3), dtype=torch.uint8))
    side = runtime._sides[64]
    assert side is not None
    facts = [
        node.get_rt_info() for node in side._requests.get().get_compiled_model().get_runtime_model().get_ordered_ops()
    ]
    convolutions = [one for one in facts if one["layerType"].value == "Convolution"]
    depthwise = [one for one in convolutions if "_dw_" in one["primitiveType"].value]
    assert len(depthwise) > 10
    assert depthwise[0]["runtimePrecision"].value == "f32"
    assert {one["runtimePrecision"].value for one in convolutions if one is not depthwise[0]} == {"bf16"}


@needs_units
def test_where_bfloat16_changes_too_much_float32_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(runtime_openvino._TOLERANCES, BFLOAT16, 1e-3)
    embedder = _embedder()
    pixels = torch.randint(256, (1, 64, 64, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    expected = TorchRuntime(embedder.backbone, torch.device("cpu")).forward(pixels)
    for made, reference in zip(embedder.forward(pixels), expected, strict=True):
        assert float((made - reference).float().norm()) < 1e-3 * float(reference.float().norm())
    assert embedder.runtime.precision == FLOAT32
    assert "OpenVINO" in embedder.device_note
    assert BFLOAT16 not in embedder.device_note
