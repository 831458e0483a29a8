"""Confidence intervals of proportions. Imports no torch, so that views may use it."""

from __future__ import annotations

import math
from statistics import NormalDist

LEFT_OUT_SHARE = 0.5
"""Leave-one-out trials share their examples, so that they vary together: they count as so many independent ones."""


def left_out_interval(successes: float, trials: float, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of a proportion of leave-one-out trials.

    Wilson's interval for `LEFT_OUT_SHARE` of the trials: measured on fourteen image sets, with all of them it holds the
    accuracy on other images in 80 to 82 % of episodes instead of 95, with half of them in 89.
    """
    return wilson_interval(LEFT_OUT_SHARE * successes, LEFT_OUT_SHARE * trials, level)


def wilson_interval(successes: float, trials: float, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion (Wilson 1927); (0, 1) without trials.

    Both may be fractions, where trials that are not independent count for fewer.
    """
    if trials == 0:
        return (0.0, 1.0)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    rate = successes / trials
    centre = (rate + z * z / (2 * trials)) / (1 + z * z / trials)
    margin = z / (1 + z * z / trials) * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    return (max(0.0, centre - margin), min(1.0, centre + margin))
