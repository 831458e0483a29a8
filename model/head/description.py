"""The description of a support set: its joint space, its local features, and the similarities of its images."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from model.features.attended import Attended
from model.features.maps import ImageFeatures
from model.head import class_description, local_feature
from model.head.averaging import regression
from model.head.grouping import Grouping
from model.head.hypotheses import RIDGES
from model.head.ignored import without_ignored
from model.head.joint_space import JointSpace
from model.head.support import Support, leave_one_out_local_scores


class DescribedSupport(NamedTuple):
    """A support set prepared for the head.

    space: the joint space of the images' views
    vectors: of each view, float64 (n, D_v) each, without what boxes say is not to count
    compared (n, D): the global features that regions are compared with, after `suppressed_common`
    locals (n, D): local feature of each image for its own class
    temperature: tau_a of the attention
    familiarity (n, R): see `local_feature.familiarity`, each image compared with the others
    """

    support: Support
    space: JointSpace
    vectors: tuple[Tensor, ...]
    compared: Tensor
    locals: Tensor
    temperature: float
    familiarity: Tensor


def local_similarity(
    regions: Tensor,
    grid: tuple[int, int],
    globals_: Tensor,
    labels: Tensor,
    ways: int,
    groups: Grouping,
    coverage: Tensor | None = None,
) -> tuple[Tensor, Tensor, float, Tensor]:
    """Compare the support images' local features with each other.

    regions (n, R, D), globals_ (n, D). Returns the similarity (n, n) as in `Support.local`; the local feature of each
    image for its own class (n, D); the attention temperature tau_a (the standard deviation of the contrasts over the
    regions, so that attention is neither flat nor on a single region); and the familiarity of the regions (n, R).

    coverage (n, R): see `Attended`. It restricts the images as examples; a left-out image is a query, for which nobody
        drew a box.
    """
    similarities = local_feature.leave_one_out_similarities(regions, globals_, labels, ways, groups)
    similarities = local_feature.smoothed(similarities, grid)
    contrasts = local_feature.contrast(similarities)
    temperature = max(float(contrasts.detach().std(dim=2).mean()), 1e-4)
    local = local_feature.local_features(local_feature.attention(contrasts, temperature), regions)
    rows = torch.arange(len(labels))
    own = local[rows, labels]
    if coverage is not None:
        of_own = contrasts[rows, labels][:, None]
        own = local_feature.local_features(local_feature.attention(of_own, temperature, coverage), regions).squeeze(1)
    similarity = torch.einsum("ncd,md->ncm", local, own)
    picked = similarity.gather(1, labels.expand(len(labels), 1, -1)).squeeze(1)
    return picked.double(), own, temperature, local_feature.familiarity(similarities)


def describe_support(
    features: ImageFeatures,
    labels: Tensor,
    ways: int,
    directions: Tensor,
    compared_with: Tensor | None = None,
    groups: Grouping | None = None,
    attended: Attended | None = None,
) -> DescribedSupport:
    """Compute the head's inputs from n support images with int64 `labels` (n,).

    directions: see `Backbone.class_directions`
    compared_with: float32 (n, L), what regions are compared with: the mean of the joined global features at two sizes
        (default: those of `features`)
    groups: which images are left out together (default: none)
    attended: what boxes on the images say (default: there are none); its `compared` then stands for `compared_with`
    """
    groups = groups or Grouping.alone(len(labels))
    space = JointSpace.of(features, class_description.class_balance(labels, ways), directions)
    vectors = space.vectors(features)
    if attended is not None:
        vectors = without_ignored(vectors, space.vectors(attended.ignoring), attended.ignores, labels)
    joined = features.joined_globals() if compared_with is None else compared_with
    if attended is not None:
        joined = attended.compared
    regions = features.joined_regions()
    shots = float(torch.bincount(labels, minlength=ways).double().median())
    compared = local_feature.suppressed_common(joined, regions, max(shots, 1.0))
    local, own_locals, temperature, familiarity = local_similarity(
        regions, features.grid, compared, labels, ways, groups, None if attended is None else attended.coverage
    )
    support = Support(
        space.views,
        torch.stack([view @ view.T for view in vectors]),
        local,
        torch.ones((), dtype=torch.float64),
        labels,
        ways,
        torch.ones(len(labels), dtype=torch.float64),
        groups,
    )
    support = support._replace(local_scale=_local_scale(support))
    return DescribedSupport(support, space, vectors, compared, own_locals, temperature, familiarity)


def _local_scale(support: Support) -> Tensor:
    """Ratio of the spread of the first view's leave-one-out scores to that of the local ones; 1 for a single class."""
    if support.ways == 1:
        return torch.ones((), dtype=torch.float64)
    with torch.no_grad():
        first = torch.zeros(len(support.views), dtype=torch.float64)
        first[0] = 1.0
        _, whole = regression(support, first, torch.tensor(RIDGES[0], dtype=torch.float64))
        part = leave_one_out_local_scores(support)
        return whole.std(dim=1).mean() / part.std(dim=1).mean().clamp_min(1e-6)
