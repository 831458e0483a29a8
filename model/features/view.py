"""The interface of a view: one way to describe an image as a vector, by which images are compared.

Each view is one module of `model.features.views` (or of a plug-in, entry point group `fewshot.views`) that registers
itself in `VIEWS`. The head joins the views' vectors, each with a share that is fitted to the examples.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from torch import Tensor

from model.features.maps import ImageFeatures
from model.registry import Registry

DETAILED_SIDE = 224.0
"""Pixels; smaller images hold less fine structure than their enlargements suggest, and still less texture."""

LARGEST_SPREAD = 2.5
WIDE_SPREAD, WIDE_SLOPE = 1.2, 3.0
"""Nats of texture spread, as among drawings, and how much faster the odds of fine and texture fall beyond it."""

VIEWS: Registry[View] = Registry("model.features.views", "fewshot.views")


class Traits(NamedTuple):
    """Properties of the support images that do not depend on their classes; they move the priors.

    native_side: their typical sqrt(width * height) in pixels
    texture_spread: `views.texture.spread` in nats
    wholeness: `views.layout.wholeness`
    meaning: `views.semantic.meaning` in nats
    """

    native_side: float = DETAILED_SIDE
    texture_spread: float = 1.0
    wholeness: float = 0.4
    meaning: float = 0.1

    @property
    def lack_of_detail(self) -> float:
        """Natural logarithm of the native side over `DETAILED_SIDE`, at most 0."""
        return math.log(min(1.0, max(self.native_side, 1.0) / DETAILED_SIDE))

    def lowered_by_spread(self, shift: float, slope: float) -> float:
        """Return `shift` lowered by `slope` for each nat of texture spread, and by more beyond `WIDE_SPREAD`."""
        spread = min(self.texture_spread, LARGEST_SPREAD)
        return shift - slope * spread - WIDE_SLOPE * max(0.0, spread - WIDE_SPREAD)


class View(ABC):
    """A view of an image. Stateless.

    name: also used in saved classifiers
    order: views are joined in ascending order; the shares of all others are relative to the first one's
    prior_mean, prior_deviation: Gaussian prior of the log odds of its share against the first view's
    standardised: whether its numbers are centred, divided by their deviation over the support images, and bounded
    kept: how many numbers of `keep` are stored with each image
    """

    name: str
    order: int = 100
    prior_mean: float = -4.0
    prior_deviation: float = 1.0
    standardised: bool = False
    kept: int = 0

    @abstractmethod
    def size(self, channels: tuple[int, int], taught: int) -> int:
        """Return the length of its vectors, for (fine, coarse) `channels` of a backbone trained on `taught` classes."""

    @abstractmethod
    def vectors(self, features: ImageFeatures, directions: Tensor) -> Tensor:
        """Return the vectors of n images, float32 (n, D); directions: see `Backbone.class_directions`."""

    def prior_shift(self, traits: Traits) -> float:
        """Return what the support images' traits add to `prior_mean`."""
        del traits
        return 0.0

    def keep(self, picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the `kept` numbers to store of RGB pixels, uint8 (H, W, 3); see `ImageFeatures.extra`."""
        del picture
        return np.empty(0, np.float32)


def all_views() -> tuple[View, ...]:
    """Return every view that is installed, in the order in which they are joined."""
    return tuple(sorted(VIEWS, key=lambda view: (view.order, view.name)))


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
