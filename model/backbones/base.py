"""The interface of a backbone: feature maps at two strides, from which regions and the global feature are made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn


class FeatureMaps(NamedTuple):
    """A batch seen at two strides.

    fine:   float32 (n, D_fine, h, w), stride 16: small structures and textures
    coarse: float32 (n, D_coarse, h / 2, w / 2), stride 32: what things are
    """

    fine: Tensor
    coarse: Tensor


class Backbone(nn.Module, ABC):
    """A CNN that turns images into `FeatureMaps`.

    `name` identifies architecture and weights (it is saved with a classifier); `input_size` is the
    side in pixels the weights were made for; `any_size` tells whether others work too; `channels` is
    (D_fine, D_coarse); `pretrained` is false where the weights must first be trained on the support
    set: from random ones, or from its own where `starts_from_weights`. Where `bears_bfloat16` is true, all
    but its first depthwise convolution may be computed in bfloat16: accuracy was measured to stay where it
    is (docs/adr/0010-runtime.md).
    """

    name: str
    input_size: int
    any_size: bool = True
    channels: tuple[int, int]
    pretrained: bool
    starts_from_weights: bool = False
    bears_bfloat16: bool = False

    @property
    def class_directions(self) -> Tensor:
        """Directions of the coarse channels that tell the classes apart which it was taught: float32 (C, D_coarse).

        On the CPU, each less the mean of all. C is 0 where it was taught none or they are not known.
        """
        return torch.empty(0, self.channels[1], device="cpu")

    @abstractmethod
    def forward(self, images: Tensor) -> FeatureMaps:
        """Map RGB images, float32 (n, 3, H, W) in 0..1, H and W multiples of 32, to their features."""
