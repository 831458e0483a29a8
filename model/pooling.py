"""Global features of a map: the mean answers of cells, their signed square roots brought to length 1.

The same as `model.features.describe` makes of maps, by one loop instead of thirty small operations, which threads
that share the interpreter hand over at each.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from model.compiled import compiled
from model.quantisation import EPSILON

_Array = npt.NDArray[np.float32]
# As numbers of single precision, so that the loops stay in it.
_ZERO, _ONE, _SMALLEST = np.float32(0), np.float32(1), np.float32(EPSILON)
_ROOT, _SQUARE = np.float32(EPSILON**0.5), np.float32(EPSILON**2)


def pooled_directions(answers: Tensor, cells: int) -> Tensor:
    """Pool maps, float32 (n, D, h, w) on the CPU, in the manner of adaptive pooling: float32 (n, D, cells, cells).

    The channels of each cell have length 1 together, or are all zero.
    """
    images, channels = answers.shape[:2]
    pooled = torch.empty(images, channels, cells, cells)
    _pool(answers.contiguous().numpy(), pooled.numpy())
    return pooled


@compiled
def _pool(answers: _Array, pooled: _Array) -> None:
    """Fill `pooled` (n, D, c, c) with the cells' directions of `answers` (n, D, h, w)."""
    images, channels, height, width = answers.shape
    cells = pooled.shape[2]
    for image in range(images):
        for cell in range(cells * cells):
            row, column = cell // cells, cell % cells
            top, bottom = row * height // cells, -(-(row + 1) * height // cells)
            left, right = column * width // cells, -(-(column + 1) * width // cells)
            count = np.float32((bottom - top) * (right - left))
            squares = _ZERO
            for channel in range(channels):
                total = _ZERO
                for y in range(top, bottom):
                    for x in range(left, right):
                        total += answers[image, channel, y, x]
                mean = total / count
                root = np.copysign(np.sqrt(abs(mean) + _SMALLEST) - _ROOT, mean)
                squares += root * root
                pooled[image, channel, row, column] = root
            scale = _ONE / np.sqrt(squares + _SQUARE)
            for channel in range(channels):
                pooled[image, channel, row, column] *= scale
