"""Backbones by name."""

from __future__ import annotations

from model.backbones.base import Backbone
from model.backbones.names import BACKBONE_NAMES, DEFAULT_BACKBONE, PATENT_CNNS
from model.errors import BackboneError


def create_backbone(name: str = DEFAULT_BACKBONE, *, empty: bool = False) -> Backbone:
    """Build the backbone `name` in evaluation mode on the CPU: one of `BACKBONE_NAMES` or "timm:NAME[@FILE]".

    With `empty` one of timm's has random weights, to be replaced: no file is read and nothing fetched.
    Raises `BackboneError` for an unknown name and where weights are missing or do not fit.
    """
    if name in PATENT_CNNS:
        from model.backbones.patent_cnn import PatentCNN

        return PatentCNN(name).eval()
    if name.startswith("timm:"):
        from model.backbones.timm_backbone import TimmBackbone

        return TimmBackbone(name.removeprefix("timm:"), empty=empty).eval()
    if name in BACKBONE_NAMES:
        from model.backbones.efficientnet_lite import EfficientNetLite

        return EfficientNetLite(name).eval()
    raise BackboneError(f"Unknown backbone {name!r}. Known: {', '.join(BACKBONE_NAMES)}, timm:NAME.")
