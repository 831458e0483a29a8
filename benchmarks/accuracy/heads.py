"""The heads that are compared, all on the same frozen features: ours, its ablations, plain heads and relatives.

A head maps a `Trial` to class probabilities, float64 (q, N).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
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
from model.features.view import joined_views
from model.head import averaging, fitting
from model.head.averaging import Compared
from model.head.fitting import Fit, fit_head
from model.head.grouping import Grouping
from model.head.hypotheses import CONSTANTS, Hypotheses, PriorConstants
from model.head.local_feature import class_means
from model.head.support import Support
from model.runs.image_classifier import ImageClassifier

OURS, ALL_IN = "ours", "ours, all sets in"
FITTED = Path(__file__).parents[1] / "constants" / "fitted.json"
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


def constants_for(name: str) -> PriorConstants:
    """Return the constants that were fitted without the set `name`; the shipped ones where there are none."""
    fitted = json.loads(FITTED.read_text(encoding="utf-8"))
    return PriorConstants(**fitted[name]) if name in fitted else CONSTANTS


def fit_ours(trial: Trial, constants: PriorConstants | None = None, groups: Grouping | None = None) -> Ours:
    """Fit our classifier to the trial's support set, with the constants of the other sets unless others are given.

    `groups` of it are left out together.
    """
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
        constants=constants or constants_for(trial.data.name),
        groups=groups,
    )
    classifier = FewShotClassifier(names, fit.state, directions)
    return Ours(fit, classifier, ImageClassifier(classifier, data.embedder))


def predict_ours(ours: Ours, features: ImageFeatures) -> Tensor:
    """Probabilities of our classifier."""
    with torch.inference_mode():
        return torch.softmax(ours.classifier.logits(features).double(), dim=1)


def ours(trial: Trial) -> Tensor:
    """The classifier as it is shipped, with constants fitted on all sets, this one among them."""
    return predict_ours(fit_ours(trial, CONSTANTS), trial.queries)


def left_out(trial: Trial) -> Tensor:
    """Our classifier with the constants of the other sets: what images of a new kind would get."""
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


Change = Callable[[Hypotheses], Hypotheses]


def _ablated(change: Change) -> Method:
    """Our classifier, which may choose among some of its hypotheses only."""

    def method(trial: Trial) -> Tensor:
        def only(support: Support, hypotheses: Hypotheses) -> tuple[Hypotheses, Compared]:
            return averaging.shortlist(support, change(hypotheses))

        with mock.patch.object(fitting, "shortlist", only):
            return left_out(trial)

    return method


def _with_one(choose: Callable[[Support, Hypotheses], Hypotheses]) -> Method:
    """Our classifier with a single hypothesis."""

    def method(trial: Trial) -> Tensor:
        def only(support: Support, hypotheses: Hypotheses) -> tuple[Hypotheses, Compared]:
            one = choose(support, hypotheses)
            return one, averaging.compare(support, one)

        with mock.patch.object(fitting, "shortlist", only):
            return left_out(trial)

    return method


def _without(*names: str) -> Change:
    views = joined_views()
    at = [index - len(views) for index, view in enumerate(views) if view.name in names]  # from the end: see `beside`
    return lambda hypotheses: hypotheses.pick((hypotheses.shares[:, at] == 0).all(dim=1))


def _without_local(hypotheses: Hypotheses) -> Hypotheses:
    return hypotheses._replace(local_shares=hypotheses.local_shares[:1], log_prior=hypotheses.log_prior[:, :1])


def _without_regions(hypotheses: Hypotheses) -> Hypotheses:
    return _without_local(_without("fine", "layout")(hypotheses))


def _best(support: Support, hypotheses: Hypotheses) -> Hypotheses:
    """The hypothesis of the highest weight."""
    weights = averaging.average(averaging.compare(support, hypotheses), hypotheses).weights
    regression, local, scale = torch.unravel_index(weights.argmax(), weights.shape)
    return Hypotheses(
        hypotheses.shares[regression][None],
        hypotheses.ridges[regression][None],
        hypotheses.local_shares[local][None],
        hypotheses.scales[scale][None],
        torch.zeros(1, 1, 1, dtype=torch.float64),
    )


def _equal_weights(trial: Trial) -> Tensor:
    with mock.patch.object(fitting, "image_weights", lambda support, _: torch.ones_like(support.weights)):
        return left_out(trial)


PLAIN: dict[str, Method] = {name: _plain(baseline) for name, baseline in baselines.BASELINES.items()}
RELATIVES: dict[str, Method] = {
    "ridge, stride 16 + 32": ridge_of_both_strides,
    "shrinkage LDA, augmented": shrinkage_lda,
    "DN4": dn4,
    "FRN, closed form": frn,
}
ABLATIONS: dict[str, Method] = {
    "local feature off": _ablated(_without_local),
    "fine off": _ablated(_without("fine")),
    "layout off": _ablated(_without("layout")),
    "texture off": _ablated(_without("texture")),
    "all regions off": _ablated(_without_regions),
    "stride 32 alone": _ablated(_without("fine", "layout", "texture")),
    "image weights equal": _equal_weights,
    "best hypothesis alone": _with_one(_best),
    "training off": _with_one(lambda _, hypotheses: hypotheses.typical()),
}
HEADS: dict[str, Method] = {OURS: left_out, ALL_IN: ours} | PLAIN | RELATIVES
