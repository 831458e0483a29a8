"""The dialog that asks which results go into a file: those shown, those selected, or all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.views.results_choice import ResultsChoice


class ResultsExportDialog(QDialog):
    """Asks by a `ResultsChoice`, see there."""

    def __init__(self, rows: RowsInView, total: int, stale: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultsExportDialog")
        self.setWindowTitle(self.tr("Export results"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(style.GRID)
        layout.addWidget(QLabel(self.tr("Which results go into the file?")))
        self._choice = ResultsChoice(rows, total, stale)
        self.notice = self._choice.notice
        layout.addWidget(self._choice)
        note = QLabel(self.tr("Images that are in a bin have its name in the column “label”."))
        note.setWordWrap(True)
        note.setEnabled(False)
        layout.addWidget(note)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = buttons.addButton(self.tr("E&xport…"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.export_button.setDefault(True)  # only now does it have a dialog
        self._choice.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setMinimumWidth(52 * style.GRID)

    def chosen(self) -> Sequence[int]:
        """The rows of the results that are chosen."""
        return self._choice.chosen()
