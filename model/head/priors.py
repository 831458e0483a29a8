"""What the head's parameters start from: Gaussian priors that suit the number of the examples and what they are like.

All there is where no class has two images, and worth some images where there are more. What the
examples are like is asked without their labels, so that nothing is learned twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

import torch
from torch import Tensor

from model.features import layout, texture
from model.features.maps import ImageFeatures
from model.features.semantic import meaning


@dataclass(frozen=True)
class Prior:
    """Start value and standard deviation of an unconstrained parameter."""

    mean: float
    deviation: float


PRIORS = {
    "log_ridge": Prior(-2.3, 0.7),  # exp: ridge over the mean squared length of the centred features
    "log_semantic_odds": Prior(-4.0, 2.0),  # against the coarse stride's share; moved by `priors`
    "log_fine_odds": Prior(0.5, 2.0),  # the same
    "log_layout_odds": Prior(1.9, 1.0),  # the same
    "log_texture_odds": Prior(0.0, 2.0),  # the same
    "logit_local_share": Prior(-2.4, 0.5),  # sigmoid: beta = 0.08
    "log_scale": Prior(2.0, 0.7),  # exp: kappa = 7.4
}

SINGLE_SHOT_PRIORS = {"logit_local_share": Prior(-4.0, 0.5)}
"""Where a class has one image nothing can be left out: what helps some sets and harms others counts less."""

SPREAD_SLOPES = {"log_fine_odds": 2.0, "log_layout_odds": 1.0, "log_texture_odds": 3.0}
"""By how much a nat of `texture.spread` lowers the prior means."""

WIDE_SPREAD, WIDE_SLOPE = 1.2, 3.0
"""Beyond so many nats, as among drawings, each lowers all three by this much more."""

WHOLENESS_SLOPE = 6.0
"""By how much `layout.wholeness` lowers the prior mean of the layout's odds."""

MEANING_SLOPE, MEANING_RANGE = 10.0, (-0.2, 0.5)
"""By how much `semantic.meaning` raises the prior mean of the semantic view's odds, and where it stops."""

LARGEST_SPREAD = 2.5
DETAILED_SIDE = 224.0
"""Pixels; smaller pictures hold less fine structure than their enlargement seems to show, and less texture still."""


class Traits(NamedTuple):
    """What the support images are like, whatever their classes.

    native_side: their typical sqrt(width * height) in pixels
    texture_spread: `texture.spread` in nats
    wholeness: `layout.wholeness`
    meaning: `semantic.meaning` in nats
    """

    native_side: float = DETAILED_SIDE
    texture_spread: float = 1.0
    wholeness: float = 0.4
    meaning: float = 0.1

    @classmethod
    def of(cls, features: ImageFeatures, sizes: Sequence[tuple[int, int]], directions: Tensor) -> Traits:
        """Look at n >= 2 images of (width, height) `sizes`."""
        side = median(math.sqrt(width * height) for width, height in sizes)
        return cls(
            side,
            texture.spread(features.texture),
            layout.wholeness(features.layout),
            meaning(features.coarse, directions),
        )


TYPICAL = Traits()


def priors(labels: Tensor, traits: Traits = TYPICAL) -> dict[str, Prior]:
    """Return the priors that suit the number of images (int64 labels (n,)) and what they are like.

    Where all images have much the same surface (cells in one stain, weaves from one loom), small
    structures are what can tell them apart, so the views of them start with more; where surfaces differ
    as they do among photographs and drawings, they say more of the picture than of its class. The odds of
    the fine stride and of the texture also fall with the side of small pictures. Where images differ here
    and there but hardly as a whole, what lies where starts with more; where they differ in what they show
    more than in how it looks, what they are does. Ours, see docs/adr/0008-texture-view.md,
    docs/adr/0016-layout-view.md and docs/adr/0018-semantic-view.md.
    """
    chosen = dict(PRIORS)
    if float(torch.bincount(labels).double().median()) < 2:
        chosen |= SINGLE_SHOT_PRIORS
    lack = math.log(min(1.0, max(traits.native_side, 1.0) / DETAILED_SIDE))
    shifts = {"log_fine_odds": lack, "log_layout_odds": -WHOLENESS_SLOPE * traits.wholeness, "log_texture_odds": lack}
    spread = min(traits.texture_spread, LARGEST_SPREAD)
    for name, slope in SPREAD_SLOPES.items():
        shift = shifts[name] - slope * spread - WIDE_SLOPE * max(0.0, spread - WIDE_SPREAD)
        chosen[name] = Prior(chosen[name].mean + shift, chosen[name].deviation)
    least, most = MEANING_RANGE
    raised = MEANING_SLOPE * min(max(traits.meaning, least), most)
    odds = chosen["log_semantic_odds"]
    chosen["log_semantic_odds"] = Prior(odds.mean + raised, odds.deviation)
    return chosen
