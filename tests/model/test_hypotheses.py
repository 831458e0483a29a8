"""The grid of hypotheses: what it holds, and what its prior prefers."""

from __future__ import annotations

import pytest
import torch

from model.features.view import joined_views
from model.head.hypotheses import MOST_OF_OTHERS, RIDGES, Hypotheses


def grid(shots: int, ways: int = 3) -> Hypotheses:
    return Hypotheses.grid(torch.arange(ways).repeat_interleave(shots), ways, joined_views())


def test_shares_add_up_to_one_and_the_first_view_always_has_one() -> None:
    shares = grid(5).shares
    assert torch.allclose(shares.sum(dim=1), torch.ones(len(shares), dtype=torch.float64))
    assert bool((shares[:, 0] >= 1 - MOST_OF_OTHERS - 1e-9).all())
    assert bool((shares >= 0).all())
    assert len({tuple(row) for row in shares.tolist()}) * len(RIDGES) == len(shares)


def test_the_first_view_is_preferred_and_more_so_with_fewer_examples() -> None:
    for shots in (1, 5, 20):
        assert int(grid(shots).log_prior.sum((1, 2)).argmax()) in range(len(RIDGES))
    firsts = [float(grid(shots).typical().shares[0, 0]) for shots in (1, 5, 20)]
    assert firsts[0] > firsts[1] > firsts[2]


def test_the_local_feature_starts_smaller_with_fewer_examples() -> None:
    locals_ = [float(grid(shots).typical().local_shares[0]) for shots in (1, 5, 20)]
    assert locals_[0] < locals_[1] < locals_[2]


def test_more_classes_have_a_larger_scale() -> None:
    scales = [float(grid(5, ways).typical().scales[0]) for ways in (2, 5, 20)]
    assert scales[0] < scales[1] < scales[2]


def test_picked_hypotheses_keep_their_prior() -> None:
    whole = grid(5)
    part = whole.pick(torch.tensor([1, 4]))
    assert torch.equal(part.log_prior[1], whole.log_prior[4])
    assert part.shares[1].tolist() == pytest.approx(whole.shares[4].tolist())
