"""Leave-one-out estimates against values worked out by hand, and the advice given with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from model.estimates.intervals import left_out_interval
from model.estimates.report import (
    Proportion,
    advice,
    class_estimates,
    confusion,
    independent_examples,
    neediest_class,
    outlook,
)
from model.types import ExampleReport, TrainingReport


def _report(
    outcomes: list[tuple[int, int]], accuracy: float | None = None, gain: float | None = None
) -> TrainingReport:
    """A report of examples with (class, predicted)."""
    examples = tuple(ExampleReport(Path(f"{k}.png"), c, 1.0, p, 0.8) for k, (c, p) in enumerate(outcomes))
    return TrainingReport(("ant", "bee", "cow"), examples, (), (), accuracy, (0.1, 0.9), 3, True, 0.1, gain)


OUTCOMES = [(0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (2, 0)]


def test_confusion_leaves_out_a_class_with_one_image() -> None:
    assert confusion(_report(OUTCOMES)) == [[2, 1, 0], [0, 2, 0], [0, 0, 0]]


def test_recall_and_precision_worked_out_by_hand() -> None:
    ant, bee, cow = class_estimates(_report(OUTCOMES))
    assert (ant.recall.successes, ant.recall.trials) == (2, 3)
    assert ant.precision.value == 1.0
    assert bee.recall.value == 1.0
    assert bee.precision.value == pytest.approx(2 / 3)
    assert cow.recall.value is None
    assert cow.recall.interval == (0.0, 1.0)


def test_intervals_count_groups_and_a_class_of_one_group_is_left_out() -> None:
    report = _report(OUTCOMES[:5])
    grouped = (0, 0, None, 7, 7)  # the two bees belong together
    examples = tuple(replace(e, group=g) for e, g in zip(report.examples, grouped, strict=True))
    assert independent_examples(examples) == 3
    ant, bee, _ = class_estimates(replace(report, examples=examples))
    assert ant.recall == Proportion(2, 3, 2)
    assert ant.recall.interval == pytest.approx(left_out_interval(4 / 3, 2))
    assert bee.recall.trials == 0
    assert bee.precision == Proportion(0, 1)


def test_the_class_recognised_least_needs_examples_most() -> None:
    assert neediest_class(_report(OUTCOMES)) == "ant"
    assert neediest_class(_report([(0, 0), (0, 0), (1, 1), (1, 1)])) is None


def test_advice_says_how_much_and_where() -> None:
    said = advice(_report(OUTCOMES, 0.8, 0.05))
    assert "80.0\u00a0%" in said
    assert "85.0\u00a0%" in said
    assert "‘ant’" in said
    assert outlook(_report(OUTCOMES, 0.98, 0.05)) == (0.98, 1.0)


def test_advice_without_a_gain_and_without_estimates() -> None:
    assert "hardly help" in advice(_report(OUTCOMES, 0.8, 0.001))
    assert "Too few" in advice(_report(OUTCOMES, 0.8, None))
    assert "Too few" in advice(_report(OUTCOMES, None, None))
