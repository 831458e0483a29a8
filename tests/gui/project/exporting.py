"""What tests of exports share: awkward names, and how an export is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model.exports.exporter import EXPORTS, ExportOptions, export
from model.exports.project_contents import read_project
from model.types import Region

FORMULA, CHINESE = '=1+1,"x"', "花,草"
NAMES = ("plain.png", 'comma, "quoted".png', "=1+1.png", "花.png", "unknown.png", "in a bin.png", "old.png")
BOX = Region(100, 50, 200, 80)


def write(project: Path, name: str, out: Path | None, **options: Any) -> Path:
    exporter = EXPORTS.get(name)
    assert exporter is not None
    export(exporter, read_project(project), out, ExportOptions(**options))
    assert out is not None
    return out
