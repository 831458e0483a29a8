"""Rounding weights to int8: within bounds, and closer in the outputs than rounding each by itself."""

from __future__ import annotations

import torch

from benchmarks.int8.__main__ import LEVELS, layers_of
from benchmarks.int8.__main__ import _with_zero as with_zero
from benchmarks.int8.rounding import rounded, scales_of
from model.backbones.int8 import LARGEST, LARGEST_SUM, load_layers
from model.backbones.networks.efficientnet_lite import INT8_FILE
from model.backbones.registry import create_backbone


def _weights_and_inputs() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(16, 33, generator=generator) / 4
    inputs = torch.randn(500, 8, generator=generator) @ torch.randn(8, 33, generator=generator)  # depend on one another
    return weights, inputs + 0.1 * torch.randn(500, 33, generator=generator)


def test_neighbouring_weights_of_one_sign_stay_within_the_bound() -> None:
    weights, inputs = _weights_and_inputs()
    weights[0, :2] = 5.0  # the largest of their row, side by side
    numbers = rounded(weights, (inputs.T @ inputs).double() / len(inputs), scales_of(weights)).int()
    pairs = numbers[:, :32].unflatten(1, (-1, 2))
    assert int(numbers.abs().max()) <= LARGEST
    assert int(pairs.clamp_min(0).sum(2).max()) <= LARGEST_SUM
    assert int((-pairs).clamp_min(0).sum(2).max()) <= LARGEST_SUM


def test_outputs_change_less_than_by_rounding_each_weight_to_the_nearest() -> None:
    weights, inputs = _weights_and_inputs()
    scales = scales_of(weights) * 16  # coarse, so that rounding matters
    ours = rounded(weights, (inputs.T @ inputs).double() / len(inputs), scales).float() * scales
    nearest = (weights / scales).round() * scales
    expected = inputs @ weights.T
    errors = [float((inputs @ made.T - expected).norm()) for made in (ours, nearest)]
    assert errors[0] < 0.7 * errors[1]


def test_ranges_hold_zero() -> None:
    low, high = with_zero(-3.21, 7.77)
    at = -low / (high - low) * (LEVELS - 1)
    assert abs(at - round(at)) < 1e-9
    assert abs(low + 3.21) < 11 / 255


def test_the_shipped_file_holds_the_layers_that_the_recipe_makes() -> None:
    shapes = {name: tuple(layer.weight.shape[:2]) for name, layer in layers_of(create_backbone()).items()}
    assert shapes == {name: layer.weights.shape for name, layer in load_layers(INT8_FILE).layers.items()}
