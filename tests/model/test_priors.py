"""The priors: traits of the examples set the share with which each view starts."""

from __future__ import annotations

import torch

from model.features.view import WIDE_SPREAD, Traits, all_views
from model.head.priors import priors


def test_a_single_example_relies_less_on_its_region() -> None:
    one, five = torch.arange(3), torch.arange(3).repeat_interleave(5)
    assert priors(one, all_views())["logit_local_share"].mean < priors(five, all_views())["logit_local_share"].mean


def test_fine_and_texture_start_with_less_for_small_images() -> None:
    labels = torch.arange(3).repeat_interleave(5)
    small, large = priors(labels, all_views(), Traits(32)), priors(labels, all_views(), Traits(500))
    for name in ("log_fine_odds", "log_texture_odds"):
        assert small[name].mean < large[name].mean
    assert priors(labels, all_views(), Traits(5000)) == large


def test_small_structures_start_with_more_where_all_images_share_one_surface() -> None:
    labels = torch.arange(3)
    alike, different, extreme, beyond = (
        priors(labels, all_views(), Traits(500, spread)) for spread in (0.1, 1.5, 2.5, 9.0)
    )
    for name in ("log_fine_odds", "log_layout_odds", "log_texture_odds"):
        assert alike[name].mean > different[name].mean > extreme[name].mean
    assert extreme == beyond


def test_the_layout_starts_with_more_where_images_differ_in_places_only() -> None:
    labels = torch.arange(3)
    in_places, as_wholes = (priors(labels, all_views(), Traits(wholeness=wholeness)) for wholeness in (0.2, 0.6))
    assert in_places["log_layout_odds"].mean > as_wholes["log_layout_odds"].mean
    assert in_places["log_fine_odds"] == as_wholes["log_fine_odds"]


def test_very_different_surfaces_lower_the_views_of_small_structures_faster() -> None:
    labels = torch.arange(3)
    falls = []
    for spread in (WIDE_SPREAD - 0.4, WIDE_SPREAD + 0.4):
        before, after = (priors(labels, all_views(), Traits(500, spread + step)) for step in (0.0, 0.2))
        falls.append({name: before[name].mean - after[name].mean for name in before})
    for name in ("log_fine_odds", "log_layout_odds", "log_texture_odds"):
        assert 0 < falls[0][name] < falls[1][name]
    assert falls[1]["log_ridge"] == 0
