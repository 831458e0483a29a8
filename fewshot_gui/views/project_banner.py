"""The strip below the tool bar, shown while edits are refused or cannot be saved, or where work was cut off."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from fewshot_gui.actions import ActionTable
from fewshot_gui.items.naming import display_text, names
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.widgets.notice import Notice


class ProjectBanner(QWidget):
    """Follows the document and the results; empty, and without height, where all is well."""

    def __init__(
        self, document: Document, results: Results, actions: ActionTable, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("projectBanner")
        self._document, self._results, self._reason = document, results, ""
        self.read_only, self.unsaved, self.unfinished = Notice("", self), Notice("", self), Notice("", self)
        self.read_only.set_action(actions["editAgain"])
        self.read_only.set_action(actions["saveAs"])
        self.unsaved.set_action(actions["save"])
        self.unsaved.set_action(actions["saveAs"])
        self.unfinished.set_action(actions["goOn"])
        self.unfinished.set_action(actions["leaveUnfinished"])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.read_only)
        layout.addWidget(self.unsaved)
        layout.addWidget(self.unfinished)
        for signal in (document.reset, document.path_changed):
            signal.connect(self._show_state)
        for part in (document, results):
            part.save_failed.connect(self._on_save_failed)
            part.saved.connect(self._show_state)
        names.changed.connect(self._on_names_changed)
        self._show_state()

    def set_unfinished(self, text: str) -> None:
        """Say what work was cut off, and offer to go on; "": nothing."""
        self.unfinished.set_text(text)
        self.unfinished.setVisible(bool(text))

    def _show_state(self) -> None:
        reason = self._document.read_only_reason
        if reason:
            text = self.tr("Read only. {reason} What is trained and classified now is kept by “Save as…” alone.")
            self.read_only.set_text(display_text(text.format(reason=reason)))
        self.read_only.setVisible(bool(reason))
        if not (self._document.has_unsaved_changes or self._results.is_modified):
            self.unsaved.hide()

    def _on_save_failed(self, reason: str) -> None:
        self._reason = reason
        self._show_reason()
        self.unsaved.show()

    def _show_reason(self) -> None:
        text = self.tr("Not saved: {reason} Your changes are kept here until they can be.")
        self.unsaved.set_text(display_text(text.format(reason=self._reason)))

    def _on_names_changed(self) -> None:
        self._show_state()
        self._show_reason()
