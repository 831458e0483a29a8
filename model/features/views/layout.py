"""The layout view: the fine stride's directions on a coarse grid of cells, compared cell by cell.

A global feature is a mean over the image and has no positions. Among images that are framed alike (digits, garments,
X-rays of one view) positions tell the classes apart. The inner product of two layouts compares each cell with the one
at the same place, which is a single level of a spatial pyramid (Lazebnik, Schmid and Ponce 2006); see
docs/adr/0016-layout-view.md.
"""

from __future__ import annotations

from torch import Tensor

from model.features.maps import LAYOUT_CELLS, ImageFeatures
from model.features.view import VIEWS, View


class LayoutView(View):
    """The global features of `LAYOUT_CELLS` x `LAYOUT_CELLS` cells, in one vector of length 1."""

    name = "layout"
    order = 30
    levels = (0.15, 0.5)

    def size(self, channels: tuple[int, ...], taught: int) -> int:
        """See `View.size`."""
        del taught
        return channels[0] * LAYOUT_CELLS**2

    def vectors(self, features: ImageFeatures, directions: Tensor) -> Tensor:
        """See `View.vectors`."""
        del directions
        return features.layout.flatten(1)


VIEWS.register(LayoutView.name, LayoutView())
