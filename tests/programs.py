"""The programs of docs/, which are no modules of a package."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

_DOCS = Path(__file__).resolve().parents[1] / "docs"


def docs_program(name: str) -> ModuleType:
    """Return docs/`name`.py as a module."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", _DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
