"""The semantic view: global features along the directions in which the backbone tells its own classes apart.

The weights of a backbone's classification layer, which is otherwise left out, show which differences between its
channels separate the classes of its training and which are appearance only. The semantic view is the coarse global
feature times these weights, each direction less the mean of all, brought to length 1: images that would be classified
alike are similar. Ours (docs/adr/0018-semantic-view.md). New classifiers do without it: left out, the
figures stay the same (docs/adr/0022-averaged-head.md); it serves classifiers that were saved with it.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from model.features.maps import ImageFeatures
from model.features.view import VIEWS, View

_ROWS_AT_ONCE = 16


class SemanticView(View):
    """The coarse global feature along the directions of the backbone's own classes."""

    name = "semantic"
    order = 10
    levels = ()

    def size(self, channels: tuple[int, ...], taught: int) -> int:
        """See `View.size`."""
        del channels
        return taught

    def vectors(self, features: ImageFeatures, directions: Tensor) -> Tensor:
        """See `View.vectors`."""
        return semantic_view(features.coarse, directions)


VIEWS.register(SemanticView.name, SemanticView())


def semantic_view(coarse: Tensor, directions: Tensor) -> Tensor:
    """Coarse global features (n, D_coarse) along (C, D_coarse) directions, see `Backbone.class_directions`: (n, C)."""
    # The BLAS sums products of few rows, and of rows left over when threads share them, in another order: with padding
    # an image has the same numbers alone and in a batch.
    rows = functional.pad(coarse, (0, 0, 0, -len(coarse) % _ROWS_AT_ONCE))
    return functional.normalize(rows @ directions.T, dim=1)[: len(coarse)]
