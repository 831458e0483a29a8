"""The joint space: the views of an image, centred on the support set and scaled alike, in one vector.

Each view is divided by its root mean squared distance from the class-balanced mean, so that the views contribute to
squared distances in proportion to their shares. The joint vector is

    v = [ sqrt(share[1]) (v1 - mean1) / scale1 ; sqrt(share[2]) (v2 - mean2) / scale2 ; ... ]

and inner products of joint vectors are the sums of the views' inner products, weighted by the shares. Ours. A
standardised view (the texture) is first divided by its deviation over the support images and bounded. An image that a
second network did not see lies at the centre of the second view, so that the view says nothing of it.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from model.features.maps import ImageFeatures
from model.features.view import View, joined_views
from model.features.views.second import SecondView

LEAST_DEVIATION = 0.05
"""Nats. Floor of the deviation, so that a texture energy that hardly varies among the examples is not magnified."""

FARTHEST = 4.0
"""Standard deviations at which a standardised number is clamped: farther away, an image is foreign to every class."""

_SMALLEST_SCATTER = 1e-9


class JointSpace(NamedTuple):
    """The mapping of an image's views into the joint space of a support set; tensors are float64 unless said otherwise.

    views: in the order of the joint vector
    sizes: lengths D_v of their vectors, D in all
    standard_mean, standard_deviation: (S,) over the support images, of the standardised views' numbers
    centre: (D,) mean of the class means
    scales: (V,) one over the root mean squared length of each centred view
    directions: float32 (C, D_coarse), see `Backbone.class_directions`
    """

    views: tuple[View, ...]
    sizes: tuple[int, ...]
    standard_mean: Tensor
    standard_deviation: Tensor
    centre: Tensor
    scales: Tensor
    directions: Tensor

    @classmethod
    def of(cls, features: ImageFeatures, balance: Tensor, directions: Tensor) -> JointSpace:
        """Fit to n support images; balance (n,) as `class_description.class_balance`."""
        views = joined_views(second=features.second.shape[1] > 0)
        standardised = [view.vectors(features, directions).double() for view in views if view.standardised]
        numbers = torch.cat(standardised, dim=1) if standardised else balance.new_zeros(len(balance), 0)
        mean = numbers.mean(dim=0)
        deviation = ((numbers - mean).square().mean(dim=0) + LEAST_DEVIATION**2).sqrt()
        share = (balance / balance.sum())[:, None]
        centres, scales = [], []
        for raw in _raw(views, features, mean, deviation, directions):
            view = raw.double()
            centre = (share * view).sum(dim=0)
            scatter = (share * (view - centre).square()).sum()
            centres.append(centre)
            scales.append(1 / scatter.clamp_min(_SMALLEST_SCATTER).sqrt())
        sizes = tuple(len(centre) for centre in centres)
        return cls(views, sizes, mean, deviation, torch.cat(centres), torch.stack(scales), directions)

    def vectors(self, features: ImageFeatures) -> tuple[Tensor, ...]:
        """Return each view's vectors, centred and scaled: one float64 (n, D_v) for each of `views`."""
        raw, centres = self._raw(features), self.centre.split(self.sizes)
        return tuple((view.double() - c) * s for view, c, s in zip(raw, centres, self.scales, strict=True))

    def joint(self, features: ImageFeatures, shares: Tensor) -> Tensor:
        """Return the joint vectors, float64 (n, D), for shares (V,) that add up to 1."""
        raw = self._raw(features)
        # Three passes over the numbers (copy as float64, centre, scale): each pass takes time.
        joint = self.centre.new_empty(len(raw[0]), len(self.centre))
        for part, view in zip(joint.split(self.sizes, dim=1), raw, strict=True):
            part.copy_(view)
        factors = (self.scales * shares.sqrt()).repeat_interleave(torch.tensor(self.sizes))
        joint.sub_(self.centre).mul_(factors)
        for part, described in zip(joint.split(self.sizes, dim=1), self.views, strict=True):
            if described.name == SecondView.name:
                part[~features.second.any(dim=1)] = 0
        return joint

    def position(self, name: str) -> int:
        """Return the position of the view `name`; raises `ValueError` where it is not among `views`."""
        return [view.name for view in self.views].index(name)

    def weights_of(self, name: str, shares: Tensor, descriptors: Tensor) -> Tensor:
        """Return the weights of a standardised view's raw numbers in each class's score: (D, N) -> (D_v, N)."""
        at = self.position(name)
        start = sum(size for view, size in zip(self.views[:at], self.sizes, strict=False) if view.standardised)
        deviation = self.standard_deviation[start : start + self.sizes[at]]
        scale = self.scales[at] * shares[at].sqrt() / deviation
        weights: Tensor = scale[:, None] * descriptors.split(self.sizes)[at]
        return weights

    def _raw(self, features: ImageFeatures) -> tuple[Tensor, ...]:
        return _raw(self.views, features, self.standard_mean, self.standard_deviation, self.directions)


def _raw(
    views: tuple[View, ...], features: ImageFeatures, mean: Tensor, deviation: Tensor, directions: Tensor
) -> tuple[Tensor, ...]:
    """The views' vectors before centring: float32, or standardised and clamped in float64."""
    vectors, start = [], 0
    for view in views:
        vector = view.vectors(features, directions)
        if view.standardised:
            part = slice(start, start + vector.shape[1])
            vector = ((vector.double() - mean[part]) / deviation[part]).clamp(-FARTHEST, FARTHEST)
            start = part.stop
        vectors.append(vector)
    return tuple(vectors)
