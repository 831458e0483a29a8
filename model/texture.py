"""A view of the texture at native resolution: local energies of small filters, which say how rough each region is.

The backbone sees an image shrunk to a few hundred pixels and was taught to tell things, not surfaces:
a speckle of a few pixels on a weave is invisible to it. The texture view looks at the image's own
pixels. At three octaves (a Gaussian pyramid, Burt and Adelson 1983) four filters (a Laplacian and
three pairs of differences) are squared and averaged over small windows; the logarithm makes a change
of contrast a shift. Texture energy is Laws' idea (1980); the choice of filters and of the summary
below is ours (docs/adr/0008-texture-view.md).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from model import texture_energies

FILTERS = texture_energies.FILTERS
CHANNELS = texture_energies.OCTAVES * FILTERS
CELLS = texture_energies.CELLS

FRAME = 2
"""Cells at each border that the summary leaves out: a frame or a scan's edge would be the extreme everywhere."""

SUMMARY = 3 * CHANNELS
MAX_SIDE, MIN_SIDE = 1024, 32
_NOISE = 1e-6  # squared grey levels (0..1): below the rounding of 8 bits there is nothing to see


def texture_map(image: Image.Image) -> Tensor:
    """Log energies of an RGB image at its own resolution (at most `MAX_SIDE`): float32 (CHANNELS, CELLS, CELLS)."""
    energies = np.pad(texture_energies.local_energies(_grey(image)), ((0, 0), (1, 1), (1, 1)), mode="edge")
    across = energies[:, :, :-2] + energies[:, :, 1:-1] + energies[:, :, 2:]
    windows = (across[:, :-2] + across[:, 1:-1] + across[:, 2:]) / 9
    return torch.from_numpy(np.log(windows + np.float32(_NOISE)))


def summary(maps: Tensor) -> Tensor:
    """Summarise texture maps (n, CHANNELS, CELLS, CELLS) to (n, SUMMARY).

    For each channel: the mean, how far the roughest region rises above it, and how far the smoothest
    falls below. The extremes are what makes a small defect visible: it is one region in hundreds.
    """
    inner = maps[..., FRAME:-FRAME, FRAME:-FRAME].flatten(2)
    mean = inner.mean(dim=2)
    return torch.cat((mean, inner.amax(dim=2) - mean, mean - inner.amin(dim=2)), dim=1)


def spread(maps: Tensor) -> float:
    """How much the surfaces of n >= 2 images differ, in nats: their summaries' mean standard deviation."""
    return float(summary(maps.double()).std(dim=0).mean())


def evidence(maps: Tensor, weights: Tensor, grid: tuple[int, int]) -> Tensor:
    """How much each region's texture speaks for each class: (n, CHANNELS, CELLS, CELLS) -> (n, N, R).

    weights: (SUMMARY, N), or (n, SUMMARY, N) for each image its own, what a unit of the summary adds to each class's
    score. A region is given
    what the score would gain if it were the extreme of its image: rising above the mean counts with
    the weights of the rise, lying below it with those of the fall. The frame says nothing. On `grid`
    the strongest cell of each region counts.
    """
    inner = maps[..., FRAME:-FRAME, FRAME:-FRAME]
    deviation = (inner - inner.mean(dim=(2, 3), keepdim=True)).flatten(2)
    _, rise, fall = weights.unflatten(-2, (3, CHANNELS)).unbind(-3)
    # What rises is half of the deviation and its magnitude, what falls half of their difference: one pass fewer.
    spoken = ((rise - fall).mT @ deviation + (rise + fall).mT @ deviation.abs_()) / 2
    framed = functional.pad(spoken.unflatten(2, inner.shape[2:]), (FRAME, FRAME, FRAME, FRAME))
    if grid[0] <= CELLS and grid[1] <= CELLS:
        return functional.adaptive_max_pool2d(framed, grid).flatten(2)
    return functional.interpolate(framed, size=grid, mode="bilinear", align_corners=False).flatten(2)


def _grey(image: Image.Image) -> npt.NDArray[np.uint8]:
    width, height = image.size
    scale = min(1.0, MAX_SIDE / max(width, height))
    size = (max(MIN_SIDE, round(width * scale)), max(MIN_SIDE, round(height * scale)))
    if size != image.size:
        image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(image.convert("L"))
