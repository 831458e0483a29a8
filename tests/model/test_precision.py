"""bfloat16 and int8, where the processor supports them: named, stored apart from float32, with the same predictions."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import torch

from model.backbones import openvino_runtime as runtime_openvino
from model.backbones.int8 import LEVELS, is_supported, load_layers, save_layers
from model.backbones.networks.efficientnet_lite import INT8_FILE
from model.backbones.openvino_runtime import PRECISION_VARIABLE
from model.backbones.registry import create_backbone
from model.backbones.runtime import BFLOAT16, FLOAT32, INT8, TorchRuntime
from model.cache.store import BlobStore
from model.embedding import embedder as embedder_module
from model.embedding.embedder import Embedder
from model.features.sizes import LARGE_SIDE, Looks
from model.runs.classify import classify
from model.training.train import train
from model.types import SupportSet
from tests.conftest import EXAMPLE

HAS_UNITS = "BF16" in runtime_openvino._import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
needs_int8 = pytest.mark.skipif(not is_supported(), reason="int8 is used on x86-64 with AVX2 only")
needs_units = pytest.mark.skipif(not HAS_UNITS, reason="this processor has no units for bfloat16")

PRECISIONS = pytest.mark.parametrize(
    "precision", [pytest.param(BFLOAT16, marks=needs_units), pytest.param(INT8, marks=needs_int8)]
)


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


def test_bfloat16_is_used_where_the_processor_has_units() -> None:
    assert _embedder().runtime.precision == (BFLOAT16 if HAS_UNITS else INT8 if is_supported() else FLOAT32)


@needs_units
def test_the_note_names_bfloat16() -> None:
    assert BFLOAT16 in _embedder().device_note


@pytest.mark.parametrize("asked", ["", INT8])
def test_a_backbone_that_was_not_measured_is_left_in_float32(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PRECISION_VARIABLE, asked)
    assert _embedder("patent-cnn").runtime.precision == FLOAT32


@PRECISIONS
@pytest.mark.parametrize("side", [64, 224, 320])
def test_features_in_a_lower_precision_are_close(side: int, precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PRECISION_VARIABLE, precision)
    embedder = _embedder()
    generator = torch.Generator().manual_seed(side)
    pixels = torch.randint(256, (2, side, side, 3), dtype=torch.uint8, generator=generator)
    expected = TorchRuntime(embedder.backbone, torch.device("cpu")).forward(pixels)
    for made, reference in zip(embedder.forward(pixels), expected, strict=True):
        difference = float((made - reference).float().norm() / reference.float().norm())
        assert 1e-3 < difference < 0.1  # neither float32 by mistake nor far off


@PRECISIONS
def test_embeddings_of_both_are_kept_apart(
    precision: str, tmp_path: Path, example_images: dict[str, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, store = next(iter(example_images.values()))[0], BlobStore(tmp_path)
    monkeypatch.setenv(PRECISION_VARIABLE, precision)
    fast = _embedder(store=store).embed_one(path, Looks(224))
    monkeypatch.setenv(PRECISION_VARIABLE, FLOAT32)
    exact = _embedder(store=store)
    assert exact.embed_one(path, Looks(224)).data != fast.data
    assert exact.work.forwarded == 1


@PRECISIONS
def test_predictions_stay_what_they_are(
    precision: str, example_images: dict[str, list[Path]], exact: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PRECISION_VARIABLE, precision)
    monkeypatch.setattr(embedder_module, "LARGE_SIDE_IN_INT8", LARGE_SIDE)  # so that only the precision differs
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


def _check_float32_is_used(embedder: Embedder, *, in_place_of: str) -> None:
    pixels = torch.randint(256, (1, 64, 64, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    expected = TorchRuntime(embedder.backbone, torch.device("cpu")).forward(pixels)
    for made, reference in zip(embedder.forward(pixels), expected, strict=True):
        assert float((made - reference).float().norm()) < 1e-3 * float(reference.float().norm())
    assert embedder.runtime.precision == FLOAT32
    assert "OpenVINO" in embedder.device_note
    assert in_place_of not in embedder.device_note


@needs_units
def test_where_bfloat16_changes_too_much_float32_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(runtime_openvino._TOLERANCES, BFLOAT16, 1e-3)
    embedder = _embedder()
    _check_float32_is_used(embedder, in_place_of=BFLOAT16)


@pytest.fixture
def in_int8(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for int8, as is used on processors without bfloat16."""
    if not is_supported():
        pytest.skip("int8 is used on x86-64 with AVX2 only")
    monkeypatch.setenv(PRECISION_VARIABLE, INT8)


@needs_int8
def test_a_processor_without_units_for_bfloat16_uses_int8_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_openvino, "has_bfloat16", lambda _: False)
    embedder = _embedder()
    assert embedder.runtime.precision == INT8
    assert INT8 in embedder.device_note


