"""The trainable head: local feature and class description modules joined, fitted by leave-one-out.

The adjustable parameters are few, so that they do not overfit a few images: the ridge of the whitening, the odds of
each view against the coarse one, the share beta of the local feature and the scale kappa of the logits. Each has a
prior, and stays at its mean where no class has two images. Everything is differentiable, also with respect to the
features, so that a backbone can be trained through it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from model.features.view import Traits, View
from model.head import class_description
from model.head.priors import TYPICAL, odds_name, priors
from model.head.support import Support, leave_one_out_local_scores

SMALLEST_SCATTER = 1e-6
"""Keeps the ridge positive where all images are alike."""


class Head(nn.Module):
    """The adjustable parameters, which the last step of claim 1 fits, and the scores computed with them.

    labels: int64 (n,), of the support images
    """

    def __init__(self, labels: Tensor, views: Sequence[View], traits: Traits = TYPICAL) -> None:
        super().__init__()
        self._views, self._priors = tuple(views), priors(labels, views, traits)
        for name, prior in self._priors.items():
            self.register_parameter(name, nn.Parameter(torch.tensor(prior.mean, dtype=torch.float64)))

    @property
    def shares(self) -> Tensor:
        """Shares of the views in the global similarity: (V,), adding up to 1."""
        odds = [self.get_parameter(odds_name(view)) for view in self._views[1:]]
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
        """Return inner products in the joint space, centred on the weighted mean of the images: (n, n)."""
        joint = (self.shares[:, None, None] * support.grams).sum(dim=0)
        return class_description.centred_gram(joint, support.balance)

    def ridge(self, gram: Tensor, balance: Tensor) -> Tensor:
        """lambda, in units of the class-balanced scatter."""
        return self.get_parameter("log_ridge").exp() * (gram.diagonal() * balance).mean().clamp_min(SMALLEST_SCATTER)

    def image_weights(self, support: Support) -> Tensor:
        """Return relative weights of the support images at the current parameters, (n,); 1 is an average one."""
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

        The score of a class that has no other image is 0 before scaling.
        """
        part = leave_one_out_local_scores(support.local, support.weights, support.labels, support.ways)
        return self.combine(self.global_scores(support), part * support.local_scale)

    def combine(self, whole: Tensor, part: Tensor) -> Tensor:
        """Join global scores `whole` and local scores `part`, (n, N) each, to logits (n, N)."""
        beta = self.local_share
        return self.scale * ((1 - beta) * whole + beta * (part - part.mean(dim=1, keepdim=True)))

    def penalty(self) -> Tensor:
        """Negative log of the parameters' prior density, up to a constant."""
        terms = [
            ((self.get_parameter(name) - prior.mean) / prior.deviation) ** 2 for name, prior in self._priors.items()
        ]
        return 0.5 * torch.stack(terms).sum()
