"""The expected calibration error: the mean gap between confidence and accuracy."""

from __future__ import annotations

from torch import Tensor


def expected_calibration_error(probabilities: Tensor, labels: Tensor, bins: int = 10) -> float:
    """Mean gap between confidence and accuracy over equal-width bins (Guo et al. 2017): (n, N), (n,) -> 0..1."""
    confidence, predicted = probabilities.max(dim=1)
    correct = (predicted == labels).double()
    index = (confidence * bins).long().clamp_max(bins - 1)
    error = 0.0
    for b in range(bins):
        inside = index == b
        if bool(inside.any()):
            gap = (confidence[inside].double().mean() - correct[inside].mean()).abs()
            error += float(gap) * float(inside.double().mean())
    return error
