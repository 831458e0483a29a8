"""The fine view: the global feature at stride 16, which describes small structures."""

from __future__ import annotations

from torch import Tensor

from model.features.maps import ImageFeatures
from model.features.view import VIEWS, Traits, View


class FineView(View):
    """Global feature of the fine stride."""

    name = "fine"
    order = 20
    prior_mean, prior_deviation = 0.5, 2.0

    def size(self, channels: tuple[int, int], taught: int) -> int:
        """See `View.size`."""
        del taught
        return channels[0]

    def vectors(self, features: ImageFeatures, directions: Tensor) -> Tensor:
        """See `View.vectors`."""
        del directions
        return features.fine

    def prior_shift(self, traits: Traits) -> float:
        """Lower for small images and for different surfaces, where the view separates images rather than classes."""
        return traits.lowered_by_spread(traits.lack_of_detail, slope=2.0)


VIEWS.register(FineView.name, FineView())
