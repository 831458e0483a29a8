"""The trainable head: local feature and class description modules joined, fitted by leave-one-out.

The adjustable parameters are few, so that five images cannot be learned by heart: the ridge of the
whitening, the share of the fine stride, the share beta of the local feature, the sharpness tau_w of
the image weights and the scale kappa of the logits. Each has a prior (a Gaussian around a start
value), which is all there is where no class has two images. Everything is differentiable, also with
respect to the features, so a backbone can be trained through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from model import class_description, local_feature
from model.features import ImageFeatures


class DescribedSupport(NamedTuple):
    """A support set prepared for the head.

    compared (n, D): global features as regions are compared with them
    locals:  (n, D) local feature of each image for its own class
    temperature: tau_a of the attention
    """

    support: Support
    compared: Tensor
    locals: Tensor
    temperature: float


class Support(NamedTuple):
    """What the head needs of the support images, once computed; n images, N classes, float64 on the CPU.

    coarse_gram, fine_gram: (n, n) centred inner products of the global features at each stride
    local:      (n, n) similarity of image i's local feature, taken for image j's class, to j's own
    likeness:   (n, n) inner products of the joined global features, for the image weights
    local_scale: number that brings local scores to the size of global ones
    """

    coarse_gram: Tensor
    fine_gram: Tensor
    local: Tensor
    likeness: Tensor
    local_scale: Tensor
    labels: Tensor
    ways: int

    @property
    def balance(self) -> Tensor:
        """1 / K of each image's class, (n,)."""
        return class_description.class_balance(self.labels, self.ways)


@dataclass(frozen=True)
class Prior:
    """Start value and standard deviation of an unconstrained parameter."""

    mean: float
    deviation: float


PRIORS = {
    "log_ridge": Prior(-2.3, 0.7),  # exp: ridge over the mean squared length of the centred features
    "logit_fine_share": Prior(-1.1, 0.7),  # sigmoid: 0.25
    "logit_local_share": Prior(-2.4, 0.5),  # sigmoid: beta = 0.08
    "log_weight_temperature": Prior(-3.5, 0.5),  # exp: tau_w = 0.03
    "log_scale": Prior(2.0, 0.7),  # exp: kappa = 7.4
}
SMALLEST_SCATTER = 1e-6
"""Keeps the ridge positive where all images are alike."""

SINGLE_SHOT_LOCAL_SHARE = Prior(-4.0, 0.5)
"""Measured: where a class has one image, a large share of the local feature costs accuracy (beta = 0.02)."""


def priors(labels: Tensor) -> dict[str, Prior]:
    """Return the priors that suit the number of images: int64 labels (n,)."""
    if float(torch.bincount(labels).double().median()) >= 2:
        return PRIORS
    return PRIORS | {"logit_local_share": SINGLE_SHOT_LOCAL_SHARE}


class Head(nn.Module):
    """The five parameters and the scores they give."""

    def __init__(self, labels: Tensor) -> None:
        super().__init__()
        self._priors = priors(labels)
        for name, prior in self._priors.items():
            self.register_parameter(name, nn.Parameter(torch.tensor(prior.mean, dtype=torch.float64)))

    @property
    def fine_share(self) -> Tensor:
        """Share of the fine stride in the global similarity, 0..1."""
        return torch.sigmoid(self.get_parameter("logit_fine_share"))

    @property
    def local_share(self) -> Tensor:
        """beta, the share of the local feature in the representation vector, 0..1."""
        return torch.sigmoid(self.get_parameter("logit_local_share"))

    @property
    def weight_temperature(self) -> Tensor:
        """tau_w, the difference of similarities over which an image's weight goes from little to full."""
        return self.get_parameter("log_weight_temperature").exp()

    @property
    def scale(self) -> Tensor:
        """kappa, the inverse temperature of the class probabilities."""
        return self.get_parameter("log_scale").exp()

    def gram(self, support: Support) -> Tensor:
        """Centred inner products of the global features with both strides joined, (n, n)."""
        return (1 - self.fine_share) * support.coarse_gram + self.fine_share * support.fine_gram

    def ridge(self, gram: Tensor, balance: Tensor) -> Tensor:
        """lambda, in units of the class-balanced scatter."""
        return self.get_parameter("log_ridge").exp() * (gram.diagonal() * balance).mean().clamp_min(SMALLEST_SCATTER)

    def weights(self, support: Support) -> Tensor:
        """Relative weights of the support images, (n, n + 1): column i without image i, the last with all."""
        contrast = class_description.contrast_with_others(support.likeness, support.labels, support.ways)
        return class_description.relative_weights(contrast, support.labels, support.ways, self.weight_temperature)

    def leave_one_out_logits(self, support: Support) -> Tensor:
        """Logits of every support image from all the others: (n, N).

        The column of a class that has no other image holds no evidence (score 0 before scaling).
        """
        weights = self.weights(support)[:, :-1]
        gram, balance = self.gram(support), support.balance
        hat = class_description.hat_matrix(gram, balance, self.ridge(gram, balance))
        whole = class_description.leave_one_out_scores(hat, balance, weights, support.labels, support.ways)
        part = leave_one_out_local_scores(support.local, weights, support.labels, support.ways)
        return self.combine(whole, part * support.local_scale)

    def combine(self, whole: Tensor, part: Tensor) -> Tensor:
        """Join global and local scores (n, N) to logits (n, N): every score splits into "whole" and "region"."""
        beta = self.local_share
        return self.scale * ((1 - beta) * whole + beta * (part - part.mean(dim=1, keepdim=True)))

    def penalty(self) -> Tensor:
        """Negative log of the parameters' prior density, up to a constant."""
        terms = [
            ((self.get_parameter(name) - prior.mean) / prior.deviation) ** 2 for name, prior in self._priors.items()
        ]
        return 0.5 * torch.stack(terms).sum()