def test_a_processor_that_was_not_measured_uses_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_openvino, "has_bfloat16", lambda _: False)
    monkeypatch.setattr(runtime_openvino, "is_supported", lambda: False)
    assert _embedder().runtime.precision == FLOAT32


@pytest.mark.usefixtures("in_int8")
def test_the_layers_of_the_file_are_computed_in_int8_and_the_others_in_float32() -> None:
    runtime = _embedder().runtime
    assert isinstance(runtime, runtime_openvino.OpenVinoRuntime)
    runtime.forward(torch.zeros((1, 64, 64, 3), dtype=torch.uint8))
    side = runtime._sides[64]
    assert side is not None
    operations = side._requests.get().get_compiled_model().get_runtime_model().get_ordered_ops()
    facts = [one for one in (node.get_rt_info() for node in operations) if one["layerType"].value == "Convolution"]
    in_int8 = [one for one in facts if one["runtimePrecision"].value == "u8"]
    assert len(in_int8) == len(load_layers(INT8_FILE).layers) == 27
    assert all("1x1" in one["primitiveType"].value or "I8" in one["primitiveType"].value for one in in_int8)
    assert {one["runtimePrecision"].value for one in facts if one not in in_int8} == {"f32"}


def test_no_sum_of_two_products_leaves_16_bits() -> None:
    """Processors without VNNI would cut it off."""
    for layer in load_layers(INT8_FILE).layers.values():
        inputs = layer.weights.shape[1] // 2 * 2
        pairs = layer.weights[:, :inputs].astype(int).reshape(len(layer.weights), -1, 2)
        assert ((LEVELS - 1) * pairs.clip(min=0).sum(axis=2)).max() <= 2**15 - 1
        assert ((LEVELS - 1) * pairs.clip(max=0).sum(axis=2)).min() >= -(2**15)


def test_zero_is_among_the_levels_of_every_input() -> None:
    for layer in load_layers(INT8_FILE).layers.values():
        at = -layer.low / (layer.high - layer.low) * (LEVELS - 1)
        assert at == pytest.approx(round(at), abs=1e-3)


@pytest.mark.parametrize("content", [b"", b"nonsense", None, "cut"])
@pytest.mark.expected_log("float32 is used in place of int8")
@pytest.mark.usefixtures("in_int8")
def test_where_the_file_is_damaged_or_missing_float32_is_used(
    content: bytes | str | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    backbone = create_backbone()
    backbone.int8_file = tmp_path / "int8.safetensors"
    if content is not None:
        backbone.int8_file.write_bytes(INT8_FILE.read_bytes()[:-100] if isinstance(content, str) else content)
    embedder = Embedder(backbone, "cpu", store=BlobStore(None))
    assert embedder.runtime.precision == FLOAT32
    assert INT8 not in embedder.device_note
    assert "int8.safetensors" in caplog.text


@pytest.mark.parametrize("change", ["another layer", "another shape", "far off"])
@pytest.mark.usefixtures("in_int8")
def test_where_the_file_does_not_fit_the_backbone_float32_is_used(change: str, tmp_path: Path) -> None:
    layers = dict(load_layers(INT8_FILE).layers)
    name, layer = next(iter(layers.items()))
    if change == "another layer":
        layers["blocks.9.0.conv_pw"] = layer
    elif change == "another shape":
        layers[name] = layer._replace(weights=layer.weights[:, :-1].copy())
    else:
        layers[name] = layer._replace(scales=layer.scales * 2)
    backbone = create_backbone()
    backbone.int8_file = tmp_path / "int8.safetensors"
    save_layers(layers, backbone.int8_file)
    embedder = Embedder(backbone, "cpu", store=BlobStore(None))
    _check_float32_is_used(embedder, in_place_of=INT8)


@pytest.mark.usefixtures("in_int8")
def test_another_file_has_embeddings_of_its_own(tmp_path: Path) -> None:
    backbone, other = create_backbone(), create_backbone()
    layers = dict(load_layers(INT8_FILE).layers)
    name, layer = next(iter(layers.items()))
    layers[name] = layer._replace(high=layer.high * 1.5)
    other.int8_file = tmp_path / "int8.safetensors"
    save_layers(layers, other.int8_file)
    kinds = [Embedder(one, "cpu", store=BlobStore(None)).kind for one in (backbone, other)]
    assert kinds[0] != kinds[1]


@pytest.mark.parametrize(("size", "side"), [((470, 400), 256), ((240, 240), 224)])
@pytest.mark.usefixtures("in_int8")
def test_large_images_are_seen_at_a_smaller_side_in_int8(size: tuple[int, int], side: int) -> None:
    assert _embedder().working_side([size]) == side


def test_large_images_are_seen_at_the_larger_side_otherwise(exact: Embedder) -> None:
    assert exact.working_side([(470, 400)]) == 320
