"""Intervals, calibration and the threshold for "unlike every bin", against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from model.confidence import expected_calibration_error, nearest_similarity, unknown_threshold, wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)  # Wilson 1927, as in the tables
def test_wilson_intervals_of_the_tables(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_nothing_tried_says_nothing() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


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


def test_the_nearest_example_counts() -> None:
    queries, examples = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[0.6, 0.8], [0.0, -1.0]])
    assert nearest_similarity(queries, examples).tolist() == pytest.approx([0.6, 0.8])


def test_two_examples_call_nothing_unknown() -> None:
    assert unknown_threshold(torch.eye(2)) == -math.inf


def _around_a_direction(count: int, spread: float, seed: int = 0) -> torch.Tensor:
    noise = torch.randn(count, 50, generator=torch.Generator().manual_seed(seed)) * spread
    noise[:, 0] += 1
    return functional.normalize(noise, dim=1)


def test_known_images_lie_above_the_threshold_and_foreign_ones_below() -> None:
    examples = _around_a_direction(20, 0.05)
    threshold = unknown_threshold(examples)
    assert bool(
        (nearest_similarity(_around_a_direction(200, 0.05, seed=1), examples) > threshold).float().mean() > 0.98
    )
    foreign = functional.normalize(torch.randn(200, 50, generator=torch.Generator().manual_seed(2)), dim=1)
    assert bool((nearest_similarity(foreign, examples) < threshold).all())


def test_fewer_examples_make_the_threshold_more_cautious() -> None:
    many = _around_a_direction(40, 0.1)
    assert unknown_threshold(many[:4]) < unknown_threshold(many)
