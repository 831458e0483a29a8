"""The names of the backbones, without importing any of them."""

DEFAULT_BACKBONE = "efficientnet-lite0"
PATENT_CNN = "patent-cnn"
PATENT_CNN_TUNED = "patent-cnn-tuned"
PATENT_CNN_SCRATCH = "patent-cnn-scratch"
PATENT_CNNS = (PATENT_CNN, PATENT_CNN_TUNED, PATENT_CNN_SCRATCH)
TRAINED_ON_BINS = (PATENT_CNN_TUNED, PATENT_CNN_SCRATCH)
"""They have nothing to say of images before they were trained on the bins."""

BACKBONE_NAMES = (DEFAULT_BACKBONE, "efficientnet-lite1", "efficientnet-lite2", *PATENT_CNNS)
