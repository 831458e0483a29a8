"""The patent's class description module (claim 5): representation vectors, image weights, class descriptors.

A representation vector joins the global and the local feature. The third and fourth similarity compare
an image with its own class and with the others; from both comes the image's weight in its class, so
that poor or atypical examples count less. The predicted class is that of the closest descriptor. The
patent's public text has no formulas; these are ours:

    z[i]   = [ sqrt(1 - beta) P (v[i] - mu) ; sqrt(beta) l[i] ]      v: the joint vector, `JointSpace`
    s[i,c] = z[i] . d[c], with d[c] computed without image i         `left_out_ridge`
    s3[i]  = s[i, y[i]],   s4[i] = max over c != y[i] of s[i,c]      third and fourth similarity, `margins`
    t[i]   = sigmoid((s3[i] - s4[i]) / (q tau_w)),  q = max(1, 10 / K)
    w[i]   = (1 - rho) K_c t[i] / (sum of t in the class)  +  rho    `image_weights`
    d[c]   = sum over i of the coefficients of a ridge regression in which image i counts w[i] / K
    logits = kappa z . d                                             `dual_descriptors`

z is never built: since z . d = (1 - beta) (global score) + beta (local score), both terms are computed separately and
added (`averaging`, `TrainedHead.logits`). s3 and s4 compare the global part alone, which was measured to be as good.

s3 - s4 is low for images on the wrong side of the border. It is uncertain where a class has few images, so it counts
less there (q). An image of low weight counts little in the regression; scaling its target instead would still pull the
scores around it to zero (docs/adr/0004-image-weights.md). The sigmoid gives similar weights to all images that resemble
their own class more than the others; a softmax would favour the most typical ones, which costs accuracy where all
labels are right.

P is the whitening (S + lambda)^(-1/2) of the scatter S of all global features, each class counting
the same. It uses no labels, and the global part of the logits is ridge regression onto the classes
(Hoerl and Kennard 1970), for which leaving an image out has a closed form (Allen 1974, PRESS): the
score without image i's own term, divided by 1 - H[i,i]. All of it is computed from the n x n matrix
of inner products, so its cost does not grow with the number of channels. Images of one group (`Grouping`) are left
out together, by the same formula for a block: the residuals of its images times (I - H[G,G])^-1.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from model.head.grouping import Grouping

EPSILON = 1e-12
UNIFORM_SHARE = 0.02
"""rho: the part of the weight that every example has regardless of its similarities."""

TEMPERATURE = 0.32
"""tau_w: the difference of scores over which an image's weight rises from low to full."""

CERTAIN_SHOTS = 10
"""Images of a class from which this temperature holds; with fewer it is higher in proportion."""


def class_balance(labels: Tensor, ways: int) -> Tensor:
    """Return b[i] = 1 / K of i's class, float64 (n,): with it each class counts the same."""
    counts = torch.bincount(labels, minlength=ways).double()
    return 1.0 / counts[labels]


def has_others(labels: Tensor, groups: Grouping | None = None) -> Tensor:
    """Return which images have one of another group in their class, so that they can be left out: bool (n,).

    int64 labels (n,); without `groups` each image is one.
    """
    if groups is None or not groups.blocks:
        return torch.bincount(labels)[labels] > 1
    left = groups.left(labels, int(labels.max()) + 1)
    others: Tensor = left.gather(1, labels[:, None]).squeeze(1) > 0
    return others


def centred_gram(gram: Tensor, balance: Tensor) -> Tensor:
    """Return inner products after subtracting the mean of the class means: (n, n), (n,) -> (n, n)."""
    share = balance / balance.sum()
    row = gram @ share
    return gram - row[:, None] - row[None, :] + share @ row


