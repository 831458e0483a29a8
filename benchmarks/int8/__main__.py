"""Make the int8 layers of the default backbone, or measure how far its features are off.

python -m benchmarks.int8 make
python -m benchmarks.int8 measure IMAGE ...
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.int8.rounding import rounded, scales_of
from benchmarks.patent_cnn.generated import generated_picture
from model.backbones.base import Backbone, FeatureMaps
from model.backbones.int8 import LEVELS, Int8Layer, save_layers
from model.backbones.openvino_runtime import PRECISION_VARIABLE, OpenVinoRuntime
from model.backbones.registry import create_backbone
from model.backbones.runtime import INT8, TorchRuntime
from model.cache.store import BlobStore
from model.embedding.pending import fitted_pixels
from model.images.scan import iter_images
from model.resource_files import resource

GENERATED = 36
SIDE = 224
AT_ONCE = 8
INPUTS = 40_000  # of a layer and of the pictures that are run at once
LEFT_OUT = ("blocks.0.", "blocks.1.")
"""The first layers, at a half and a quarter of the resolution: in int8 hardly faster, and the features differ most."""


def pictures() -> Iterator[Tensor]:
    """Yield what the layers are made with, pictures of the example project and painted ones: float32 (n, 3, H, W)."""
    rng = np.random.default_rng(5)
    pixels = [torch.from_numpy(generated_picture(rng, SIDE).copy()) for _ in range(GENERATED)]
    pixels += [fitted_pixels(path, SIDE) for path in sorted(iter_images([resource("example")]))]
    for some in torch.stack(pixels).split(AT_ONCE):
        yield some.permute(0, 3, 1, 2).float() / 255


def layers_of(backbone: Backbone) -> dict[str, nn.Conv2d]:
    """Return the convolutions of 1 x 1 that become int8, by name."""
    return {
        name: layer
        for name, layer in backbone.named_modules()
        if isinstance(layer, nn.Conv2d) and layer.kernel_size == (1, 1) and not name.startswith(LEFT_OUT)
    }


def make(backbone: Backbone) -> dict[str, Int8Layer]:
    """Round the weights of `layers_of` and find the ranges of their inputs."""
    layers, seen = layers_of(backbone), {name: _Seen() for name in layers_of(backbone)}
    hooks = [layer.register_forward_pre_hook(seen[name].add) for name, layer in layers.items()]
    with torch.inference_mode():
        for some in pictures():
            backbone(some)
    for hook in hooks:
        hook.remove()
    made = {}
    for name, layer in layers.items():
        weights = layer.weight.detach()[:, :, 0, 0]
        scales = scales_of(weights)
        numbers = rounded(weights, seen[name].moments / seen[name].count, scales)
        made[name] = Int8Layer(numbers.numpy(), scales.numpy(), *_with_zero(seen[name].low, seen[name].high))
    return made


class _Seen:
    """Second moments (i, i) and range of the inputs of a layer."""

    def __init__(self) -> None:
        self.moments, self.count = torch.zeros((), dtype=torch.float64), 0
        self.low = self.high = 0.0

    def add(self, _layer: nn.Module, inputs: tuple[Tensor]) -> None:
        rows = inputs[0].permute(0, 2, 3, 1).flatten(0, 2)
        self.low, self.high = min(self.low, float(rows.min())), max(self.high, float(rows.max()))
        rows = rows[:: -(-len(rows) // INPUTS)]
        self.moments, self.count = self.moments + (rows.T @ rows).double(), self.count + len(rows)


def _with_zero(low: float, high: float) -> tuple[float, float]:
    """Move a range by less than a step, so that 0.0 is one of the `LEVELS`."""
    step = (high - low) / (LEVELS - 1)
    zero = round(-low / step)
    return -zero * step, (LEVELS - 1 - zero) * step


def measure(backbone: Backbone, images: Sequence[Path], side: int) -> None:
    """Print the relative differences of both maps from float32's, in percent: mean and largest."""
    os.environ[PRECISION_VARIABLE] = INT8
    runtime, exact = OpenVinoRuntime(backbone, "", BlobStore(None)), TorchRuntime(backbone, torch.device("cpu"))
    rows = []
    for path in images:
        pixels = fitted_pixels(path, side)[None]
        rows.append([_difference(*pair) for pair in zip(runtime.forward(pixels), exact.forward(pixels), strict=True)])
    found = 100 * torch.tensor(rows)
    for name, column in zip(FeatureMaps._fields, found.T, strict=True):
        print(f"{name}: {column.mean():.1f} % of the features, at most {column.max():.1f}")
    print(f"{len(images)} images at {side} pixels, {runtime.note}")


def _difference(made: Tensor, expected: Tensor) -> float:
    return float((made - expected).norm() / expected.norm())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.int8", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("make", help="write the layers into resources/")
    measuring = commands.add_parser("measure", help="compare the features with those in float32")
    measuring.add_argument("images", type=Path, nargs="+")
    measuring.add_argument("--side", type=int, default=SIDE)
    options = parser.parse_args(arguments)
    backbone = create_backbone()
    if options.command == "make":
        assert backbone.int8_file is not None
        backbone.int8_file.parent.mkdir(exist_ok=True)
        save_layers(make(backbone), backbone.int8_file)
        print(f"Written to {backbone.int8_file}.")
    else:
        measure(backbone, options.images, options.side)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
