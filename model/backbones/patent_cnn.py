"""The patent's own CNN: four convolution modules in cascade and a max pooling layer.

From the patent (image classification model training by global and local features, China Telecom
Cloud, 2023): four cascaded modules with the same kernel size and four different channel numbers,
each of three convolution layers with ReLU; the last joins a max pooling layer. Ours, since the
public text does not say: the kernel size, the channel numbers, batch normalisation before each
ReLU, and that each module's first convolution halves the resolution.
"""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from model.backbones.base import Backbone, FeatureMaps

KERNEL_SIZE = 3
CHANNELS = (32, 64, 128, 256)
CONVOLUTIONS_PER_MODULE = 3


def _convolution(channels_in: int, channels_out: int, stride: int) -> list[nn.Module]:
    padding = KERNEL_SIZE // 2
    return [
        nn.Conv2d(channels_in, channels_out, KERNEL_SIZE, stride, padding, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    ]


class ConvolutionModule(nn.Sequential):
    """Three convolutions with ReLU; the first halves height and width."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        layers = _convolution(channels_in, channels_out, stride=2)
        for _ in range(CONVOLUTIONS_PER_MODULE - 1):
            layers += _convolution(channels_out, channels_out, stride=1)
        super().__init__(*layers)


class PatentCNN(Backbone):
    """Four `ConvolutionModule`s; fine features before, coarse ones after the max pooling."""

    name = "patent-cnn"
    input_size = 224
    channels = (CHANNELS[-1], CHANNELS[-1])
    pretrained = False

    def __init__(self) -> None:
        super().__init__()
        self.modules_in_cascade = nn.Sequential(*(ConvolutionModule(a, b) for a, b in pairwise((3, *CHANNELS))))
        self.pool = nn.MaxPool2d(2)

    def forward(self, images: Tensor) -> FeatureMaps:
        """See `Backbone.forward`."""
        fine = self.modules_in_cascade(images * 2 - 1)
        return FeatureMaps(fine, self.pool(fine))
