"""Project files of the window, SQLite databases, read from outside: nothing of their schema is run, or written.

A project may come from anyone, and may be open in the window.
"""

from __future__ import annotations

from model.project_file.reading import NEWEST_FORMAT, classifier_in, has_table, is_project, opened_project

__all__ = ["NEWEST_FORMAT", "classifier_in", "has_table", "is_project", "opened_project"]
