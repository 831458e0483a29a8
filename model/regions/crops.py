"""Windows of an image half its width and height, each taken for an image of its own.

A region says what it shows, but not what it is part of: where the objects of a picture are as large as
half of it, the classifier itself tells better which of them is which. So windows all over the image are
scored as images are, by whole and layout and texture; the score of a window that is like no class fades.
Ours (docs/adr/0007-attention.md).
"""

from __future__ import annotations

import torch
from torch import Tensor

from model.features import layout, texture
from model.features.maps import ImageFeatures, ImageMaps, describe

TEXTURE_CELLS, TEXTURE_STEP = texture.CELLS // 2, 2
WINDOWS = (texture.CELLS - TEXTURE_CELLS) // TEXTURE_STEP + 1
"""Along each axis, from edge to edge."""

FADING = 2.0
"""The score of a window falls with this power of its unlikeness. Measured."""

_SMALLEST = 1e-9  # where examples and windows are all the same nothing is unlike


def window_features(features: ImageFeatures) -> ImageFeatures:
    """Return the features of the windows of one image, in reading order, `WINDOWS` squared of them."""
    maps = features.maps()
    coarse = _averaged(maps.coarse, 1)
    fine = _averaged(maps.fine, layout.CELLS)
    surfaces = features.texture.unfold(2, TEXTURE_CELLS, TEXTURE_STEP).unfold(3, TEXTURE_CELLS, TEXTURE_STEP)
    return describe(ImageMaps(fine, coarse, surfaces[0].permute(1, 2, 0, 3, 4).flatten(0, 1)))


def faded(scores: Tensor, unlikeness: Tensor, threshold: float) -> Tensor:
    """Let the scores (n, N) of windows fade that are unlike every class: unlikeness (n,) -> (n, N).

    Those do not fade whose unlikeness is below the threshold of unknown images, or where all are unlike, that of the
    image's most familiar window.
    """
    allowed = unlikeness.amin().clamp_min(max(threshold, _SMALLEST))
    share = (allowed / unlikeness.clamp_min(_SMALLEST)).clamp_max(1) ** FADING
    return scores * share[:, None].to(scores.dtype)


def on_regions(scores: Tensor, grid: tuple[int, int]) -> Tensor:
    """Interpolate scores (n, N) of windows between their centres: (N, R); outside of the centres they stay as there."""
    maps = scores.T.unflatten(1, (WINDOWS, WINDOWS))
    rows, columns = (_between_centres(length).to(scores.dtype) for length in grid)
    spread: Tensor = (rows @ maps @ columns.T).flatten(1)
    return spread


def _averaged(values: Tensor, cells: int) -> Tensor:
    """Average a map over `cells` x `cells` parts of each window: (1, D, h, w) -> (n, D, cells, cells)."""
    rows, columns = (_parts(length, cells).to(values.dtype) for length in values.shape[2:])
    parts = rows @ values[0] @ columns.T
    apart: Tensor = parts.unflatten(2, (WINDOWS, cells)).unflatten(1, (WINDOWS, cells))
    return apart.permute(1, 3, 0, 2, 4).flatten(0, 1)


def _parts(length: int, cells: int) -> Tensor:
    """Share of each of `length` places in the `cells` parts of each window along an axis: (WINDOWS cells, length)."""
    size = length / 2 / cells
    starts = (torch.linspace(0, length / 2, WINDOWS)[:, None] + torch.arange(cells) * size).flatten()[:, None]
    places = torch.arange(length)
    return (torch.minimum(places + 1, starts + size) - torch.maximum(places, starts)).clamp_min(0) / size


def _between_centres(length: int) -> Tensor:
    """Weights of linear interpolation between the windows' centres along an axis: (length, WINDOWS)."""
    places = (torch.arange(length) + 0.5) / length  # of the axis, of which the centres take 1/4 to 3/4
    steps = ((places - 0.25) * 2 * (WINDOWS - 1)).clamp(0, WINDOWS - 1)
    return (1 - (steps[:, None] - torch.arange(WINDOWS)).abs()).clamp_min(0)
