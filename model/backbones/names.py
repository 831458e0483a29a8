"""The names of the built-in backbones, without importing any of them."""

DEFAULT_BACKBONE = "efficientnet-lite0"
PATENT_CNN = "patent-cnn"
PATENT_CNN_TUNED = "patent-cnn-tuned"
PATENT_CNN_SCRATCH = "patent-cnn-scratch"
PATENT_CNNS = (PATENT_CNN, PATENT_CNN_TUNED, PATENT_CNN_SCRATCH)
TRAINED_ON_BINS = (PATENT_CNN_TUNED, PATENT_CNN_SCRATCH)
"""Backbones that must be trained on the bins before their features are of use."""

BACKBONE_NAMES = (DEFAULT_BACKBONE, "efficientnet-lite1", "efficientnet-lite2", *PATENT_CNNS)
