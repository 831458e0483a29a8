"""Layers of a backbone in whole numbers, for processors without bfloat16 (docs/adr/0040-int8.md).

A file beside the program holds the weights of some convolutions as int8, and the ranges of their inputs, which become
uint8 while the backbone runs. It is made by `benchmarks/int8`. A runtime puts both into the graph that it converts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.numpy import load, save_file

from model.errors import RuntimeUnavailableError
from model.messages import message

LEVELS = 256
"""Of an input; 0.0 is one of them, since images are padded with zeros."""

LARGEST = 127
LARGEST_SUM = 128
"""Of the magnitudes of two neighbouring weights of one sign: 255 times as much still fits into 16 bits.

Processors without VNNI add two products in 16 bits, and what does not fit would be cut off.
"""

_WEIGHTS, _SCALES, _RANGE = ".weights", ".scales", ".range"
_CONVOLUTION = re.compile(r"__module\.backbone\.(?P<layer>.+)/aten::_convolution/Convolution")


class Int8Layer(NamedTuple):
    """A convolution of 1 x 1 without bias.

    weights: int8 (outputs, inputs); times scales they are the layer's
    scales: float32 (outputs, 1)
    low, high: range of the inputs, which get `LEVELS` equal steps from one to the other
    """

    weights: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Int8Layers:
    """The layers of one backbone, by name; `digest` identifies the file."""

    layers: Mapping[str, Int8Layer]
    digest: str


def is_supported() -> bool:
    """Whether this processor gains by int8: x86-64 with AVX2. Others were not measured."""
    return torch.backends.cpu.get_cpu_capability() in {"AVX2", "AVX512"}


def load_layers(path: Path) -> Int8Layers:
    """Read a file that `save_layers` wrote; raises `RuntimeUnavailableError` where it is missing or damaged."""
    try:
        data = path.read_bytes()
        found = load(data)
    except (OSError, SafetensorError) as problem:
        raise RuntimeUnavailableError(message("{path} cannot be read.", path=path)) from problem
    layers = {}
    for name in (key.removesuffix(_WEIGHTS) for key in found if key.endswith(_WEIGHTS)):
        weights, scales, ends = (found.get(name + part) for part in (_WEIGHTS, _SCALES, _RANGE))
        if weights is None or scales is None or ends is None or not _fits(weights, scales, ends):
            raise RuntimeUnavailableError(message("{path} cannot be read.", path=path))
        layers[name] = Int8Layer(weights, scales, float(ends[0]), float(ends[1]))
    return Int8Layers(layers, blake2b(data, digest_size=8).hexdigest())


def save_layers(layers: Mapping[str, Int8Layer], path: Path) -> None:
    """Write layers to a file of safetensors."""
    tensors: dict[str, npt.NDArray[Any]] = {}
    for name, layer in layers.items():
        tensors[name + _WEIGHTS], tensors[name + _SCALES] = layer.weights, layer.scales
        tensors[name + _RANGE] = np.array([layer.low, layer.high], np.float32)
    save_file(tensors, path)


def put_into(model: Any, layers: Mapping[str, Int8Layer]) -> None:  # noqa: ANN401 - openvino.Model
    """Put layers into a model that OpenVINO converted from a traced backbone, in place of its own.

    Raises `RuntimeUnavailableError` where the model has not all of them or one has another shape.
    """
    from openvino import opset13 as operations

    missing = set(layers)
    for node in model.get_ordered_ops():
        named = _CONVOLUTION.fullmatch(node.friendly_name)
        layer = layers.get(named["layer"]) if named else None
        if named is None or layer is None:
            continue
        shape = (*layer.weights.shape, 1, 1)
        if tuple(node.input_value(1).get_shape()) != shape:
            break
        numbers = operations.convert(operations.constant(layer.weights.reshape(shape)), "f32")
        weights = operations.multiply(numbers, operations.constant(layer.scales.reshape(-1, 1, 1, 1)))
        ends = [operations.constant(np.float32(end)) for end in (layer.low, layer.high) * 2]
        node.input(0).replace_source_output(operations.fake_quantize(node.input_value(0), *ends, LEVELS).output(0))
        node.input(1).replace_source_output(weights.output(0))
        missing.discard(named["layer"])
    if missing:
        raise RuntimeUnavailableError(message("its int8 layers do not fit it."))
    model.validate_nodes_and_infer_types()


def _fits(weights: npt.NDArray[Any], scales: npt.NDArray[Any], ends: npt.NDArray[Any]) -> bool:
    return (
        (weights.dtype, weights.ndim) == (np.dtype(np.int8), 2)
        and (scales.dtype, scales.shape) == (np.dtype(np.float32), (len(weights), 1))
        and (ends.dtype, ends.shape) == (np.dtype(np.float32), (2,))
        and bool(np.isfinite(scales).all() and np.isfinite(ends).all() and ends[0] < ends[1])
    )
