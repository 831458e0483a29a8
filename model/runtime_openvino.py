"""OpenVINO as what runs a frozen backbone on a CPU: one image a thread, in float32."""

from __future__ import annotations

import importlib
import logging
import sys
import tempfile
import threading
import warnings
from hashlib import blake2b
from pathlib import Path
from queue import LifoQueue
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from model.backbones.base import Backbone, FeatureMaps
from model.blob_store import BlobStore
from model.devices import one_thread
from model.errors import FewShotError
from model.runtime import Runtime, TorchRuntime

_log = logging.getLogger(__name__)
_TOLERANCE = 1e-3  # relative, of the features
_LENGTH_BYTES = 8


class RuntimeUnavailableError(FewShotError):
    """OpenVINO cannot be used here; the message says why in a few words."""


class OpenVinoRuntime(Runtime):
    """Runs a backbone by graphs that are made for one size each, when it is first asked for.

    A graph is traced and converted once, checked against PyTorch, and kept in the store. A size for
    which that fails is run by PyTorch. Raises `RuntimeUnavailableError` when OpenVINO is not there.
    """

    batched = False

    def __init__(self, backbone: Backbone, fingerprint: str, store: BlobStore) -> None:
        self._openvino = _import_openvino()
        self._backbone, self._fingerprint, self._store = backbone, fingerprint, store
        self._reference = TorchRuntime(backbone, torch.device("cpu"))
        self._core = self._openvino.Core()
        self._requests: dict[int, LifoQueue[Any] | None] = {}  # by side; None: PyTorch runs it
        self._lock = threading.Lock()
        self.parallel = torch.get_num_threads()
        self.note = f"OpenVINO {self._openvino.__version__.split('-')[0]}"

    def forward(self, pixels: Tensor) -> FeatureMaps:
        """See `Runtime.forward`."""
        requests = self._prepared(pixels.shape[1])
        if requests is None or pixels.shape[1] != pixels.shape[2]:
            return self._reference.forward(pixels)
        return _joined([_infer(requests, image[None]) for image in pixels])

    def _prepared(self, side: int) -> LifoQueue[Any] | None:
        with self._lock:
            if side not in self._requests:
                try:
                    self._requests[side] = self._compiled(side)
                except (RuntimeError, RuntimeUnavailableError) as problem:
                    _log.info("OpenVINO does not run %s at %d pixels: %s", self._backbone.name, side, problem)
                    self._requests[side] = None
                    self.note = "PyTorch (OpenVINO cannot run this backbone)"
            return self._requests[side]

    @one_thread()  # PyTorch's few images here are a tenth as fast with two threads while the other core is busy
    def _compiled(self, side: int) -> LifoQueue[Any]:
        key = blake2b(f"graph {self._openvino.__version__} {self._fingerprint} {side}".encode(), digest_size=16)
        kept = self._store.get(key.digest())
        if kept is not None:
            try:
                return self._checked(kept, side)
            except (RuntimeError, RuntimeUnavailableError) as problem:  # of someone else's cache, perhaps
                _log.info("A graph kept in the cache is not this backbone's and was made anew: %s", problem)
        graph = self._converted(side)
        requests = self._checked(graph, side)
        self._store.put(key.digest(), graph)
        return requests

    def _checked(self, graph: bytes, side: int) -> LifoQueue[Any]:
        """Compile a graph and compare it with PyTorch; raises `RuntimeUnavailableError` where they differ."""
        requests = self._compile(graph)
        pixels = torch.randint(256, (1, side, side, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
        for made, expected in zip(_infer(requests, pixels), self._reference.forward(pixels), strict=True):
            if made.shape != expected.shape or not (
                float((made - expected).float().norm()) <= _TOLERANCE * float(expected.float().norm())
            ):
                raise RuntimeUnavailableError("its features differ from PyTorch's.")
        return requests

    def _converted(self, side: int) -> bytes:
        """Trace and convert for one image of `side` pixels: the graph's text and weights in one."""
        from openvino.frontend import FrontEndManager
        from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # torch.jit is deprecated, but exporting takes ten times as long
            example = torch.zeros((1, side, side, 3), dtype=torch.uint8)
            traced = torch.jit.trace(_FromPixels(self._backbone), example, check_trace=False)
            decoder = TorchScriptPythonDecoder(traced)  # must outlive the conversion
            frontend = FrontEndManager().load_by_framework("pytorch")
            model = frontend.convert(frontend.load(decoder))
        model.reshape([1, side, side, 3])
        with tempfile.TemporaryDirectory(prefix="fewshot-") as folder:
            path = Path(folder) / "graph.xml"
            self._openvino.save_model(model, str(path), compress_to_fp16=False)
            text, weights = path.read_bytes(), path.with_suffix(".bin").read_bytes()
        return len(text).to_bytes(_LENGTH_BYTES, "little") + text + weights

    def _compile(self, graph: bytes) -> LifoQueue[Any]:
        split = _LENGTH_BYTES + int.from_bytes(graph[:_LENGTH_BYTES], "little")
        model = self._core.read_model(graph[_LENGTH_BYTES:split], graph[split:])
        compiled = self._core.compile_model(
            model,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": "f32",  # where it can, it would take bfloat16 by itself
                "NUM_STREAMS": self.parallel,
                "INFERENCE_NUM_THREADS": self.parallel,
                "ENABLE_CPU_PINNING": False,
            },
        )
        requests: LifoQueue[Any] = LifoQueue()
        for _ in range(self.parallel):
            requests.put(compiled.create_infer_request())
        return requests


class _FromPixels(nn.Module):
    """The backbone with what comes before and after it, as in `TorchRuntime.forward`."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Map uint8 (1, H, W, 3) to float16 maps."""
        maps = self.backbone(pixels.permute(0, 3, 1, 2).float() / 255)
        return maps.fine.half(), maps.coarse.half()


def _infer(requests: LifoQueue[Any], pixels: Tensor) -> FeatureMaps:
    request = requests.get()
    try:
        request.infer([pixels.contiguous().numpy()])
        return FeatureMaps(*(torch.from_numpy(request.get_output_tensor(index).data.copy()) for index in range(2)))
    finally:
        requests.put(request)


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
