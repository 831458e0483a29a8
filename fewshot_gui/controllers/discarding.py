"""Discarding of projects that never got a name, which would be kept for ever otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.controllers.projects import ProjectsController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.recent import RecentProject, look_at
from model.messages import listed
from model.progress import CancelToken

_LOOK = "unnamed"


class DiscardingController(QObject):
    """Asks which projects without a name to discard. The one that is open is not among them."""

    discarded = Signal()

    def __init__(self, services: AppServices, projects: ProjectsController, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._files = services.session, services.files
        self._projects, self._questions = projects, services.questions
        self._window, self._status = services.window, services.status
        self._chosen: tuple[Path, ...] = ()
        services.intents.discard_unnamed_requested.connect(self._on_requested)
        services.files.call_returned.connect(self._on_call_returned)

    @Slot(list)
    def _on_requested(self, chosen: list[Path]) -> None:
        self._chosen = tuple(chosen)
        self._files.call(_LOOK, partial(_look_at, self._projects.unnamed()))

    @Slot(str, object)
    def _on_call_returned(self, key: str, found: object) -> None:
        if key != _LOOK or not isinstance(found, tuple):
            return
        if not found:
            self._status.show_message(self.tr("There is no other project without a name."))
            return
        chosen = self._questions.unnamed_to_discard(found, self._chosen)
        reasons, gone = [], 0
        for path in chosen:
            try:
                self._session.discard(path)
                gone += 1
            except ProjectError as error:
                reasons.append(str(error))
        if gone:
            self._status.show_message(self.tr("%n project(s) discarded.", "", gone))
            self.discarded.emit()
        if reasons:
            self._window.show_error(self.tr("Discard"), listed(reasons))


def _look_at(projects: Mapping[Path, str], _token: CancelToken) -> tuple[RecentProject, ...]:
    return tuple(found for path, name in projects.items() if (found := look_at(path, name)) is not None)
