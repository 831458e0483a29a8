"""The patent's local feature module (claim 4): attention over the regions of an image, for each class.

Each region is compared with the global features of the images of one class (first similarity) and
of the other classes (second similarity); their difference gives the attention, and the region of
highest attention is the local feature. The formulas are our reading (the public text of the patent
has none):

    s1[q,c,r] = S(f[q,r] . gbar[c])                          `similarities`, `smoothed`
    s2[q,c,r] = mean over c' != c of s1[q,c',r]              `contrast`
    a[q,c,r]  = softmax over r of (s1 - s2) / tau_a          `attention`
    l[q,c]    = sum over r of a[q,c,r] f[q,r]                `local_features`

S is the mean over 3 x 3 neighbouring regions. gbar[c] is the mean global feature of class c, after
`suppressed_common`; "the others" is a mean of class means, so that a large bin does not outweigh a small one. The
class of q is never used: attention is computed for each class in turn, because attention for the true class alone
would raise leave-one-out accuracy above chance on pure noise. For differences from the claims see docs/method.md.
"""

from __future__ import annotations

from functools import reduce

import torch
from torch import Tensor
from torch.nn import functional

from model.features.maps import resampled
from model.head.grouping import Grouping

SCATTER_RIDGE, SCATTER_SHOTS = 30.0, 5.0
"""Ridge of `suppressed_common`, in units of the scatter's mean variance, and the shots below which it is larger."""

SCATTER_ROWS = 1000
"""Number of regions that the scatter is computed from: more take longer and change nothing."""

SMOOTHING_CELLS = 3
"""Similarities are averaged over windows of this many cells a side."""


def suppressed_common(globals_: Tensor, regions: Tensor, shots: float) -> Tensor:
    """Suppress in global features the directions in which all regions vary: (n, D), (n, R, D) -> (n, D).

    Multiplies by r (S + r I)^-1, where S is the scatter of the regions, so that differences found in every image, such
    as sky against ground, count less. Ours; r is large, and larger where `shots` (the typical number of images in a
    class) is small, since S is then less certain.
    """
    with torch.no_grad():
        count = regions.shape[0] * regions.shape[1]
        picked = torch.arange(0, count, -(-count // SCATTER_ROWS))
        rows = regions[picked // regions.shape[1], picked % regions.shape[1]]
        centred = (rows - rows.mean(dim=0)) / len(rows) ** 0.5
        gram = centred @ centred.T
        ridge = SCATTER_RIDGE * max(1.0, SCATTER_SHOTS / shots) * gram.diagonal().sum() / rows.shape[1]
        ridge = ridge.clamp_min(1e-9)
        gram.diagonal().add_(ridge)
        factor = torch.linalg.cholesky(gram)
    # The inverse by way of the rows' inner products (Woodbury's identity): there are fewer rows than channels.
    common: Tensor = centred.T @ torch.cholesky_solve(centred @ globals_.T, factor)
    return globals_ - common.T


def class_means(globals_: Tensor, labels: Tensor, ways: int) -> Tensor:
    """Mean global feature of each class: (n, D), int64 (n,) -> (N, D)."""
    members = functional.one_hot(labels, ways).to(globals_.dtype)
    return (members.T @ globals_) / members.sum(0).clamp_min(1).unsqueeze(1)


def similarities(coarse: Tensor, fine: Tensor) -> Tensor:
    """Similarity of every region to every vector: (n, V, h', w'), (n, V, h, w) -> (n, V, R).

    coarse, fine: `inner_products` with the two parts of the vectors that `split` returns. The coarse stride is compared
        on its own grid and the result is interpolated, a quarter of the work.
    """
    height, width = fine.shape[2:]
    return (resampled(coarse, (height, width)) + fine).flatten(2)


def leave_one_out_similarities(
    regions: Tensor, globals_: Tensor, labels: Tensor, ways: int, groups: Grouping | None = None
) -> Tensor:
    """As `similarities` for the support images themselves, each compared with the others only.

    regions (n, R, D), globals_ (n, D), int64 labels (n,) -> (n, N, R). The mean of an image's own class is taken
    without the image; the only image of a class has similarity 0 to it, so that its contrast depends on the other
    classes alone. All class means are taken without the images of the image's group.
    """
    to_class = torch.einsum("nrd,cd->ncr", regions, class_means(globals_, labels, ways))
    to_itself = torch.einsum("nrd,nd->nr", regions, globals_)
    counts = torch.bincount(labels, minlength=ways).to(regions.dtype)[labels]
    rows = torch.arange(len(labels), device=labels.device)
    own = to_class[rows, labels]
    without_itself = (own * counts[:, None] - to_itself) / (counts - 1).clamp_min(1)[:, None]
    result = to_class.clone()
    result[rows, labels] = torch.where(counts[:, None] > 1, without_itself, torch.zeros_like(own))
    if groups is None or not groups.blocks:
        return result
    members = functional.one_hot(labels, ways).to(regions.dtype)
    sums, left = members.T @ globals_, groups.left(labels, ways)
    for group in (group for block in groups.blocks for group in block):
        means = (sums - members[group].T @ globals_[group]) / left[group[0]].clamp_min(1)[:, None]
        result = result.index_copy(0, group, torch.einsum("nrd,cd->ncr", regions[group], means))
    return result.masked_fill((left == 0)[:, :, None], 0.0)


def contrast(similarity: Tensor) -> Tensor:
    """First minus second similarity, s1 - s2: (n, N, R) -> (n, N, R). With one class the second similarity is 0."""
    first, ways = similarity, similarity.shape[1]
    if ways == 1:
        return first
    second = (first.sum(dim=1, keepdim=True) - first) / (ways - 1)
    return first - second


def smoothed(values: Tensor, grid: tuple[int, int]) -> Tensor:
    """Average over windows of `SMOOTHING_CELLS` cells a side, borders repeated: (n, N, R) -> (n, N, R)."""
    maps = values.unflatten(2, grid)
    margin = SMOOTHING_CELLS // 2
    padded = functional.pad(maps, (margin, margin, margin, margin), mode="replicate")
    # Adding shifted rows and columns takes a third of the time of average pooling.
    rows = reduce(torch.add, (padded[:, :, k : k + grid[0]] for k in range(SMOOTHING_CELLS)))
    windows = reduce(torch.add, (rows[..., k : k + grid[1]] for k in range(SMOOTHING_CELLS)))
    return (windows / SMOOTHING_CELLS**2).flatten(2)


def familiarity(similarity: Tensor) -> Tensor:
    """Return each region's similarity to the class nearest to it: (n, N, R) -> (n, R). Ours."""
    return similarity.amax(dim=1)


def attention(contrasts: Tensor, temperature: float, coverage: Tensor | None = None) -> Tensor:
    """Return the softmax over the regions: (n, N, R) -> (n, N, R), adding up to 1 over R.

    With coverage (n, R), the share of each region that counts, it is multiplied by that before it is made to add up.
    """
    scores = contrasts / temperature
    return torch.softmax(scores if coverage is None else scores + coverage.log()[:, None], dim=2)


def local_features(attention_: Tensor, regions: Tensor) -> Tensor:
    """Return the attention-weighted sum of the regions: (n, N, R), (n, R, D) -> (n, N, D)."""
    return attention_ @ regions
