"""What goes wrong with a project, in words for its user."""

from __future__ import annotations

from model.errors import FewShotError


class ProjectError(FewShotError):
    """A project cannot be opened or saved, or an edit is refused; the message says why."""
