"""The backbones, one module each; each registers itself in `model.backbones.registry.BACKBONES`."""
