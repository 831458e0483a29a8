"""The layout view: the fine stride's directions on a coarse grid of cells, compared cell by cell.

A global feature is a mean over the image and has no positions. Among images that are framed alike (digits, garments,
X-rays of one view) positions tell the classes apart. The inner product of two layouts compares each cell with the one
at the same place, which is a single level of a spatial pyramid (Lazebnik, Schmid and Ponce 2006). Its share is fitted
with the rest of the head (docs/adr/0016-layout-view.md).
"""

from __future__ import annotations

from torch import Tensor

from model.features.maps import LAYOUT_CELLS, ImageFeatures
from model.features.view import VIEWS, Traits, View

WHOLENESS_SLOPE = 6.0
"""Slope by which `wholeness` lowers the prior mean of the log odds."""

_LEAST_VARIANCE = 1e-9


class LayoutView(View):
    """The global features of `LAYOUT_CELLS` x `LAYOUT_CELLS` cells, in one vector of length 1."""

    name = "layout"
    order = 30
    prior_mean, prior_deviation = 1.9, 1.0

    def size(self, channels: tuple[int, int], taught: int) -> int:
        """See `View.size`."""
        del taught
        return channels[0] * LAYOUT_CELLS**2

    def vectors(self, features: ImageFeatures, directions: Tensor) -> Tensor:
        """See `View.vectors`."""
        del directions
        return features.layout.flatten(1)

    def prior_shift(self, traits: Traits) -> float:
        """Higher where images differ in some places but hardly as a whole; lower for different surfaces."""
        return traits.lowered_by_spread(-WHOLENESS_SLOPE * traits.wholeness, slope=1.0)


VIEWS.register(LayoutView.name, LayoutView())


def wholeness(layouts: Tensor) -> float:
    """Share of the differences between n >= 2 images that is common to all cells, 0..1.

    layouts: (n, D, LAYOUT_CELLS, LAYOUT_CELLS) as in `ImageFeatures`. It is the variance of the cells' mean over the
    mean variance of the cells: low where images differ in some places but hardly as a whole. Uses no labels.
    """
    cells = layouts.double().flatten(2)
    varying = cells - cells.mean(dim=0)
    of_cells = varying.square().sum(dim=1).mean()
    return float(varying.mean(dim=2).square().sum(dim=1).mean() / of_cells.clamp_min(_LEAST_VARIANCE))
