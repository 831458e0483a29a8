"""What the start shows of a project without opening it: how much is in it, and a few of its examples."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from fewshot_gui.project.disk import decode_path
from model.errors import CheckpointError
from model.project_file import opened_project

_PICTURES = 4


@dataclass(frozen=True)
class RecentProject:
    """A project that was open lately.

    changed: when its file was written last, in seconds since 1970
    name: what a project that was never saved under a name is called; "": it has the name of its file
    pictures: paths of a few of its examples, each of another bin where there are as many
    """

    path: Path
    changed: float
    bins: int = 0
    examples: int = 0
    pictures: tuple[Path, ...] = ()
    name: str = ""


def last_change(path: Path) -> float | None:
    """Return when a project was written last, in seconds since 1970; None where it is gone.

    After a crash what was written last is in the file of SQLite's log beside it.
    """
    try:
        changed = path.stat().st_mtime
    except OSError:
        return None
    try:
        return max(changed, path.with_name(f"{path.name}-wal").stat().st_mtime)
    except OSError:
        return changed


def look_at(path: Path, name: str = "") -> RecentProject | None:
    """Return what is known of a project; None where it is gone. One that cannot be read has no pictures."""
    changed = last_change(path)
    if changed is None:
        return None
    try:
        with opened_project(path, "bins", "examples") as connection:
            (bins,) = connection.execute("SELECT count(*) FROM bins").fetchone()
            (examples,) = connection.execute("SELECT count(*) FROM examples").fetchone()
            rows = connection.execute(
                "SELECT path FROM (SELECT path, row_number() OVER (PARTITION BY bin_id ORDER BY rank) AS place,"
                " rank FROM examples) ORDER BY place, rank LIMIT ?",
                (_PICTURES,),
            ).fetchall()
            return RecentProject(path, changed, bins, examples, tuple(decode_path(row[0]) for row in rows), name)
    except (CheckpointError, sqlite3.Error, TypeError, ValueError):
        return RecentProject(path, changed, name=name)
