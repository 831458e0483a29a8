"""The runtime of OpenVINO, for CPUs: one image a thread.

In float32, or, where the backbone allows it, in bfloat16 except for one layer on processors that have units for it, and
with most layers in int8 on others (docs/adr/0010-runtime.md, 0040-int8.md). Every thread runs a graph of its own:
handing images to other threads would cost a twentieth of the time.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import tempfile
import threading
import warnings
from collections.abc import Collection
from hashlib import blake2b
from pathlib import Path
from queue import LifoQueue
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import torch
from torch import Tensor, nn
from torch.nn import functional

from model.backbones.base import Backbone, FeatureMaps
from model.backbones.devices import one_thread
from model.backbones.int8 import Int8Layers, is_supported, load_layers, put_into
from model.backbones.runtime import BFLOAT16, FLOAT32, INT8, Runtime, TorchRuntime
from model.cache.store import BlobStore
from model.errors import RuntimeUnavailableError
from model.messages import message

PRECISION_VARIABLE = "FEWSHOT_PRECISION"
"""Environment variable: `float32` turns bfloat16 and int8 off, `int8` is used in place of bfloat16 too."""

_log = logging.getLogger(__name__)
_TOLERANCES = {FLOAT32: 1e-3, BFLOAT16: 0.1, INT8: 0.2}  # relative, of the features
_LENGTH_BYTES = 8
_HINTS = {FLOAT32: "f32", BFLOAT16: "bf16", INT8: "f32"}  # OpenVINO's names; int8 is in the graph itself


def lowest_precision(core: Any, bears: Collection[str]) -> str:  # noqa: ANN401 - openvino.Core
    """Return the precision for a backbone that bears `bears` beside float32, on this processor and as the user says."""
    asked = os.environ.get(PRECISION_VARIABLE, "")
    if BFLOAT16 in bears and asked not in {FLOAT32, INT8} and has_bfloat16(core):
        return BFLOAT16
    return INT8 if INT8 in bears and asked != FLOAT32 and is_supported() else FLOAT32


def has_bfloat16(core: Any) -> bool:  # noqa: ANN401 - openvino.Core
    """Whether the processor has units for bfloat16."""
    return "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class OpenVinoRuntime(Runtime):
    """Runs a backbone by graphs for one image size each, made at the first use of the size.

    A graph is traced and converted once, checked against PyTorch, and kept in the store. Where bfloat16 or int8 differs
    too much, float32 is used; a size for which that fails too is run by PyTorch. Raises `RuntimeUnavailableError` when
    OpenVINO cannot be imported.
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
        bears = {BFLOAT16} if backbone.bears_bfloat16 else set()
        bears |= {INT8} if backbone.int8_file is not None else set()
        self.precision = lowest_precision(self._core, bears)
        self._int8: Int8Layers | None = None
        if self.precision == INT8 and backbone.int8_file is not None:
            try:
                self._int8 = load_layers(backbone.int8_file)
            except RuntimeUnavailableError as problem:
                _log.warning("float32 is used in place of int8: %s", problem)
                self.precision = FLOAT32
        self._has_failed = False

    @property
    def numbers(self) -> str:
        """See `Runtime.numbers`."""
        return f"{INT8} {self._int8.digest}" if self._int8 is not None else self.precision

    @property
    def note(self) -> str:
        """See `Runtime.note`."""
        if self._has_failed:
            return message("PyTorch (OpenVINO cannot run this backbone)")
        version = self._openvino.__version__.split("-")[0]
        return f"OpenVINO {version}" + (f", {self.precision}" if self.precision != FLOAT32 else "")

    def prepare(self, side: int) -> None:
        """See `Runtime.prepare`."""
        self._prepared(side)

    def forward(self, pixels: Tensor) -> FeatureMaps:
        """See `Runtime.forward`."""
        side = self._prepared(pixels.shape[1])
        if side is None or pixels.shape[1] != pixels.shape[2]:
            return self._reference.forward(pixels)
        return side.infer(pixels)

    def _prepared(self, side: int) -> _Side | None:
        with self._lock:
            if side not in self._sides:
                try:
                    self._sides[side] = self._made(side)
                except (RuntimeError, RuntimeUnavailableError) as problem:
                    _log.info("OpenVINO does not run %s at %d pixels: %s", self._backbone.name, side, problem)
                    self._sides[side] = None
                    self._has_failed = True
            return self._sides[side]

    @one_thread()  # for PyTorch's few images: two threads take ten times as long while the other core is busy
    def _made(self, side: int) -> _Side:
        try:
            return self._made_for(side)
        except RuntimeUnavailableError as problem:
            if self.precision == FLOAT32:
                raise
            _log.info("%s is not used for %s: %s", self.precision, self._backbone.name, problem)
            self.precision, self._int8 = FLOAT32, None
            return self._made_for(side)

    def _made_for(self, side: int) -> _Side:
        named = f"graph of float32 maps {self._openvino.__version__} {self._fingerprint} {self.numbers} {side}"
        key = blake2b(named.encode(), digest_size=16).digest()
        kept = self._store.get(key)
        if kept is not None:
            try:
                return self._checked(kept, side)
            except (RuntimeError, RuntimeUnavailableError) as problem:  # the cache may be someone else's
                _log.info("A graph in the cache does not fit this backbone and was converted again: %s", problem)
        graph = self._converted(side)
        made = self._checked(graph, side)
        self._store.put(key, graph)
        return made

    def _checked(self, graph: bytes, side: int) -> _Side:
        """Compile a graph and compare it with PyTorch; raises `RuntimeUnavailableError` where they differ."""
        made = _Side(self._core, graph, self.precision, self.parallel)
        # Patches of colour, as in photographs: noise would not show errors of bfloat16 in plain areas.
        patches = torch.rand((1, 3, 8, 8), generator=torch.Generator().manual_seed(0))
        picture = functional.interpolate(patches, size=(side, side), mode="bilinear", align_corners=False)
        pixels = (picture * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
        for ours, expected in zip(made.infer(pixels), self._reference.forward(pixels), strict=True):
            if ours.shape != expected.shape or not (
                float((ours - expected).norm()) <= _TOLERANCES[self.precision] * float(expected.norm())
            ):
                raise RuntimeUnavailableError(message("its features differ from PyTorch's."))
        return made

    def _converted(self, side: int) -> bytes:
        """Trace and convert the backbone for one image of `side` pixels; return the graph's text and weights as one."""
        from openvino.frontend import FrontEndManager
        from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # torch.jit is deprecated, but exporting takes ten times as long
            example = torch.zeros((1, side, side, 3), dtype=torch.uint8)
            traced = torch.jit.trace(_FromPixels(self._backbone.at_side(side)), example, check_trace=False)
            decoder = TorchScriptPythonDecoder(traced)  # must outlive the conversion
            frontend = FrontEndManager().load_by_framework("pytorch")
            model = frontend.convert(frontend.load(decoder))
        model.reshape([1, side, side, 3])
        if self._int8 is not None:
            put_into(model, self._int8.layers)
        with tempfile.TemporaryDirectory(prefix="fewshot-") as folder:
            path = Path(folder) / "graph.xml"
            self._openvino.save_model(model, str(path), compress_to_fp16=False)
            text, weights = path.read_bytes(), path.with_suffix(".bin").read_bytes()
        if self.precision == BFLOAT16:
            text = _with_exact_depthwise(text)
        return len(text).to_bytes(_LENGTH_BYTES, "little") + text + weights


class _Side:
    """The graph of one image size, compiled once for each thread that runs at the same time, at its first use."""

    def __init__(self, core: Any, graph: bytes, precision: str, parallel: int) -> None:  # noqa: ANN401 - openvino.Core
        self._core, self._graph, self._precision = core, graph, precision
        self._requests: LifoQueue[Any] = LifoQueue()
        for _ in range(parallel):
            self._requests.put(None)

    def infer(self, pixels: Tensor) -> FeatureMaps:
        """Map uint8 (n, H, W, 3) to float32 maps, one image after the other in this thread."""
        request = self._requests.get()
        try:
            request = request or self._compiled()
            # Copied from tensor to tensor without the interpreter lock, which OpenVINO's conversions of arrays hold.
            taken = torch.from_numpy(request.get_input_tensor().data)
            outputs = [request.get_output_tensor(index) for index in range(2)]
            maps = FeatureMaps(*(torch.empty(len(pixels), *output.shape[1:]) for output in outputs))
            for index in range(len(pixels)):
                taken[0] = pixels[index]
                request.infer(share_outputs=True)
                for part, output in zip(maps, outputs, strict=True):
                    part[index] = torch.from_numpy(output.data)[0]
            return maps
        finally:
            self._requests.put(request)

    def _compiled(self) -> Any:  # noqa: ANN401 - openvino.InferRequest
        split = _LENGTH_BYTES + int.from_bytes(self._graph[:_LENGTH_BYTES], "little")
        model = self._core.read_model(self._graph[_LENGTH_BYTES:split], self._graph[split:])
        settings = {
            "INFERENCE_PRECISION_HINT": _HINTS[self._precision],  # the default is the fastest precision
            "NUM_STREAMS": 1,
            "INFERENCE_NUM_THREADS": 1,
            "ENABLE_CPU_PINNING": False,
        }
        return self._core.compile_model(model, "CPU", settings).create_infer_request()


class _FromPixels(nn.Module):
    """The backbone with conversions before and after it, as in `TorchRuntime.forward`."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Map uint8 (1, H, W, 3) to float32 maps."""
        maps = self.backbone(pixels.permute(0, 3, 1, 2).float() / 255)
        return maps.fine, maps.coarse


def _with_exact_depthwise(text: bytes) -> bytes:
    """Return a graph whose first depthwise convolution stays in float32 at any precision."""
    root = ElementTree.fromstring(text)
    layer = root.find("layers/layer[@type='GroupConvolution']")
    if layer is not None:
        facts = layer.find("rt_info")
        if facts is None:
            facts = ElementTree.Element("rt_info")
            layer.insert(1, facts)  # after its data
        ElementTree.SubElement(facts, "attribute", {"name": "precise", "version": "0"})
    return ElementTree.tostring(root)


def _import_openvino() -> ModuleType:
    # Importing OpenVINO would report its use to the vendor; without this package it uses a stub instead.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        return importlib.import_module("openvino")
    except (ImportError, OSError) as problem:
        missing = isinstance(problem, ModuleNotFoundError)
        raise RuntimeUnavailableError(
            message("OpenVINO is not installed") if missing else message("OpenVINO cannot start")
        ) from problem
