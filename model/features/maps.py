"""The features of an image: from the backbone's maps to global features, regions, a layout and a texture map.

Ours, measured on several sets (docs/adr/0003-features.md): signed square roots reduce the influence of channels that
respond rarely but strongly; stride 16 joins stride 32 because medical and texture images need it; each stride is
L2-normalised by itself, so that its weight is a single number, the share of the fine stride.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from model.backbones.base import FeatureMaps
from model.features.quantisation import EPSILON, Quantised, quantised
from model.features.texture_energies import CELLS, CHANNELS

REGION_FINE_SHARE = 0.25
"""Weight of the fine stride's cosine in the similarity of a region; the coarse stride has the rest."""

TRAINING_GRID = (7, 7)
"""Grid (rows, columns) of the examples' regions in training: fine enough, and memory stays low."""

LAYOUT_CELLS = 3
"""Number of the layout's cells along each side."""

LARGEST_STRENGTH = 65504.0
"""Larger strengths of a region are kept as this one, the largest number in half precision."""

IMAGES_AT_ONCE = 8
"""Compact maps converted to float32 together: fewer need more operations, more do not fit the processor's cache."""


class ImageMaps(NamedTuple):
    """The maps of n images: the backbone's at two strides and the texture view's.

    fine: (n, D_fine, h, w), coarse: (n, D_coarse, h / 2, w / 2), see `FeatureMaps`
    texture: (n, CHANNELS, CELLS, CELLS), see `views.texture`
    extra: (n, E), numbers that further views keep, see `View.keep`; E is 0 where there are none
    second: (n, D_second) mean over the positions of a second network's coarse map, see `Runtime.second`; D_second is 0
        where there is no second network
    """

    fine: Tensor
    coarse: Tensor
    texture: Tensor
    extra: Tensor
    second: Tensor

    @classmethod
    def of(cls, fine: Tensor, coarse: Tensor, texture: Tensor) -> ImageMaps:
        """Make maps without numbers of further views, of one network."""
        return cls(fine, coarse, texture, fine.new_zeros(len(fine), 0), fine.new_zeros(len(fine), 0))

    @classmethod
    def without_texture(cls, maps: FeatureMaps) -> ImageMaps:
        """Make maps with a texture map of zeros."""
        return cls.of(*maps, maps.fine.new_zeros(len(maps.fine), CHANNELS, CELLS, CELLS))


class ImageFeatures(NamedTuple):
    """n images; every vector of `coarse` and `fine` has length 1 (or is all zero).

    coarse:     float32 (n, D_coarse) global feature at stride 32
    fine:       float32 (n, D_fine) global feature at stride 16
    layout:     float32 (n, D_fine, LAYOUT_CELLS, LAYOUT_CELLS), global features of cells; length 1 in all
    coarse_map: (n, D_coarse, h', w') directions of the regions at stride 32; float32, or int8 where `compact`
    fine_map:   (n, D_fine, h, w) the same at stride 16; regions are counted on this grid
    coarse_scale, fine_scale: float32 (n, h', w') and (n, h, w), factor that gives a region's direction length 1
    coarse_strength, fine_strength: float32 (n, h', w') and (n, h, w), sum over the channels of the magnitudes of
                the feature map
    texture:    float32 (n, CHANNELS, CELLS, CELLS) log energies, see `views.texture`
    extra:      float32 (n, E), see `ImageMaps`
    second:     float32 (n, D_second) global feature of a second network at stride 32, of length 1; all zero where that
                did not see the image
    """

    coarse: Tensor
    fine: Tensor
    layout: Tensor
    coarse_map: Tensor
    fine_map: Tensor
    coarse_scale: Tensor
    fine_scale: Tensor
    coarse_strength: Tensor
    fine_strength: Tensor
    texture: Tensor
    extra: Tensor
    second: Tensor

    @property
    def grid(self) -> tuple[int, int]:
        """(h, w): there are R = h * w regions, in reading order."""
        return self.fine_map.shape[2], self.fine_map.shape[3]

    def pick(self, index: Tensor | slice) -> ImageFeatures:
        """Return the images with the given indices (int64 (m,), or a slice, which copies nothing)."""
        return ImageFeatures(*(part[index] for part in self))

    def joined_globals(self) -> Tensor:
        """Return the global features in the space of the regions, float32 (n, D_coarse + D_fine)."""
        return join(self.coarse, self.fine, dim=1)

    def joined_regions(self) -> Tensor:
        """Return the regions' vectors, float32 (n, R, D_coarse + D_fine)."""
        coarse, fine = self.coarse_map * self.coarse_scale[:, None], self.fine_map * self.fine_scale[:, None]
        return join(resampled(coarse, self.grid), fine, dim=1).flatten(2).transpose(1, 2)

    def maps(self) -> ImageMaps:
        """Return the maps that these features were made of; of compact features, as far as `compact` kept them."""
        coarse, fine = self.coarse_map * self.coarse_scale[:, None], self.fine_map * self.fine_scale[:, None]
        return ImageMaps(
            fine * fine.abs() * self.fine_strength[:, None],
            coarse * coarse.abs() * self.coarse_strength[:, None],
            self.texture,
            self.extra,
            self.second * self.second.abs(),
        )

    def on_grid(self, grid: tuple[int, int]) -> ImageFeatures:
        """Return float32 features with regions on another grid, for both strides; global features stay the same."""
        seen = describe(self.maps(), grid)
        return seen._replace(coarse=self.coarse, fine=self.fine, layout=self.layout, second=self.second)


