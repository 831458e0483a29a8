"""The desktop app. `main` starts it, `app` builds it; the rooms and their order are in pyproject.toml, importlinter."""
