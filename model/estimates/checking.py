"""Estimates from what people checked: errors that are left, errors of a sample, agreement of two readers.

Imports no torch, so that views may use it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from model.estimates.intervals import wilson_interval

_LEVEL = 0.95


@dataclass(frozen=True)
class ErrorsLeft:
    """Wrong predictions among `count` ones that nobody checked: the expected number, and its 95 % interval.

    It is as good as the confidences are: where images differ from the examples, more are wrong.
    """

    count: int
    expected: float
    low: int
    high: int

    @property
    def share(self) -> float:
        """Expected share of wrong ones, 0..1; 0 where there are none."""
        return self.expected / self.count if self.count else 0.0


class Doubts:
    """Running sums over the confidences of predictions that nobody checked, from which `ErrorsLeft` follows."""

    def __init__(self, confidences: Sequence[float] = ()) -> None:
        self._count, self._doubt, self._variance = 0, 0.0, 0.0
        for confidence in confidences:
            self.add(confidence)

    def add(self, confidence: float, times: int = 1) -> None:
        """Count a prediction of this confidence (0..1); with `times` -1 count it no more."""
        self._count += times
        self._doubt += times * (1 - confidence)
        self._variance += times * confidence * (1 - confidence)

    def errors_left(self) -> ErrorsLeft:
        """Return the sum of 1 - confidence, and the normal interval of that sum of independent trials."""
        expected = max(self._doubt, 0.0)
        margin = NormalDist().inv_cdf(0.5 + _LEVEL / 2) * math.sqrt(max(self._variance, 0.0))
        low, high = max(0, math.floor(expected - margin)), min(self._count, math.ceil(expected + margin))
        return ErrorsLeft(self._count, expected, low, high)


@dataclass(frozen=True)
class SampleErrors:
    """Errors among `checked` predictions of a random sample, and Wilson's 95 % interval of their share, 0..1."""

    checked: int
    wrong: int

    @property
    def share(self) -> float | None:
        """The share of wrong ones, 0..1; None before any was checked."""
        return self.wrong / self.checked if self.checked else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the share; (0, 1) before any was checked."""
        return wilson_interval(self.wrong, self.checked, _LEVEL)


@dataclass(frozen=True)
class Agreement:
    """How far two readers agree on images that both labelled.

    interval: Wilson's 95 % interval of the share of images on which they agree
    kappa: Cohen's kappa (1960), agreement beyond chance; None where both gave one class only
    kappa_interval: 95 %, normal, with the standard error of Fleiss, Cohen and Everitt (1969); None with `kappa`
    """

    images: int
    agreed: int
    interval: tuple[float, float]
    kappa: float | None
    kappa_interval: tuple[float, float] | None


def agreement(first: Sequence[object], second: Sequence[object]) -> Agreement:
    """Compare the labels of two readers, image by image; raises `ValueError` where their numbers differ."""
    if len(first) != len(second):
        raise ValueError(f"{len(first)} labels against {len(second)}")
    count = len(first)
    agreed = sum(one == other for one, other in zip(first, second, strict=True))
    interval = wilson_interval(agreed, count, _LEVEL)
    classes = list(dict.fromkeys([*first, *second]))
    if count == 0 or len(classes) < 2:
        return Agreement(count, agreed, interval, None, None)
    place = {label: at for at, label in enumerate(classes)}
    table = [[0.0] * len(classes) for _ in classes]
    for one, other in zip(first, second, strict=True):
        table[place[one]][place[other]] += 1 / count
    kappa, deviation = _kappa(table, count)
    margin = NormalDist().inv_cdf(0.5 + _LEVEL / 2) * deviation
    return Agreement(count, agreed, interval, kappa, (max(-1.0, kappa - margin), min(1.0, kappa + margin)))


def _kappa(table: Sequence[Sequence[float]], count: int) -> tuple[float, float]:
    """Return kappa and its standard error, of the shares of pairs of labels (first reader's are the rows)."""
    ways = range(len(table))
    rows = [sum(table[i]) for i in ways]
    columns = [sum(table[i][j] for i in ways) for j in ways]
    seen = sum(table[i][i] for i in ways)
    chance = sum(rows[i] * columns[i] for i in ways)
    kappa = (seen - chance) / (1 - chance)
    on = sum(table[i][i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in ways)
    off = sum(table[i][j] * (columns[i] + rows[j]) ** 2 for i in ways for j in ways if i != j) * (1 - kappa) ** 2
    variance = (on + off - (kappa - chance * (1 - kappa)) ** 2) / (count * (1 - chance) ** 2)
    return kappa, math.sqrt(max(variance, 0.0))
