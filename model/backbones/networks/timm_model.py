"""Models of timm by name: "timm:NAME", with weights from timm's hub, or "timm:NAME@weights.safetensors"."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from model.backbones.base import Backbone, FeatureMaps
from model.backbones.registry import BACKBONES
from model.errors import BackboneError

logging.getLogger("timm").setLevel(logging.ERROR)  # warns of every weight that `features_only` leaves out
_FINE_STRIDE = 16
_COARSE_STRIDE = 32


class TimmBackbone(Backbone):
    """A timm model, with its feature maps at the strides 16 and 32.

    Of transformers with stride 16 their grid, and the same averaged to half the size. Raises `BackboneError` for an
    unknown model, and where weights cannot be loaded or it has no feature map at stride 16.
    """

    pretrained = True
    mean: Tensor
    std: Tensor

    def __init__(self, name: str, *, empty: bool = False) -> None:
        import timm  # takes a second, and only these backbones need it
        from timm.data.config import resolve_model_data_config

        super().__init__()
        model_name, _, weights = name.partition("@")
        self.name = f"timm:{model_name}"
        if not timm.is_model(model_name):
            raise BackboneError(f"timm has no model named {model_name!r}. See timm.list_models().")
        try:
            # As pretrained weights: a checkpoint would have to hold exactly the layers that are used.
            source = {"file": _checked_file(weights, model_name)} if weights else None
            network: Any = timm.create_model(
                model_name, pretrained=not empty, pretrained_cfg_overlay=source, features_only=True
            )
        except BackboneError:
            raise
        except Exception as error:
            raise BackboneError(
                f"The weights of {model_name} cannot be loaded ({type(error).__name__}: {_first_line(error)}). They "
                f"are fetched from a hub once; offline, give a local file: timm:{model_name}@weights.safetensors"
            ) from error
        self.network = network
        self.any_size = not network.pretrained_cfg.get("fixed_input_size", False)
        data = resolve_model_data_config(network)
        self.register_buffer("mean", torch.tensor(data["mean"]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(data["std"]).view(1, 3, 1, 1), persistent=False)
        self.input_size = round(data["input_size"][-1] / _COARSE_STRIDE) * _COARSE_STRIDE
        strides = network.feature_info.reduction()
        if _FINE_STRIDE not in strides:
            raise BackboneError(f"{model_name} has no feature map at stride {_FINE_STRIDE}; its strides are {strides}.")
        self._fine = len(strides) - 1 - strides[::-1].index(_FINE_STRIDE)
        self._coarse = len(strides) - 1
        channels = network.feature_info.channels()
        self.channels = (channels[self._fine], channels[self._coarse])

    def forward(self, images: Tensor) -> FeatureMaps:
        """See `Backbone.forward`."""
        maps = self.network((images - self.mean) / self.std)
        fine, coarse = maps[self._fine], maps[self._coarse]
        if coarse.shape[-1] == fine.shape[-1]:
            coarse = torch.nn.functional.avg_pool2d(coarse, 2)
        return FeatureMaps(fine, coarse)


def _checked_file(weights: str, model_name: str) -> str:
    path = Path(weights).expanduser()
    if not path.is_file():
        raise BackboneError(f"The weights file {path} does not exist.")
    if path.suffix != ".safetensors":
        raise BackboneError(f"{path} is not a .safetensors file. Other formats can run code and are not loaded.")
    with safe_open(path, "pt") as file:
        held = set(file.keys())
    import timm

    network: Any = timm.create_model(model_name, pretrained=False)
    classifier = network.pretrained_cfg.get("classifier") or ()
    needed = {key for key in network.state_dict() if not key.startswith(classifier)}
    if not needed <= held:
        raise BackboneError(f"{path} does not hold the weights of {model_name}: {min(needed - held)} is missing.")
    return str(path)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0][:200]


BACKBONES.register("timm:", lambda name, empty: TimmBackbone(name.removeprefix("timm:"), empty=empty))
