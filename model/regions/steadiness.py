"""Steadiness: how far a region that is shown can be relied on, 0 to 1.

It is the mean of two numbers. The first is how well the box stays in place when examples are left out: its mean overlap
(intersection over union) with the boxes that are found without each fifth of the examples. The second is how well the
two kinds of evidence agree on where the class is: the correlation of contrast and responses over the regions, 0 where
it is negative. No forward pass is needed. Ours (docs/adr/0007-attention.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

import torch
from torch import Tensor

from model.features.maps import IMAGES_AT_ONCE, ImageFeatures, split
from model.head import local_feature
from model.head.trained_head import TrainedHead
from model.regions.box import Box, peak_boxes
from model.regions.response_map import response_maps

_LEAST_LENGTH = 1e-9


class Shifts:
    """Computes by how much evidence changes where a part of the examples is left out. Read-only."""

    def __init__(self, head: TrainedHead) -> None:
        state = head.state
        self.parts, self.ways = len(state.partial_means), state.ways
        means = _contrasting(state.partial_means) - _contrasting(state.class_means[None])
        means = means.transpose(0, 1) / state.attention_temperature
        responses = (state.partial_responses - state.response_directions).transpose(0, 1)
        coarse, self._fine = _split(means, state.response_directions.shape[1])
        self._coarse = torch.cat((coarse, responses), dim=1)

    def of(self, features: ImageFeatures, shown: Tensor | None, spread: Tensor) -> tuple[Tensor, Tensor]:
        """Return the changes of contrasts and of responses of n images, in units of their spread: (n, C, F, R) each.

        For every class, or for one of each image, `shown`, int64 (n,): C is N or 1. spread: (n, 1, 1) of the responses.
        """
        classes = self.ways if shown is None else 1
        if not self.parts:
            nothing = features.coarse.new_zeros(len(features.coarse), classes, 0, math.prod(features.grid))
            return nothing, nothing
        chosen = slice(None) if shown is None else shown
        coarse, fine = self._coarse[chosen], self._fine[chosen]
        if shown is None:
            coarse, fine = coarse.flatten(0, 1)[None], fine.flatten(0, 1)[None]
        said = _products(coarse, features.coarse_map, features.coarse_scale).unflatten(1, (classes, 2 * self.parts))
        to_means, to_responses = (part.flatten(1, 2) for part in said.split(self.parts, dim=2))
        found = local_feature.similarities(to_means, _products(fine, features.fine_map, features.fine_scale))
        contrasts = local_feature.smoothed(found, features.grid)
        responses = response_maps(to_responses, features.coarse_strength, features.grid) / spread
        shape = (classes, self.parts)
        return contrasts.unflatten(1, shape), responses.unflatten(1, shape)


def agreement(contrasts: Tensor, responses: Tensor) -> Tensor:
    """Correlation over the regions of two kinds of evidence: (n, C, R) twice -> (n, C); NaN where one is constant."""
    first, second = (part - part.mean(dim=2, keepdim=True) for part in (contrasts, responses))
    lengths = first.norm(dim=2) * second.norm(dim=2)
    found: Tensor = (first * second).sum(dim=2) / lengths
    return found.masked_fill(lengths < _LEAST_LENGTH, torch.nan)


def steadiness(
    evidence: Tensor,
    shifts: Tensor,
    agreements: Tensor,
    boxes: Sequence[Box],
    grid: tuple[int, int],
    height: float,
) -> list[float | None]:
    """Return the steadiness of n boxes, each None where no example could be left out.

    evidence: (n, R) on `grid`, of which `peak_boxes` at `height` made the boxes; shifts: (n, F, R) of it;
    agreements: (n,) of `agreement`; where it is NaN the overlap counts alone
    """
    parts = shifts.shape[1]
    if not parts:
        return [None] * len(boxes)
    moved = peak_boxes((evidence[:, None] + shifts).flatten(0, 1), grid, height)
    values: list[float | None] = []
    for index, (box, agreed) in enumerate(zip(boxes, agreements.tolist(), strict=True)):
        overlap = fmean(overlap_of(box, other) for other in moved[index * parts : (index + 1) * parts])
        values.append(overlap if math.isnan(agreed) else (overlap + min(max(agreed, 0.0), 1.0)) / 2)
    return values


def overlap_of(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, 0..1."""
    height = min(one[2], other[2]) - max(one[0], other[0])
    width = min(one[3], other[3]) - max(one[1], other[1])
    if height <= 0 or width <= 0:
        return 0.0
    shared = height * width
    return shared / (_area(one) + _area(other) - shared)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _contrasting(means: Tensor) -> Tensor:
    """Return what a region is multiplied with to get its contrasts: class means less those of the others, (F, N, L)."""
    ways = means.shape[1]
    if ways == 1:
        return means
    return means - (means.sum(dim=1, keepdim=True) - means) / (ways - 1)


def _split(vectors: Tensor, coarse_channels: int) -> tuple[Tensor, Tensor]:
    """`split` vectors (N, F, L)."""
    coarse, fine = split(vectors.flatten(0, 1), coarse_channels)
    return coarse.unflatten(0, vectors.shape[:2]), fine.unflatten(0, vectors.shape[:2])


def _products(vectors: Tensor, maps: Tensor, scale: Tensor) -> Tensor:
    """As `inner_products`, with vectors of its own for each image, (n, V, D), or for all, (1, V, D): (n, V, h, w)."""
    flat = maps.flatten(2)
    chunks = flat.split(IMAGES_AT_ONCE)
    own = vectors.split(IMAGES_AT_ONCE) if len(vectors) == len(flat) else [vectors] * len(chunks)
    products = torch.cat([some @ part.to(some.dtype) for some, part in zip(own, chunks, strict=True)])
    unscaled: Tensor = products.unflatten(2, maps.shape[2:])
    return unscaled * scale[:, None]
