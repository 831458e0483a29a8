"""The views of an image, one module each; each registers itself in `model.features.view.VIEWS`."""
