"""Thresholds for the errors allowed: from which confidence to accept a prediction, and which classes are possible.

Both come from the support images alone, each judged by all the others; neither takes into account how often the
classes occur in the images that are classified. Qt- and torch-free, so the window can ask too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

ROUNDING = 1e-9  # 1 - 0.99 is a little more than 0.01


def accepting_threshold(confidences: Sequence[float], max_error: float) -> float:
    """Return the confidence from which predictions are accepted so that at most `max_error` of them are wrong.

    confidences: leave-one-out confidences of the supports, 0..1. They are calibrated, so the mean of
    1 - confidence over those above a threshold is the error to expect there (El-Yaniv and Wiener 2010
    for the trade). inf where no threshold is low enough, or nothing could be left out.
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

    own_probabilities: leave-one-out probabilities of the supports' own classes, 0..1. Conformal
    prediction (Vovk, Gammerman and Shafer 2005) with the score of Sadinle, Lei and Wasserman (2019);
    left out one by one the supports serve as the calibration set. 0 (every class is a candidate) where
    they are too few to promise anything.
    """
    count = len(own_probabilities)
    allowed = math.floor((count + 1) * max_error)
    return sorted(own_probabilities)[allowed - 1] if allowed >= 1 else 0.0


def candidates(scores: Sequence[float], threshold: float) -> list[int]:
    """Classes whose probability reaches the threshold, most probable first; the predicted one is always among them."""
    order = sorted(range(len(scores)), key=lambda c: (-scores[c], c))
    return [c for at, c in enumerate(order) if at == 0 or scores[c] >= threshold]