def local_similarity(
    regions: Tensor, grid: tuple[int, int], globals_: Tensor, labels: Tensor, ways: int
) -> tuple[Tensor, Tensor, float]:
    """Compare the support images' local features with each other.

    regions (n, R, D), globals_ (n, D) -> similarity (n, n) as in `Support.local`; the local feature
    of each image for its own class (n, D); and the attention temperature tau_a (the standard
    deviation of the contrasts over the regions, so that attention neither flattens nor collapses).
    """
    contrasts = local_feature.smoothed(
        local_feature.contrast(local_feature.leave_one_out_similarities(regions, globals_, labels, ways)), grid
    )
    temperature = max(float(contrasts.detach().std(dim=2).mean()), 1e-4)
    local = local_feature.local_features(local_feature.attention(contrasts, temperature), regions)
    own = local[torch.arange(len(labels)), labels]
    similarity = torch.einsum("ncd,md->ncm", local, own)
    picked = similarity.gather(1, labels.expand(len(labels), 1, -1)).squeeze(1)
    return picked.double(), own, temperature


def leave_one_out_local_scores(similarity: Tensor, weights: Tensor, labels: Tensor, ways: int) -> Tensor:
    """Weighted mean similarity of each image's local feature to those of a class, itself left out: (n, N)."""
    members = functional.one_hot(labels, ways).to(similarity.dtype)
    shares = weights.T - torch.diag(weights.diagonal())
    totals = shares @ members
    present = totals > 1e-9
    scores = (shares * similarity) @ members / torch.where(present, totals, torch.ones_like(totals))
    mean = (scores * present).sum(1, keepdim=True) / present.sum(1, keepdim=True).clamp_min(1)
    return torch.where(present, scores, mean.expand_as(scores))


def describe_support(features: ImageFeatures, labels: Tensor, ways: int) -> DescribedSupport:
    """Compute what the head needs of n support images with int64 `labels` (n,)."""
    balance = class_description.class_balance(labels, ways)
    coarse, fine = features.coarse.double(), features.fine.double()
    joined = features.joined_globals()
    shots = float(torch.bincount(labels, minlength=ways).double().median())
    compared = local_feature.suppressed_common(joined, features.regions, max(shots, 1.0))
    local, own_locals, temperature = local_similarity(features.regions, features.grid, compared, labels, ways)
    support = Support(
        class_description.centred_gram(coarse @ coarse.T, balance),
        class_description.centred_gram(fine @ fine.T, balance),
        local,
        (joined @ joined.T).double(),
        torch.ones((), dtype=torch.float64),
        labels,
        ways,
    )
    return DescribedSupport(support._replace(local_scale=_local_scale(support)), compared, own_locals, temperature)


def _local_scale(support: Support) -> Tensor:
    """Ratio of the spread of global to that of local leave-one-out scores, at the parameters' start."""
    with torch.no_grad():
        head = Head(support.labels)
        gram, balance = head.gram(support), support.balance
        equal = torch.ones_like(support.local)
        hat = class_description.hat_matrix(gram, balance, head.ridge(gram, balance))
        whole = class_description.leave_one_out_scores(hat, balance, equal, support.labels, support.ways)
        part = leave_one_out_local_scores(support.local, equal, support.labels, support.ways)
        spread = part.std(dim=1).mean()
        return whole.std(dim=1).mean() / spread.clamp_min(1e-6)
