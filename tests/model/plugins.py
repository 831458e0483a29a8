"""Installed plug-ins for tests: a module, and metadata of a distribution with an entry point for it."""

from __future__ import annotations

from pathlib import Path


def install(folder: Path, group: str, module: str, code: str) -> Path:
    """Write `code` as `module` below `folder`, named by an entry point of `group`; returns the folder."""
    facts = folder / f"{module.replace('_', '-')}-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module.replace('_', '-')}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[{group}]\n{module} = {module}\n")
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    return folder
