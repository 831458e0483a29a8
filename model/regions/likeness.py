"""Likeness: which regions of the examples a region of an image resembles most. Takes tensors only."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from model.features.maps import ImageFeatures, inner_products, split
from model.head import local_feature
from model.regions.box import Box, peak_boxes


class Likeness(NamedTuple):
    """Of n examples: similarity of the region most like another, float32 (n,), -1 to 1, and its box in cells."""

    similarities: Tensor
    boxes: list[Box]


def region_vector(features: ImageFeatures, box: Box) -> Tensor:
    """Return the mean of the regions in a box of cells of one image, of length 1: float32 (L,)."""
    top, left, bottom, right = box
    inside = features.joined_regions()[0].unflatten(0, features.grid)[top:bottom, left:right]
    return functional.normalize(inside.flatten(0, 1).mean(dim=0), dim=0)


def most_like(vector: Tensor, examples: ImageFeatures, coverage: Tensor | None = None) -> Likeness:
    """Compare a vector (L,) with the regions of n examples, smoothed over 3 x 3 regions as in the attention.

    coverage (n, R): regions of which less than half counts are not chosen, but where none has more the fullest ones
    """
    maps = local_feature.smoothed(_products(vector[None], examples), examples.grid)[:, 0]
    if coverage is not None:
        enough = coverage >= coverage.amax(dim=1, keepdim=True).clamp_max(0.5)
        maps = torch.where(enough, maps, maps.amin(dim=1, keepdim=True))
    return Likeness(maps.amax(dim=1), peak_boxes(maps, examples.grid))


def mean_region(examples: ImageFeatures) -> Tensor:
    """Return the mean of the regions' vectors of n images: float32 (L,)."""
    return examples.joined_regions().mean(dim=(0, 1))


def most_like_beyond(vector: Tensor, centre: Tensor, examples: ImageFeatures) -> Likeness:
    """As `most_like`, by the cosine of what is left of vector (L,) and regions without `centre` (L,).

    What all images of a kind have in common then counts for nothing.
    """
    wanted = functional.normalize(vector - centre, dim=0)
    both = _products(torch.stack((wanted, centre)), examples)
    # |f - c|^2 = 1 - 2 f.c + |c|^2, since regions have length 1
    lengths = (1 - 2 * both[:, 1] + centre.square().sum()).clamp_min(1e-6).sqrt()
    cosines = (both[:, :1] - wanted @ centre) / lengths[:, None]
    maps = local_feature.smoothed(cosines, examples.grid)[:, 0]
    return Likeness(maps.amax(dim=1), peak_boxes(maps, examples.grid))


def _products(vectors: Tensor, examples: ImageFeatures) -> Tensor:
    """Products of vectors (V, L) with the regions of n images: (n, V, R)."""
    coarse, fine = split(vectors, examples.coarse_map.shape[1])
    return local_feature.similarities(
        inner_products(coarse, examples.coarse_map, examples.coarse_scale),
        inner_products(fine, examples.fine_map, examples.fine_scale),
    )


def cells_of(left: float, top: float, right: float, bottom: float, grid: tuple[int, int]) -> Box:
    """Return the cells whose middle lies in a rectangle, its edges 0..1 of the image's; the nearest where none does."""
    rows, columns = grid

    def span(first: float, last: float, cells: int) -> tuple[int, int]:
        middles = (torch.arange(cells) + 0.5) / cells
        inside = torch.nonzero((middles >= first) & (middles <= last)).flatten()
        nearest = int((middles - (first + last) / 2).abs().argmin())
        return (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (nearest, nearest + 1)

    (first_row, end_row), (first_column, end_column) = span(top, bottom, rows), span(left, right, columns)
    return first_row, first_column, end_row, end_column
