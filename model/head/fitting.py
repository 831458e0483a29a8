"""Fitting the head to the features of a support set (claim 1's last step): tensors in, state out.

The hypotheses are weighed by the leave-one-out loss (`averaging`), then the images, in rounds, by the scores that the
averaged hypotheses give them (`class_description`), until the weights no longer change. The loss counts all images the
same: leaving out hard images would make the classifier overconfident.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from model.backbones.devices import one_thread
from model.features.attended import Attended
from model.features.maps import TRAINING_GRID, ImageFeatures
from model.features.sizes import Size, typical_side
from model.features.views import texture
from model.head import class_description, local_feature, unknown
from model.head.averaging import Averaged, average, compare, shortlist
from model.head.description import DescribedSupport, describe_support
from model.head.grouping import Grouping
from model.head.hypotheses import CONSTANTS, Hypotheses, PriorConstants
from model.head.joint_space import JointSpace
from model.head.nearest import EachImage, fit_nearest, grouping_of_one_class
from model.head.partial import partial_vectors
from model.head.responses import response_directions
from model.head.state import ClassifierState
from model.head.support import Support
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress

MAX_ROUNDS = 10
CONVERGED_CHANGE = 0.01  # mean change of the images' relative weights between two rounds
UNFAMILIAR_SHARE = 0.1  # of the examples' regions
FAMILIAR = 0.8  # factor on their familiarity, which is higher on `TRAINING_GRID` than on finer grids. Measured
_LEAST_SHARE = 1e-9


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted head, with leave-one-out results and the course of the fit.

    leave_one_out: float64 (n, N) probabilities of every support image from all the others
    weights: float64 (n,) relative weight of every support image (1 is an average one)
    rounds: in which the image weights were fitted
    converged: whether they stopped changing
    """

    state: ClassifierState
    leave_one_out: Tensor
    weights: Tensor
    rounds: int
    converged: bool


class Fitted(NamedTuple):
    """A support set with its image weights, and the averages.

    averaged: what decides; judged: with all images counting the same, its leave-one-out results are those to report
    rounds: in which the image weights were fitted
    converged: whether they stopped changing
    """

    support: Support
    averaged: Averaged
    judged: Averaged
    rounds: int
    converged: bool


@one_thread()
def fit_head(
    features: ImageFeatures,
    labels: Tensor,
    ways: int,
    sizes: Sequence[Size],
    directions: Tensor,
    side: int,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
    *,
    compared_with: Tensor | None = None,
    constants: PriorConstants = CONSTANTS,
    groups: Grouping | None = None,
    each: EachImage | None = None,
    attended: Attended | None = None,
) -> Fit:
    """Fit a head to `features` of n images of `ways` classes with int64 `labels` (n,) and pixel `sizes`.

    directions: see `Backbone.class_directions`; side: the working side at which the images were embedded;
    compared_with: see `describe_support`; constants: of the prior;
    groups: which images are left out together (default: none);
    each: the images on their own grid: of a single class their regions are kept, without it global features decide
        alone; attended: what boxes on the images say, of which a single class takes no notice. Raises `Cancelled`.
    """
    with torch.inference_mode(False), torch.no_grad():
        attended = attended if ways > 1 else None
        described = describe_support(features, labels, ways, directions, compared_with, groups, attended)
        hypotheses = Hypotheses.grid(labels, ways, described.space.views, constants)
        found = fit(described.support, hypotheses, progress, token or CancelToken())
        leave_one_out = torch.softmax(found.judged.leave_one_out, dim=1)
        described = described._replace(support=found.support)
        coarse = features.coarse if attended is None else attended.coarse
        state = _state(found.averaged, described, features, coarse, sizes, side, leave_one_out)
        if ways == 1 and each is not None:
            state = _with_memory(state, each, described.support.groups)
    return Fit(state, leave_one_out, found.support.weights, found.rounds, found.converged)


def fit(support: Support, hypotheses: Hypotheses, progress: ProgressCallback, token: CancelToken) -> Fitted:
    """Weigh the hypotheses, then the images in rounds, until the images' weights no longer change.

    The hypotheses are weighed, and the leave-one-out results computed, with all images counting the same: an image's
    weight depends on the labels of the images beside it, and through these weights its own label would reach the
    result that leaves it out. Raises `Cancelled`.
    """
    token.raise_if_cancelled()
    if not bool(class_description.has_others(support.labels, support.groups).any()):
        averaged = average(compare(support, hypotheses), hypotheses)
        return Fitted(support, averaged, averaged, 0, True)
    hypotheses, equal = shortlist(support, hypotheses)
    judged = averaged = average(equal, hypotheses)
    for number in range(1, MAX_ROUNDS + 1):
        progress(Progress(message("Training"), number, MAX_ROUNDS))
        token.raise_if_cancelled()
        weights = image_weights(support, averaged)
        change = float((weights - support.weights).abs().mean())
        support = support._replace(weights=weights)
        averaged = average(compare(support, hypotheses, equal.losses), hypotheses)
        if change < CONVERGED_CHANGE:
            break
    return Fitted(support, averaged, judged, number, change < CONVERGED_CHANGE)


