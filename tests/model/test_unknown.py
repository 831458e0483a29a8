"""Intervals, calibration and the threshold for "unlike every bin", against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from model.estimates.intervals import left_out_interval, wilson_interval
from model.evaluation.calibration import expected_calibration_error
from model.head.unknown import (
    Subspaces,
    leave_one_out_unlikeness,
    unknown_threshold,
)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)  # Wilson 1927, as in the tables
def test_wilson_intervals_of_the_tables(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_without_trials_the_interval_is_zero_to_one() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_leave_one_out_trials_count_half() -> None:
    assert left_out_interval(40, 50) == wilson_interval(20, 25)
    low, high = left_out_interval(40, 50)
    assert low < wilson_interval(40, 50)[0] < wilson_interval(40, 50)[1] < high


def test_a_higher_share_of_false_alarms_lowers_the_threshold() -> None:
    values = torch.linspace(0, 1, 20, dtype=torch.float64)
    thresholds = [unknown_threshold(values, false_alarms=share) for share in (0.01, 0.05, 0.1, 0.5)]
    assert thresholds == sorted(thresholds, reverse=True)
    assert thresholds[0] == unknown_threshold(values)
    assert thresholds[3] == pytest.approx(0.5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rate_and_stays_within_0_and_1(case: tuple[int, int]) -> None:
    low, high = wilson_interval(*case)
    assert 0 <= low <= case[0] / case[1] + 1e-12
    assert case[0] / case[1] - 1e-12 <= high <= 1


def test_calibration_error_worked_out_by_hand() -> None:
    probabilities = torch.tensor([[0.95, 0.05], [0.95, 0.05], [0.35, 0.65], [0.35, 0.65]])
    labels = torch.tensor([0, 1, 1, 1])  # 0.95 is right half the time, 0.65 always
    assert expected_calibration_error(probabilities, labels) == pytest.approx(0.5 * 0.45 + 0.5 * 0.35, abs=1e-6)


def test_certainty_that_is_right_has_no_error() -> None:
    assert expected_calibration_error(torch.eye(3), torch.arange(3)) == 0.0


def test_one_example_a_class_leaves_the_squared_distance() -> None:
    queries, examples = torch.tensor([[1.0, 0.0], [0.0, 3.0]]), torch.tensor([[1.0, 1.0], [0.0, -1.0]])
    assert Subspaces.of(examples, torch.tensor([0, 1]), 2).unlikeness(queries).tolist() == pytest.approx([1.0, 5.0])


def test_what_a_class_s_own_differences_explain_counts_less() -> None:
    examples = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    along, across = Subspaces.of(examples, torch.tensor([0, 0]), 1).unlikeness(
        torch.tensor([[2.0, 0.0], [0.0, 2.0]]).double()
    )
    assert float(across) == pytest.approx(4.0)
    assert float(along) == pytest.approx(4.0 * 0.3 / 2.3)  # ridge 0.3 beside the eigenvalue 2


def test_leaving_an_example_out_is_as_never_having_had_it() -> None:
    examples = torch.randn(7, 5, generator=torch.Generator().manual_seed(0)).double()
    labels = torch.tensor([0, 0, 0, 1, 1, 1, 1])
    kept = torch.arange(7) != 2
    alone = Subspaces.of(examples[kept], labels[kept], 2).unlikeness(examples[2:3])[0]
    assert float(leave_one_out_unlikeness(examples, labels, 2)[2]) == pytest.approx(float(alone))


def test_two_examples_call_nothing_unknown() -> None:
    assert unknown_threshold(torch.ones(2)) == math.inf


def test_known_images_lie_below_the_threshold_and_foreign_ones_above() -> None:
    generator = torch.Generator().manual_seed(0)
    centres = torch.eye(50)[:2].double() * 3
    labels = torch.arange(2).repeat_interleave(15)
    examples = centres[labels] + 0.3 * torch.randn(30, 50, generator=generator).double()
    threshold = unknown_threshold(leave_one_out_unlikeness(examples, labels, 2))
    known = centres[torch.arange(200) % 2] + 0.3 * torch.randn(200, 50, generator=generator).double()
    foreign = 3 * torch.eye(50)[2:4].double().repeat(20, 1) + 0.3 * torch.randn(40, 50, generator=generator).double()
    assert float((Subspaces.of(examples, labels, 2).unlikeness(known) <= threshold).double().mean()) > 0.95
    assert bool((Subspaces.of(examples, labels, 2).unlikeness(foreign) > threshold).all())


def test_fewer_examples_make_the_threshold_more_cautious() -> None:
    values = torch.linspace(1, 2, 40)
    few = values[::13]
    assert (unknown_threshold(few) - few.mean()) / few.std() > (
        unknown_threshold(values) - values.mean()
    ) / values.std()
