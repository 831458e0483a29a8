"""The interface of a backbone: feature maps at two strides, from which regions and global features are made.

A backbone of two networks adds a global feature of the second one.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn


class FeatureMaps(NamedTuple):
    """Feature maps of n images at two strides.

    fine: float32 (n, D_fine, h, w), stride 16, for small structures and textures
    coarse: float32 (n, D_coarse, h / 2, w / 2), stride 32, for objects
    """

    fine: Tensor
    coarse: Tensor


class Backbone(nn.Module, ABC):
    """A CNN that turns images into `FeatureMaps`.

    name: of architecture and weights; saved with a classifier
    input_size: side in pixels that the weights were made for
    any_size: whether other sides work too
    multiple: sides of inputs in pixels are multiples of it
    channels: (D_fine, D_coarse); of two networks (D_fine, D_coarse, D_second), see `TwoNetworks`
    pretrained: false where the weights must first be trained on the support set
    starts_from_weights: whether that training starts from weights of its own instead of random ones
    bears_bfloat16: whether all but the first depthwise convolution may be computed in bfloat16, which was measured not
        to change accuracy (docs/adr/0010-runtime.md)
    int8_file: holds layers in whole numbers that were measured not to change accuracy (`model.backbones.int8`)
    """

    name: str
    input_size: int
    any_size: bool = True
    multiple: int = 32
    channels: tuple[int, ...]
    pretrained: bool
    starts_from_weights: bool = False
    bears_bfloat16: bool = False
    int8_file: Path | None = None

    @property
    def class_directions(self) -> Tensor:
        """Directions of the coarse channels that tell apart the classes of the backbone's training.

        float32 (C, D_coarse) on the CPU, each less the mean of all. C is 0 where there were no classes or they are
        unknown.
        """
        return torch.empty(0, self.channels[1], device="cpu")

    def at_side(self, side: int) -> Backbone:
        """Return this backbone prepared for one side in pixels, for runtimes that convert it; itself where it can."""
        del side
        return self

    @abstractmethod
    def forward(self, images: Tensor) -> FeatureMaps:
        """Return the feature maps of RGB images, float32 (n, 3, H, W) in 0..1, H and W multiples of `multiple`."""


class TwoNetworks(Backbone):
    """Two networks: maps and regions are the first one's, the second one adds its global feature (`views.second`).

    Runtimes run each by itself, so that each has its own precision.
    """

    pretrained = True

    def __init__(self, name: str, first: Backbone, second: Backbone) -> None:
        super().__init__()
        self.name, self.first, self.second = name, first, second
        self.input_size = first.input_size
        self.any_size = first.any_size and second.any_size
        self.multiple = math.lcm(first.multiple, second.multiple)
        self.channels = (*first.channels, second.channels[1])

    @property
    def class_directions(self) -> Tensor:
        """See `Backbone.class_directions`: those of the first network."""
        return self.first.class_directions

    def sees(self, side: int) -> bool:
        """Whether the second network looks at images of `side` pixels: at working sides.

        The smaller side of the examples and the closer look serve regions only (`features.sizes`).
        """
        return self.input_size <= side < 2 * self.input_size

    def forward(self, images: Tensor) -> FeatureMaps:
        """See `Backbone.forward`: the maps of the first network."""
        maps: FeatureMaps = self.first(images)
        return maps
