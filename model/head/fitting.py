"""Fit the head to the features of a support set: from vectors to a classifier, without touching a file.

The parameters are fitted twice: with all images counting the same in the regression, and again with the
weights that the first fit gives them. The loss counts all images the same both times: leaving out what is
hard would make the classifier believe that nothing is.
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
from model.classifier import ClassifierState, FewShotClassifier
from model.embedding.embedder import EmbeddedImage, Embedder
from model.features import texture
from model.features.maps import ImageFeatures, concatenate
from model.head import class_description, local_feature
from model.head import unknown as confidence
from model.head.joint_space import Fusion, texture_weights
from model.head.parameters import DescribedSupport, Head, Support, describe_support
from model.head.priors import Traits
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress
from model.regions.response_map import response_directions

MAX_STEPS = 60
CONVERGED_CHANGE = 1e-6  # of the mean loss in nats, between two steps
TRAINING_GRID = (7, 7)
UNFAMILIAR_SHARE = 0.1  # of the examples' regions
FAMILIAR = 0.8  # of their familiarity: on `TRAINING_GRID` they are more familiar than on finer ones. Measured


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted head: the classifier and what it took.

    leave_one_out: float64 (n, N) probabilities of every support image from all the others
    weights: float64 (n,) relative weight of every support image (1 is an average one)
    """

    classifier: FewShotClassifier
    leave_one_out: Tensor
    weights: Tensor
    losses: tuple[float, ...]
    converged: bool


@one_thread()
def fit_classifier(
    class_names: Sequence[str],
    features: ImageFeatures,
    labels: Tensor,
    sizes: Sequence[tuple[int, int]],
    embedder: Embedder,
    side: int,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
    *,
    compared_with: Tensor | None = None,
) -> Fit:
    """Fit a classifier to `features` of n images with int64 `labels` (n,) and pixel `sizes`, embedded at `side`.

    compared_with: see `describe_support`. Raises `Cancelled`.
    """
    with torch.inference_mode(False):
        directions = embedder.backbone.class_directions
        described = describe_support(features, labels, len(class_names), directions, compared_with)
        support = described.support
        head = Head(labels, Traits.of(features, sizes, directions))
        losses, converged = fit(head, support, progress, token or CancelToken())
        with torch.no_grad():
            support = support._replace(weights=head.image_weights(support))
        again, converged = fit(head, support, progress, token or CancelToken())
        with torch.no_grad():
            leave_one_out = torch.softmax(head.leave_one_out_logits(support), dim=1)
        state = _state(head, described._replace(support=support), features, sizes, side, leave_one_out)
    classifier = FewShotClassifier(class_names, embedder, state)
    return Fit(classifier, leave_one_out, support.weights, tuple(losses + again), converged)


@one_thread()
def features_of(images: Sequence[EmbeddedImage]) -> ImageFeatures:
    """Describe images on `TRAINING_GRID`, one at a time so that memory stays low."""
    with torch.no_grad():
        return concatenate([image.features.on_grid(TRAINING_GRID) for image in images])


def fit(head: Head, support: Support, progress: ProgressCallback, token: CancelToken) -> tuple[list[float], bool]:
    """Adjust the head's parameters by leave-one-out cross-entropy with L-BFGS, until convergence.

    Only images whose class has another image can be left out; where there is none, the parameters
    stay at their priors. Returns the loss after each step and whether it converged.
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
    sizes: Sequence[tuple[int, int]],
    side: int,
    leave_one_out: Tensor,
) -> ClassifierState:
    with torch.no_grad():
        support = described.support
        labels, ways, balance = support.labels, support.ways, support.balance
        gram = head.gram(support)
        dual = class_description.dual_descriptors(gram, balance, head.ridge(gram, balance), labels, ways)
        fusion, shares = described.fusion, head.shares
        joint = fusion.joint(features, shares)
        origin = (balance / balance.sum()) @ joint
        descriptors = (joint - origin).T @ dual
        members = functional.one_hot(labels, ways).double() * support.weights[:, None]
        unlikeness = confidence.leave_one_out_unlikeness(joint, labels, ways)
        scalars = [
            float(support.local_scale),
            float(head.local_share),
            float(head.scale),
            described.temperature,
            confidence.unknown_threshold(unlikeness),
            max((width * height) ** 0.5 for width, height in sizes),
            side,
            _texture_deviation(features, fusion, shares, descriptors),
            _familiar_from(described.familiarity),
        ]
        return ClassifierState(
            fusion.texture_mean.float(),
            fusion.texture_deviation.float(),
            fusion.centre.float(),
            fusion.scales.float(),
            shares.float(),
            descriptors.float(),
            (origin @ descriptors).float(),
            local_feature.class_means(described.compared, labels, ways),
            (members.T @ described.locals.double() / members.sum(0)[:, None]).float(),
            response_directions(features.coarse, balance, labels, ways),
            joint.float(),
            labels,
            leave_one_out.float(),
            torch.tensor(scalars, dtype=torch.float64),
        )


def _familiar_from(familiarity: Tensor) -> float:
    """From how much on a region is about as familiar as nine in ten of the examples' own, (n, R)."""
    ordered = familiarity.flatten().sort().values
    return FAMILIAR * float(ordered[int(UNFAMILIAR_SHARE * len(ordered))])


def _texture_deviation(features: ImageFeatures, fusion: Fusion, shares: Tensor, descriptors: Tensor) -> float:
    """Standard deviation over regions of the texture's evidence, to bring it to the size of the contrasts."""
    weights = texture_weights(fusion, shares, descriptors)
    evidence = texture.evidence(features.texture.double(), weights, TRAINING_GRID)
    return max(float(evidence.std(dim=2).mean()), 1e-6)
