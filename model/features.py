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
    """n images; every vector of `coarse`, `fine`, `coarse_map` and `fine_map` has length 1 (or is all zero).

    coarse:     float32 (n, D_coarse) global feature at stride 32
    fine:       float32 (n, D_fine) global feature at stride 16
    coarse_map: float32 (n, D_coarse, h', w') regions at stride 32
    fine_map:   float32 (n, D_fine, h, w) regions at stride 16; regions are counted on this grid
    strength:   float32 (n, h', w') sum over the channels of what the backbone answers at stride 32
    texture:    float32 (n, CHANNELS, CELLS, CELLS) log energies, see `model.texture`
    """

    coarse: Tensor
    fine: Tensor
    coarse_map: Tensor
    fine_map: Tensor
    strength: Tensor
    texture: Tensor

    @property
    def grid(self) -> tuple[int, int]:
        """(h, w): there are R = h * w regions, in reading order."""
        return self.fine_map.shape[2], self.fine_map.shape[3]

    def pick(self, index: Tensor) -> ImageFeatures:
        """Return the images with the given indices (int64 (m,))."""
        return ImageFeatures(*(part[index] for part in self))

    def joined_globals(self) -> Tensor:
        """Return the global features in the space of the regions, float32 (n, D_coarse + D_fine)."""
        return join(self.coarse, self.fine, dim=1)

    def joined_regions(self) -> Tensor:
        """Return the regions' vectors, float32 (n, R, D_coarse + D_fine)."""
        regions = join(resampled(self.coarse_map, self.grid), self.fine_map, dim=1)
        return regions.flatten(2).transpose(1, 2)


def describe(maps: ImageMaps, grid: tuple[int, int] | None = None) -> ImageFeatures:
    """Make `ImageFeatures` of a batch of maps, each on its own grid or both resampled to `grid`."""
    coarse, fine = ((resampled(part, grid) if grid else part) for part in (maps.coarse, maps.fine))
    coarse_global, fine_global = (_unit(part.mean(dim=(2, 3)), dim=1) for part in (maps.coarse, maps.fine))
    return ImageFeatures(
        coarse_global, fine_global, _unit(coarse, dim=1), _unit(fine, dim=1), coarse.abs().sum(dim=1), maps.texture
    )


def join(coarse: Tensor, fine: Tensor, dim: int) -> Tensor:
    """Join unit vectors of both strides to one of length 1, with `REGION_FINE_SHARE` of the fine stride."""
    return torch.cat(((1 - REGION_FINE_SHARE) ** 0.5 * coarse, REGION_FINE_SHARE**0.5 * fine), dim=dim)


def split(vectors: Tensor, coarse_channels: int) -> tuple[Tensor, Tensor]:
    """Split vectors of the joined space (N, D) so that inner products with joined regions are a sum of two.

    Returns (N, D_coarse) and (N, D_fine), to be multiplied with `coarse_map` and `fine_map`.
    """
    coarse, fine = vectors[:, :coarse_channels], vectors[:, coarse_channels:]
    return (1 - REGION_FINE_SHARE) ** 0.5 * coarse, REGION_FINE_SHARE**0.5 * fine


def concatenate(parts: list[ImageFeatures]) -> ImageFeatures:
    """Join batches that share one grid."""
    return ImageFeatures(*(torch.cat(group) for group in zip(*parts, strict=True)))


def inner_products(vectors: Tensor, maps: Tensor) -> Tensor:
    """Products of vectors (N, D) with every position of maps (n, D, h, w): (n, N, h, w)."""
    return (vectors @ maps.flatten(2)).view(len(maps), len(vectors), *maps.shape[2:])


def resampled(features: Tensor, grid: tuple[int, int]) -> Tensor:
    """Bring maps (n, D, h, w) to `grid`: averaged to a coarser one, interpolated to a finer one."""
    height, width = features.shape[2:]
    if (height, width) == grid:
        return features
    if height > grid[0]:
        return functional.adaptive_avg_pool2d(features, grid)
    return functional.interpolate(features, size=grid, mode="bilinear", align_corners=False)


def _unit(features: Tensor, dim: int) -> Tensor:
    # The square root's slope is infinite at 0, where ReLU features often lie: the offset keeps training finite.
    rooted = torch.copysign((features.abs() + EPSILON).sqrt() - EPSILON**0.5, features)
    # Not `functional.normalize`, which takes twice as long along a dimension that is not the last.
    unit: Tensor = rooted / (rooted.square().sum(dim=dim, keepdim=True) + EPSILON**2).sqrt()
    return unit
