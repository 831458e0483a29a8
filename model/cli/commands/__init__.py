"""The commands, one module each; each registers itself in `model.cli.registry.COMMANDS`."""
