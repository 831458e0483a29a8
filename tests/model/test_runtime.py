"""The runtimes: OpenVINO gives the features of PyTorch; PyTorch runs, with the reason, where OpenVINO cannot."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from model.backbones import openvino_runtime as runtime_openvino
from model.backbones.base import Backbone, FeatureMaps
from model.backbones.choice import create_runtime
from model.backbones.openvino_runtime import PRECISION_VARIABLE
from model.backbones.registry import create_backbone
from model.backbones.runtime import Runtime, TorchRuntime
from model.cache.store import BlobStore
from model.embedding.embedder import Embedder

CPU = torch.device("cpu")
PIXELS = torch.randint(256, (3, 64, 64, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


class _Tiny(Backbone):
    name, input_size, channels, pretrained = "tiny", 32, (4, 6), True

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.fine = torch.nn.Conv2d(3, 4, 16, 16)
        self.coarse = torch.nn.Conv2d(4, 6, 2, 2)

    def forward(self, images: torch.Tensor) -> FeatureMaps:
        fine = torch.relu(self.fine(images))
        return FeatureMaps(fine, self.coarse(fine))


class _CannotBeTraced(_Tiny):
    def forward(self, images: torch.Tensor) -> FeatureMaps:
        if torch.jit.is_tracing():
            raise RuntimeError("no")
        return super().forward(images)


class _OtherWhenTraced(_Tiny):
    def forward(self, images: torch.Tensor) -> FeatureMaps:
        return super().forward(images * 0.5 if torch.jit.is_tracing() else images)


def _runtime(backbone: Backbone, store: BlobStore | None = None) -> Runtime:
    return create_runtime(backbone.eval(), CPU, "fingerprint", store or BlobStore(None))


def _expected(backbone: Backbone, pixels: torch.Tensor = PIXELS) -> FeatureMaps:
    return TorchRuntime(backbone, CPU).forward(pixels)


def _difference(made: FeatureMaps, expected: FeatureMaps) -> float:
    pairs = zip(made, expected, strict=True)
    return max(float((a.float() - b.float()).norm() / b.float().norm()) for a, b in pairs)


@pytest.mark.parametrize("name", ["efficientnet-lite0", "patent-cnn"])
@pytest.mark.parametrize("side", [64, 224, 320])
def test_features_in_float32_are_those_of_pytorch(name: str, side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PRECISION_VARIABLE, "float32")
    backbone = create_backbone(name)
    pixels = torch.randint(256, (2, side, side, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(side))
    runtime = _runtime(backbone)
    made = runtime.forward(pixels)
    assert runtime.note.startswith("OpenVINO")
    assert "bfloat16" not in runtime.note
    assert {part.dtype for part in made} == {torch.float32}
    assert _difference(made, _expected(backbone, pixels)) < 1e-3


def test_what_was_converted_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, backbone = BlobStore(tmp_path), _Tiny()
    first = _runtime(backbone, store).forward(PIXELS)
    monkeypatch.setattr(torch.jit, "trace", None)
    second = _runtime(backbone, store).forward(PIXELS)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_without_openvino_pytorch_runs_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    runtime = _runtime(_Tiny())
    assert runtime.note == "PyTorch (OpenVINO is not installed)"
    assert _difference(runtime.forward(PIXELS), _expected(_Tiny())) == 0


@pytest.mark.parametrize("kind", [_CannotBeTraced, _OtherWhenTraced])
def test_a_backbone_that_openvino_cannot_run_is_run_by_pytorch(kind: type[_Tiny]) -> None:
    runtime, backbone = _runtime(kind()), kind().eval()
    assert _difference(runtime.forward(PIXELS), _expected(backbone)) == 0
    assert runtime.note == "PyTorch (OpenVINO cannot run this backbone)"


@pytest.mark.parametrize("kept", [b"nonsense", b"", bytes(16), bytes(200)])
def test_a_kept_graph_that_cannot_be_read_is_made_anew(
    kept: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = BlobStore(tmp_path)
    _runtime(_Tiny(), store).forward(PIXELS)
    monkeypatch.setattr(BlobStore, "get", lambda *_: kept)
    runtime = _runtime(_Tiny(), store)
    assert _difference(runtime.forward(PIXELS), _expected(_Tiny())) < 1e-3


def test_other_devices_use_pytorch() -> None:
    assert isinstance(create_runtime(_Tiny(), torch.device("meta"), "", BlobStore(None)), TorchRuntime)


def test_threads_may_share_it() -> None:
    from concurrent.futures import ThreadPoolExecutor

    runtime, expected = _runtime(_Tiny()), _expected(_Tiny())
    with ThreadPoolExecutor(4) as pool:
        for made in pool.map(lambda _: runtime.forward(PIXELS), range(12)):
            assert _difference(made, expected) < 1e-3


def test_the_device_note_names_what_runs(embedder: Embedder) -> None:
    assert "OpenVINO" in embedder.device_note


def test_its_use_is_reported_to_nobody() -> None:
    _runtime(_Tiny())
    assert sys.modules["openvino_telemetry"] is None
    assert runtime_openvino.__doc__
