"""Rounding a layer's weights to int8 so that its outputs change least.

The weights are rounded one input after the other, and what rounding did to the outputs is made up for by the inputs
that follow: OPTQ (Frantar et al., ICLR 2023), which inverts the inputs' second moments once.
"""

from __future__ import annotations

import torch
from torch import Tensor

from model.backbones.int8 import LARGEST, LARGEST_SUM

DAMPING = 0.01  # of the mean second moment, as in the paper


def scales_of(weights: Tensor) -> Tensor:
    """Return the smallest scales of each output of `weights` (o, i) that keep within bounds: (o, 1).

    Within `LARGEST`, and within `LARGEST_SUM` less one for two neighbours, so that there is room for rounding up.
    """
    paired = weights[:, : weights.shape[1] // 2 * 2].unflatten(1, (-1, 2))
    sums = torch.maximum(paired.clamp_min(0).sum(2), (-paired).clamp_min(0).sum(2))
    return torch.maximum(
        weights.abs().amax(1, keepdim=True) / LARGEST, sums.amax(1, keepdim=True) / (LARGEST_SUM - 1)
    ).clamp_min(1e-12)


def rounded(weights: Tensor, moments: Tensor, scales: Tensor) -> Tensor:
    """Round `weights` (o, i) to multiples of `scales` (o, 1); return whole numbers, int8 (o, i).

    moments: float64 (i, i), mean products of the inputs with one another
    """
    moments = moments.clone()
    moments.diagonal().add_(DAMPING * moments.diagonal().mean())
    order = moments.diagonal().argsort(descending=True)  # the inputs that matter most are rounded first
    inverse = torch.linalg.inv(moments[order][:, order])
    factor = torch.linalg.cholesky(inverse, upper=True)
    left, scales = weights.double()[:, order].clone(), scales.double()
    found = torch.zeros_like(left)
    for at in range(left.shape[1]):
        found[:, at : at + 1] = (left[:, at : at + 1] / scales).round().clamp(-LARGEST, LARGEST)
        wrong = (left[:, at] - found[:, at] * scales[:, 0]) / factor[at, at]
        left[:, at:] -= wrong[:, None] * factor[at : at + 1, at:]
    return _within_sums(found[:, order.argsort()]).to(torch.int8)


def _within_sums(numbers: Tensor) -> Tensor:
    """Bring pairs whose sum of one sign is over `LARGEST_SUM` back to it, by their larger number."""
    even = numbers.shape[1] // 2 * 2
    pairs = numbers[:, :even].unflatten(1, (-1, 2)).clone()
    same = pairs.sign().prod(2) > 0
    over = ((pairs.abs().sum(2) - LARGEST_SUM).clamp_min(0) * same)[..., None]
    largest = torch.nn.functional.one_hot(pairs.abs().argmax(2), 2)
    pairs -= pairs.sign() * over * largest
    return torch.cat((pairs.flatten(1), numbers[:, even:]), dim=1)
