"""Estimates from a training report: confusion, recall and precision, and the gain of more examples.

All are leave-one-out estimates; examples that are alone in their class do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model.estimates.intervals import left_out_interval
from model.estimates.selective import accepting_threshold
from model.messages import joined, message, message_n, percent
from model.types import FEWEST_OF_ONE_BIN, ExampleReport, TrainingReport

WORTHWHILE = 0.01
"""Gain in accuracy below which more examples are not recommended."""


@dataclass(frozen=True)
class Proportion:
    """`successes` of `trials`, each left out, with a 95 % interval; `value` is None without trials.

    independent: number of groups that the trials are of; None: each is one
    """

    successes: int
    trials: int
    independent: int | None = None

    @property
    def value(self) -> float | None:
        """The proportion, 0..1."""
        return self.successes / self.trials if self.trials else None

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the proportion, 0..1."""
        if self.independent is None or not self.trials:
            return left_out_interval(self.successes, self.trials)
        return left_out_interval(self.successes / self.trials * self.independent, self.independent)


@dataclass(frozen=True)
class ClassEstimate:
    """Recall and precision of one class.

    recall: share of its examples that are recognised
    precision: share of the examples predicted as this class that belong to it
    """

    name: str
    recall: Proportion
    precision: Proportion


def confusion(report: TrainingReport) -> list[list[int]]:
    """Return counts of examples by class (row) and leave-one-out prediction (column)."""
    ways = len(report.class_names)
    table = [[0] * ways for _ in range(ways)]
    for example in _left_out(report):
        table[example.class_index][example.predicted] += 1
    return table


def _left_out(report: TrainingReport) -> list[ExampleReport]:
    """The examples whose class has another one, of another group; none where there is one class only."""
    if len(report.class_names) < 2:
        return []
    shots = Counter(example.class_index for example in report.examples)
    together = Counter((example.class_index, example.group) for example in report.examples)

    def others(example: ExampleReport) -> int:
        own = 1 if example.group is None else together[example.class_index, example.group]
        return shots[example.class_index] - own

    return [example for example in report.examples if others(example)]


def independent_examples(examples: Iterable[ExampleReport]) -> int:
    """Return the number of groups of examples; one that is alone counts as one."""
    groups = [example.group for example in examples]
    return groups.count(None) + len(set(groups) - {None})


def can_tell_unlike(report: TrainingReport) -> bool:
    """Whether a classifier of one class has enough independent examples for the threshold of what is unlike them."""
    return independent_examples(report.examples) >= FEWEST_OF_ONE_BIN


def told_of_one_class(report: TrainingReport) -> str:
    """Say what a classifier of one class finds: nothing, as long as its threshold has too few independent examples."""
    if can_tell_unlike(report):
        return message("There is one class: images unlike it will be unknown.")
    return message_n(
        "There is one class, of {count} independent example: images of one file, patient or burst count as one. Below "
        "{fewest}, no image is called unlike it.",
        "There is one class, of {count} independent examples: images of one file, patient or burst count as one. Below "
        "{fewest}, no image is called unlike it.",
        count=independent_examples(report.examples),
        fewest=FEWEST_OF_ONE_BIN,
    )


def class_estimates(report: TrainingReport) -> list[ClassEstimate]:
    """Return recall and precision of every class, in the order of the classes."""
    left_out = _left_out(report)
    estimates = []
    for c, name in enumerate(report.class_names):
        recall = _proportion(c, [example for example in left_out if example.class_index == c])
        precision = _proportion(c, [example for example in left_out if example.predicted == c])
        estimates.append(ClassEstimate(name, recall, precision))
    return estimates


def _proportion(class_: int, examples: Sequence[ExampleReport]) -> Proportion:
    """How many of some examples are of a class and called so."""
    right = sum(example.class_index == example.predicted == class_ for example in examples)
    independent = independent_examples(examples)
    return Proportion(right, len(examples), None if independent == len(examples) else independent)


def accepting_confidence(report: TrainingReport, max_error: float) -> float:
    """Return the confidence from which at most `max_error` of predictions are wrong, see `estimates.selective`."""
    return accepting_threshold([example.confidence for example in _left_out(report)], max_error)


def neediest_class(report: TrainingReport) -> str | None:
    """Return the class with the lowest recall; None where all are 1 or nothing could be left out."""
    known = [(e.recall.value, e.recall.trials, e.name) for e in class_estimates(report) if e.recall.value is not None]
    recall, _, name = min(known, default=(1.0, 0, None))
    return name if recall < 1.0 else None


def outlook(report: TrainingReport) -> tuple[float, float] | None:
    """Return accuracy now and with twice as many examples, 0..1; None where there are too few examples to tell."""
    if report.leave_one_out_accuracy is None or report.gain_of_doubling is None:
        return None
    return report.leave_one_out_accuracy, min(1.0, report.leave_one_out_accuracy + report.gain_of_doubling)


def advice(report: TrainingReport) -> str:
    """Return a sentence or two on whether more examples would help, and in which class."""
    expected = outlook(report)
    if expected is None:
        return message("Too few examples to tell whether more would help.")
    now, then = expected
    if then - now < WORTHWHILE:
        return message("More examples would hardly help (about {now} now).", now=percent(now))
    sentence = message(
        "Twice as many examples would probably raise accuracy from about {now} to about {then}.",
        now=percent(now),
        then=percent(then),
    )
    neediest = neediest_class(report)
    return joined(sentence, message("‘{name}’ needs them most.", name=neediest)) if neediest else sentence
