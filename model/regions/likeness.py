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


def most_like(vector: Tensor, examples: ImageFeatures) -> Likeness:
    """Compare a vector (L,) with the regions of n examples, smoothed over 3 x 3 regions as in the attention."""
    channels = examples.coarse_map.shape[1]
    coarse, fine = split(vector[None], channels)
    found = local_feature.similarities(
        inner_products(coarse, examples.coarse_map, examples.coarse_scale),
        inner_products(fine, examples.fine_map, examples.fine_scale),
    )
    maps = local_feature.smoothed(found, examples.grid)[:, 0]
    return Likeness(maps.amax(dim=1), peak_boxes(maps, examples.grid))


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
