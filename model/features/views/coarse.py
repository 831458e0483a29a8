"""The coarse view: the global feature at stride 32, which describes objects."""

from __future__ import annotations

from torch import Tensor

from model.features.maps import ImageFeatures
from model.features.view import VIEWS, View


class CoarseView(View):
    """Global feature of the coarse stride. The shares of all other views are odds against its share."""

    name = "coarse"
    order = 0

    def size(self, channels: tuple[int, ...], taught: int) -> int:
        """See `View.size`."""
        del taught
        return channels[1]

    def vectors(self, features: ImageFeatures, directions: Tensor) -> Tensor:
        """See `View.vectors`."""
        del directions
        return features.coarse


VIEWS.register(CoarseView.name, CoarseView())
