"""The File menu: opening and saving; and saving when the window is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication

from fewshot_gui.controllers.running import RunningController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.naming import display_name
from fewshot_gui.jobs.project_opener import ProjectOpener
from fewshot_gui.project.errors import DamagedError, ProjectError
from fewshot_gui.project.opening import OpenedProject
from fewshot_gui.project.recent import RecentProject, last_change, look_at
from model.progress import CancelToken

_RECENT = "recent"
_MOST_UNTITLED = 4  # that are offered


class ProjectsController(QObject):
    """Opens and saves projects. Asks before anything is lost."""

    settled = Signal()  # no project is being opened (any more)
    damage_found = Signal(Path)  # a project that was to be opened is damaged

    def __init__(self, services: AppServices, running: RunningController, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._running, self._files = services.session, running, services.files
        self._settings, self._window, self._questions = services.settings, services.window, services.questions
        self._status = services.status
        services.intents.new_requested.connect(self._on_new_requested)
        services.intents.open_requested.connect(self._on_open_requested)
        services.intents.recent_requested.connect(self._on_recent_requested)
        services.intents.save_requested.connect(self._on_save_requested)
        services.intents.save_as_requested.connect(self.save_as)
        services.intents.edit_again_requested.connect(self._on_edit_again_requested)
        services.intents.classify_requested.connect(self._on_classify_requested)
        services.document.save_failed.connect(self._on_save_failed)
        services.results.save_failed.connect(self._on_save_failed)
        services.files.call_returned.connect(self._on_call_returned)
        self._opener = ProjectOpener(_is_user_engaged, self)
        self._opener.opened.connect(self._on_opened)
        self._opener.refused.connect(self._on_refused)
        self._opening, self._opening_text = Path(), ""
        self.show_recent()

    def start(self, project: Path | None) -> None:
        """Open `project`; without one, the latest where that has no name yet, or an empty one.

        An empty project is shown until the other has been read; edits made in it meanwhile are kept.
        """
        left = self._session.recoverable() if project is None else ()
        recent = self._settings.recent_projects
        if left and recent and (last_change(recent[0]) or 0) > (last_change(left[0]) or 0):
            left = ()  # it was worked on before; it stays in the list of recent projects
        if project is None and not left and self._settings.reopen and recent and recent[0].is_file():
            project = recent[0]
        self._attempt(self._session.new)
        if project is not None:
            self.open(project)
        elif left:
            self._open(left[0], is_untitled=True)
        else:
            self.settled.emit()

    @property
    def is_opening(self) -> bool:
        """Whether a project is being read that will be shown."""
        return self._opener.is_busy

    @Slot(Path)
    def open(self, path: Path) -> None:
        """Open the project at `path` as soon as it is read, in the background; on failure says why.

        Until then the present one stays open and can be edited. `settled` is emitted on success and failure.
        """
        if self._session.has(path):
            self._opener.cancel()
            self._remember(path)
            self.settled.emit()
        else:
            self._open(path)

    def shutdown(self) -> bool:
        """Open nothing more; False when a project was still being read after some seconds."""
        return self._opener.shutdown()

    @Slot()
    def save_as(self) -> bool:
        """Ask for a file and save there; False when the user declined or it failed."""
        folder = self._session.document.path or self._settings.last_folder / self.tr("Untitled")
        path = self._questions.project_to_save(folder)
        if path is None or not self._attempt(partial(self._session.save_as, path)):
            return False
        self._remember(path)
        self._status.show_message(self.tr("Saved. Every edit from now on is saved as you make it."))
        return True

    def may_close(self) -> bool:
        """Save what is left to save; False when that failed and the user stays because of it."""
        try:
            self._session.save()
        except ProjectError as error:
            return self._questions.discard(str(error))
        return True

    def _open(self, path: Path, *, is_untitled: bool = False) -> None:
        self._opening = path
        name = self.tr("Untitled") if is_untitled else display_name(path)
        self._opening_text = self.tr("Opening “{name}”…").format(name=name)
        self._status.show_message(self._opening_text)
        self._opener.open(path.resolve(), self._session.backups, is_untitled=is_untitled)

    def _change(self, change: Callable[[], None]) -> None:
        """Go to another project at once; on failure says why, and the open one stays."""
        self._opener.cancel()
        if self._attempt(change):
            self._running.restore()
        self.settled.emit()

    @Slot(object)
    def _on_opened(self, opened: OpenedProject) -> None:
        self._status.withdraw_message(self._opening_text)
        if self._attempt(partial(self._session.show, opened)):
            self._running.restore(opened.classifier_files)
            if opened.is_untitled:
                self.show_recent()
                self._status.show_message(self.tr("This project has no name yet: Save (Ctrl+S) gives it one."))
            else:
                self._remember(self._opening)
        self.settled.emit()

    @Slot(Path, object)
    def _on_refused(self, path: Path, error: ProjectError) -> None:
        self._status.withdraw_message(self._opening_text)
        if isinstance(error, DamagedError):
            self.damage_found.emit(path)
        else:
            self._window.show_error(self.tr("Project"), str(error))
            self._settings.remove_recent_project(self._opening)
            self.show_recent()
        self.settled.emit()

    def _attempt(self, action: Callable[[], None]) -> bool:
        try:
            action()
        except ProjectError as error:
            self._window.show_error(self.tr("Project"), str(error))
            return False
        return True

    def _remember(self, path: Path) -> None:
        self._settings.add_recent_project(path)
        self._settings.last_folder = path.parent
        self.show_recent()

    @Slot()
    def show_recent(self) -> None:
        """Offer recent projects, and the latest without a name."""
        recent, untitled = self._settings.recent_projects, dict(list(self.unnamed().items())[:_MOST_UNTITLED])
        self._window.set_recent_projects(recent, untitled)
        self._files.call(_RECENT, partial(_look_at, recent, dict.fromkeys(untitled, self.tr("Untitled"))))

    def unnamed(self) -> dict[Path, str]:
        """Return the projects that were left without a name, the latest first, and what each is called."""
        found = {}
        for path in self._session.recoverable():
            when = QDateTime.fromSecsSinceEpoch(int(last_change(path) or 0))
            found[path] = self.tr("Untitled, {time}").format(
                time=QLocale().toString(when, QLocale.FormatType.ShortFormat)
            )
        return found

    @Slot()
    def _on_new_requested(self) -> None:
        is_left = self._session.document.is_untitled and self._session.document.is_modified
        self._change(self._session.new)
        self.show_recent()
        if is_left:
            self._status.show_message(self.tr("The project without a name is kept: File, Open recent."))

    @Slot()
    def _on_open_requested(self) -> None:
        path = self._questions.project_to_open(self._settings.last_folder)
        if path is not None:
            self.open(path)

    @Slot(Path)
    def _on_recent_requested(self, path: Path) -> None:
        if path in self._session.recoverable():
            self._open(path, is_untitled=True)
        else:
            self.open(path)

    @Slot()
    def _on_save_requested(self) -> None:
        if self._session.document.is_untitled:
            self.save_as()
        elif self._session.document.read_only_reason:
            self._status.show_message(self._session.document.read_only_reason)
        elif self._attempt(self._session.save):
            self._status.show_message(self.tr("Saved."))

    @Slot()
    def _on_edit_again_requested(self) -> None:
        path = self._session.document.path
        if path is not None:
            self._open(path)

    @Slot(object)
    def _on_save_failed(self, message: str) -> None:
        self._status.show_message(message)

    @Slot(list)
    def _on_classify_requested(self, paths: list[Path]) -> None:
        if not paths:
            folder = self._questions.folder(self.tr("Classify a folder"), self._settings.last_folder)
            if folder is None:
                return
            self._settings.last_folder = folder
            paths = [folder]
        self._running.classify(tuple(paths), self._settings.cutting)

    @Slot(str, object)
    def _on_call_returned(self, key: str, found: object) -> None:
        if key == _RECENT and isinstance(found, tuple):
            self._window.show_recent(found)


def _is_user_engaged() -> bool:
    """Whether a dialog or a menu is open, or a mouse button is down: no other project is shown until that is over."""
    dialog = QApplication.activeModalWidget() or QApplication.activePopupWidget()
    return dialog is not None or QApplication.mouseButtons() != Qt.MouseButton.NoButton


def _look_at(projects: Sequence[Path], untitled: Mapping[Path, str], _token: CancelToken) -> tuple[RecentProject, ...]:
    """Look into the project files, in the background: a drive may be slow, or gone. Those without a name come last,
    but for one that was changed later than all others.
    """
    named = [found for path in projects if (found := look_at(path)) is not None]
    others = [found for path, name in untitled.items() if (found := look_at(path, name)) is not None]
    if others and all(others[0].changed > one.changed for one in named):
        named.insert(0, others.pop(0))
    return (*named, *others)
