"""Where a person says that an example shows its class ("here"), and where it does not ("not here").

The picture stays whole, and so do its cached features: only which of its regions count is another. A cell counts by
the share of it that lies in a box. Ours (docs/adr/0038-here-and-not-here.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from model.features.maps import ImageFeatures, describe, join

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, as shares 0..1 of the width and height of what is looked at."""

_FINENESS = 16  # parts of a cell along each side, by which its share in boxes is counted


class Attended(NamedTuple):
    """What the boxes of n images change; images without boxes have what they have anyway.

    coverage: float32 (n, R) on `TRAINING_GRID`, the share 0..1 of each region that counts; 1 where nothing was said
    coarse: float32 (n, D_coarse), the global feature at stride 32 of what counts
    compared: float32 (n, D_coarse + D_fine), what regions are compared with, of what counts
    ignoring: the features without what is "not here", whatever is "here"
    ignores: bool (n,), which images have something that is not
    """

    coverage: Tensor
    coarse: Tensor
    compared: Tensor
    ignoring: ImageFeatures
    ignores: Tensor


def coverage(inside: Sequence[Box], outside: Sequence[Box], grid: tuple[int, int]) -> Tensor:
    """Return the share 0..1 of each cell that counts, float32 (h, w).

    That is what lies in `inside`, all where there is none, less what lies in `outside`. A box has at least a sixteenth
    of a cell along each side. Where nothing is left, all of the image counts.
    """
    shares = _left(inside, outside, grid)
    return shares if bool(shares.any()) else torch.ones_like(shares)


def leaves_nothing(inside: Sequence[Box], outside: Sequence[Box], grid: tuple[int, int]) -> bool:
    """Whether boxes leave nothing of an image that counts, so that `coverage` takes all of it."""
    return not bool(_left(inside, outside, grid).any())


def _left(inside: Sequence[Box], outside: Sequence[Box], grid: tuple[int, int]) -> Tensor:
    rows, columns = (cells * _FINENESS for cells in grid)

    def painted(boxes: Sequence[Box]) -> Tensor:
        parts = torch.zeros(rows, columns)
        for left, top, right, bottom in boxes:
            first_row, first_column = min(int(top * rows), rows - 1), min(int(left * columns), columns - 1)
            end_row, end_column = (
                max(round(bottom * rows), first_row + 1),
                max(round(right * columns), first_column + 1),
            )
            parts[first_row:end_row, first_column:end_column] = 1.0
        return parts

    counted = (painted(inside) if inside else torch.ones(rows, columns)) * (1 - painted(outside))
    return functional.avg_pool2d(counted[None], _FINENESS)[0]


def pooled(features: ImageFeatures, inside: Sequence[Box], outside: Sequence[Box]) -> tuple[Tensor, Tensor]:
    """Return the coarse and the fine global feature of what counts of one image: (1, D_coarse), (1, D_fine)."""
    seen = _counted(features, inside, outside)
    return seen.coarse, seen.fine


def joined_globals(features: ImageFeatures, inside: Sequence[Box], outside: Sequence[Box]) -> Tensor:
    """Return the global features of what counts of one image in the space of the regions: (1, D_coarse + D_fine)."""
    return join(*pooled(features, inside, outside), dim=1)


def ignoring(features: ImageFeatures, outside: Sequence[Box]) -> ImageFeatures:
    """Return features of one image, maps of any grid, whose global features, layout and texture lack `outside`.

    Cells there are replaced by the mean of the others.
    """
    return _counted(features, (), outside)


def _counted(features: ImageFeatures, inside: Sequence[Box], outside: Sequence[Box]) -> ImageFeatures:
    """Describe what counts; what `compact` lost of the maps is put back, since describing all of them lacks it, too."""
    maps = features.maps()
    coarse, fine, texture = (_filled(part, inside, outside) for part in (maps.coarse, maps.fine, maps.texture))
    seen, whole = describe(maps._replace(coarse=coarse, fine=fine, texture=texture)), describe(maps)
    return seen._replace(
        coarse=_unit(features.coarse + seen.coarse - whole.coarse),
        fine=_unit(features.fine + seen.fine - whole.fine),
        layout=_unit(features.layout + seen.layout - whole.layout),
        second=features.second,
    )


def _unit(vectors: Tensor) -> Tensor:
    """Bring vectors (n, ...) to length 1."""
    return functional.normalize(vectors.flatten(1), dim=1).view_as(vectors)


def _filled(maps: Tensor, inside: Sequence[Box], outside: Sequence[Box]) -> Tensor:
    """Put the mean of what counts in the place of what does not: (1, D, h, w) -> (1, D, h, w)."""
    share = coverage(inside, outside, (maps.shape[2], maps.shape[3]))
    mean = (maps * share).sum(dim=(2, 3), keepdim=True) / share.sum()
    return maps * share + mean * (1 - share)
