"""The formats of annotations, one module each; each registers itself in `labelled_images.ANNOTATIONS` by its name."""
