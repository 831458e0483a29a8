"""Averaging over hypotheses: from a support set to one linear classifier, its weights and leave-one-out results.

A hypothesis h is weighted by its prior times the likelihood of the examples, each left out in turn:

    weight[h] = prior[h] exp(- sum over i of loss[h, i])            loss: cross-entropy of the leave-one-out logits

and the logits are averaged by these weights. The logits of every hypothesis are linear in the views' vectors, so their
average is one linear classifier. Ours; averaging probabilities instead was measured to be as good and needs every
hypothesis when predicting (docs/adr/0022-averaged-head.md).

For the leave-one-out result of image i the weights are those without loss[h, i]: what judges the classifier for an
image has not seen its label. Where images belong together (`Grouping`), they are without those of its whole group.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from model.head import class_description
from model.head.grouping import Grouping
from model.head.hypotheses import Hypotheses
from model.head.support import Support, leave_one_out_local_scores

SMALLEST_SCATTER = 1e-6
"""Keeps the ridge positive where all images are alike."""

NEGLIGIBLE = 1e-3
"""Regressions of a smaller weight are left out: they change no probability by more than this."""

MOST_IMAGES = 400
"""Images that all hypotheses are compared on; of more, so many are drawn, and the likely hypotheses use all."""


class Compared(NamedTuple):
    """What a grid's S regressions say of n images of N classes, each image left out; float64.

    dual: (S, n, N) dual descriptors
    whole: (S, n, N) scores of the global features
    part: (n, N) scores of the local features
    losses: (S, B, G, n) cross-entropy, 0 for images that cannot be left out
    groups: which images are left out together
    """

    dual: Tensor
    whole: Tensor
    part: Tensor
    losses: Tensor
    groups: Grouping

    def pick(self, regressions: Tensor) -> Compared:
        """Return what some of the S regressions say; int64 or bool indices."""
        dual, whole, losses = self.dual[regressions], self.whole[regressions], self.losses[regressions]
        return self._replace(dual=dual, whole=whole, losses=losses)


class Averaged(NamedTuple):
    """The average of a grid's hypotheses, for n images of N classes; float64.

    weights: (S, B, G) of the hypotheses, adding up to 1
    shares: (V,) the views' mean shares
    dual: (V, n, N) coefficients of the images' vectors in the logits, for each view
    scale, local_share: kappa and beta of the averaged logits, see `TrainedHead.logits`
    whole: (n, N) leave-one-out scores of the global features, before scaling
    leave_one_out: (n, N) leave-one-out logits
    """

    weights: Tensor
    shares: Tensor
    dual: Tensor
    scale: Tensor
    local_share: Tensor
    whole: Tensor
    leave_one_out: Tensor


def _joint_gram(support: Support, shares: Tensor) -> Tensor:
    """Return inner products in the joint space, centred on the weighted mean of the images: (V,) -> (n, n)."""
    return class_description.centred_gram((shares[:, None, None] * support.grams).sum(dim=0), support.balance)


def regression(support: Support, shares: Tensor, ridge: Tensor) -> tuple[Tensor, Tensor]:
    """Return the dual descriptors and the leave-one-out scores of one regression, (n, N) each."""
    gram, balance = _joint_gram(support, shares), support.balance
    scatter = (gram.diagonal() * balance).mean().clamp_min(SMALLEST_SCATTER)
    return class_description.left_out_ridge(
        gram, balance, ridge * scatter, support.labels, support.ways, support.groups
    )


def compare(support: Support, hypotheses: Hypotheses, losses: Tensor | None = None) -> Compared:
    """Fit every regression of a grid; differentiable in the support set's inner products.

    losses: (S, B, G, n), by which the hypotheses are to be weighed (default: those of these regressions)
    """
    part = _centred_local_scores(support)
    fits = [regression(support, *each) for each in zip(hypotheses.shares, hypotheses.ridges, strict=True)]
    dual, whole = (torch.stack(each) for each in zip(*fits, strict=True))
    if losses is None:
        counted = class_description.has_others(support.labels, support.groups)
        losses = torch.stack([_losses(one, part, hypotheses, support.labels) * counted for one in whole])
    return Compared(dual, whole, part, losses, support.groups)


def average(compared: Compared, hypotheses: Hypotheses) -> Averaged:
    """Average the hypotheses, compared on a support set."""
    losses, scales, local = compared.losses, hypotheses.scales, hypotheses.local_shares
    log_weights = hypotheses.log_prior - losses.sum(dim=3)
    weights = torch.softmax(log_weights.flatten(), dim=0).view_as(log_weights)
    honest = torch.softmax((log_weights[..., None] + compared.groups.sums(losses)).flatten(0, 2), dim=0).view_as(losses)
    of_whole = torch.einsum("sbgn,g,b->sn", honest, scales, 1 - local)
    of_part = torch.einsum("sbgn,g,b->n", honest, scales, local)
    each = torch.einsum("sbg,g,b->s", weights, scales, 1 - local)
    scale = weights.sum((0, 1)) @ scales
    return Averaged(
        weights=weights,
        shares=weights.sum((1, 2)) @ hypotheses.shares,
        dual=torch.einsum("s,sv,snc->vnc", each, hypotheses.shares, compared.dual),
        scale=scale,
        local_share=torch.einsum("sbg,g,b->", weights, scales, local) / scale,
        whole=(honest.sum((1, 2))[..., None] * compared.whole).sum(dim=0),
        leave_one_out=(of_whole[..., None] * compared.whole).sum(dim=0) + of_part[:, None] * compared.part,
    )


def shortlist(support: Support, hypotheses: Hypotheses) -> tuple[Hypotheses, Compared]:
    """Return the hypotheses whose regressions are not negligible, and what these say of all images.

    Which are negligible is seen from `MOST_IMAGES` images at most.
    """
    some = _thinned(support)
    compared = compare(some, hypotheses)
    weights = average(compared, hypotheses).weights.sum((1, 2))
    kept = weights >= min(NEGLIGIBLE, float(weights.max()))
    chosen = hypotheses.pick(kept)
    return chosen, compared.pick(kept) if some is support else compare(support, chosen)


def _centred_local_scores(support: Support) -> Tensor:
    """Return the leave-one-out scores of the local features, less each image's mean: (n, N)."""
    part = leave_one_out_local_scores(support) * support.local_scale
    return part - part.mean(dim=1, keepdim=True)


