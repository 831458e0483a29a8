"""Models of timm by name: "timm:NAME", with weights from timm's hub, or "timm:NAME@weights.safetensors"."""

from __future__ import annotations

import logging
import math
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor
from torch.nn import functional

from model.backbones.base import Backbone, FeatureMaps
from model.backbones.registry import BACKBONES
from model.errors import BackboneError
from model.messages import message

logging.getLogger("timm").setLevel(logging.ERROR)  # warns of every weight that `features_only` leaves out
_FINE_STRIDE = 16
_LARGEST_OWN_SIDE = 384
_USUAL_SIDE = 224
"""Pixels; a model made for more than `_LARGEST_OWN_SIDE` that takes any size is run at this: a quarter of the cost."""


class TimmBackbone(Backbone):
    """A timm model, with feature maps at the strides 16 and 32, or what is nearest to them.

    A transformer of one stride has one map, which is the fine one; averaged to half the size it is the coarse one too.
    Tokens that are no place of the image are left out, and maps whose channels come last are turned. Raises
    `BackboneError` for an unknown model, where weights cannot be loaded, and where a model has no maps to use.
    """

    pretrained = True
    mean: Tensor
    std: Tensor

    def __init__(self, name: str, *, empty: bool = False) -> None:
        from timm.data.config import resolve_model_data_config  # takes a second, and only these backbones need it

        super().__init__()
        model_name, _, weights = name.partition("@")
        self.name = f"timm:{model_name}"
        self.network = network = _created(model_name, weights, empty=empty)
        is_dynamic = getattr(getattr(network, "model", network), "dynamic_img_size", False)
        self.any_size = is_dynamic or not network.pretrained_cfg.get("fixed_input_size", False)
        data = resolve_model_data_config(network)
        self.register_buffer("mean", torch.tensor(data["mean"]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(data["std"]).view(1, 3, 1, 1), persistent=False)
        strides = network.feature_info.reduction()
        self._fine, self._coarse = _chosen(model_name, strides)
        # Attention in blocks (HaloNet) needs whole blocks at the coarsest stride too.
        self.multiple = max(strides) * max(int(getattr(part, "block_size", 1)) for part in network.modules())
        own = data["input_size"][-1]
        if self.any_size:
            own = _USUAL_SIDE if own > _LARGEST_OWN_SIDE else own
            own = round(own / self.multiple) * self.multiple
        self.input_size = own
        self._has_channels_last = str(getattr(network, "output_fmt", "")).endswith("NHWC")
        channels = network.feature_info.channels()
        self.channels = (channels[self._fine], channels[self._coarse])

    def at_side(self, side: int) -> Backbone:
        """See `Backbone.at_side`: of a transformer a copy whose position embeddings are interpolated for the side."""
        inner = getattr(self.network, "model", self.network)
        if not (getattr(inner, "dynamic_img_size", False) and hasattr(inner, "set_input_size")):
            return self
        made = deepcopy(self)
        getattr(made.network, "model", made.network).set_input_size(img_size=(side, side))
        return made

    def forward(self, images: Tensor) -> FeatureMaps:
        """See `Backbone.forward`."""
        maps = self.network((images - self.mean) / self.std)
        fine, coarse = maps[self._fine], maps[self._coarse]
        if self._has_channels_last:
            fine, coarse = fine.permute(0, 3, 1, 2), coarse.permute(0, 3, 1, 2)
        if self._coarse == self._fine:
            coarse = functional.adaptive_avg_pool2d(fine, tuple((length + 1) // 2 for length in fine.shape[2:]))
        return FeatureMaps(fine, coarse)


def _created(model_name: str, weights: str, *, empty: bool) -> Any:  # noqa: ANN401 - timm has no common class
    """Return timm's network that gives feature maps; raises `BackboneError`."""
    import timm

    if not timm.is_model(model_name):
        raise BackboneError(
            message("timm has no model named {model_name!r}. See timm.list_models().", model_name=model_name)
        )
    try:
        # As pretrained weights: a checkpoint would have to hold exactly the layers that are used.
        source = {"file": _checked_file(weights, model_name)} if weights else None
        options: dict[str, Any] = {"pretrained": not empty, "pretrained_cfg_overlay": source, "features_only": True}
        try:
            return timm.create_model(model_name, dynamic_img_size=True, **options)
        except TypeError:  # of a model that takes one size only, or any without being told
            return timm.create_model(model_name, **options)
    except BackboneError:
        raise
    except Exception as error:
        if "features_only" in str(error) or isinstance(error, AttributeError | NotImplementedError):
            raise BackboneError(
                message(
                    "{model_name} gives no feature maps in timm ({error}).",
                    model_name=model_name,
                    error=_first_line(error),
                )
            ) from error
        raise BackboneError(
            message(
                "The weights of {model_name} cannot be loaded ({kind}: {error}). They "
                "are fetched from a hub once; offline, give a local file: timm:{model_name}@weights.safetensors",
                model_name=model_name,
                kind=type(error).__name__,
                error=_first_line(error),
            )
        ) from error


def _chosen(model_name: str, strides: list[int]) -> tuple[int, int]:
    """Return the indices of the fine and the coarse map, the same where one serves for both.

    The fine one has the stride nearest to 16, the last of its kind; the coarse one has twice that stride.
    """
    nearest = min(strides, key=lambda stride: abs(math.log(stride / _FINE_STRIDE)))
    if not _FINE_STRIDE / 2 <= nearest <= _FINE_STRIDE * 2:
        raise BackboneError(
            message(
                "{model_name} has no feature map near stride {stride}; its strides are {strides}.",
                model_name=model_name,
                stride=_FINE_STRIDE,
                strides=strides,
            )
        )
    last = {stride: index for index, stride in enumerate(strides)}
    return last[nearest], last.get(2 * nearest, last[nearest])


def _checked_file(weights: str, model_name: str) -> str:
    path = Path(weights).expanduser()
    if not path.is_file():
        raise BackboneError(message("The weights file {path} does not exist.", path=path))
    if path.suffix != ".safetensors":
        raise BackboneError(
            message("{path} is not a .safetensors file. Other formats can run code and are not loaded.", path=path)
        )
    with safe_open(path, "pt") as file:
        held = set(file.keys())
    import timm

    network: Any = timm.create_model(model_name, pretrained=False)
    classifier = network.pretrained_cfg.get("classifier") or ()
    needed = {key for key in network.state_dict() if not key.startswith(classifier)}
    if not needed <= held:
        raise BackboneError(
            message(
                "{path} does not hold the weights of {model_name}: {tensor} is missing.",
                path=path,
                model_name=model_name,
                tensor=min(needed - held),
            )
        )
    return str(path)


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:200] if lines else message("no reason given")


BACKBONES.register("timm:", lambda name, empty: TimmBackbone(name.removeprefix("timm:"), empty=empty))
