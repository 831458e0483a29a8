"""OpenVINO as what runs a frozen backbone on a CPU: one image a thread.

In float32, or in bfloat16 after the first layers where the processor has units for it and the backbone
bears it. Everything runs in the thread that asks, on a graph of its own: handing images to other threads
costs a twentieth.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from queue import LifoQueue
from types import ModuleType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from model.backbones.base import Backbone, FeatureMaps
from model.blob_store import BlobStore
from model.devices import one_thread
from model.errors import FewShotError
from model.runtime import BFLOAT16, FLOAT32, Runtime, TorchRuntime

PRECISION_VARIABLE = "FEWSHOT_PRECISION"
"""Environment variable: with `float32` nothing less precise is used."""

_log = logging.getLogger(__name__)
_TOLERANCES = {FLOAT32: 1e-3, BFLOAT16: 0.1}  # relative, of the features
_LENGTH_BYTES = 8
_HINTS = {FLOAT32: "f32", BFLOAT16: "bf16"}  # OpenVINO's names


class RuntimeUnavailableError(FewShotError):
    """OpenVINO cannot be used here; the message says why in a few words."""


class _Part(NamedTuple):
    """One of the graphs that an image passes in turn: OpenVINO's text and weights, and in which numbers it runs."""

    text: bytes
    weights: bytes
    precision: str


