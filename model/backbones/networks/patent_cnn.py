"""The patent's own CNN: four convolution modules in cascade and a max pooling layer.

From the patent (image classification model training by global and local features, China Telecom
Cloud, 2023): four cascaded modules with the same kernel size and four different channel numbers,
each of three convolution layers with ReLU; the last is followed by a max pooling layer. Ours, since
the public text does not give them: the kernel size, the channel numbers, the strides, and batch
normalisation before each ReLU. The resolution is reduced early, which saves most time for least accuracy.

The shipped weights were distilled from the default backbone, see docs/patent-cnn.md.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from model.backbones.base import Backbone, FeatureMaps
from model.backbones.names import PATENT_CNN, PATENT_CNN_SCRATCH, PATENT_CNN_TUNED, PATENT_CNNS
from model.backbones.registry import BACKBONES
from model.errors import BackboneError
from model.messages import message
from model.resource_files import resource

KERNEL_SIZE = 3
CHANNELS = (32, 96, 224, 448)
STRIDES = ((2, 2, 1), (2, 1, 1), (2, 1, 1), (1, 1, 1))  # of each module's three convolutions; 16 in all
WEIGHTS_FILE = resource("patent_cnn/patent_cnn.safetensors")


def _convolution(channels_in: int, channels_out: int, stride: int) -> list[nn.Module]:
    padding = KERNEL_SIZE // 2
    return [
        nn.Conv2d(channels_in, channels_out, KERNEL_SIZE, stride, padding, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    ]


class ConvolutionModule(nn.Sequential):
    """Three convolutions with ReLU."""

    def __init__(self, channels_in: int, channels_out: int, strides: tuple[int, ...]) -> None:
        layers = []
        for stride in strides:
            layers += _convolution(channels_in, channels_out, stride)
            channels_in = channels_out
        super().__init__(*layers)


class PatentCNN(Backbone):
    """Four `ConvolutionModule`s; fine features before, coarse ones after the max pooling.

    `name` is one of three: `PATENT_CNN` keeps the shipped weights, `PATENT_CNN_TUNED` starts from them and is
    trained on the bins, `PATENT_CNN_SCRATCH` starts from random ones. Raises `BackboneError` where the shipped
    weights are needed and missing or damaged.
    """

    input_size = 224
    channels = (CHANNELS[-1], CHANNELS[-1])

    def __init__(self, name: str = PATENT_CNN_SCRATCH) -> None:
        super().__init__()
        self.name = name
        self.pretrained = name == PATENT_CNN
        self.starts_from_weights = name in {PATENT_CNN, PATENT_CNN_TUNED}
        pairs = zip(pairwise((3, *CHANNELS)), STRIDES, strict=True)
        self.modules_in_cascade = nn.Sequential(*(ConvolutionModule(a, b, strides) for (a, b), strides in pairs))
        self.pool = nn.MaxPool2d(2)
        if self.starts_from_weights:
            load_weights(self, WEIGHTS_FILE)

    def forward(self, images: Tensor) -> FeatureMaps:
        """See `Backbone.forward`."""
        fine = self.modules_in_cascade(images * 2 - 1)
        return FeatureMaps(fine, self.pool(fine))


def load_weights(backbone: PatentCNN, path: Path) -> None:
    """Load weights of any floating type from a safetensors file; raises `BackboneError`."""
    again = message("Install Fewshot again, or make them again as described in docs/patent-cnn.md.")
    if not path.is_file():
        raise BackboneError(
            message(
                "The weights of {backbone} are missing: there is no {path}. {again}",
                backbone=backbone.name,
                path=path,
                again=again,
            )
        )
    try:
        held = load_file(str(path))
    except (SafetensorError, OSError) as error:
        raise BackboneError(
            message(
                "The weights of {backbone} in {path} are damaged ({error}). {again}",
                backbone=backbone.name,
                path=path,
                error=error,
                again=again,
            )
        ) from error
    # The counters of batch normalisation's updates are not used, so they are not shipped.
    state = {key: value for key, value in backbone.state_dict().items() if not key.endswith("num_batches_tracked")}
    shapes = {key: tuple(value.shape) for key, value in held.items()}
    if shapes != {key: tuple(value.shape) for key, value in state.items()}:
        raise BackboneError(
            message(
                "{path} does not hold the weights of {backbone}. {again}",
                path=path,
                backbone=backbone.name,
                again=again,
            )
        )
    if not all(bool(torch.isfinite(value).all()) for value in held.values()):
        raise BackboneError(
            message(
                "The weights of {backbone} in {path} are damaged (not finite). {again}",
                backbone=backbone.name,
                path=path,
                again=again,
            )
        )
    backbone.load_state_dict({key: value.float() for key, value in held.items()}, strict=False)


for _name in PATENT_CNNS:
    BACKBONES.register(_name, lambda name, _empty: PatentCNN(name))
