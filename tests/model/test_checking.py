"""What follows from labels that people gave: errors left, errors of a sample, agreement."""

from __future__ import annotations

import math
import random
from statistics import fmean, stdev

import pytest

from model.estimates.checking import Doubts, SampleErrors, agreement


def test_errors_left_are_those_that_calibrated_confidences_promise() -> None:
    generator = random.Random(1)
    confidences = [generator.uniform(0.5, 1.0) for _ in range(400)]
    left = Doubts(confidences).errors_left()
    assert left.count == 400
    assert left.expected == pytest.approx(sum(1 - one for one in confidences))
    assert left.share == pytest.approx(left.expected / 400)
    drawn = [sum(generator.random() > one for one in confidences) for _ in range(1000)]
    inside = fmean(left.low <= wrong <= left.high for wrong in drawn)
    assert 0.94 <= inside <= 0.99
    assert fmean(drawn) == pytest.approx(left.expected, abs=1)


def test_what_is_checked_counts_no_more() -> None:
    doubts = Doubts([0.5, 0.9, 1.0])
    doubts.add(0.5, -1)
    left = doubts.errors_left()
    assert (left.count, left.expected) == (2, pytest.approx(0.1))
    for confidence in (0.9, 1.0):
        doubts.add(confidence, -1)
    empty = doubts.errors_left()
    assert (empty.count, empty.low, empty.high, empty.share) == (0, 0, 0, 0.0)
    assert empty.expected == pytest.approx(0)


def test_a_sample_tells_its_share_of_errors_with_an_interval() -> None:
    assert SampleErrors(0, 0).share is None
    assert SampleErrors(0, 0).interval == (0.0, 1.0)
    errors = SampleErrors(50, 3)
    assert errors.share == 0.06
    assert errors.interval == (pytest.approx(0.0206, abs=1e-4), pytest.approx(0.1622, abs=1e-4))


def test_kappa_of_a_table_worked_out_by_hand() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: seen .7, by chance .5 * .6 + .5 * .4 = .5, kappa .4
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = agreement(first, second)
    assert (found.images, found.agreed) == (50, 35)
    assert found.kappa == pytest.approx(0.4)
    # on: .4 (1 - 1.1 * .6)^2 + .3 (1 - .9 * .6)^2; off: (.1 (.6 + .5)^2 + .2 (.4 + .5)^2) * .36, rows .5 .5
    on = 0.4 * (1 - 1.1 * 0.6) ** 2 + 0.3 * (1 - 0.9 * 0.6) ** 2
    off = (0.1 * (0.6 + 0.5) ** 2 + 0.2 * (0.4 + 0.5) ** 2) * 0.36
    deviation = math.sqrt((on + off - (0.4 - 0.5 * 0.6) ** 2) / (50 * 0.25))
    assert found.kappa_interval == (
        pytest.approx(0.4 - 1.96 * deviation, abs=1e-4),
        pytest.approx(0.4 + 1.96 * deviation, abs=1e-4),
    )


def test_the_interval_of_kappa_is_as_wide_as_chance_makes_it() -> None:
    generator = random.Random(2)

    def reading() -> tuple[list[int], list[int]]:
        truth = [generator.randrange(3) for _ in range(200)]
        return tuple([t if generator.random() < 0.85 else generator.randrange(3) for t in truth] for _ in range(2))  # type: ignore[return-value]

    found = [agreement(*reading()) for _ in range(300)]
    kappas = [one.kappa for one in found if one.kappa is not None]
    widths = [(one.kappa_interval[1] - one.kappa_interval[0]) / 2 for one in found if one.kappa_interval is not None]
    assert fmean(widths) == pytest.approx(1.96 * stdev(kappas), rel=0.12)


def test_readers_who_agree_in_all_or_say_one_thing_only() -> None:
    assert agreement([], []).kappa is None
    same = agreement(["a"] * 4, ["a"] * 4)
    assert (same.agreed, same.kappa, same.kappa_interval) == (4, None, None)
    perfect = agreement(["a", "b", None], ["a", "b", None])
    assert perfect.kappa == pytest.approx(1.0)
    with pytest.raises(ValueError, match="3 labels against 1"):
        agreement([1, 2, 3], [1])
