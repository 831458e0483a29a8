"""The patent's class description module: representation vectors, a weight for each image, class descriptors.

A representation vector joins the global and the local feature. Third and fourth similarity compare
an image with its own class and with the others; from both comes the image's weight in its class, so
that poor or odd examples count less. The predicted class is that of the closest descriptor. The
patent's public text has no formulas; these are ours:

    z[i]   = [ sqrt(1 - beta) P (g[i] - mu) ; sqrt(beta) l[i] ]
    t[i]   = sigmoid((s3[i] - s4[i]) / tau_w)
    w[i]   = (1 - rho) t[i] / (sum of t in the class)  +  rho / K_c
    d[c]   = sum over y[i] = c of w[i] z[i]
    logits = kappa z . d

The sigmoid leaves all images that resemble their own class more than the others alike and takes
weight from those that do not; a softmax would favour the most typical ones, which costs accuracy
where all labels are right (docs/adr/0004-image-weights.md).

P is the whitening (S + lambda)^(-1/2) of the scatter S of all global features, each class counting
the same. It uses no labels, and with equal weights the global part of the logits is ridge regression
onto the classes (Hoerl and Kennard 1970), for which leaving an image out has a closed form (Allen
1974, PRESS): the score without image i's own term, divided by 1 - H[i,i]. All of it is computed from
the n x n matrix of inner products, so its cost does not grow with the number of channels.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

UNIFORM_SHARE = 0.1
"""rho: the part of the weight that every example keeps whatever it looks like."""

EPSILON = 1e-12


def class_balance(labels: Tensor, ways: int) -> Tensor:
    """Return b[i] = 1 / K of i's class, float64 (n,): with it each class counts the same."""
    counts = torch.bincount(labels, minlength=ways).double()
    return 1.0 / counts[labels]


def centred_gram(gram: Tensor, balance: Tensor) -> Tensor:
    """Inner products after subtracting the mean of the class means: (n, n), (n,) -> (n, n)."""
    share = balance / balance.sum()
    row = gram @ share
    return gram - row[:, None] - row[None, :] + share @ row


def hat_matrix(gram: Tensor, balance: Tensor, ridge: Tensor) -> Tensor:
    """H = K (K + lambda B^-1)^-1 + 1 b' / sum(b), (n, n): the fit of a ridge regression with an intercept.

    gram is the centred (n, n) matrix K of inner products, B = diag(balance). Without the intercept's
    term, centring would betray a left-out image's class: what the others lack is what it has.
    """
    slope: Tensor = torch.linalg.solve(gram + torch.diag(ridge / balance), gram).T
    return slope + balance / balance.sum()


def contrast_with_others(similarity: Tensor, labels: Tensor, ways: int) -> Tensor:
    """s3 - s4 of every image, with every image in turn left out.

    similarity: float64 (n, n) of representation vectors. Returns float64 (n, n + 1): column i < n is
    the contrast of each image when image i is left out (its own entry there means nothing), column n
    with none left out. s3 averages over the other images of the class (0 where there is none), s4
    over the class means of the other classes.
    """
    members = functional.one_hot(labels, ways).to(similarity.dtype)
    others = similarity - torch.diag(similarity.diagonal())
    sums, counts = others @ members, members.sum(0)[None, :] - members  # (n, N), image j itself not counted
    means = _ratio(sums, counts)
    same = members @ members.T
    # What leaving image i out changes for image j: the mean of i's class, and whether that class is still there.
    left = counts[:, labels] - 1
    reduced = _ratio(sums[:, labels] - others, left)
    own_sum, own_count = (sums * members).sum(1, keepdim=True), (counts * members).sum(1, keepdim=True)
    third = _ratio(own_sum - same * others, own_count - same)
    foreign = (counts > 0) * (1 - members)
    foreign_sum, foreign_count = (means * foreign).sum(1, keepdim=True), foreign.sum(1, keepdim=True)
    gone = (1 - same) * (left <= 0)
    fourth = _ratio(foreign_sum + (1 - same) * (reduced - means[:, labels]), foreign_count - gone)
    complete = _ratio(own_sum, own_count) - _ratio(foreign_sum, foreign_count)
    return torch.cat((third - fourth, complete), dim=1)


def _ratio(total: Tensor, count: Tensor) -> Tensor:
    """Quotient of total and count, 0 where nothing is counted."""
    return torch.where(count > 0, total / count.clamp_min(1), torch.zeros_like(total))


def relative_weights(contrast: Tensor, labels: Tensor, ways: int, temperature: Tensor) -> Tensor:
    """Weight of each image times K of its class, so that 1 is an average example.

    contrast: (n, m), one column for each situation; returns (n, m). A class of fewer than three
    images has equal weights: two images cannot say which of them is the odd one.
    """
    members = functional.one_hot(labels, ways).to(contrast.dtype)
    counts = members.sum(0)[labels][:, None]
    trust = torch.sigmoid(contrast / temperature) + EPSILON
    weights = (1 - UNIFORM_SHARE) * trust / (members.T @ trust)[labels] * counts + UNIFORM_SHARE
    return torch.where(counts > 2, weights, torch.ones_like(weights))


def leave_one_out_scores(hat: Tensor, balance: Tensor, weights: Tensor, labels: Tensor, ways: int) -> Tensor:
    """Score every support image by the descriptors of all the others: (n, N).

    hat (n, n) from `hat_matrix`; weights (n, n): column i holds the relative weights without image i.
    The refitted intercept is taken off again: it only tells how many images of a class are left.
    """
    targets = functional.one_hot(labels, ways).to(hat.dtype) - 1.0 / ways
    counted = weights.T - torch.diag(weights.diagonal())
    share = balance / balance.sum()
    fitted = (hat * counted) @ targets / (1 - hat.diagonal()).clamp_min(1e-6)[:, None]
    intercept = (share * counted) @ targets / (1 - share)[:, None]
    return fitted - intercept


def dual_descriptors(gram: Tensor, balance: Tensor, ridge: Tensor, weights: Tensor, targets: Tensor) -> Tensor:
    """Class descriptors as coefficients of the support images: float64 (n, N).

    A query's score is its centred inner products with the support images times these.
    """
    descriptors: Tensor = torch.linalg.solve(gram + torch.diag(ridge / balance), weights[:, None] * targets)
    return descriptors