def _losses(whole: Tensor, part: Tensor, hypotheses: Hypotheses, labels: Tensor) -> Tensor:
    """Cross-entropy of each image under the hypotheses of one regression: (B, G, n)."""
    beta = hypotheses.local_shares[:, None, None]
    joined = (1 - beta) * whole + beta * part
    logits = hypotheses.scales[:, None, None] * joined[:, None]
    own = logits.gather(3, labels.expand(*logits.shape[:2], -1)[..., None]).squeeze(3)
    return logits.logsumexp(dim=3) - own


def _thinned(support: Support) -> Support:
    """Keep `MOST_IMAGES` images at most, of every class as many as there is room for; always the same ones."""
    counts = torch.bincount(support.labels, minlength=support.ways)
    if len(support.labels) <= MOST_IMAGES:
        return support
    room = max(2, MOST_IMAGES // int((counts > 0).sum()))
    generator = torch.Generator().manual_seed(0)
    kept = []
    for class_ in range(support.ways):
        members = torch.nonzero(support.labels == class_).flatten()
        kept.append(members[torch.randperm(len(members), generator=generator)[:room]])
    rows = torch.cat(kept).sort().values
    return support._replace(
        grams=support.grams[:, rows][:, :, rows],
        local=support.local[rows][:, rows],
        labels=support.labels[rows],
        weights=support.weights[rows],
        groups=support.groups.pick(rows),
    )
