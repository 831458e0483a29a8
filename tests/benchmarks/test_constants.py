"""The constants of the prior: those that are shipped are those that were fitted on all sets."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import torch

from benchmarks.accuracy.heads import FITTED, constants_for
from benchmarks.accuracy.sets import SETS
from benchmarks.constants.__main__ import Case, fitted
from model.features.view import joined_views
from model.head.hypotheses import CONSTANTS, Hypotheses, PriorConstants


def test_the_shipped_constants_are_those_fitted_on_all_sets() -> None:
    assert json.loads(FITTED.read_text(encoding="utf-8"))["all"] == asdict(CONSTANTS)


def test_every_set_has_constants_that_were_fitted_without_it() -> None:
    for image_set in SETS:
        assert constants_for(image_set.name) != CONSTANTS, image_set.name
    assert constants_for("your own images") == CONSTANTS


def test_the_fit_finds_a_larger_scale_where_all_queries_are_right() -> None:
    labels, ways, queries = torch.arange(2), 2, 8
    grid = Hypotheses.grid(labels, ways, joined_views())
    truth = torch.arange(2).repeat(queries // 2)
    scores = (torch.nn.functional.one_hot(truth, ways).double() - 0.5).expand(len(grid.ridges), -1, -1)
    part = torch.zeros(queries, ways, dtype=torch.float64)
    case = Case(labels, ways, torch.zeros_like(grid.log_prior), scores, part, truth)
    found = fitted({"one": [case]})
    assert _expected(found, ways) > _expected(CONSTANTS, ways) + 0.2
    assert float(case.loss(found)) < float(case.loss(CONSTANTS))


def _expected(constants: PriorConstants, ways: int) -> float:
    return constants.log_scale + constants.log_scale_by_ways * math.log(ways)
