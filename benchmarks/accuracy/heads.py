"""The heads that are compared, all on the same frozen features: ours, its ablations, plain heads and relatives.

A head maps a `Trial` to class probabilities, float64 (q, N).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

import torch
from sklearn.covariance import ledoit_wolf_shrinkage
from torch import Tensor
from torch.nn import functional

from benchmarks.accuracy.episodes import Episode
from benchmarks.accuracy.views import PreparedSet
from model.classifier import FewShotClassifier
from model.evaluation import baselines
from model.features.maps import ImageFeatures
from model.features.view import all_views
from model.head import fitting
from model.head.fitting import Fit, fit_head
from model.head.local_feature import class_means
from model.head.parameters import Head
from model.head.support import Support
from model.runs.image_classifier import ImageClassifier

OURS = "ours"
SHARPNESS = 10.0  # turns the relatives' scores into probabilities; their order does not depend on it
DN4_NEIGHBOURS = 3
FRN_CHANNELS = 1280  # the paper's lambda asks for the channels of the backbone, not of the projection
LEAST_SHRINKAGE = 1e-3


@dataclass(frozen=True, eq=False)
class Trial:
    """One episode of a set, with what each head may look at."""

    data: PreparedSet
    episode: Episode
    labels: Tensor

    @property
    def ways(self) -> int:
        """N."""
        return len(self.episode.classes)

    @property
    def support(self) -> ImageFeatures:
        """Features of the n support images."""
        return self.data.features.pick(self.episode.support)

    @property
    def queries(self) -> ImageFeatures:
        """Features of the q queries."""
        return self.data.features.pick(self.episode.queries)


def trial_of(data: PreparedSet, episode: Episode) -> Trial:
    """Make the trial in which every support image has its true label."""
    return Trial(data, episode, episode.support_labels)


Method = Callable[[Trial], Tensor]


@dataclass(frozen=True, eq=False)
class Ours:
    """Our classifier of a trial, as fitted and as it takes features and files."""

    fit: Fit
    classifier: FewShotClassifier
    images: ImageClassifier


def fit_ours(trial: Trial) -> Ours:
    """Fit our classifier to the trial's support set."""
    sizes = [trial.data.sizes[i] for i in trial.episode.support.tolist()]
    names = [trial.data.class_names[c] for c in trial.episode.classes]
    data, directions = trial.data, trial.data.embedder.backbone.class_directions
    fit = fit_head(
        trial.support,
        trial.labels,
        trial.ways,
        sizes,
        directions,
        data.side,
        compared_with=data.compared_with[trial.episode.support],
    )
    classifier = FewShotClassifier(names, fit.state, directions)
    return Ours(fit, classifier, ImageClassifier(classifier, data.embedder))


def predict_ours(ours: Ours, features: ImageFeatures) -> Tensor:
    """Probabilities of our classifier."""
    with torch.inference_mode():
        return torch.softmax(ours.classifier.logits(features).double(), dim=1)


def ours(trial: Trial) -> Tensor:
    """The classifier as it is shipped."""
    return predict_ours(fit_ours(trial), trial.queries)


def _plain(baseline: baselines.Baseline) -> Method:
    def method(trial: Trial) -> Tensor:
        support, queries = in_span(trial.support.coarse, trial.queries.coarse)
        return baseline(support, trial.labels, queries, trial.ways).double()

    return method


