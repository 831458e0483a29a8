"""The fast arithmetic gives what plain convolutions and adaptive pooling give."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from model.features.texture_energies import CELLS, FILTERS, OCTAVES, local_energies

_BINOMIAL = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0])
_LOG_OFFSET = 1e-6


def _reference(grey: np.ndarray) -> Tensor:
    """The definition: filters as convolutions, in float64."""
    level = torch.from_numpy(grey).double()[None, None] / 255
    kernel = (torch.outer(_BINOMIAL, _BINOMIAL) / 256).double()[None, None]
    energies = []
    for _ in range(OCTAVES):
        smooth = functional.conv2d(functional.pad(level, (2, 2, 2, 2), mode="reflect"), kernel)
        inner = (level - smooth)[..., 1:-1, 1:-1]
        horizontal = (level[..., 2:] - level[..., :-2])[..., 1:-1, :]
        vertical = (level[..., 2:, :] - level[..., :-2, :])[..., 1:-1]
        falling = level[..., 2:, 2:] - level[..., :-2, :-2]
        rising = level[..., :-2, 2:] - level[..., 2:, :-2]
        parts = (inner.square(), horizontal.square(), vertical.square(), (falling.square() + rising.square()) / 2)
        energies += [functional.adaptive_avg_pool2d(part, CELLS) for part in parts]
        level = smooth[..., ::2, ::2]
    return torch.cat(energies, dim=1)[0]


@pytest.mark.parametrize("size", [(32, 32), (33, 47), (700, 32), (250, 250), (400, 470), (768, 1024), (1024, 1023)])
def test_the_values_are_those_of_the_definition(size: tuple[int, int]) -> None:
    grey = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    grey[: size[0] // 2] //= 16  # weak contrast as well
    made = local_energies(_as_rgb(grey))
    assert made.shape == (OCTAVES * FILTERS, CELLS, CELLS)
    difference = (torch.from_numpy(made) + _LOG_OFFSET).log() - (_reference(grey) + _LOG_OFFSET).log()
    assert float(difference.abs().max()) < 1e-4


def test_a_part_of_a_larger_array_will_do() -> None:
    part = np.random.default_rng(1).integers(0, 256, (100, 120, 3), np.uint8)[10:90, ::2]
    np.testing.assert_array_equal(local_energies(part), local_energies(part.copy()))


def test_colours_are_grey_as_pillow_has_them() -> None:
    colours = np.random.default_rng(2).integers(0, 256, (64, 48, 3), np.uint8)
    colours[0, :3] = [[255, 255, 255], [0, 0, 0], [255, 0, 255]]
    grey = np.array(Image.fromarray(colours).convert("L"))
    np.testing.assert_array_equal(local_energies(colours), local_energies(_as_rgb(grey)))


def _as_rgb(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[:, :, None], 3, axis=2)
