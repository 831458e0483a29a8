"""The layers of the default backbone in whole numbers: how they are made, and how far the features are off."""
