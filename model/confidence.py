"""How sure the classifier may be: from the supports alone, by leaving each of them out."""

from __future__ import annotations

import math
from statistics import NormalDist

from torch import Tensor

UNKNOWN_FALSE_ALARMS = 0.005
"""Share of images of known classes that may be flagged as unknown, were similarities normally distributed."""


def nearest_similarity(queries: Tensor, examples: Tensor) -> Tensor:
    """Similarity to the most similar example: (q, D), (n, D) -> (q,)."""
    return (queries @ examples.T).amax(dim=1)


def unknown_threshold(examples: Tensor) -> float:
    """Return the nearest similarity below which an image is unlike every bin.

    examples: float32 (n, D), global features of the support images. Each is left out in turn; the
    threshold lies as many standard deviations below the mean as `UNKNOWN_FALSE_ALARMS` asks, and
    more the fewer examples there are (ours: the factor 1 + 4 / n stands for what n values cannot tell).
    """
    count = len(examples)
    if count < 3:
        return -math.inf
    similarity = examples @ examples.T
    similarity.fill_diagonal_(-math.inf)
    nearest = similarity.amax(dim=1).double()
    deviations = -NormalDist().inv_cdf(UNKNOWN_FALSE_ALARMS) * (1 + 4 / count)
    return float(nearest.mean() - deviations * nearest.std())


def wilson_interval(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion (Wilson 1927)."""
    if trials == 0:
        return (0.0, 1.0)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    rate = successes / trials
    centre = (rate + z * z / (2 * trials)) / (1 + z * z / trials)
    margin = z / (1 + z * z / trials) * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    return (max(0.0, centre - margin), min(1.0, centre + margin))


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
