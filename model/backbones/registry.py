"""Backbones by name: those of `model.backbones.networks`, and of plug-ins (entry point group `fewshot.backbones`)."""

from __future__ import annotations

from collections.abc import Callable

from model.backbones.base import Backbone
from model.backbones.names import DEFAULT_BACKBONE
from model.errors import BackboneError
from model.registry import Registry

BackboneMaker = Callable[[str, bool], Backbone]
"""Makes the backbone of a name; where the second argument is true its weights are replaced afterwards, so that none
need to be read or fetched. Raises `BackboneError` where weights are missing or do not fit."""

BACKBONES: Registry[BackboneMaker] = Registry("model.backbones.networks", "fewshot.backbones")
"""Makers by name; a name that ends in a colon stands for a family, "timm:" for every "timm:NAME"."""


def create_backbone(name: str = DEFAULT_BACKBONE, *, empty: bool = False) -> Backbone:
    """Build the backbone `name` in evaluation mode on the CPU: one of `BACKBONES` or of a family, "timm:NAME[@FILE]".

    With `empty` its weights are to be replaced: of a family no file is read and nothing fetched.
    Raises `BackboneError` for an unknown name and where weights are missing or do not fit.
    """
    family, colon, _ = name.partition(":")
    make = BACKBONES.get(name) or (BACKBONES.get(family + colon) if colon else None)
    if make is None:
        known = ", ".join(f"{known}NAME" if known.endswith(":") else known for known in BACKBONES.names())
        raise BackboneError(f"Unknown backbone {name!r}. Known: {known}.")
    return make(name, empty).eval()
