"""Licences of the weights that backbones come with, as far as this program knows them: see docs/backbones.md."""

from __future__ import annotations

_LICENCES = {"efficientnet-lite": "Apache-2.0", "patent-cnn": "MIT"}


def licence_of(backbone: str) -> str:
    """Return the licence of a backbone's weights by the backbone's name; "" where it is not known."""
    return next((licence for start, licence in _LICENCES.items() if backbone.startswith(start)), "")
