"""Backbones by name: those of `model.backbones.networks`, and of plug-ins (entry point group `fewshot.backbones`)."""

from __future__ import annotations

from collections.abc import Callable

from model.backbones.base import Backbone
from model.backbones.names import DEFAULT_BACKBONE
from model.errors import BackboneError
from model.messages import message
from model.registry import Registry

BackboneMaker = Callable[[str, bool], Backbone]
"""Makes the backbone of a name. Where the second argument is true, its weights are replaced afterwards, so that none
need to be read or fetched. Raises `BackboneError` where weights are missing or do not fit."""

BACKBONES: Registry[BackboneMaker] = Registry("model.backbones.networks", "fewshot.backbones")
"""Makers by name; a name with a colon at its end is a family: "timm:" makes every "timm:NAME"."""


def create_backbone(name: str = DEFAULT_BACKBONE, *, empty: bool = False) -> Backbone:
    """Return the backbone `name` in evaluation mode on the CPU: one of `BACKBONES` or of a family, "timm:NAME[@FILE]".

    With `empty` its weights will be replaced, so those of a family are neither read nor fetched. Raises `BackboneError`
    for an unknown name and where weights are missing or do not fit.
    """
    family, colon, _ = name.partition(":")
    make = BACKBONES.get(name) or (BACKBONES.get(family + colon) if colon else None)
    if make is None:
        known = ", ".join(f"{known}NAME" if known.endswith(":") else known for known in BACKBONES.names())
        raise BackboneError(message("Unknown backbone {name!r}. Known: {known}.", name=name, known=known))
    return make(name, empty).eval()
