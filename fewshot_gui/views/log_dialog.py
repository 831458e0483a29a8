"""The dialog that shows the end of the log."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication, QTextCursor
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.items.naming import display_text, names


class LogDialog(QDialog):
    """Lines of the log, the latest last; they can be copied, without names where names are hidden."""

    def __init__(self, text: str, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logDialog")
        self.setWindowTitle(self.tr("Log"))
        self._text, self._folder = text, folder
        note = QLabel(self.tr("It stays on this computer, and may hold names of files."))
        self.box = QPlainTextEdit()
        self.box.setReadOnly(True)
        self.box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.box.setAccessibleName(self.windowTitle())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.copy_button: QPushButton = buttons.addButton(self.tr("&Copy"), role)
        self.copy_button.clicked.connect(self._copy)
        self.folder_button: QPushButton = buttons.addButton(self.tr("Show &folder"), role)
        self.folder_button.clicked.connect(self._show_folder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(style.GRID)
        layout.addWidget(note)
        layout.addWidget(self.box, 1)
        layout.addWidget(buttons)
        self.resize(880, 520)
        names.changed.connect(self._show_text)
        self._show_text()

    def _show_text(self) -> None:
        self.box.setPlainText(display_text(self._text))
        self.box.moveCursor(QTextCursor.MoveOperation.End)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.box.toPlainText())

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