class OpenVinoRuntime(Runtime):
    """Runs a backbone by graphs that are made for one size each, when it is first asked for.

    They are traced and converted once, checked against PyTorch, and kept in the store. A size for
    which that fails is run by PyTorch. Raises `RuntimeUnavailableError` when OpenVINO is not there.
    """

    batched = False

    def __init__(self, backbone: Backbone, fingerprint: str, store: BlobStore) -> None:
        self._openvino = _import_openvino()
        self._backbone, self._fingerprint, self._store = backbone, fingerprint, store
        self._reference = TorchRuntime(backbone, torch.device("cpu"))
        self._core = self._openvino.Core()
        self._sides: dict[int, _Side | None] = {}  # None: PyTorch runs it
        self._lock = threading.Lock()
        self.parallel = torch.get_num_threads()
        has_units = "BF16" in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        if backbone.halves and has_units and os.environ.get(PRECISION_VARIABLE, BFLOAT16) != FLOAT32:
            self.precision = BFLOAT16
        version = self._openvino.__version__.split("-")[0]
        self.note = f"OpenVINO {version}" + (f", {self.precision}" if self.precision != FLOAT32 else "")

    def forward(self, pixels: Tensor) -> FeatureMaps:
        """See `Runtime.forward`."""
        side = self._prepared(pixels.shape[1])
        if side is None or pixels.shape[1] != pixels.shape[2]:
            return self._reference.forward(pixels)
        return _joined([side.infer(image[None]) for image in pixels])

    def _prepared(self, side: int) -> _Side | None:
        with self._lock:
            if side not in self._sides:
                try:
                    self._sides[side] = self._made(side)
                except (RuntimeError, RuntimeUnavailableError) as problem:
                    _log.info("OpenVINO does not run %s at %d pixels: %s", self._backbone.name, side, problem)
                    self._sides[side] = None
                    self.note = "PyTorch (OpenVINO cannot run this backbone)"
            return self._sides[side]

    @one_thread()  # PyTorch's few images here are a tenth as fast with two threads while the other core is busy
    def _made(self, side: int) -> _Side:
        named = f"graph {self._openvino.__version__} {self._fingerprint} {self.precision} {side}"
        key = blake2b(named.encode(), digest_size=16).digest()
        kept = self._store.get(key)
        if kept is not None:
            try:
                return self._checked(kept, side)
            except (RuntimeError, IndexError, RuntimeUnavailableError) as problem:  # of someone else's cache, perhaps
                _log.info("A graph kept in the cache is not this backbone's and was made anew: %s", problem)
        graphs = b"".join(self._converted(side))
        made = self._checked(graphs, side)
        self._store.put(key, graphs)
        return made

    def _checked(self, graphs: bytes, side: int) -> _Side:
        """Compile graphs and compare them with PyTorch; raises `RuntimeUnavailableError` where they differ."""
        made = _Side(self._core, _parts(graphs, self.precision), self.parallel)
        pixels = torch.randint(256, (1, side, side, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
        for ours, expected in zip(made.infer(pixels), self._reference.forward(pixels), strict=True):
            if ours.shape != expected.shape or not (
                float((ours - expected).float().norm()) <= _TOLERANCES[self.precision] * float(expected.float().norm())
            ):
                raise RuntimeUnavailableError("its features differ from PyTorch's.")
        return made

    def _converted(self, side: int) -> Iterator[bytes]:
        """Trace and convert for one image of `side` pixels: text and weights of each part, after their lengths."""
        example = torch.zeros((1, side, side, 3), dtype=torch.uint8)
        if self.precision == FLOAT32:
            yield self._graph(_FromPixels(self._backbone), example)
            return
        early = _EarlyFromPixels(self._backbone)
        yield self._graph(early, example)
        with torch.no_grad():
            between = early(example)
        yield self._graph(_Late(self._backbone), between)

    def _graph(self, module: nn.Module, example: Tensor) -> bytes:
        from openvino.frontend import FrontEndManager
        from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # torch.jit is deprecated, but exporting takes ten times as long
            traced = torch.jit.trace(module, example, check_trace=False)
            decoder = TorchScriptPythonDecoder(traced)  # must outlive the conversion
            frontend = FrontEndManager().load_by_framework("pytorch")
            model = frontend.convert(frontend.load(decoder))
        model.reshape(list(example.shape))
        with tempfile.TemporaryDirectory(prefix="fewshot-") as folder:
            path = Path(folder) / "graph.xml"
            self._openvino.save_model(model, str(path), compress_to_fp16=False)
            text, weights = path.read_bytes(), path.with_suffix(".bin").read_bytes()
        lengths = (len(part).to_bytes(_LENGTH_BYTES, "little") for part in (text, weights))
        return b"".join((*lengths, text, weights))


class _Side:
    """The graphs of one size, compiled once for each thread that runs them at the same time, when it first does."""

    def __init__(self, core: Any, parts: list[_Part], parallel: int) -> None:  # noqa: ANN401 - openvino.Core
        self._core, self._parts = core, parts
        self._chains: LifoQueue[list[Any] | None] = LifoQueue()
        for _ in range(parallel):
            self._chains.put(None)

    def infer(self, pixels: Tensor) -> FeatureMaps:
        """Map one image, uint8 (1, H, W, 3), to float16 maps, in this thread."""
        chain = self._chains.get()
        try:
            chain = chain or self._compiled()
            chain[0].infer([pixels.contiguous().numpy()])
            for request in chain[1:]:
                request.infer()
            return FeatureMaps(*(torch.from_numpy(chain[-1].get_output_tensor(k).data.copy()) for k in range(2)))
        finally:
            self._chains.put(chain)

    def _compiled(self) -> list[Any]:
        chain: list[Any] = []
        for part in self._parts:
            settings = {
                "INFERENCE_PRECISION_HINT": _HINTS[part.precision],  # by itself it takes what is fastest
                "NUM_STREAMS": 1,
                "INFERENCE_NUM_THREADS": 1,
                "ENABLE_CPU_PINNING": False,
            }
            model = self._core.read_model(part.text, part.weights)
            request = self._core.compile_model(model, "CPU", settings).create_infer_request()
            if chain:
                request.set_input_tensor(chain[-1].get_output_tensor(0))
            chain.append(request)
        return chain


class _FromPixels(nn.Module):
    """The backbone with what comes before and after it, as in `TorchRuntime.forward`."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Map uint8 (1, H, W, 3) to float16 maps."""
        return _halved(self.backbone(_images(pixels)))


class _EarlyFromPixels(nn.Module):
    """The part of it that needs float32."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, pixels: Tensor) -> Tensor:
        """Map uint8 (1, H, W, 3) to what `_Late` takes."""
        return self.backbone.early(_images(pixels))


class _Late(nn.Module):
    """The rest of it."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Map what `_EarlyFromPixels` gives to float16 maps."""
        return _halved(self.backbone.late(features))


def _images(pixels: Tensor) -> Tensor:
    return pixels.permute(0, 3, 1, 2).float() / 255


def _halved(maps: FeatureMaps) -> tuple[Tensor, Tensor]:
    return maps.fine.half(), maps.coarse.half()


def _parts(graphs: bytes, precision: str) -> list[_Part]:
    """Take apart what `_graph` made of each part, the last of which runs in `precision`, the others in float32."""
    parts, start = list[_Part](), 0
    while start < len(graphs):
        ends = [start + _LENGTH_BYTES, start + 2 * _LENGTH_BYTES]
        for at in (start, start + _LENGTH_BYTES):
            ends.append(ends[-1] + int.from_bytes(graphs[at : at + _LENGTH_BYTES], "little"))
        _, text, weights, end = ends
        parts.append(_Part(graphs[text:weights], graphs[weights:end], FLOAT32))
        start = end
    return [*parts[:-1], parts[-1]._replace(precision=precision)]


def _joined(maps: list[FeatureMaps]) -> FeatureMaps:
    if len(maps) == 1:
        return maps[0]
    return FeatureMaps(torch.cat([one.fine for one in maps]), torch.cat([one.coarse for one in maps]))


def _import_openvino() -> ModuleType:
    # Merely importing it would report the use to its maker; without this package it falls back to a stub of its own.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        return importlib.import_module("openvino")
    except (ImportError, OSError) as problem:
        missing = isinstance(problem, ModuleNotFoundError)
        raise RuntimeUnavailableError("OpenVINO is not installed" if missing else "OpenVINO cannot start") from problem
