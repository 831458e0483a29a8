"""Thresholds for the errors allowed: the confidence of accepted predictions, and the probability of candidates.

Both are computed from the leave-one-out results of the support images alone, without regard to how often the classes
occur among the images to be classified. Imports neither Qt nor torch, so that the window can use it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

ROUNDING = 1e-9  # 1 - 0.99 is a little more than 0.01


def accepting_threshold(confidences: Sequence[float], max_error: float) -> float:
    """Return the confidence from which predictions are accepted so that at most `max_error` of them are wrong.

    confidences: leave-one-out confidences of the support images, 0..1

    They are calibrated, so the mean of 1 - confidence over those above a threshold is the error to expect there (for
    the trade-off see El-Yaniv and Wiener 2010). inf where no threshold is low enough, or nothing could be left out.
    """
    threshold, doubt = math.inf, 0.0
    for count, confidence in enumerate(sorted(confidences, reverse=True), start=1):
        doubt += 1 - confidence
        if doubt > max_error * count + ROUNDING:
            break
        threshold = confidence
    return threshold


def candidate_threshold(own_probabilities: Sequence[float], max_error: float) -> float:
    """Return the probability from which a class is a candidate, so that at most `max_error` of images lack their own.

    own_probabilities: leave-one-out probabilities of the support images' own classes, 0..1

    Conformal prediction (Vovk, Gammerman and Shafer 2005) with the score of Sadinle, Lei and Wasserman (2019); the
    left-out support images are the calibration set. 0 (every class is a candidate) where they are too few for
    `max_error`.
    """
    count = len(own_probabilities)
    allowed = math.floor((count + 1) * max_error)
    return sorted(own_probabilities)[allowed - 1] if allowed >= 1 else 0.0


def candidates(scores: Sequence[float], threshold: float) -> list[int]:
    """Return the classes whose probability reaches the threshold, most probable first; the first one in any case."""
    order = sorted(range(len(scores)), key=lambda c: (-scores[c], c))
    return [c for at, c in enumerate(order) if at == 0 or scores[c] >= threshold]
