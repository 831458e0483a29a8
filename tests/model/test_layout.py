"""The layout view: positions in the image, and the wholeness of the differences between images."""

from __future__ import annotations

import torch

from model.features.maps import LAYOUT_CELLS, ImageMaps, describe
from model.features.texture_energies import CELLS as TEXTURE_CELLS
from model.features.texture_energies import CHANNELS

FINE = 5


def _layouts(fine: torch.Tensor) -> torch.Tensor:
    coarse, texture = torch.ones(len(fine), 2, 3, 3), torch.zeros(len(fine), CHANNELS, TEXTURE_CELLS, TEXTURE_CELLS)
    return describe(ImageMaps.of(fine, coarse, texture)).layout


def test_every_cell_has_the_same_length_and_the_whole_length_one() -> None:
    made = _layouts(torch.randn(3, FINE, 14, 20, generator=torch.Generator().manual_seed(0)))
    assert made.shape == (3, FINE, LAYOUT_CELLS, LAYOUT_CELLS)
    assert torch.allclose(made.norm(dim=1), torch.full((3, 3, 3), 1 / LAYOUT_CELLS), atol=1e-5)
    assert torch.allclose(made.flatten(1).norm(dim=1), torch.ones(3), atol=1e-5)


def test_the_same_thing_elsewhere_has_another_layout_and_the_same_global_feature() -> None:
    fine = torch.full((2, FINE, 6, 6), 0.1)
    fine[0, 0, :2, :2], fine[1, 0, 4:, 4:] = 5.0, 5.0
    maps = ImageMaps.of(fine, torch.ones(2, 2, 3, 3), torch.zeros(2, CHANNELS, TEXTURE_CELLS, TEXTURE_CELLS))
    features = describe(maps)
    assert torch.allclose(features.fine[0], features.fine[1], atol=1e-5)
    differing = (features.layout[0] - features.layout[1]).norm(dim=0) > 0.01
    assert differing.nonzero().tolist() == [[0, 0], [2, 2]]
