"""Fitting the head to the features of a support set (claim 1's last step): tensors in, state out.

The parameters are fitted twice: with all images counting the same in the regression, and again with the image
weights of the first fit. The loss counts all images the same both times: leaving out hard images would make the
classifier overconfident.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from model.backbones.devices import one_thread
from model.features.maps import TRAINING_GRID, ImageFeatures
from model.features.sizes import Size, typical_side
from model.features.traits import traits_of
from model.features.views import texture
from model.head import class_description, local_feature, unknown
from model.head.description import DescribedSupport, describe_support
from model.head.joint_space import JointSpace
from model.head.parameters import Head
from model.head.responses import response_directions
from model.head.state import ClassifierState
from model.head.support import Support
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress

MAX_STEPS = 60
CONVERGED_CHANGE = 1e-6  # of the mean loss in nats, between two steps
UNFAMILIAR_SHARE = 0.1  # of the examples' regions
FAMILIAR = 0.8  # factor on their familiarity, which is higher on `TRAINING_GRID` than on finer grids. Measured


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted head, with leave-one-out results and the course of the fit.

    leave_one_out: float64 (n, N) probabilities of every support image from all the others
    weights: float64 (n,) relative weight of every support image (1 is an average one)
    losses: mean leave-one-out cross-entropy in nats after each step
    converged: whether the second fit converged
    """

    state: ClassifierState
    leave_one_out: Tensor
    weights: Tensor
    losses: tuple[float, ...]
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
) -> Fit:
    """Fit a head to `features` of n images of `ways` classes with int64 `labels` (n,) and pixel `sizes`.

    directions: see `Backbone.class_directions`; side: the working side at which the images were embedded;
    compared_with: see `describe_support`. Raises `Cancelled`.
    """
    with torch.inference_mode(False):
        described = describe_support(features, labels, ways, directions, compared_with)
        support = described.support
        head = Head(labels, support.views, traits_of(features, sizes, directions))
        losses, converged = fit(head, support, progress, token or CancelToken())
        with torch.no_grad():
            support = support._replace(weights=head.image_weights(support))
        again, converged = fit(head, support, progress, token or CancelToken())
        with torch.no_grad():
            leave_one_out = torch.softmax(head.leave_one_out_logits(support), dim=1)
        state = _state(head, described._replace(support=support), features, sizes, side, leave_one_out)
    return Fit(state, leave_one_out, support.weights, tuple(losses + again), converged)


def fit(head: Head, support: Support, progress: ProgressCallback, token: CancelToken) -> tuple[list[float], bool]:
    """Fit the head's parameters by leave-one-out cross-entropy with L-BFGS, until convergence.

    Only images whose class has another image can be left out; where there is none, the parameters stay at the means of
    their priors. Returns the loss after each step and whether the fit converged. Raises `Cancelled`.
    """
    counted = class_description.has_others(support.labels)
    if not bool(counted.any()):
        return [], True
    parameters = list(head.parameters())
    start = parameters_to_vector(parameters).detach().numpy()
    best, best_loss = start, math.inf

    def objective(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        nonlocal best, best_loss
        token.raise_if_cancelled()
        vector_to_parameters(torch.tensor(values), parameters)
        logits = head.leave_one_out_logits(support)[counted]
        misfit = functional.cross_entropy(logits, support.labels[counted], reduction="sum")
        loss = (misfit + head.penalty()) / counted.sum()
        slope = torch.stack(torch.autograd.grad(loss, parameters))
        value = float(loss.detach())
        if not (math.isfinite(value) and bool(slope.isfinite().all())):  # the search went too far
            return math.inf, np.zeros_like(values)
        if value < best_loss:
            best, best_loss = values.copy(), value
        return value, slope.numpy()

    losses: list[float] = []

    def after_step(_: npt.NDArray[np.float64]) -> None:
        losses.append(best_loss)
        progress(Progress("Training", len(losses), MAX_STEPS))

    options = {"maxiter": MAX_STEPS, "ftol": CONVERGED_CHANGE}
    found = minimize(objective, start, jac=True, method="L-BFGS-B", callback=after_step, options=options)
    vector_to_parameters(torch.from_numpy(best), parameters)
    return losses, bool(found.success)


def _state(
    head: Head,
    described: DescribedSupport,
    features: ImageFeatures,
    sizes: Sequence[Size],
    side: int,
    leave_one_out: Tensor,
) -> ClassifierState:
    with torch.no_grad():
        support = described.support
        labels, ways, balance = support.labels, support.ways, support.balance
        gram = head.gram(support)
        dual = class_description.dual_descriptors(gram, balance, head.ridge(gram, balance), labels, ways)
        space, shares = described.space, head.shares
        joint = space.joint(features, shares)
        origin = (balance / balance.sum()) @ joint
        descriptors = (joint - origin).T @ dual
        members = functional.one_hot(labels, ways).double() * support.weights[:, None]
        unlikeness = unknown.leave_one_out_unlikeness(joint, labels, ways)
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
            response_directions=response_directions(features.coarse, balance, labels, ways),
            examples=joint.float(),
            labels=labels,
            leave_one_out=leave_one_out.float(),
            local_scale=float(support.local_scale),
            local_share=float(head.local_share),
            scale=float(head.scale),
            attention_temperature=described.temperature,
            unknown_threshold=unknown.unknown_threshold(unlikeness),
            example_side=max(typical_side(size) for size in sizes),
            side=side,
            evidence_deviation=_evidence_deviation(features, space, shares, descriptors),
            familiar_from=_familiar_from(described.familiarity),
        )


def _familiar_from(familiarity: Tensor) -> float:
    """Return `FAMILIAR` times the familiarity that nine in ten of the examples' regions (n, R) reach."""
    ordered = familiarity.flatten().sort().values
    return FAMILIAR * float(ordered[int(UNFAMILIAR_SHARE * len(ordered))])


def _evidence_deviation(features: ImageFeatures, space: JointSpace, shares: Tensor, descriptors: Tensor) -> float:
    """Standard deviation over regions of the texture's evidence, by which it is divided to match the contrasts."""
    weights = space.weights_of(texture.TextureView.name, shares, descriptors)
    evidence = texture.evidence(features.texture.double(), weights, TRAINING_GRID)
    return max(float(evidence.std(dim=2).mean()), 1e-6)
