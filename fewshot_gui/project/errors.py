"""Errors of projects; their messages are for the user."""

from __future__ import annotations

from model.errors import FewShotError


class ProjectError(FewShotError):
    """A project cannot be opened or saved, or an edit is refused; the message says why."""


class DamagedError(ProjectError):
    """A project file cannot be read as a whole; some of it may be recovered."""


class LockedError(ProjectError):
    """Another program has the project, or its folder cannot be written: it can be read only."""
