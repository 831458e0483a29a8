"""Verdicts on cases, and their table."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.errors import UsageError
from model.exports.cases import cases_path, check_replaceable, write_cases
from model.runs.cases import Case, verdicts
from model.types import Prediction, Region, Status

REGION = Region(0, 0, 1, 1)


def predicted(name: str, *scores: float, status: Status = Status.OK) -> Prediction:
    return Prediction(Path(name), status, scores.index(max(scores)), scores, REGION)


PREDICTIONS = [
    predicted("1", 0.9, 0.1),
    predicted("2", 0.2, 0.8),
    predicted("3", 0.4, 0.6, status=Status.UNKNOWN),
    Prediction(Path("4"), Status.ERROR, message="is damaged."),
    Prediction(Path("5"), Status.ERROR, message="is damaged."),
]
NAMES = {Path("1"): "p", Path("2"): "=q", Path("3"): "p", Path("4"): "p", Path("5"): "r"}


def test_a_verdict_is_the_mean_of_the_images_that_can_be_read() -> None:
    first, second, third = verdicts(PREDICTIONS, NAMES)
    assert (first.name, first.images, first.unknown, first.predicted) == ("p", 2, 1, 0)
    assert first.scores == pytest.approx((0.65, 0.35))
    assert second == Case("=q", 1, 0, 1, (0.2, 0.8))
    assert third == Case("r", 0)


def test_the_table_has_a_row_for_each_case(tmp_path: Path) -> None:
    path = cases_path(tmp_path / "results.csv")
    write_cases(path, ("a", "b"), verdicts(PREDICTIONS, NAMES))
    assert path.name == "results.cases.csv"
    assert path.read_text(encoding="utf-8").splitlines() == [
        "case,images,predicted,confidence,p_a,p_b,unknown",
        "p,2,a,0.650000,0.650000,0.350000,1",
        "'=q,1,b,0.800000,0.200000,0.800000,0",
        "r,0,,,,,",
    ]
    check_replaceable(path)


def test_a_file_that_holds_no_cases_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "r.cases.csv").write_text("mine")
    with pytest.raises(UsageError, match="something else"):
        check_replaceable(tmp_path / "r.cases.csv")
    check_replaceable(tmp_path / "gone.csv")
