"""The priors of the head's parameters: Gaussians that depend on the number of examples and on their traits.

Where no class has two images, none can be left out and the parameters stay at the means of the priors; with more, a
prior counts as much as some images. The traits are measured without labels, so that no label is used twice. Each view
defines its own prior and how the traits move it (`model.features.view.View`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from model.features.view import Traits, View


@dataclass(frozen=True)
class Prior:
    """Mean (also the start value) and standard deviation of an unconstrained parameter."""

    mean: float
    deviation: float


RIDGE = Prior(-2.3, 0.7)
"""Prior of the natural logarithm of the ridge over the mean squared length of the centred features."""

LOCAL_SHARE = Prior(-2.4, 0.5)
"""Prior of the logit of beta, the share of the local feature: 0.08."""

SINGLE_SHOT_LOCAL_SHARE = Prior(-4.0, 0.5)
"""The same where a class has one image: beta cannot be fitted there and harms some sets, so it is kept small."""

SCALE = Prior(2.0, 0.7)
"""Prior of the natural logarithm of kappa: 7.4."""

TYPICAL = Traits()


def odds_name(view: View) -> str:
    """Return the name of the parameter that holds the log odds of a view's share against the first view's."""
    return f"log_{view.name}_odds"


def priors(labels: Tensor, views: Sequence[View], traits: Traits = TYPICAL) -> dict[str, Prior]:
    """Return the prior of each parameter by name, for images with int64 `labels` (n,), `views` and `traits`.

    Where all images have similar surfaces (cells in one stain, weaves from one loom), small structures tell classes
    apart, so the fine and the texture view start with larger shares. Where surfaces differ, as among photographs and
    drawings, they differ within classes too, and these views start with smaller shares; so they do with small images.
    The layout view starts with more where images differ in some places but hardly as a whole, the semantic view where
    they differ in content more than in appearance. Ours, see docs/adr/0008-texture-view.md,
    docs/adr/0016-layout-view.md and docs/adr/0018-semantic-view.md.
    """
    chosen = {"log_ridge": RIDGE}
    for view in views[1:]:
        chosen[odds_name(view)] = Prior(view.prior_mean + view.prior_shift(traits), view.prior_deviation)
    single = float(torch.bincount(labels).double().median()) < 2
    chosen["logit_local_share"] = SINGLE_SHOT_LOCAL_SHARE if single else LOCAL_SHARE
    chosen["log_scale"] = SCALE
    return chosen
