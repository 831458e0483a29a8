"""The texture view: local energies of small filters at native resolution, which measure how rough each cell is.

The backbone's input is an image shrunk to a few hundred pixels, and its training was on objects, not surfaces: a
speckle of a few pixels on a weave is lost. The texture view is computed from the image's own pixels. At three octaves
(a Gaussian pyramid, Burt and Adelson 1983) four filters (a Laplacian and three pairs of differences) are squared and
averaged over small windows; the logarithm turns a change of contrast into a shift. Texture energy is Laws' idea (1980);
the choice of filters and of the summary below is ours (docs/adr/0008-texture-view.md).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from model.features.compiled import compiled
from model.features.maps import ImageFeatures
from model.features.sizes import PICTURE_SIDE
from model.features.texture_energies import CELLS, CHANNELS, FRAME, local_energies
from model.features.view import VIEWS, View

SUMMARY = 3 * CHANNELS
MIN_SIDE = 32
NOISE = 1e-6  # squared grey levels (0..1), below the rounding error of 8 bits


class TextureView(View):
    """The summary of the texture map."""

    name = "texture"
    order = 40
    levels = (0.07, 0.35, 0.7)
    standardised = True

    def size(self, channels: tuple[int, ...], taught: int) -> int:
        """See `View.size`."""
        del channels, taught
        return SUMMARY

    def vectors(self, features: ImageFeatures, directions: Tensor) -> Tensor:
        """See `View.vectors`."""
        del directions
        return summary(features.texture)


VIEWS.register(TextureView.name, TextureView())


def texture_map(pixels: npt.NDArray[np.uint8]) -> Tensor:
    """Log energies of RGB, uint8 (H, W, 3), shrunk to `PICTURE_SIDE` at most: float32 (CHANNELS, CELLS, CELLS)."""
    energies = local_energies(_of_fair_size(pixels))
    windows = np.empty_like(energies)
    _window_means(energies, windows)
    windows += np.float32(NOISE)
    return torch.from_numpy(np.log(windows, out=windows))


def summary(maps: Tensor) -> Tensor:
    """Summarise texture maps (n, CHANNELS, CELLS, CELLS) to (n, SUMMARY).

    For each channel: the mean, how far the roughest region rises above it, and how far the smoothest falls below. The
    extremes show a small defect, which is one region in hundreds.
    """
    inner = maps[..., FRAME:-FRAME, FRAME:-FRAME].flatten(2)
    mean = inner.mean(dim=2)
    return torch.cat((mean, inner.amax(dim=2) - mean, mean - inner.amin(dim=2)), dim=1)


def evidence(maps: Tensor, weights: Tensor, grid: tuple[int, int]) -> Tensor:
    """Evidence of each region's texture for each class: (n, CHANNELS, CELLS, CELLS) -> (n, N, R).

    weights: (SUMMARY, N), or (n, SUMMARY, N) with one matrix for each image: what a unit of the summary adds to
        each class's score

    The evidence of a region is what the score would gain if the region were the extreme of its image: a value above the
    mean is multiplied by the weight of the rise, one below it by that of the fall. The frame has none. On `grid` a
    region has the evidence of its strongest cell.
    """
    framed = evidence_of_cells(maps, weights)
    if grid[0] <= CELLS and grid[1] <= CELLS:
        return functional.adaptive_max_pool2d(framed, grid).flatten(2)
    return functional.interpolate(framed, size=grid, mode="bilinear", align_corners=False).flatten(2)


def evidence_of_cells(maps: Tensor, weights: Tensor) -> Tensor:
    """Return what `evidence` brings to a grid, for the texture map's own cells: (n, N, CELLS, CELLS)."""
    inner = maps[..., FRAME:-FRAME, FRAME:-FRAME]
    deviation = (inner - inner.mean(dim=(2, 3), keepdim=True)).flatten(2)
    _, rise, fall = weights.unflatten(-2, (3, CHANNELS)).unbind(-3)
    # The rise is half the sum of the deviation and its magnitude, the fall half their difference: one pass fewer.
    spoken = ((rise - fall).mT @ deviation + (rise + fall).mT @ deviation.abs_()) / 2
    return functional.pad(spoken.unflatten(2, inner.shape[2:]), (FRAME, FRAME, FRAME, FRAME))


def _of_fair_size(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    scale = min(1.0, PICTURE_SIDE / max(width, height))
    size = (max(MIN_SIDE, round(width * scale)), max(MIN_SIDE, round(height * scale)))
    if size == (width, height):
        return pixels
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))


@compiled
def _window_means(energies: npt.NDArray[np.float32], means: npt.NDArray[np.float32]) -> None:
    """Fill `means` with those of 3 x 3 cells of `energies`, both (CHANNELS, CELLS, CELLS); borders are repeated."""
    column = np.empty(CELLS + 2, np.float32)
    for channel in range(CHANNELS):
        cells = energies[channel]
        for row in range(CELLS):
            above, below = cells[max(row - 1, 0)], cells[min(row + 1, CELLS - 1)]
            for x in range(CELLS):
                column[x + 1] = above[x] + cells[row, x] + below[x]
            column[0], column[CELLS + 1] = column[1], column[CELLS]
            for x in range(CELLS):
                means[channel, row, x] = (column[x] + column[x + 1] + column[x + 2]) / np.float32(9)
