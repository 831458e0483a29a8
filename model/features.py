"""From maps to the vectors the method works with: a global feature, regions and a texture for each image.

Ours, measured on several sets (docs/adr/0003-features.md): signed square roots tame channels that
fire rarely but strongly; stride 16 joins stride 32 because medical and texture images need it;
each stride is L2-normalised by itself, so that a single number, the share of the fine stride, says
how much it counts.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from model import texture
from model.backbones.base import FeatureMaps

REGION_FINE_SHARE = 0.25
"""Weight of the fine stride's cosine in the similarity of a region; the coarse stride has the rest."""

EPSILON = 1e-8


class ImageMaps(NamedTuple):
    """What is kept of a batch of images: the backbone's maps at two strides and the texture view's.

    fine (n, D_fine, h, w), coarse (n, D_coarse, h / 2, w / 2): see `FeatureMaps`
    texture (n, CHANNELS, CELLS, CELLS): see `model.texture`
    """

    fine: Tensor
    coarse: Tensor
    texture: Tensor

    @classmethod
    def without_texture(cls, maps: FeatureMaps) -> ImageMaps:
        """Give maps a texture that says nothing."""
        return cls(*maps, maps.fine.new_zeros(len(maps.fine), texture.CHANNELS, texture.CELLS, texture.CELLS))


class ImageFeatures(NamedTuple):
    """n images; every vector of `coarse`, `fine` and `regions` has length 1 (or is all zero).

    coarse:  float32 (n, D_coarse) global feature at stride 32
    fine:    float32 (n, D_fine) global feature at stride 16
    regions: float32 (n, R, D_coarse + D_fine), R = h * w positions in reading order
    texture: float32 (n, CHANNELS, CELLS, CELLS) log energies, see `model.texture`
    grid:    (h, w)
    """

    coarse: Tensor
    fine: Tensor
    regions: Tensor
    texture: Tensor
    grid: tuple[int, int]

    def pick(self, index: Tensor) -> ImageFeatures:
        """Return the images with the given indices (int64 (m,))."""
        return ImageFeatures(self.coarse[index], self.fine[index], self.regions[index], self.texture[index], self.grid)

    def joined_globals(self) -> Tensor:
        """Return the global features in the space of the regions, float32 (n, D_coarse + D_fine)."""
        return join(self.coarse, self.fine, dim=1)


def describe(maps: ImageMaps, grid: tuple[int, int] | None = None) -> ImageFeatures:
    """Make `ImageFeatures` of a batch of maps, on the fine map's own grid or resampled to `grid`."""
    grid = grid or (maps.fine.shape[2], maps.fine.shape[3])
    coarse = _unit(_resampled(maps.coarse, grid), dim=1)
    fine = _unit(_resampled(maps.fine, grid), dim=1)
    regions = join(coarse, fine, dim=1).flatten(2).transpose(1, 2)
    coarse_global, fine_global = (_unit(part.mean(dim=(2, 3)), dim=1) for part in (maps.coarse, maps.fine))
    return ImageFeatures(coarse_global, fine_global, regions, maps.texture, grid)


def join(coarse: Tensor, fine: Tensor, dim: int) -> Tensor:
    """Join unit vectors of both strides to one of length 1, with `REGION_FINE_SHARE` of the fine stride."""
    return torch.cat(((1 - REGION_FINE_SHARE) ** 0.5 * coarse, REGION_FINE_SHARE**0.5 * fine), dim=dim)


def concatenate(parts: list[ImageFeatures]) -> ImageFeatures:
    """Join batches that share one grid."""
    return ImageFeatures(
        torch.cat([part.coarse for part in parts]),
        torch.cat([part.fine for part in parts]),
        torch.cat([part.regions for part in parts]),
        torch.cat([part.texture for part in parts]),
        parts[0].grid,
    )


def _resampled(features: Tensor, grid: tuple[int, int]) -> Tensor:
    height, width = features.shape[2:]
    if (height, width) == grid:
        return features
    if height > grid[0]:
        return functional.adaptive_avg_pool2d(features, grid)
    return functional.interpolate(features, size=grid, mode="bilinear", align_corners=False)


def _unit(features: Tensor, dim: int) -> Tensor:
    # The square root's slope is infinite at 0, where ReLU features often lie: the offset keeps training finite.
    rooted = features.sign() * ((features.abs() + EPSILON).sqrt() - EPSILON**0.5)
    return functional.normalize(rooted, dim=dim, eps=EPSILON)
