"""Thresholds for the errors allowed: worked out by hand, and kept on simulated classifiers."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

import pytest

from model.cli.command import main
from model.estimates.selective import accepting_threshold, candidate_threshold, candidates


def test_predictions_are_accepted_while_the_expected_error_is_low_enough() -> None:
    confidences = [0.5, 0.99, 0.9, 0.97]  # expected errors 1, 2, 4.67 and 16 % from the surest on
    assert accepting_threshold(confidences, 0.05) == 0.9
    assert accepting_threshold(confidences, 0.02) == 0.97
    assert accepting_threshold(confidences, 0.2) == 0.5
    assert accepting_threshold(confidences, 0.001) == math.inf
    assert accepting_threshold([], 0.1) == math.inf


def test_a_class_is_a_candidate_from_the_probability_that_few_enough_supports_fall_below() -> None:
    own = [0.9, 0.2, 0.8, 0.7, 0.95, 0.6, 0.85, 0.75, 0.99]  # nine: one of ten may be missed
    assert candidate_threshold(own, 0.1) == 0.2
    assert candidate_threshold(own, 0.2) == 0.6
    assert candidate_threshold(own, 0.05) == 0.0  # nine examples cannot promise that
    assert candidates([0.1, 0.65, 0.25], 0.2) == [1, 2]
    assert candidates([0.3, 0.4, 0.3], 0.9) == [1]


@pytest.mark.parametrize("max_error", [0.05, 0.1, 0.3])
def test_the_promises_hold_on_a_calibrated_classifier(max_error: float) -> None:
    """Two classes; the confidence is drawn, and right with just that probability."""
    rng = random.Random(0)

    def draw() -> tuple[float, float]:
        confidence = 0.5 + rng.random() / 2
        return confidence, confidence if rng.random() < confidence else 1 - confidence

    wrong = accepted = missed = 0
    for _ in range(200):
        supports = [draw() for _ in range(60)]
        threshold = accepting_threshold([confidence for confidence, _ in supports], max_error)
        candidate = candidate_threshold([own for _, own in supports], max_error)
        for confidence, own in (draw() for _ in range(50)):
            accepted += confidence >= threshold
            wrong += confidence >= threshold and own < 0.5
            missed += own < candidate
    assert 0.4 * max_error < wrong / accepted < 1.2 * max_error
    assert missed / 10_000 < 1.1 * max_error


def test_the_table_says_what_is_accepted_and_which_classes_are_possible(shapes_folder: Path, tmp_path: Path) -> None:
    classifier, table = tmp_path / "classifier", tmp_path / "results.csv"
    assert main(["train", str(shapes_folder), "--out", str(classifier)]) == 0
    limits = ["--max-error", "0.05", "--candidates", "0.1"]
    assert main(["classify", str(classifier), str(shapes_folder), "--out", str(table), *limits]) == 0
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[-4:] == ["accepted", "candidates", "region_steadiness", "classifier"]
    for row in rows:
        assert row["accepted"] in ("yes", "no")
        assert row["predicted"] in row["candidates"].split("; ")
    sure = [float(row["confidence"]) for row in rows if row["accepted"] == "yes"]
    assert sure
    assert min(sure) > max((float(row["confidence"]) for row in rows if row["accepted"] == "no"), default=0.0)


@pytest.mark.parametrize("share", ["0", "1", "5", "-0.1", "many", "nan"])
def test_a_share_lies_between_zero_and_one(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["classify", "classifier", "photos", "--out", "results.csv", "--max-error", share])
    assert "between 0 and 1" in capsys.readouterr().err
