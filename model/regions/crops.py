"""Crops: parts of an image half its width and height, each scored as an image of its own.

A single region does not show the object that it is part of: where the objects of an image are as large as half of it,
the classifier itself tells them apart better. So crops all over the image are scored in the whole joint space; the
score of a crop unlike every class fades. Used for large images. Ours (docs/adr/0007-attention.md).
"""

from __future__ import annotations

import torch
from torch import Tensor

from model.features.maps import LAYOUT_CELLS, ImageFeatures, ImageMaps, describe
from model.features.texture_energies import CELLS

TEXTURE_CELLS, TEXTURE_STEP = CELLS // 2, 2
CROPS = (CELLS - TEXTURE_CELLS) // TEXTURE_STEP + 1
"""Number of crops along each axis, from edge to edge."""

FADING = 2.0
"""The score of a crop falls with this power of its unlikeness. Measured."""

_SMALLEST = 1e-9  # keeps unlikeness above 0 where examples and crops are all the same


def crop_features(features: ImageFeatures) -> ImageFeatures:
    """Return the features of the `CROPS` squared crops of one image, in reading order."""
    maps = features.maps()
    coarse = _averaged(maps.coarse, 1)
    fine = _averaged(maps.fine, LAYOUT_CELLS)
    surfaces = features.texture.unfold(2, TEXTURE_CELLS, TEXTURE_STEP).unfold(3, TEXTURE_CELLS, TEXTURE_STEP)
    textures = surfaces[0].permute(1, 2, 0, 3, 4).flatten(0, 1)
    extra = features.extra.expand(len(coarse), -1)  # numbers that further views keep describe the whole image only
    second = features.second.new_zeros(len(coarse), features.second.shape[1])  # which sees whole images only
    return describe(ImageMaps(fine, coarse, textures, extra, second))


def faded(scores: Tensor, unlikeness: Tensor, threshold: float) -> Tensor:
    """Reduce the scores (n, N) of crops that are unlike every class: unlikeness (n,) -> (n, N).

    Scores stay where unlikeness is below the threshold of unknown images or, if all crops lie above, for the crop of
    least unlikeness.
    """
    allowed = unlikeness.amin().clamp_min(max(threshold, _SMALLEST))
    share = (allowed / unlikeness.clamp_min(_SMALLEST)).clamp_max(1) ** FADING
    return scores * share[:, None].to(scores.dtype)


def on_regions(scores: Tensor, grid: tuple[int, int]) -> Tensor:
    """Interpolate scores (n, N) of crops between their centres, constant beyond the outermost ones: (N, R)."""
    maps = scores.T.unflatten(1, (CROPS, CROPS))
    rows, columns = (_between_centres(length).to(scores.dtype) for length in grid)
    spread: Tensor = (rows @ maps @ columns.T).flatten(1)
    return spread


def _averaged(values: Tensor, cells: int) -> Tensor:
    """Average a map over `cells` x `cells` parts of each crop: (1, D, h, w) -> (n, D, cells, cells)."""
    rows, columns = (_parts(length, cells).to(values.dtype) for length in values.shape[2:])
    parts = rows @ values[0] @ columns.T
    apart: Tensor = parts.unflatten(2, (CROPS, cells)).unflatten(1, (CROPS, cells))
    return apart.permute(1, 3, 0, 2, 4).flatten(0, 1)


def _parts(length: int, cells: int) -> Tensor:
    """Share of each of `length` positions in the `cells` parts of each crop along an axis: (CROPS cells, length)."""
    size = length / 2 / cells
    starts = (torch.linspace(0, length / 2, CROPS)[:, None] + torch.arange(cells) * size).flatten()[:, None]
    places = torch.arange(length)
    return (torch.minimum(places + 1, starts + size) - torch.maximum(places, starts)).clamp_min(0) / size


def _between_centres(length: int) -> Tensor:
    """Weights of linear interpolation between the crops' centres along an axis: (length, CROPS)."""
    places = (torch.arange(length) + 0.5) / length  # fraction of the axis; the centres lie from 1/4 to 3/4
    steps = ((places - 0.25) * 2 * (CROPS - 1)).clamp(0, CROPS - 1)
    return (1 - (steps[:, None] - torch.arange(CROPS)).abs()).clamp_min(0)
