"""Recovery of damaged projects into a new file, from what can still be read or from a backup."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from fewshot_gui.controllers.services import AppServices
from fewshot_gui.project.backups import Backup, Backups
from fewshot_gui.project.disk import copy_file
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.lock import ProjectLock
from fewshot_gui.project.record import RECOVERED, Draft, program_version
from fewshot_gui.project.recovery import Recovered, iter_words, survey, write_recovered
from fewshot_gui.project.session import PROJECT_SUFFIX
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.views.recovery_dialog import Rescue
from model.messages import listed, message
from model.progress import CancelToken

_SURVEY, _WRITE = "recover: survey", "recover: write"


@dataclass(frozen=True)
class _Survey:
    damaged: Path
    rescues: tuple[Rescue, ...]
    sources: tuple[Recovered | Backup, ...]
    trouble: str


@dataclass(frozen=True)
class _Written:
    path: Path | None
    message: str


class RecoveringController(QObject):
    """Answers "Recover…", and is asked when a project that is opened turns out to be damaged."""

    written = Signal(Path)  # a new project, to be opened

    def __init__(self, services: AppServices, parent: QObject) -> None:
        super().__init__(parent)
        self._backups, self._files, self._settings = services.session.backups, services.files, services.settings
        self._window, self._questions = services.window, services.questions
        self._status, self._document = services.status, services.document
        self._looking = ""
        services.intents.recover_requested.connect(self._on_recover_requested)
        services.files.call_returned.connect(self._on_call_returned)
        services.files.call_failed.connect(self._on_call_failed)

    @Slot(Path)
    def offer(self, damaged: Path) -> None:
        """Find what can be read of a project, in the background; then ask the user which version to keep."""
        self._looking = self.tr("Looking what can be read of “{name}”…").format(name=damaged.name)
        self._status.show_message(self._looking)
        self._files.call(_SURVEY, partial(_survey, damaged, self._backups))

    @Slot()
    def _on_recover_requested(self) -> None:
        path = self._questions.project_to_recover(self._settings.last_folder)
        if path is not None:
            self.offer(path.resolve())

    @Slot(str, object)
    def _on_call_returned(self, key: str, answer: object) -> None:
        if key == _SURVEY and isinstance(answer, _Survey):
            self._status.withdraw_message(self._looking)
            self._ask(answer)
        elif key == _WRITE and isinstance(answer, _Written):
            if answer.path is None:
                self._window.show_error(self.tr("Recover"), answer.message)
            else:
                self.written.emit(answer.path)
                self._status.show_message(answer.message)

    @Slot(str, object)
    def _on_call_failed(self, key: str, reason: str) -> None:
        if key in {_SURVEY, _WRITE}:
            self._status.withdraw_message(self._looking)
        if key in {_SURVEY, _WRITE} and reason:
            self._window.show_error(self.tr("Recover"), reason)

    def _ask(self, found: _Survey) -> None:
        if not found.rescues:
            self._window.show_error(self.tr("Recover"), found.trouble)
            return
        chosen = self._questions.rescue(found.damaged, found.trouble, found.rescues)
        if chosen is None:
            return
        name = self.tr("{stem} (recovered)").format(stem=found.damaged.stem)
        target = self._questions.project_to_save(found.damaged.with_name(name + PROJECT_SUFFIX))
        if target is None:
            return
        if target.resolve() == found.damaged:
            self._window.show_error(
                self.tr("Recover"), self.tr("Choose another file: the damaged one is kept as it is.")
            )
            return
        who = self._document.who
        write = partial(_write, found.sources[chosen], found.rescues[chosen], target.resolve(), who)
        self._files.call(_WRITE, write)


def _survey(damaged: Path, backups: Backups, _token: CancelToken) -> _Survey:
    rescues: list[Rescue] = []
    sources: list[Recovered | Backup] = []
    trouble = ""
    try:
        found = survey(damaged)
    except ProjectError as error:
        trouble = str(error)
    else:
        is_complete = len(found.examples) == found.examples_known and not found.bins_unnamed
        rescues.append(Rescue(message("What can be read of the file"), listed(list(iter_words(found))), is_complete))
        sources.append(found)
    for backup in backups.of(damaged):
        counts = backups.counts(backup)
        if counts is not None:
            words = message("{bins:,} bins, {examples:,} examples", bins=counts[0], examples=counts[1])
            made = f"{backup.made:%Y-%m-%d %H:%M}"
            title = message("The backup of {when}", when=made)
            rescues.append(Rescue(title, words, True))
            sources.append(backup)
    return _Survey(damaged, tuple(rescues), tuple(sources), trouble)


def _write(source: Recovered | Backup, rescue: Rescue, target: Path, who: str, _token: CancelToken) -> _Written:
    try:
        lock = ProjectLock(target)
        try:
            if isinstance(source, Backup):
                copy_file(source.path, target)
                what = {"from": source.path.name, "revision": source.revision, "version": program_version()}
                with ProjectStore.open(target) as store:
                    store.add_to_record([Draft(RECOVERED, who, what)])
            else:
                write_recovered(source, target, who)
        finally:
            lock.release()
    except ProjectError as error:
        return _Written(None, str(error))
    return _Written(target, message("Recovered into “{file}”: {content}.", file=target.name, content=rescue.content))
