"""The exports of a project, one module each; each registers itself in `exporter.EXPORTS` by its name."""
