"""The interface of a view: one way to describe an image as a vector, by which images are compared.

Each view is one module of `model.features.views` (or of a plug-in, entry point group `fewshot.views`) that registers
itself in `VIEWS`. The head joins the views' vectors, each with a share, and averages over several shares.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt
from torch import Tensor

from model.features.maps import ImageFeatures
from model.registry import Registry

VIEWS: Registry[View] = Registry("model.features.views", "fewshot.views")


class View(ABC):
    """A view of an image. Stateless.

    name: also used in saved classifiers
    order: views are joined in ascending order
    levels: the shares that the head tries for it, besides none; the first view has what the others leave. A view
        without levels is used only by classifiers that were saved with it
    beside: the fixed part of the first view's share that it takes, in place of `levels`; only of a second network
    standardised: whether its numbers are centred, divided by their deviation over the support images, and bounded
    kept: how many numbers of `keep` are stored with each image
    """

    name: str
    order: int = 100
    levels: tuple[float, ...] = (0.3,)
    beside: float = 0.0
    standardised: bool = False
    kept: int = 0

    @abstractmethod
    def size(self, channels: tuple[int, ...], taught: int) -> int:
        """Return the length of its vectors, for a backbone's `Backbone.channels`, trained on `taught` classes."""

    @abstractmethod
    def vectors(self, features: ImageFeatures, directions: Tensor) -> Tensor:
        """Return the vectors of n images, float32 (n, D); directions: see `Backbone.class_directions`."""

    def keep(self, picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the `kept` numbers to store of RGB pixels, uint8 (H, W, 3); see `ImageFeatures.extra`."""
        del picture
        return np.empty(0, np.float32)


def all_views() -> tuple[View, ...]:
    """Return every view that is installed, in the order in which they are joined."""
    return tuple(sorted(VIEWS, key=lambda view: (view.order, view.name)))


def joined_views(*, second: bool = False) -> tuple[View, ...]:
    """Return the views that a new classifier joins: the first one, and every other one that has levels.

    With `second`, for a backbone with a second network, also those beside the first one.
    """
    views = all_views()
    return tuple(view for view in views if view is views[0] or view.levels or (second and view.beside))


def views_named(names: tuple[str, ...]) -> tuple[View, ...]:
    """Return the views of these names; raises `KeyError` with the name of one that is not installed."""
    found = []
    for name in names:
        view = VIEWS.get(name)
        if view is None:
            raise KeyError(name)
        found.append(view)
    return tuple(found)


def kept_numbers(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return what all views keep of RGB pixels, uint8 (H, W, 3), one after the other: float32 (E,)."""
    parts = [view.keep(picture) for view in all_views() if view.kept]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def kept_size() -> int:
    """Return E, the number of values that all views keep of an image."""
    return sum(view.kept for view in all_views())


def kept_of(view: View, features: ImageFeatures) -> Tensor:
    """Return what `view` kept of n images: float32 (n, view.kept); raises `KeyError` where it is not installed."""
    start = 0
    for one in all_views():
        if one.name == view.name:
            return features.extra[:, start : start + one.kept]
        start += one.kept
    raise KeyError(view.name)
