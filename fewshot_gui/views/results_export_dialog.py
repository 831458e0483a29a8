"""The dialog that asks which results go into a file: those shown, those selected, or all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QDialog, QDialogButtonBox, QLabel, QRadioButton, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.widgets.notice import Notice


class ResultsExportDialog(QDialog):
    """`rows` are those of the table, `total` all results, `stale` how many of them are out of date.

    The shown ones are chosen where a filter hides some, else all.
    """

    def __init__(self, rows: RowsInView, total: int, stale: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultsExportDialog")
        self.setWindowTitle(self.tr("Export results"))
        self._rows, self._total = rows, total
        self._choices = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(style.GRID)
        layout.addWidget(QLabel(self.tr("Which results go into the file?")))
        for number, (text, count) in enumerate(
            (
                (self.tr("&Shown: what the filters let through ({count})"), len(rows.shown)),
                (self.tr("Se&lected ({count})"), len(rows.selected)),
                (self.tr("&All ({count})"), total),
            )
        ):
            button = QRadioButton(text.format(count=f"{count:,}"))
            button.setEnabled(count > 0)
            self._choices.addButton(button, number)
            layout.addWidget(button)
        is_filtered = 0 < len(rows.shown) < total
        chosen = self._choices.button(0 if is_filtered else 2)
        chosen.setChecked(True)
        chosen.setFocus(Qt.FocusReason.OtherFocusReason)
        self.notice = Notice("")
        self.notice.setVisible(stale > 0)
        text = self.tr("{count} of the results are out of date: the bins changed since. Train first, or see `message`.")
        self.notice.set_text(text.format(count=f"{stale:,}" if stale < total else self.tr("All")))
        layout.addWidget(self.notice)
        note = QLabel(self.tr("Images that are in a bin have its name in the column “label”."))
        note.setWordWrap(True)
        note.setEnabled(False)
        layout.addWidget(note)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = buttons.addButton(self.tr("E&xport…"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.export_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setMinimumWidth(52 * style.GRID)

    def chosen(self) -> Sequence[int]:
        """The rows of the results that are chosen."""
        return (self._rows.shown, self._rows.selected, range(self._total))[self._choices.checkedId()]
