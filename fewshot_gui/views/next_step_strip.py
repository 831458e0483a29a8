"""A line above the bins that says what to do next, with a button that does it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from fewshot_gui.actions import ActionTable
from fewshot_gui.items.bin_look import look_of
from fewshot_gui.items.next_step import NextStep, next_step
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.widgets.notice import Notice

_PAUSE = 100  # milliseconds: results come in batches


class NextStepStrip(Notice):
    """Follows the document and the results; hidden where there is nothing to say, or it is not wanted."""

    bin_asked_for = Signal(str)  # id of the bin whose examples are to be looked at

    def __init__(
        self, document: Document, results: Results, actions: ActionTable, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent, icon_name="suggest")
        self.setObjectName("nextStepStrip")
        self._document, self._results, self._actions = document, results, actions
        self._step: NextStep | None = None
        self._is_wanted = True
        self._look = QAction(self)
        self._look.triggered.connect(self._on_look_triggered)
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE)
        self._soon.timeout.connect(self._show_step)
        for signal in (
            document.reset,
            document.bin_inserted,
            document.bin_removed,
            document.bin_changed,
            document.examples_changed,
            results.reset,
            results.appended,
            results.training_changed,
            results.stale_changed,
        ):
            signal.connect(self._on_changed)
        self._show_step()

    def set_wanted(self, wanted: bool) -> None:
        """Say what to do next, or nothing."""
        self._is_wanted = wanted
        self._show_step()

    def _on_changed(self) -> None:
        self._soon.start()

    def _show_step(self) -> None:
        self._step = next_step(self._document, self._results) if self._is_wanted else None
        if self._step is not None:
            self.set_text(self._step.text)
            self.replace_action(self._action_of(self._step))
        self.setVisible(self._step is not None)

    def _action_of(self, step: NextStep) -> QAction | None:
        if step.bin_id:
            self._look.setText(self.tr("Look at ‘{name}’").format(name=look_of(self._document, step.bin_id).name))
            return self._look
        return self._actions[step.action] if step.action else None

    def _on_look_triggered(self) -> None:
        if self._step is not None:
            self.bin_asked_for.emit(self._step.bin_id)
