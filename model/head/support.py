"""The support set as the head's input: inner products between its images, computed once."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from model.features.view import View
from model.head import class_description
from model.head.grouping import Grouping


class Support(NamedTuple):
    """n support images of N classes; all numbers float64 on the CPU.

    views: the views of the joint space, in order
    grams: (V, n, n) inner products of each view's vectors, see `JointSpace.vectors`
    local: (n, n) similarity of image i's local feature for image j's class to image j's local feature
    local_scale: factor that gives local scores the spread of global ones
    labels: int64 (n,)
    weights: (n,) relative weight of each image: 1 at first, then of `fitting.image_weights`
    groups: which images are left out together
    """

    views: tuple[View, ...]
    grams: Tensor
    local: Tensor
    local_scale: Tensor
    labels: Tensor
    ways: int
    weights: Tensor
    groups: Grouping

    @property
    def balance(self) -> Tensor:
        """Weight of each image in the regression: its relative weight over K of its class, (n,)."""
        return class_description.class_balance(self.labels, self.ways) * self.weights


def leave_one_out_local_scores(support: Support) -> Tensor:
    """Mean similarity, by image weight, of each image's local feature to the other images of each class: (n, N).

    Others are those of other groups. A class without another image gets the mean over the others.
    """
    similarity = support.local
    members = functional.one_hot(support.labels, support.ways).to(similarity.dtype) * support.weights[:, None]
    apart = support.groups.apart()
    totals = apart.to(similarity.dtype) @ members
    present = totals > 1e-9
    sums = (similarity * apart) @ members
    scores = sums / torch.where(present, totals, torch.ones_like(totals))
    mean = (scores * present).sum(1, keepdim=True) / present.sum(1, keepdim=True).clamp_min(1)
    return torch.where(present, scores, mean.expand_as(scores))
