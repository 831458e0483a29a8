"""The second view: the coarse global feature of a second network, beside the coarse view of the first.

Two networks make different mistakes: what both see, in fixed shares, is right more often than what either sees
(docs/adr/0023-two-networks.md). Only backbones of two networks have it.
"""

from __future__ import annotations

from torch import Tensor

from model.features.maps import ImageFeatures
from model.features.view import VIEWS, View


class SecondView(View):
    """Global feature of a second network at stride 32."""

    name = "second"
    order = 5
    levels = ()
    beside = 0.3

    def size(self, channels: tuple[int, ...], taught: int) -> int:
        """See `View.size`."""
        del taught
        return sum(channels[2:])

    def vectors(self, features: ImageFeatures, directions: Tensor) -> Tensor:
        """See `View.vectors`."""
        del directions
        return features.second


VIEWS.register(SecondView.name, SecondView())
