"""The trainable head: local feature and class description modules joined, fitted by leave-one-out.

The adjustable parameters are few, so that five images cannot be learned by heart: the ridge of the
whitening, the odds of the semantic view, the fine stride, the layout and the texture against the coarse stride,
the share beta of the local feature and the scale kappa of the logits.
Each has a prior (a Gaussian around a start value), which is all there is where no class has two
images. Everything is differentiable, also with respect to the features, so a backbone can be
trained through it.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from model.features.maps import ImageFeatures
from model.head import class_description, local_feature
from model.head.joint_space import VIEWS, Fusion
from model.head.priors import TYPICAL, Traits, priors


class DescribedSupport(NamedTuple):
    """A support set prepared for the head.

    fusion: how the views of an image join in the support set's space
    compared (n, D): global features as regions are compared with them
    locals:  (n, D) local feature of each image for its own class
    temperature: tau_a of the attention
    familiarity (n, R): see `local_feature.familiarity`, each image compared with the others
    """

    support: Support
    fusion: Fusion
    compared: Tensor
    locals: Tensor
    temperature: float
    familiarity: Tensor


class Support(NamedTuple):
    """What the head needs of the support images, once computed; n images, N classes, float64 on the CPU.

    grams:      (5, n, n) inner products of each view of `model.head.joint_space`
    local:      (n, n) similarity of image i's local feature, taken for image j's class, to j's own
    local_scale: number that brings local scores to the size of global ones
    weights:    (n,) relative weight of each image, 1 until `Head.image_weights` says otherwise
    """

    grams: Tensor
    local: Tensor
    local_scale: Tensor
    labels: Tensor
    ways: int
    weights: Tensor

    @property
    def balance(self) -> Tensor:
        """How much each image counts: its weight over K of its class, (n,)."""
        return class_description.class_balance(self.labels, self.ways) * self.weights


SMALLEST_SCATTER = 1e-6
"""Keeps the ridge positive where all images are alike."""


class Head(nn.Module):
    """The seven parameters and the scores they give."""

    def __init__(self, labels: Tensor, traits: Traits = TYPICAL) -> None:
        super().__init__()
        self._priors = priors(labels, traits)
        for name, prior in self._priors.items():
            self.register_parameter(name, nn.Parameter(torch.tensor(prior.mean, dtype=torch.float64)))

    @property
    def shares(self) -> Tensor:
        """Shares of the views of `model.head.joint_space` in the global similarity: (5,), adding up to 1."""
        odds = [self.get_parameter(f"log_{view}_odds") for view in VIEWS[1:]]
        return torch.softmax(torch.stack((torch.zeros_like(odds[0]), *odds)), dim=0)

    @property
    def local_share(self) -> Tensor:
        """beta, the share of the local feature in the representation vector, 0..1."""
        return torch.sigmoid(self.get_parameter("logit_local_share"))

    @property
    def scale(self) -> Tensor:
        """kappa, the inverse temperature of the class probabilities."""
        return self.get_parameter("log_scale").exp()

    def gram(self, support: Support) -> Tensor:
        """Inner products in the joint space, centred on the mean as the images count: (n, n)."""
        joint = (self.shares[:, None, None] * support.grams).sum(dim=0)
        return class_description.centred_gram(joint, support.balance)

    def ridge(self, gram: Tensor, balance: Tensor) -> Tensor:
        """lambda, in units of the class-balanced scatter."""
        return self.get_parameter("log_ridge").exp() * (gram.diagonal() * balance).mean().clamp_min(SMALLEST_SCATTER)

    def image_weights(self, support: Support) -> Tensor:
        """Relative weights of the support images as the head sees them now, (n,); 1 is an average one."""
        gram = self.gram(support)
        lengths = gram.diagonal().clamp_min(SMALLEST_SCATTER).sqrt()
        cosines = gram / lengths[:, None] / lengths[None, :]
        contrast = class_description.contrast_with_others(cosines, support.labels, support.ways)
        margin = class_description.margins(self.global_scores(support), support.labels)
        return class_description.image_weights(margin, contrast, support.labels, support.ways)

    def global_scores(self, support: Support) -> Tensor:
        """Score every support image by the global features of all the others: (n, N)."""
        gram, balance = self.gram(support), support.balance
        hat = class_description.hat_matrix(gram, balance, self.ridge(gram, balance))
        return class_description.leave_one_out_scores(hat, balance, support.labels, support.ways)

    def leave_one_out_logits(self, support: Support) -> Tensor:
        """Logits of every support image from all the others: (n, N).

        The column of a class that has no other image holds no evidence (score 0 before scaling).
        """
        part = leave_one_out_local_scores(support.local, support.weights, support.labels, support.ways)
        return self.combine(self.global_scores(support), part * support.local_scale)

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
) -> tuple[Tensor, Tensor, float, Tensor]:
    """Compare the support images' local features with each other.

    regions (n, R, D), globals_ (n, D) -> similarity (n, n) as in `Support.local`; the local feature
    of each image for its own class (n, D); the attention temperature tau_a (the standard deviation of
    the contrasts over the regions, so that attention neither flattens nor collapses); and the regions'
    familiarity (n, R).
    """
    similarities = local_feature.leave_one_out_similarities(regions, globals_, labels, ways)
    similarities = local_feature.smoothed(similarities, grid)
    contrasts = local_feature.contrast(similarities)
    temperature = max(float(contrasts.detach().std(dim=2).mean()), 1e-4)
    local = local_feature.local_features(local_feature.attention(contrasts, temperature), regions)
    own = local[torch.arange(len(labels)), labels]
    similarity = torch.einsum("ncd,md->ncm", local, own)
    picked = similarity.gather(1, labels.expand(len(labels), 1, -1)).squeeze(1)
    return picked.double(), own, temperature, local_feature.familiarity(similarities)


def leave_one_out_local_scores(similarity: Tensor, weights: Tensor, labels: Tensor, ways: int) -> Tensor:
    """Weighted mean similarity of each image's local feature to those of a class, itself left out: (n, N)."""
    members = functional.one_hot(labels, ways).to(similarity.dtype) * weights[:, None]
    totals = members.sum(dim=0) - members
    present = totals > 1e-9
    sums = (similarity - torch.diag(similarity.diagonal())) @ members
    scores = sums / torch.where(present, totals, torch.ones_like(totals))
    mean = (scores * present).sum(1, keepdim=True) / present.sum(1, keepdim=True).clamp_min(1)
    return torch.where(present, scores, mean.expand_as(scores))