def left_out_ridge(
    gram: Tensor, balance: Tensor, ridge: Tensor, labels: Tensor, ways: int, groups: Grouping | None = None
) -> tuple[Tensor, Tensor]:
    """Fit a weighted ridge regression with an intercept; score every image by the descriptors of all the others.

    gram: the centred (n, n) matrix K of inner products; balance (n,): the weights B of the images. Returns the dual
    descriptors (`dual_descriptors`) and the leave-one-out scores, float64 (n, N) each. The images of one of `groups`
    are left out together; 0 where that leaves none.

    With A = (K + lambda B^-1)^-1 the fit is H Y = K A Y + 1 b' Y / sum(b), and K A = I - lambda B^-1 A, so that the
    diagonal of A and A Y are all that is needed. Without the intercept's term, centring would reveal the class of a
    left-out image, since the mean of the others depends on it. The refitted intercept is subtracted from the scores: it
    depends only on how many images of each class are left.
    """
    targets, penalties = _targets(labels, ways), ridge / balance
    factor = torch.linalg.cholesky(gram + torch.diag(penalties))
    dual = torch.cholesky_solve(targets, factor)
    inverse = torch.cholesky_inverse(factor)
    share = (balance / balance.sum())[:, None]
    intercept = (share * targets).sum(dim=0)
    own = (1 - penalties * inverse.diagonal())[:, None] + share
    fitted = targets - penalties[:, None] * dual + intercept
    without = (fitted - own * targets) / (1 - own).clamp_min(1e-6)
    scores = without - (intercept - share * targets) / (1 - share)
    for block in groups.blocks if groups is not None else ():
        left_out = _left_out_blocks(block, inverse, penalties, share, targets, fitted, intercept)
        scores = scores.index_copy(0, block.flatten(), left_out.flatten(0, 1))
    return dual, scores


def _left_out_blocks(
    block: Tensor,
    inverse: Tensor,
    penalties: Tensor,
    share: Tensor,
    targets: Tensor,
    fitted: Tensor,
    intercept: Tensor,
) -> Tensor:
    """Scores of the images of k groups of m, each group left out: int64 (k, m) -> (k, m, N).

    With R the residuals, I - H[G,G] = lambda B^-1 A[G,G] - 1 b[G]' / sum(b) and the scores are Y - (I - H[G,G])^-1 R.
    """
    own, part = targets[block], share[block]
    without_rest = 1 - part.sum(dim=1, keepdim=True)
    nothing = without_rest < 1e-9
    rest = penalties[block][:, :, None] * inverse[block[:, :, None], block[:, None, :]] - part.transpose(1, 2)
    rest = torch.where(nothing, torch.eye(block.shape[1], dtype=rest.dtype), rest)
    scores = own - torch.linalg.solve(rest, own - fitted[block])
    refitted = (intercept - (part * own).sum(dim=1, keepdim=True)) / torch.where(nothing, 1.0, without_rest)
    left_out: Tensor = (scores - refitted).masked_fill(nothing, 0.0)
    return left_out


def dual_descriptors(gram: Tensor, balance: Tensor, ridge: Tensor, labels: Tensor, ways: int) -> Tensor:
    """Return class descriptors as coefficients of the support images: float64 (n, N).

    The scores of a query are its centred inner products with the support images times these coefficients.
    """
    descriptors: Tensor = torch.linalg.solve(gram + torch.diag(ridge / balance), _targets(labels, ways))
    return descriptors


def margins(scores: Tensor, labels: Tensor) -> Tensor:
    """Score of the own class less the highest of the others: (n, N), int64 (n,) -> (n,)."""
    own = scores.gather(1, labels[:, None])
    others = scores.scatter(1, labels[:, None], -torch.inf)
    return own.squeeze(1) - others.amax(dim=1)


def image_weights(margin: Tensor, labels: Tensor, ways: int) -> Tensor:
    """Weight of each image times K of its class, so that 1 is an average example: float64 (n,).

    margin (n,): third less fourth similarity, `margins` of the leave-one-out scores. In a class of fewer than three
    images all weights are 1: of two images, neither can be called the atypical one.
    """
    members = functional.one_hot(labels, ways).to(margin.dtype)
    counts = members.sum(0)[labels]
    fewness = (CERTAIN_SHOTS / counts).clamp_min(1.0)
    trust = torch.sigmoid(margin / (TEMPERATURE * fewness)) + EPSILON
    weights = (1 - UNIFORM_SHARE) * trust / (members.T @ trust)[labels] * counts + UNIFORM_SHARE
    return torch.where(counts > 2, weights, torch.ones_like(weights))


def _targets(labels: Tensor, ways: int) -> Tensor:
    """Regression targets: 1 for the own class, less the mean, float64 (n, N); rows add up to 0."""
    return functional.one_hot(labels, ways).double() - 1.0 / ways
