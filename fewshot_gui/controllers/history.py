"""The history of the project: its dialog, going back to a training, who said something of an image."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot

from fewshot_gui.controllers.running import RunningController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.items.history_words import describe_comparison, describe_said, describe_training, when
from fewshot_gui.items.naming import display_text
from fewshot_gui.project.edits.going_back import go_back
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.history import PastTraining
from fewshot_gui.views.history_dialog import HistoryDialog, SaidDialog
from model.errors import FewShotError
from model.messages import message
from model.progress import CancelToken

_CHECK = "check the record"


class HistoryController(QObject):
    """Answers "History…" and "Who said this?"; sets whose name is recorded and how much is kept."""

    def __init__(self, services: AppServices, running: RunningController, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._settings, self._files = services.session, services.settings, services.files
        self._document, self._results = services.document, services.results
        self._window, self._status, self._running = services.window, services.status, running
        self._dialog: HistoryDialog | None = None
        self._trainings: dict[int, PastTraining] = {}
        self._session.set_who(self._settings.who)
        self._results.kept_bytes = self._settings.kept_megabytes * 10**6
        services.intents.history_requested.connect(self._on_history_requested)
        services.intents.who_said_requested.connect(self._on_who_said_requested)
        services.files.call_returned.connect(self._on_call_returned)
        services.files.call_failed.connect(self._on_call_returned)  # the reason is the verdict
        services.results.training_changed.connect(self._show)
        services.document.reset.connect(self._show)

    @Slot()
    def _on_history_requested(self) -> None:
        if self._dialog is None:
            self._dialog = dialog = HistoryDialog(self._window)
            dialog.chosen.connect(self._on_chosen)
            dialog.go_back_requested.connect(self._on_go_back_requested)
            dialog.check_requested.connect(self._on_check_requested)
            dialog.who_chosen.connect(self._on_who_chosen)
            dialog.kept_chosen.connect(self._on_kept_chosen)
            dialog.finished.connect(self._on_finished)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._show()
        self._dialog.show()
        self._dialog.activateWindow()

    @Slot()
    def _on_finished(self) -> None:
        self._dialog = None

    @Slot()
    def _show(self) -> None:
        """Bring the dialog, where it is open, up to date."""
        if self._dialog is None:
            return
        history = self._session.history
        try:
            trainings, head, stored = history.trainings(), history.head(), history.stored()
        except ProjectError as error:
            self._status.show_message(str(error))
            return
        self._trainings = {past.number: past for past in trainings}
        self._dialog.set_can_edit(not self._document.read_only_reason)
        self._dialog.show_trainings(trainings)
        self._dialog.show_record(*head)
        self._dialog.show_who(self._settings.who)
        self._dialog.show_kept(self._settings.kept_megabytes, *stored)

    @Slot(list)
    def _on_chosen(self, numbers: list[int]) -> None:
        chosen = [self._trainings[number] for number in numbers if number in self._trainings]
        if self._dialog is None or not chosen:
            return
        if len(chosen) == 1:
            self._dialog.show_text(describe_training(chosen[0]))
            return
        history = self._session.history
        try:
            found = history.compare(chosen[0], chosen[-1])
            paths = history.paths_of([*found.came, *found.gone, *found.moved])
        except ProjectError as error:
            self._dialog.show_text(str(error))
            return
        self._dialog.show_text(describe_comparison(found, paths, self._document.board.names()))

    @Slot(int)
    def _on_go_back_requested(self, number: int) -> None:
        past = self._trainings[number]
        if self._running.is_busy:  # a training that is under way would replace the classifier at its end
            self._status.show_message(self.tr("Something is running: wait for its end, or press Esc, then go back."))
            return
        try:
            self._go_back(past)
        except ProjectError as error:
            self._status.show_message(str(error))

    def _go_back(self, past: PastTraining) -> None:
        """Fill the bins as they were, which can be undone, and load the classifier where it is kept."""
        history = self._session.history
        kept, moved = history.kept_training(past), history.moved()
        missing = 0
        bins = []
        if kept is not None:
            training = kept[0].relocated(moved)
            of_bin: dict[str, list[Path]] = {bin_id: [] for bin_id in training.bin_ids}
            for path, bin_id in training.examples.items():
                if bin_id is not None:
                    of_bin.setdefault(bin_id, []).append(path)
            bins = [(bin_id, past.bins[bin_id][0] if bin_id in past.bins else "?", of_bin[bin_id]) for bin_id in of_bin]
        else:
            paths = history.paths_of(list(past.examples))
            missing = len(past.examples.keys() - paths.keys())
            for bin_id, (name, hashes) in past.bins.items():
                found = dict.fromkeys(moved.get(paths[one], paths[one]) for one in hashes if one in paths)
                bins.append((bin_id, name, list(found)))
        boxes = training.boxes if kept is not None else None
        self._document.edit(go_back(self._document.board, when(past.at), bins, boxes))
        if kept is not None:
            self._results.go_back(training, kept[1])
            self._running.restore(kept[1], classify_again=True)
            said = self.tr("Went back to the training of {when}.")
        else:
            said = self.tr("The bins are those of {when}; its classifier is not kept any more: train again.")
        said = said.format(when=when(past.at))
        if missing:
            lacking = self.tr("{said} {count} of its examples are not known any more.")
            said = lacking.format(said=said, count=missing)
        self._status.show_message(said)

    @Slot(Path)
    def _on_who_said_requested(self, path: Path) -> None:
        history = self._session.history
        try:
            said = history.said_of(path, self._document.board.content_hash(path))
            paths = history.paths_of(list(said.training.examples) if said.training else [])
        except ProjectError as error:
            self._status.show_message(str(error))
            return
        dialog = SaidDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show_said(said, describe_said(said, paths, self._document.board.names()))
        dialog.open()

    @Slot()
    def _on_check_requested(self) -> None:
        file = self._session.file
        if file is None or self._dialog is None:
            return
        self._dialog.show_record(*self._session.history.head(), self.tr("Being checked …"))
        self._files.call(_CHECK, partial(_check, file))

    @Slot(str, object)
    def _on_call_returned(self, key: str, verdict: object) -> None:
        if key == _CHECK and self._dialog is not None:
            self._dialog.show_record(*self._session.history.head(), display_text(str(verdict)))

    @Slot(str)
    def _on_who_chosen(self, name: str) -> None:
        self._settings.reader = " ".join(name.split())
        self._session.set_who(self._settings.who)
        if self._dialog is not None:
            self._dialog.show_who(self._settings.who)

    @Slot(int)
    def _on_kept_chosen(self, megabytes: int) -> None:
        if megabytes == self._settings.kept_megabytes:
            return
        self._settings.kept_megabytes = megabytes
        try:
            self._results.keep_at_most(megabytes * 10**6)
        except ProjectError as error:
            self._status.show_message(str(error))
        self._show()


def _check(file: Path, _token: CancelToken) -> str:
    """Check the record as the file has it; in the background."""
    from model.project_file.record import check_project

    try:
        found = check_project(file)
    except FewShotError as error:
        return str(error)
    if found.is_whole:
        return message("Checked: {entries:,} entries, each as it was written.", entries=found.entries)
    if found.broken is None:
        return message("The record: {reason}.", reason=found.reason)
    return message("Entry {number:,}: {reason}.", number=found.broken, reason=found.reason)
