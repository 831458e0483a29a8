"""Boxes on images as a project's file has them: where they show their class, and where not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from model.project_file.reading import has_table
from model.types import Attend, Region

LARGEST_NUMBER = 2**53
"""The largest whole number in a project, so that none of ours overflows."""


def read_boxes(file: sqlite3.Connection) -> dict[Path, Attend]:
    """Return the boxes of each image that has any; {} where the project is of a format before them.

    What is no box raises `ValueError`.
    """
    if not has_table(file, "boxes"):
        return {}
    query = "SELECT path, is_here, x, y, width, height FROM boxes ORDER BY path, position"
    return boxes_of_rows(file.execute(query))


def boxes_of_rows(rows: Iterable[tuple[object, ...]]) -> dict[Path, Attend]:
    """Return the boxes of each image, from rows of the table in order. What is no box raises `ValueError`."""
    found: dict[Path, tuple[list[Region], list[Region]]] = {}
    for row in rows:
        box = box_of_row(row)
        if box is None:
            raise ValueError("a box of no size, beside its image, or not of numbers")
        path, is_here = row[:2]
        assert isinstance(path, bytes)
        found.setdefault(Path(os.fsdecode(path)), ([], []))[0 if is_here else 1].append(box)
    return {path: Attend(tuple(inside), tuple(outside)) for path, (inside, outside) in found.items()}


def box_of_row(row: tuple[object, ...]) -> Region | None:
    """Return the box of a row of the table: path (bytes), is_here (0 or 1), x, y, width, height; None where it is none.

    SQLite checks neither the kind nor the size of its values.
    """
    path, *numbers = row
    whole = [value for value in numbers if type(value) is int and 0 <= value <= LARGEST_NUMBER]
    if not isinstance(path, bytes) or len(whole) < len(numbers) or whole[0] > 1 or min(whole[3:]) < 1:
        return None
    return Region(*whole[1:])
