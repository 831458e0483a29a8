"""Where small structures lie: the fine stride's directions on a coarse grid of cells, each cell compared with its own.

A global feature is a mean over the image and forgets what lies where. Among pictures that are framed
alike (digits, garments, X-rays of one view) that is what tells the classes apart. The layout view keeps
`CELLS` x `CELLS` cells; inner products of two layouts compare each cell with the one at the same place,
which is a single level of a spatial pyramid (Lazebnik, Schmid and Ponce 2006). How much it counts is learned
with the rest of the head (docs/adr/0016-layout-view.md).
"""

from __future__ import annotations

from torch import Tensor

CELLS = 3

_LEAST_VARIANCE = 1e-9


def wholeness(layouts: Tensor) -> float:
    """How much of what tells n >= 2 images apart, cell by cell, is the same in all their cells: 0..1.

    layouts (n, D, CELLS, CELLS) as in `ImageFeatures`. The variance of the cells' mean over the mean
    variance of the cells: low where images differ here and there, but hardly as a whole. Uses no labels.
    """
    cells = layouts.double().flatten(2)
    varying = cells - cells.mean(dim=0)
    of_cells = varying.square().sum(dim=1).mean()
    return float(varying.mean(dim=2).square().sum(dim=1).mean() / of_cells.clamp_min(_LEAST_VARIANCE))
