"""Estimates from the support set: confusion, precision and recall, whether more examples would help.

All of it by leaving each example out; images of a class that has no other image do not count.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from model.estimates.intervals import wilson_interval
from model.estimates.selective import accepting_threshold
from model.types import ExampleReport, TrainingReport

WORTHWHILE = 0.01
"""A smaller gain in accuracy is said to be hardly any."""


@dataclass(frozen=True)
class Proportion:
    """`successes` of `trials` with a 95 % Wilson interval; `value` is None where nothing was tried."""

    successes: int
    trials: int

    @property
    def value(self) -> float | None:
        """The proportion, 0..1."""
        return self.successes / self.trials if self.trials else None

    @property
    def interval(self) -> tuple[float, float]:
        """Of the proportion, 0..1."""
        return wilson_interval(self.successes, self.trials)


@dataclass(frozen=True)
class ClassEstimate:
    """How one class fares: of its examples the share recognised, of what was called it the share that is."""

    name: str
    recall: Proportion
    precision: Proportion


def confusion(report: TrainingReport) -> list[list[int]]:
    """Counts of examples by class (row) and by what they were taken for when left out (column)."""
    ways = len(report.class_names)
    table = [[0] * ways for _ in range(ways)]
    for example in _left_out(report):
        table[example.class_index][example.predicted] += 1
    return table


def _left_out(report: TrainingReport) -> list[ExampleReport]:
    """The examples whose class has another one."""
    shots = Counter(example.class_index for example in report.examples)
    return [example for example in report.examples if shots[example.class_index] > 1]


def class_estimates(report: TrainingReport) -> list[ClassEstimate]:
    """Recall and precision of every class, in the classes' order."""
    table = confusion(report)
    estimates = []
    for c, name in enumerate(report.class_names):
        called = sum(row[c] for row in table)
        right = table[c][c]
        estimates.append(ClassEstimate(name, Proportion(right, sum(table[c])), Proportion(right, called)))
    return estimates


def accepting_confidence(report: TrainingReport, max_error: float) -> float:
    """The confidence from which at most `max_error` of predictions are wrong, see `model.estimates.selective`."""
    return accepting_threshold([example.confidence for example in _left_out(report)], max_error)


def neediest_class(report: TrainingReport) -> str | None:
    """The class that is recognised least often, None where all are or nothing could be left out."""
    known = [(e.recall.value, e.recall.trials, e.name) for e in class_estimates(report) if e.recall.value is not None]
    recall, _, name = min(known, default=(1.0, 0, None))
    return name if recall < 1.0 else None


def outlook(report: TrainingReport) -> tuple[float, float] | None:
    """Accuracy now and with twice as many examples, 0..1; None where there are too few examples to tell."""
    if report.leave_one_out_accuracy is None or report.gain_of_doubling is None:
        return None
    return report.leave_one_out_accuracy, min(1.0, report.leave_one_out_accuracy + report.gain_of_doubling)


def advice(report: TrainingReport) -> str:
    """Say in a sentence or two whether more examples would help, and where."""
    expected = outlook(report)
    if expected is None:
        return "Too few examples to tell whether more would help."
    now, then = expected
    if then - now < WORTHWHILE:
        return f"More examples would hardly help (about {now:.0%} now)."
    sentence = f"Twice as many examples would probably raise accuracy from about {now:.0%} to about {then:.0%}."
    neediest = neediest_class(report)
    return f"{sentence} ‘{neediest}’ needs them most." if neediest else sentence
