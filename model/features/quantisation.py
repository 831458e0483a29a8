"""Quantisation of what is kept of an image's regions: their directions and the texture map.

A direction holds the signed square roots of a feature map's values (`model.features.maps`), in whole steps of a share
of its largest magnitude: a fifteenth where the map has no negative values, as after ReLU. A map that has some is kept
in 3 bits, as odd numbers of half steps, of which four reach the largest magnitude. So few are enough because a
similarity is a sum over all channels, in which their errors cancel (docs/adr/0039-tiers.md).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from model.features.compiled import compiled
from model.features.texture_energies import CELLS, FRAME

STEPS = 15
"""The largest number of steps of a map without negative values."""

SIGNED_BITS = 3
"""Bits of a value of a map with negative ones: odd numbers of half steps, -7 to 7."""

TEXTURE_BITS = 6
"""Bits of a value of the texture map, which is kept in equal steps from each channel's lowest value to its highest."""

EPSILON = 1e-8
"""Values smaller than this count as zero: a region of zeros has a direction of zeros."""

_Array = npt.NDArray[np.float32]
# Typed, so that the loops compute in single precision.
_NONE, _ONE, _TWO, _STEPS = np.float32(0), np.float32(1), np.float32(2), np.float32(STEPS)
_SIGNED_STEPS = np.float32(2 ** (SIGNED_BITS - 1))
_SMALLEST, _ROOT = np.float32(EPSILON), np.float32(EPSILON**0.5)
_LARGEST_TEXTURE = 2**TEXTURE_BITS - 1


class Quantised(NamedTuple):
    """The quantised directions of n maps of h x w regions.

    steps: int8 (n, D, h, w), 0 to `STEPS`; of a map with negative values odd numbers, see `SIGNED_BITS`
    scale: float32 (n, h, w), factor that gives a direction length 1; 0 where there is none
    strength: float32 (n, h, w), sum over the channels of the magnitudes
    """

    steps: Tensor
    scale: Tensor
    strength: Tensor


def quantised(answers: Tensor) -> Quantised:
    """Quantise feature maps, float32 (n, D, h, w) on the CPU."""
    images, _, height, width = answers.shape
    made = Quantised(
        torch.empty(answers.shape, dtype=torch.int8),
        torch.empty(images, height, width),
        torch.empty(images, height, width),
    )
    arrays = [part.flatten(-2).numpy() for part in (answers.contiguous(), *made)]
    _quantise(*arrays)
    return made


@compiled
def _quantise(answers: _Array, steps: npt.NDArray[np.int8], scale: _Array, strength: _Array) -> None:
    """Fill `steps` (n, D, R), `scale` and `strength` (n, R) from `answers` (n, D, R)."""
    images, channels, regions = answers.shape
    counted = np.empty(regions, np.float32)  # steps in a unit of the root, for each region
    squares = np.empty(regions, np.float32)
    lowest = np.empty(regions, np.float32)
    for image in range(images):
        total, largest = strength[image], scale[image]
        total[:] = 0
        largest[:] = 0
        lowest[:] = 0
        for channel in range(channels):
            row = answers[image, channel]
            for region in range(regions):
                size = abs(row[region])
                total[region] += size
                largest[region] = max(largest[region], size)
                lowest[region] = min(lowest[region], row[region])
        signed = lowest.min() < 0
        most = _SIGNED_STEPS if signed else _STEPS
        for region in range(regions):
            counted[region] = most / max(np.sqrt(largest[region] + _SMALLEST) - _ROOT, _SMALLEST)
            squares[region] = 0
        for channel in range(channels):
            row, into = answers[image, channel], steps[image, channel]
            if signed:
                for region in range(regions):
                    number = np.floor((np.sqrt(abs(row[region]) + _SMALLEST) - _ROOT) * counted[region])
                    number = _ONE + _TWO * min(number, _SIGNED_STEPS - _ONE)
                    squares[region] += number * number
                    into[region] = np.int8(np.copysign(number, row[region]))
            else:
                for region in range(regions):
                    number = np.rint((np.sqrt(row[region] + _SMALLEST) - _ROOT) * counted[region])
                    squares[region] += number * number
                    into[region] = np.int8(number)
        for region in range(regions):
            length = np.sqrt(max(squares[region], _ONE))
            largest[region] = _ONE / length if largest[region] > 0 else _NONE


class KeptTexture(NamedTuple):
    """Texture maps of n images as they are kept; the frame, which no summary counts, is not.

    steps: float32 (n, CHANNELS, h w) of whole numbers, see `TEXTURE_BITS`
    lowest, highest: float32 (n, CHANNELS, 1), the ends of each channel's range
    """

    steps: Tensor
    lowest: Tensor
    highest: Tensor

    @classmethod
    def of(cls, maps: Tensor) -> KeptTexture:
        """Round texture maps (n, CHANNELS, CELLS, CELLS); those that `maps` returned come out as they were."""
        inner = maps[..., FRAME:-FRAME, FRAME:-FRAME].flatten(2)
        lowest, highest = inner.amin(dim=2, keepdim=True), inner.amax(dim=2, keepdim=True)
        shares = (inner - lowest) / (highest - lowest).clamp_min(EPSILON)
        return cls(torch.round(shares * _LARGEST_TEXTURE), lowest, highest)

    def maps(self) -> Tensor:
        """Return the texture maps, (n, CHANNELS, CELLS, CELLS); cells of the frame repeat their nearest neighbours."""
        shares = self.steps / _LARGEST_TEXTURE
        inner = self.lowest * (1 - shares) + self.highest * shares  # both ends exactly: they are the summary's extremes
        cells = inner.unflatten(2, (CELLS - 2 * FRAME, CELLS - 2 * FRAME))
        return functional.pad(cells, (FRAME, FRAME, FRAME, FRAME), mode="replicate")
