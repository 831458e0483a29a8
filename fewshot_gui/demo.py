"""The example project: opened with `--demo`."""

from __future__ import annotations

from fewshot_gui.app import App
from fewshot_gui.controllers.example import EXAMPLES, SHOWN_FIRST, TO_CLASSIFY, readable_name

__all__ = ["EXAMPLES", "SHOWN_FIRST", "TO_CLASSIFY", "readable_name", "show_example"]


def show_example(app: App) -> None:
    """Fill the new project with the example once `app` is shown."""
    app.started.connect(app.example.show)
