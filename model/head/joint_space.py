"""Views of an image joined in one space: what it looks like, what it is, small structures, their places, texture.

Ours. Each view is centred on the mean of the class means and brought to one mean squared length, so
that a share says how much a view counts: inner products in the joint space are the shares' weighted
sum of the views' own (a sum of kernels). The shares are fitted with the head, see `model.head.parameters`.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from model.features import texture
from model.features.maps import ImageFeatures
from model.features.semantic import semantic_view

VIEWS = ("coarse", "semantic", "fine", "layout", "texture")
LEAST_DEVIATION = 0.05
"""Nats. Keeps a texture energy that is alike in all supports from deciding by a hair."""

FARTHEST = 4.0
"""Standard deviations at which a texture energy saturates: what lies beyond is foreign, not more of a class."""

_SMALLEST_SCATTER = 1e-9


class Fusion(NamedTuple):
    """How the views of any image are brought into the joint space of a support set; all float64.

    texture_mean, texture_deviation: (SUMMARY,) of the support images' texture summaries
    centre:  (D,) mean of the class means, D = D_coarse + C + D_fine + D_layout + SUMMARY
    scales:  (5,) one over the root mean squared length of each centred view
    directions: (C, D_coarse) float32, see `Backbone.class_directions`
    """

    texture_mean: Tensor
    texture_deviation: Tensor
    centre: Tensor
    scales: Tensor
    directions: Tensor

    @classmethod
    def of(cls, features: ImageFeatures, balance: Tensor, directions: Tensor) -> Fusion:
        """Fit to n support images; balance (n,) as `class_description.class_balance`."""
        summary = texture.summary(features.texture).double()
        mean = summary.mean(dim=0)
        deviation = ((summary - mean).square().mean(dim=0) + LEAST_DEVIATION**2).sqrt()
        share = (balance / balance.sum())[:, None]
        centres, scales = [], []
        for raw in _views(features, mean, deviation, directions):
            view = raw.double()
            centre = (share * view).sum(dim=0)
            scatter = (share * (view - centre).square()).sum()
            centres.append(centre)
            scales.append(1 / scatter.clamp_min(_SMALLEST_SCATTER).sqrt())
        return cls(mean, deviation, torch.cat(centres), torch.stack(scales), directions)

    def views(self, features: ImageFeatures) -> tuple[Tensor, ...]:
        """Each view, centred and scaled: one float64 (n, D_v) for each of `VIEWS`."""
        raw = _views(features, self.texture_mean, self.texture_deviation, self.directions)
        centres = self.centre.split([view.shape[1] for view in raw])
        return tuple((view.double() - c) * s for view, c, s in zip(raw, centres, self.scales, strict=True))

    def joint(self, features: ImageFeatures, shares: Tensor) -> Tensor:
        """The joint vectors, float64 (n, D), for shares (5,) that add up to 1."""
        raw = _views(features, self.texture_mean, self.texture_deviation, self.directions)
        sizes = [view.shape[1] for view in raw]
        # Every pass over all numbers counts: they are joined, made float64, centred and scaled in three.
        joint = self.centre.new_empty(len(raw[0]), sum(sizes))
        for part, view in zip(joint.split(sizes, dim=1), raw, strict=True):
            part.copy_(view)
        factors = (self.scales * shares.sqrt()).repeat_interleave(torch.tensor(sizes))
        return joint.sub_(self.centre).mul_(factors)


def texture_weights(fusion: Fusion, shares: Tensor, descriptors: Tensor) -> Tensor:
    """What a unit of the raw texture summary adds to each class's score: (D, N) -> (SUMMARY, N)."""
    scale = fusion.scales[-1] * shares[-1].sqrt() / fusion.texture_deviation
    return scale[:, None] * descriptors[-texture.SUMMARY :]


def _views(features: ImageFeatures, mean: Tensor, deviation: Tensor, directions: Tensor) -> tuple[Tensor, ...]:
    """The views as they are, float32 but for the texture."""
    summary = (texture.summary(features.texture).double() - mean) / deviation
    semantic = semantic_view(features.coarse, directions)
    return features.coarse, semantic, features.fine, features.layout.flatten(1), summary.clamp(-FARTHEST, FARTHEST)
