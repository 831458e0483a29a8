"""Quantisation of the regions' directions to int8, a quarter of the bytes of float32.

A direction holds the signed square roots of a feature map's values (`model.features.maps`), in steps of 1 / `STEPS` of
its largest magnitude.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from model.features.compiled import compiled

STEPS = 127
"""The largest int8 value used."""

EPSILON = 1e-8
"""Values smaller than this count as zero: a region of zeros has a direction of zeros."""

_Array = npt.NDArray[np.float32]
# Typed, so that the loops compute in single precision.
_ONE, _STEPS, _SMALLEST = np.float32(1), np.float32(STEPS), np.float32(EPSILON)
_ROOT, _SQUARE = np.float32(EPSILON**0.5), np.float32(EPSILON**2)


class Quantised(NamedTuple):
    """The quantised directions of n maps of h x w regions.

    steps: int8 (n, D, h, w)
    scale: float32 (n, h, w), factor that gives a direction length 1
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
    for image in range(images):
        total, largest = strength[image], scale[image]
        total[:] = 0
        largest[:] = 0
        for channel in range(channels):
            row = answers[image, channel]
            for region in range(regions):
                size = abs(row[region])
                total[region] += size
                largest[region] = max(largest[region], size)
        for region in range(regions):
            counted[region] = _STEPS / max(np.sqrt(largest[region] + _SMALLEST) - _ROOT, _SMALLEST)
            squares[region] = 0
        for channel in range(channels):
            row, into = answers[image, channel], steps[image, channel]
            for region in range(regions):
                root = np.sqrt(abs(row[region]) + _SMALLEST) - _ROOT
                number = np.copysign(np.rint(root * counted[region]), row[region])
                squares[region] += number * number
                into[region] = np.int8(number)
        for region in range(regions):
            largest[region] = _ONE / np.sqrt(squares[region] + _SQUARE)
