"""Backbones compared on a support set."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.backbones.names import DEFAULT_BACKBONE, PATENT_CNN, PATENT_CNN_TUNED, installed_names
from model.errors import SupportSetError
from model.estimates.intervals import paired_difference
from model.progress import Cancelled, CancelToken
from model.training.comparison import compare_backbones
from model.training.train import train
from model.types import SupportSet
from tests.model.conftest import support_of


def test_figures_are_those_of_the_trainings_and_the_difference_is_paired(shapes_folder: Path) -> None:
    support = support_of(shapes_folder, 4)
    names = (PATENT_CNN, PATENT_CNN_TUNED, "no such one", DEFAULT_BACKBONE)
    first, refused, missing, other = compare_backbones(support, names)
    assert [one.name for one in (first, refused, missing, other)] == list(names)
    assert "trained on the examples" in refused.message
    assert "Unknown backbone" in missing.message
    reports = {name: train(support, backbone=name)[1] for name in (PATENT_CNN, DEFAULT_BACKBONE)}
    right = {
        name: {one.path: one.predicted == one.class_index for one in report.examples}
        for name, report in reports.items()
    }
    assert (first.accuracy, first.difference) == (reports[PATENT_CNN].leave_one_out_accuracy, None)
    assert other.accuracy == reports[DEFAULT_BACKBONE].leave_one_out_accuracy
    paths = list(right[PATENT_CNN])
    expected = sum(right[DEFAULT_BACKBONE][path] - right[PATENT_CNN][path] for path in paths) / len(paths)
    assert other.difference == pytest.approx(expected)
    assert other.difference_interval is not None
    assert other.difference_interval[0] <= expected <= other.difference_interval[1]
    assert first.seconds_per_image is not None
    assert first.seconds_per_image > 0


def test_it_stops_between_backbones(shapes_folder: Path) -> None:
    token = CancelToken()
    running = compare_backbones(support_of(shapes_folder, 2), (PATENT_CNN, PATENT_CNN), token=token)
    next(running)
    token.cancel()
    with pytest.raises(Cancelled):
        next(running)


def test_bins_that_cannot_be_trained_on_are_an_error() -> None:
    with pytest.raises(SupportSetError):
        next(compare_backbones(SupportSet(("a",), ((),)), (PATENT_CNN,)))


def test_the_paired_interval() -> None:
    """By hand: 40 trials, 6 gained, 2 lost; half of them count: 20 + 2, 3 + 0.5 and 1 + 0.5."""
    first = [True] * 34 + [False] * 6
    second = [True] * 32 + [False] * 2 + [True] * 6
    difference, (low, high) = paired_difference(first, second, [1.0] * 40)
    assert difference == pytest.approx(4 / 40)
    margin = 1.959964 * (5 - 4 / 22) ** 0.5 / 22
    assert (low, high) == pytest.approx((2 / 22 - margin, 2 / 22 + margin), abs=1e-5)
    same = paired_difference([True] * 10, [True] * 10, [1.0] * 10)
    assert same[0] == 0
    assert same[1][0] < -0.1 < 0.1 < same[1][1]  # no pair differs, which is no proof
    assert paired_difference([True, False], [True, True], [0.5, 0.5])[0] == 0.5
    assert paired_difference([], [], []) == (0.0, (-1.0, 1.0))


def test_installed_backbones_are_those_whose_weights_are_there() -> None:
    names = installed_names()
    assert DEFAULT_BACKBONE in names
    assert PATENT_CNN in names
    assert PATENT_CNN_TUNED not in names
