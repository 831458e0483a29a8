"""The names of the backbones, without importing any of them."""

DEFAULT_BACKBONE = "efficientnet-lite0"
BACKBONE_NAMES = (DEFAULT_BACKBONE, "efficientnet-lite1", "efficientnet-lite2", "patent-cnn")