def describe_support(
    features: ImageFeatures, labels: Tensor, ways: int, directions: Tensor, compared_with: Tensor | None = None
) -> DescribedSupport:
    """Compute what the head needs of n support images with int64 `labels` (n,).

    directions: see `Backbone.class_directions`
    compared_with: (n, L) what regions are compared with, see `model.embedding.two_sizes` (default: the joined
    global features).
    """
    fusion = Fusion.of(features, class_description.class_balance(labels, ways), directions)
    joined = features.joined_globals() if compared_with is None else compared_with
    regions = features.joined_regions()
    shots = float(torch.bincount(labels, minlength=ways).double().median())
    compared = local_feature.suppressed_common(joined, regions, max(shots, 1.0))
    local, own_locals, temperature, familiarity = local_similarity(regions, features.grid, compared, labels, ways)
    support = Support(
        torch.stack([view @ view.T for view in fusion.views(features)]),
        local,
        torch.ones((), dtype=torch.float64),
        labels,
        ways,
        torch.ones(len(labels), dtype=torch.float64),
    )
    support = support._replace(local_scale=_local_scale(support))
    return DescribedSupport(support, fusion, compared, own_locals, temperature, familiarity)


def _local_scale(support: Support) -> Tensor:
    """Ratio of the spread of global to that of local leave-one-out scores, at the parameters' start."""
    with torch.no_grad():
        whole = Head(support.labels).global_scores(support)
        part = leave_one_out_local_scores(support.local, support.weights, support.labels, support.ways)
        spread = part.std(dim=1).mean()
        return whole.std(dim=1).mean() / spread.clamp_min(1e-6)