def image_weights(support: Support, averaged: Averaged) -> Tensor:
    """Return relative weights of the support images, (n,); 1 is an average one."""
    margin = class_description.margins(averaged.whole, support.labels)
    return class_description.image_weights(margin, support.labels, support.ways)


def _state(
    averaged: Averaged,
    described: DescribedSupport,
    features: ImageFeatures,
    coarse: Tensor,
    sizes: Sequence[Size],
    side: int,
    leave_one_out: Tensor,
) -> ClassifierState:
    """Put the state together; coarse (n, D_coarse): the global features that responses are fitted to."""
    support, space, shares = described.support, described.space, averaged.shares
    labels, ways, balance = support.labels, support.ways, support.balance
    joint = space.joint(features, shares)
    share = balance / balance.sum()
    origin = share @ joint
    descriptors = _descriptors(averaged, described.vectors, share)
    members = functional.one_hot(labels, ways).double() * support.weights[:, None]
    unlikeness = unknown.leave_one_out_unlikeness(joint, labels, ways, support.groups)
    counted = class_description.has_others(labels, support.groups)
    partial = partial_vectors(described.compared, coarse, labels, ways, support.weights, support.groups)
    return ClassifierState(
        view_names=tuple(view.name for view in space.views),
        standard_mean=space.standard_mean.float(),
        standard_deviation=space.standard_deviation.float(),
        centre=space.centre.float(),
        scales=space.scales.float(),
        shares=shares.float(),
        descriptors=descriptors.float(),
        offsets=(origin @ descriptors).float(),
        class_means=local_feature.class_means(described.compared, labels, ways),
        local_descriptors=(members.T @ described.locals.double() / members.sum(0)[:, None]).float(),
        response_directions=response_directions(coarse, balance, labels, ways),
        examples=joint.float(),
        labels=labels,
        leave_one_out=(leave_one_out * counted[:, None]).float(),
        partial_means=partial.means,
        partial_responses=partial.responses,
        local_scale=float(support.local_scale),
        local_share=float(averaged.local_share),
        scale=float(averaged.scale),
        attention_temperature=described.temperature,
        unknown_threshold=unknown.unknown_threshold(unlikeness, support.groups.independent),
        left_out_unlikeness=unlikeness,
        groups=support.groups.numbers,
        example_side=max(typical_side(size) for size in sizes),
        side=side,
        evidence_deviation=_evidence_deviation(features, space, shares, descriptors),
        familiar_from=_familiar_from(described.familiarity),
    )


def _with_memory(state: ClassifierState, each: EachImage, groups: Grouping) -> ClassifierState:
    """Let the regions of a single class's examples take part in unlikeness."""
    apart = grouping_of_one_class(groups)
    alone = unknown.leave_one_out_unlikeness(state.examples.double(), state.labels, 1, apart)
    memory, unlikeness = fit_nearest(each, groups).with_globals(alone)
    threshold = unknown.unknown_threshold(unlikeness, groups.independent)
    return replace(state, memory=memory, left_out_unlikeness=unlikeness, unknown_threshold=threshold)


def _descriptors(averaged: Averaged, vectors: Sequence[Tensor], share: Tensor) -> Tensor:
    """Class descriptors of the joint vectors, (D, N); vectors: each view's of the n images, share (n,) of each image.

    The averaged logits are scale (1 - local_share) times the products of joint vectors with these, less the offsets.
    """
    factor = averaged.scale * (1 - averaged.local_share)
    parts = []
    for view, dual, its_share in zip(vectors, averaged.dual, averaged.shares, strict=True):
        parts.append((view - share @ view).T @ dual / (its_share.clamp_min(_LEAST_SHARE).sqrt() * factor))
    return torch.cat(parts)


def _familiar_from(familiarity: Tensor) -> float:
    """Return `FAMILIAR` times the familiarity that nine in ten of the examples' regions (n, R) reach."""
    ordered = familiarity.flatten().sort().values
    return FAMILIAR * float(ordered[int(UNFAMILIAR_SHARE * len(ordered))])


def _evidence_deviation(features: ImageFeatures, space: JointSpace, shares: Tensor, descriptors: Tensor) -> float:
    """Standard deviation over regions of the texture's evidence, by which it is divided to match the contrasts."""
    weights = space.weights_of(texture.TextureView.name, shares, descriptors)
    evidence = texture.evidence(features.texture.double(), weights, TRAINING_GRID)
    return max(float(evidence.std(dim=2).mean()), 1e-6)
