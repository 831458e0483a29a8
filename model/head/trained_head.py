"""The trained head applied to images: comparisons of their regions, joint vectors, logits and unlikeness."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from model.features.maps import ImageFeatures, inner_products, split
from model.features.view import views_named
from model.head import local_feature
from model.head.joint_space import JointSpace
from model.head.nearest import Distances, NearestRegions, joined
from model.head.state import ClassifierState
from model.head.unknown import Subspaces


class Comparisons(NamedTuple):
    """Comparisons of the regions of n images with N classes.

    contrasts: (n, N, R) first less second similarity, s1 - s2
    familiarity: (n, R), see `local_feature.familiarity`
    to_locals: (n, N, R) similarities to the classes' local descriptors
    responses: (n, N, h', w') products with the response directions at stride 32, see `head.responses`
    distances: from the regions of a single class's examples; None where there are several classes
    """

    contrasts: Tensor
    familiarity: Tensor
    to_locals: Tensor
    responses: Tensor
    distances: Distances | None = None


class TrainedHead:
    """The head with fixed parameters. Read-only, so several threads may use it at once.

    directions: float32 (C, D_coarse), see `Backbone.class_directions`. Raises `KeyError` where the state needs a view
    that is not installed, `RuntimeError` or `ValueError` where its numbers do not fit together.
    """

    def __init__(self, state: ClassifierState, directions: Tensor) -> None:
        self.state, self.ways = state, state.ways
        self.shares = state.shares.double()
        views = views_named(state.view_names)
        coarse_channels = state.response_directions.shape[1]
        channels: tuple[int, ...] = (state.class_means.shape[1] - coarse_channels, coarse_channels)
        second_channels = len(state.centre) - sum(view.size(channels, len(directions)) for view in views)
        if second_channels > 0:
            channels = (*channels, second_channels)
        self.space = JointSpace(
            views,
            tuple(view.size(channels, len(directions)) for view in views),
            state.standard_mean.double(),
            state.standard_deviation.double(),
            state.centre.double(),
            state.scales.double(),
            directions,
        )
        self.descriptors = state.descriptors.double()
        to_means_and_locals = torch.cat((state.class_means, state.local_descriptors))
        coarse, self._fine_vectors = split(to_means_and_locals, coarse_channels)
        self._coarse_vectors = torch.cat((coarse, state.response_directions))
        self.subspaces = Subspaces.of(state.examples.double(), state.labels, self.ways)
        self._nearest = None if state.memory is None else NearestRegions(state.memory)

    def compare(self, features: ImageFeatures) -> Comparisons:
        """Compare the regions of n images with the classes, in one pass over the maps."""
        coarse = inner_products(self._coarse_vectors, features.coarse_map, features.coarse_scale)
        fine = inner_products(self._fine_vectors, features.fine_map, features.fine_scale)
        to_means, to_locals = local_feature.similarities(coarse[:, : 2 * self.ways], fine).split(self.ways, dim=1)
        to_means = local_feature.smoothed(to_means, features.grid)
        return Comparisons(
            local_feature.contrast(to_means),
            local_feature.familiarity(to_means),
            to_locals,
            coarse[:, 2 * self.ways :],
            None if self._nearest is None else self._nearest.distances(features),
        )

    def joint(self, features: ImageFeatures) -> Tensor:
        """Return the joint vectors of n images, float64 (n, D), in the space of `ClassifierState.examples`."""
        return self.space.joint(features, self.shares)

    def whole(self, joint: Tensor) -> Tensor:
        """Return global scores: joint vectors (n, D) to float32 (n, N)."""
        return (joint @ self.descriptors).float() - self.state.offsets

    def part(self, compared: Comparisons) -> Tensor:
        """Return the local scores of n images, less each image's mean: float32 (n, N)."""
        # The local feature l is a weighted sum of regions, so its similarity is the same sum of their similarities.
        attention = local_feature.attention(compared.contrasts, self.state.attention_temperature)
        part = (attention * compared.to_locals).sum(dim=2) * self.state.local_scale
        return part - part.mean(dim=1, keepdim=True)

    def logits(self, joint: Tensor, compared: Comparisons) -> Tensor:
        """Return the logits kappa z . d of n images for every class, float32 (n, N); their softmax is calibrated."""
        state, part = self.state, self.part(compared)
        logits: Tensor = state.scale * ((1 - state.local_share) * self.whole(joint) + state.local_share * part)
        return logits

    def unlikeness(self, joint: Tensor, compared: Comparisons) -> Tensor:
        """Return the unlikeness of n images: float64 (n,), higher is less alike.

        For joint vectors (n, D) and, where there is a single class, the comparisons of the regions.
        """
        unlikeness, memory = self.global_unlikeness(joint), self.state.memory
        if memory is None or compared.distances is None:
            return unlikeness
        return joined(memory, unlikeness, compared.distances.unlikeness(memory.units).amax(dim=1))

    def global_unlikeness(self, joint: Tensor) -> Tensor:
        """Return the unlikeness of joint vectors (n, D) alone: float64 (n,)."""
        return self.subspaces.unlikeness(joint)
