"""The dialog that lists what a search for images left aside."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.items.naming import display_path, display_text, names
from fewshot_gui.project.search_notes import SearchNotes
from fewshot_gui.translation import tr


class LeftAsideDialog(QDialog):
    """A list that can be copied: the files, or, where names are hidden, how many there are of each ending."""

    def __init__(self, notes: SearchNotes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("leftAsideDialog")
        self.setWindowTitle(self.tr("Left aside"))
        self._notes = notes
        self._summary, self.list = QLabel(), QPlainTextEdit()
        self._summary.setWordWrap(True)
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self.list.setReadOnly(True)
        self.list.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.list.setAccessibleName(self.windowTitle())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.copy_button: QPushButton = buttons.addButton(self.tr("&Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._on_copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(2 * style.GRID)
        layout.addWidget(self._summary)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        self.resize(80 * style.GRID, 45 * style.GRID)
        names.changed.connect(self._show_texts)
        self._show_texts()

    def _show_texts(self) -> None:
        self._summary.setText(display_text(describe_notes(self._notes)))
        self.list.setPlainText("\n".join(self._lines()))

    def _lines(self) -> list[str]:
        notes = self._notes
        lines = [f"{display_path(path)}: {display_text(reason)}" for path, reason in notes.remarks]
        if lines and notes.endings:
            lines.append("")
        if names.hidden:
            return lines + [f"{ending or self.tr('without an ending')}: {count:,}" for ending, count in notes.endings]
        lines += [display_path(path) for path in notes.files]
        rest = sum(count for _, count in notes.endings) - len(notes.files)
        return [*lines, self.tr("and {count} more").format(count=f"{rest:,}")] if rest > 0 else lines

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.list.toPlainText())
        self.copy_button.setText(self.tr("Copied"))


def describe_notes(notes: SearchNotes) -> str:
    """Say in a line or two what was left aside, without names of files."""
    words = [display_text(notes.left_aside)] if notes.left_aside else []
    if len(notes.remarks) == 1:
        words.append(tr("One file or folder: {reason}").format(reason=display_text(notes.remarks[0][1])))
    elif notes.remarks:
        words.append(tr("There are remarks on {count} files or folders.").format(count=f"{len(notes.remarks):,}"))
    return " ".join(words)
