"""Boxes on images as a project's file has them: where they show their class, and where not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from model.project_file.reading import has_table
from model.types import Attend, Region


def read_boxes(file: sqlite3.Connection) -> dict[Path, Attend]:
    """Return the boxes of each image that has any; {} where the project is of a format before them.

    What is no box raises `ValueError`.
    """
    if not has_table(file, "boxes"):
        return {}
    query = "SELECT path, is_here, x, y, width, height FROM boxes ORDER BY path, position"
    return boxes_of_rows(file.execute(query))


def boxes_of_rows(rows: Iterable[tuple[bytes, int, int, int, int, int]]) -> dict[Path, Attend]:
    """Return the boxes of each image, from rows of the table in order. What is no box raises `ValueError`."""
    found: dict[Path, tuple[list[Region], list[Region]]] = {}
    for path, is_here, x, y, width, height in rows:
        if min(x, y) < 0 or min(width, height) < 1:
            raise ValueError("a box of no size, or beside its image")
        found.setdefault(Path(os.fsdecode(path)), ([], []))[0 if is_here else 1].append(Region(x, y, width, height))
    return {path: Attend(tuple(inside), tuple(outside)) for path, (inside, outside) in found.items()}