def in_span(support: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
    """Express unit vectors (n, D), (q, D) in n + 1 coordinates: same lengths, same products with the supports.

    Heads whose weights lie in the span of the supports give the same scores, many times faster.
    """
    if len(support) + 1 >= support.shape[1]:
        return support, queries
    axes = torch.linalg.qr(support.T).Q
    inside = queries @ axes
    rest = (queries.square().sum(1) - inside.square().sum(1)).clamp_min(0).sqrt()
    return functional.pad(support @ axes, (0, 1)), torch.cat((inside, rest[:, None]), dim=1)


def ridge_of_both_strides(trial: Trial) -> Tensor:
    """Ridge on the global features of stride 16 and of stride 32 side by side, in equal shares."""
    support, queries = (torch.cat((f.coarse, f.fine), dim=1) / 2**0.5 for f in (trial.support, trial.queries))
    support, queries = in_span(support, queries)
    return baselines.ridge(support, trial.labels, queries, trial.ways)


def shrinkage_lda(trial: Trial) -> Tensor:
    """Linear discriminant analysis, covariance within classes shrunk as Ledoit and Wolf (2004) estimate.

    The supports are means over flips and crops; classes count the same.
    """
    support = trial.data.augmented[trial.episode.support].double()
    means = class_means(support, trial.labels, trial.ways)
    within = support - means[trial.labels]
    variance = float(within.square().mean())
    if variance < 1e-12:  # one image a class: nothing is known about the scatter, classes are balls
        shrinkage, covariance = 1.0, torch.eye(support.shape[1], dtype=torch.float64)
        variance = 1.0
    else:
        shrinkage = max(float(ledoit_wolf_shrinkage(within.numpy(), assume_centered=True)), LEAST_SHRINKAGE)
        covariance = within.T @ within / len(within)
    shrunk = (1 - shrinkage) * covariance
    shrunk.diagonal().add_(shrinkage * variance)
    weights = torch.cholesky_solve(means.T, torch.linalg.cholesky(shrunk))
    scores = trial.queries.coarse.double() @ weights - 0.5 * (means.T * weights).sum(0)
    return torch.softmax(scores / scores.std().clamp_min(1e-9), dim=1)


def dn4(trial: Trial) -> Tensor:
    """Image-to-class nearest neighbours of local descriptors, k = 3 (Li et al., CVPR 2019)."""
    queries = functional.normalize(trial.data.regions[trial.episode.queries], dim=2)
    scores = []
    for pool in _pools(trial):
        similarity = queries.flatten(0, 1) @ functional.normalize(pool, dim=1).T
        nearest = similarity.topk(min(DN4_NEIGHBOURS, similarity.shape[1]), dim=1).values.sum(1)
        scores.append(nearest.view(len(queries), -1).mean(1))
    return torch.softmax(SHARPNESS * torch.stack(scores, dim=1).double(), dim=1)


def frn(trial: Trial) -> Tensor:
    """Ridge reconstruction of the query's regions from each class's (Wertheimer et al., CVPR 2021).

    W = Q S' (S S' + lambda I)^-1 with the paper's lambda = (regions of the class) / channels and no
    learned scaling (alpha = beta = 0); the score is minus the mean squared residual. Written with
    the channels' matrix: Q (S'S + lambda I)^-1 S'S.
    """
    queries = trial.data.regions[trial.episode.queries]
    scores = []
    for pool in _pools(trial):
        gram = pool.T @ pool
        ridge = len(pool) / FRN_CHANNELS
        hat = torch.linalg.solve(gram + ridge * torch.eye(len(gram)), gram)
        scores.append(-(queries - queries @ hat).square().sum(2).mean(1))
    return torch.softmax(SHARPNESS * torch.stack(scores, dim=1).double(), dim=1)


def _pools(trial: Trial) -> Iterator[Tensor]:
    """All support regions of each class, (K R, D)."""
    for c in range(trial.ways):
        yield trial.data.regions[trial.episode.support[trial.labels == c]].flatten(0, 1)


class _NoLocalFeature(Head):
    @property
    def local_share(self) -> Tensor:
        return torch.zeros((), dtype=torch.float64)


def _with_views(*kept: str) -> type[Head]:
    class Kept(Head):
        @property
        def shares(self) -> Tensor:
            shares = super().shares * torch.tensor([float(view.name in kept) for view in all_views()])
            return shares / shares.sum()

    return Kept


class _EqualWeights(Head):
    def image_weights(self, support: Support) -> Tensor:
        return torch.ones_like(support.weights)


@contextmanager
def _head(kind: type[Head]) -> Iterator[None]:
    with mock.patch.object(fitting, "Head", kind):
        yield


def _ablated(kind: type[Head]) -> Method:
    def method(trial: Trial) -> Tensor:
        with _head(kind):
            return ours(trial)

    return method


def _untrained(trial: Trial) -> Tensor:
    with mock.patch.object(fitting, "fit", return_value=([], True)):  # a search of no steps would still take one
        return ours(trial)


PLAIN: dict[str, Method] = {name: _plain(baseline) for name, baseline in baselines.BASELINES.items()}
RELATIVES: dict[str, Method] = {
    "ridge, stride 16 + 32": ridge_of_both_strides,
    "shrinkage LDA, augmented": shrinkage_lda,
    "DN4": dn4,
    "FRN, closed form": frn,
}
ABLATIONS: dict[str, Method] = {
    "local feature off": _ablated(_NoLocalFeature),
    "image weights equal": _ablated(_EqualWeights),
    "semantic off": _ablated(_with_views("coarse", "fine", "layout", "texture")),
    "layout off": _ablated(_with_views("coarse", "semantic", "fine", "texture")),
    "texture off": _ablated(_with_views("coarse", "semantic", "fine", "layout")),
    "stride 32 alone": _ablated(_with_views("coarse")),
    "training off": _untrained,
}
HEADS: dict[str, Method] = {OURS: ours} | PLAIN | RELATIVES