def describe(maps: ImageMaps, grid: tuple[int, int] | None = None) -> ImageFeatures:
    """Return the features of a batch of maps, each on its own grid or both resampled to `grid`."""
    coarse, fine = ((resampled(part, grid) if grid else part) for part in (maps.coarse, maps.fine))
    coarse_map, fine_map = _rooted(coarse), _rooted(fine)
    return ImageFeatures(
        *_globals(maps),
        coarse_map,
        fine_map,
        _one_over_length(coarse_map),
        _one_over_length(fine_map),
        coarse.abs().sum(dim=1),
        fine.abs().sum(dim=1),
        maps.texture,
        maps.extra,
        _of_second(maps),
    )


@torch.no_grad()
def compact(
    maps: ImageMaps,
    quantise: Callable[[Tensor], Quantised] = quantised,
    halve: Callable[[Tensor], Tensor] = lambda values: values.half().float(),
) -> ImageFeatures:
    """Return features as `describe`, rounded to what is kept of them: regions' directions as int8, see `quantised`.

    quantise, halve: the same roundings in other operations, for graphs (`model.exports.onnx_graph`)

    Every image passes through here and through `packing`, which rounds the texture map, before a classifier uses it,
    cached or not, so that both give the same results. Lengths are those of the rounded directions. See
    docs/adr/0039-tiers.md.
    """
    coarse_regions, fine_regions = quantise(maps.coarse), quantise(maps.fine)
    coarse, fine, cells = _globals(maps)
    return ImageFeatures(
        coarse,
        fine,
        halve(cells),
        coarse_regions.steps,
        fine_regions.steps,
        halve(coarse_regions.scale),
        halve(fine_regions.scale),
        halve(coarse_regions.strength.clamp_max(LARGEST_STRENGTH)),
        halve(fine_regions.strength.clamp_max(LARGEST_STRENGTH)),
        maps.texture,
        maps.extra,
        halve(_of_second(maps)),
    )


def join(coarse: Tensor, fine: Tensor, dim: int) -> Tensor:
    """Join unit vectors of both strides to one of length 1, in which the fine stride has `REGION_FINE_SHARE`."""
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


def inner_products(vectors: Tensor, maps: Tensor, scale: Tensor) -> Tensor:
    """Products of vectors (N, D) with every position of maps (n, D, h, w), times scale (n, h, w): (n, N, h, w)."""
    flat = maps.flatten(2)
    if flat.dtype == vectors.dtype:
        products = vectors @ flat
    else:
        # One buffer for all: allocating memory takes longer than the arithmetic.
        numbers = vectors.new_empty(min(len(flat), IMAGES_AT_ONCE), *flat.shape[1:])
        products = torch.cat([vectors @ numbers[: len(part)].copy_(part) for part in flat.split(IMAGES_AT_ONCE)])
    unscaled: Tensor = products.unflatten(2, maps.shape[2:])
    return unscaled * scale[:, None]


def resampled(features: Tensor, grid: tuple[int, int]) -> Tensor:
    """Bring maps (n, D, h, w) to `grid`: averaged to a coarser one, interpolated to a finer one."""
    height, width = features.shape[2:]
    if (height, width) == grid:
        return features
    if height > grid[0]:
        return functional.adaptive_avg_pool2d(features, grid)
    # Two products with small matrices give the same as `functional.interpolate` in a fifth of the time.
    rows, columns = (_interpolation(*sizes).to(features.dtype) for sizes in ((height, grid[0]), (width, grid[1])))
    return rows.T @ (features @ columns)


@lru_cache(maxsize=64)
def _interpolation(source: int, target: int) -> Tensor:
    """Weights (source, target) of linear interpolation along one axis, the same as in PyTorch's bilinear mode."""
    with torch.inference_mode(False), torch.no_grad():
        unit = torch.eye(source).view(source, 1, source)
        return functional.interpolate(unit, size=target, mode="linear", align_corners=False).squeeze(1)


def _globals(maps: ImageMaps) -> tuple[Tensor, Tensor, Tensor]:
    """Coarse and fine global features and the layout."""
    cells = functional.adaptive_avg_pool2d(maps.fine, (LAYOUT_CELLS, LAYOUT_CELLS))
    return _unit(maps.coarse.mean(dim=(2, 3))), _unit(maps.fine.mean(dim=(2, 3))), _unit(cells) / LAYOUT_CELLS


def _of_second(maps: ImageMaps) -> Tensor:
    # Nothing remains nothing, although the root of 0 is only nearly 0.
    return _unit(maps.second) * maps.second.any(dim=1, keepdim=True)


def _rooted(values: Tensor) -> Tensor:
    # The square root's slope is infinite at 0, where ReLU features often lie: the offset keeps training finite.
    return torch.copysign((values.abs() + EPSILON).sqrt() - EPSILON**0.5, values)


def _one_over_length(values: Tensor) -> Tensor:
    # Not `functional.normalize`, which takes twice as long along a dimension that is not the last.
    scale: Tensor = (values.square().sum(dim=1) + EPSILON**2).rsqrt()
    return scale


def _unit(values: Tensor) -> Tensor:
    rooted = _rooted(values)
    return rooted * _one_over_length(rooted)[:, None]
