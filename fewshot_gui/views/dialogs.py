"""Short dialogs: an error with its details, help on keys and mouse, about."""

from __future__ import annotations

import platform

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QStyle,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.actions import ActionTable, plain_text
from fewshot_gui.icons import app_icon
from fewshot_gui.items.roles import readable


class ErrorDialog(QDialog):
    """What went wrong in one line, and the details for a bug report, which can be copied."""

    def __init__(self, title: str, message: str, details: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("errorDialog")
        self.setWindowTitle(title)
        self._message, self._details = readable(message), readable(details)
        text = QLabel(self._message)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        self.copy_button: QPushButton = buttons.addButton(
            self.tr("&Copy details"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.copy_button.setObjectName("copyDetailsButton")
        self.copy_button.clicked.connect(self._on_copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(2 * style.GRID)
        layout.addWidget(text)
        if details:
            box = QPlainTextEdit(self._details)
            box.setReadOnly(True)
            box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            box.setAccessibleName(self.tr("Details"))
            layout.addWidget(box, 1)
        layout.addWidget(buttons)
        self.resize(560, 320 if details else 120)
        icon = self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning)
        self.setWindowIcon(icon)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._message}\n\n{self._details}".strip())
        self.copy_button.setText(self.tr("Copied"))


class HelpDialog(QDialog):
    """Every key of the action table, and what the mouse does."""

    def __init__(self, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("helpDialog")
        self.setWindowTitle(self.tr("Keyboard and mouse"))
        tree = QTreeWidget()
        tree.setColumnCount(2)
        tree.setHeaderLabels([self.tr("Key or gesture"), self.tr("What it does")])
        tree.setRootIsDecorated(False)
        tree.setAlternatingRowColors(True)
        tree.setAccessibleName(self.windowTitle())
        for gesture, effect in [*_gestures(), *_keys(actions)]:
            tree.addTopLevelItem(QTreeWidgetItem([gesture, effect]))
        tree.resizeColumnToContents(0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(tree)
        layout.addWidget(buttons)
        self.resize(640, 560)


def show_about(parent: QWidget) -> None:
    """Name, purpose, versions."""
    box = QMessageBox(parent)
    box.setObjectName("aboutDialog")
    box.setWindowTitle(_tr("About Fewshot"))
    box.setIconPixmap(app_icon().pixmap(64, 64))
    version = QCoreApplication.applicationVersion()
    box.setText(f"Fewshot {version}".strip())
    box.setInformativeText(
        _tr("Sort a few images into bins, train in a second, label whole folders, and see which region decided.")
        + f"\n\nPython {platform.python_version()}, Qt for Python {pyside_version}\n"
        + _tr("Everything runs on this computer; no image leaves it.")
    )
    box.exec()


def _gestures() -> list[tuple[str, str]]:
    return [
        (_tr("Drag files or folders onto a bin"), _tr("Add them as examples")),
        (_tr("Drag a folder beside the bins"), _tr("A bin for each of its sub-folders")),
        (_tr("Drag an image to another bin"), _tr("Move it there")),
        (_tr("Drag an image from a bin to the library"), _tr("Remove it from the bin; the file stays")),
        (_tr("Drag the top of a bin"), _tr("Reorder the bins")),
        (_tr("1 – 9"), _tr("Put the selected images into that bin, and go on to the next image")),
        (_tr("Space, D / Backspace, A"), _tr("Next / previous image")),
        (_tr("Mouse wheel, drag on the picture"), _tr("Zoom about the cursor, pan")),
        (_tr("Double click on the picture"), _tr("Fit, or 100 %")),
    ]


def _keys(actions: ActionTable) -> list[tuple[str, str]]:
    native = QKeySequence.SequenceFormat.NativeText
    return [
        (", ".join(dict.fromkeys(key.toString(native) for key in action.shortcuts())), plain_text(action))
        for action in actions
        if action.shortcuts()
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dialogs", text)
