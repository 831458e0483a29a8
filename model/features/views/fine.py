"""The fine view: the global feature at stride 16, which describes small structures."""

from __future__ import annotations

from torch import Tensor

from model.features.maps import ImageFeatures
from model.features.view import VIEWS, View


class FineView(View):
    """Global feature of the fine stride."""

    name = "fine"
    order = 20
    levels = (0.3,)

    def size(self, channels: tuple[int, ...], taught: int) -> int:
        """See `View.size`."""
        del taught
        return channels[0]

    def vectors(self, features: ImageFeatures, directions: Tensor) -> Tensor:
        """See `View.vectors`."""
        del directions
        return features.fine


VIEWS.register(FineView.name, FineView())
