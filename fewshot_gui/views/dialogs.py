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
from fewshot_gui.items.naming import display_text, names
from fewshot_gui.translation import tr

_ERROR_WIDTH = 560


class ErrorDialog(QDialog):
    """What went wrong and what to do, in a sentence or two; details only where "Details" asks for them."""

    def __init__(self, title: str, message: str, details: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("errorDialog")
        self.setWindowTitle(title)
        self._message, self._details = message, details
        self._text, self._box = QLabel(), QPlainTextEdit()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._box.setReadOnly(True)
        self._box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._box.setAccessibleName(self.tr("Details"))
        self._box.setMinimumHeight(20 * style.GRID)
        self._box.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.details_button: QPushButton = buttons.addButton(self.tr("&Details"), role)
        self.details_button.setObjectName("detailsButton")
        self.details_button.setCheckable(True)
        self.details_button.toggled.connect(self._on_details_toggled)
        self.copy_button: QPushButton = buttons.addButton(self.tr("&Copy details"), role)
        self.copy_button.setObjectName("copyDetailsButton")
        self.copy_button.clicked.connect(self._on_copy)
        for button in (self.details_button, self.copy_button):
            button.setVisible(bool(details))
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(2 * style.GRID)
        layout.addWidget(self._text)
        layout.addWidget(self._box, 1)
        layout.addStretch(0)
        layout.addWidget(buttons)
        self.resize(_ERROR_WIDTH, 120)
        icon = self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning)
        self.setWindowIcon(icon)
        names.changed.connect(self._show_texts)
        self._show_texts()

    def _show_texts(self) -> None:
        self._text.setText(display_text(self._message))
        self._box.setPlainText(display_text(self._details) if self._box.isVisibleTo(self) else "")

    def _on_details_toggled(self, wanted: bool) -> None:
        self._box.setVisible(wanted)
        self._show_texts()
        self.resize(self.width(), 360 if wanted else self.minimumSizeHint().height())

    def _on_copy(self) -> None:
        text = f"{display_text(self._message)}\n\n{display_text(self._details)}".strip()
        QGuiApplication.clipboard().setText(text)
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
            item = QTreeWidgetItem([gesture, effect])
            for column, text in enumerate((gesture, effect)):
                item.setToolTip(column, text)  # whole, where the screen is too narrow for it
            tree.addTopLevelItem(item)
        for column in range(2):
            tree.resizeColumnToContents(column)
        texts = tree.header().length()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(tree)
        layout.addWidget(buttons)
        margins, bar = layout.contentsMargins(), tree.verticalScrollBar().sizeHint().width()
        wanted = texts + bar + 2 * tree.frameWidth() + margins.left() + margins.right()
        self.resize(min(wanted, self.screen().availableSize().width()), 560)


def show_about(parent: QWidget) -> None:
    """Name, purpose, versions."""
    box = QMessageBox(parent)
    box.setObjectName("aboutDialog")
    box.setWindowTitle(tr("About Fewshot"))
    box.setIconPixmap(app_icon().pixmap(64, 64))
    version = QCoreApplication.applicationVersion()
    box.setText(f"Fewshot {version}".strip())
    box.setInformativeText(
        tr("Sort a few images into bins, train in a second, label whole folders, and see which region decided.")
        + f"\n\nPython {platform.python_version()}, Qt for Python {pyside_version}\n"
        + tr("Everything runs on this computer; no image leaves it.")
    )
    box.exec()


def _gestures() -> list[tuple[str, str]]:
    return [
        (tr("Drag files or folders onto a bin"), tr("Add them as examples")),
        (tr("Drag a folder beside the bins"), tr("A bin for each of its sub-folders")),
        (tr("Drag an image to another bin"), tr("Move it there")),
        (tr("Drag an image from a bin to the library"), tr("Remove it from the bin; the file stays")),
        (tr("Drag the top of a bin"), tr("Reorder the bins")),
        (tr("Double click on the top of a bin"), tr("On its name: rename it; beside it: show it as a gallery")),
        (tr("1 – 9"), tr("Put the selected images into that bin, and go on to the next image")),
        (tr("0, then two digits"), tr("The same with bins 10 – 99: 0 1 2 is bin 12")),
        (tr("Tab, F6 / Shift+F6"), tr("Go on in the window; to the next / previous part of it")),
        (tr("Space, D / Backspace, A"), tr("Next / previous image")),
        (tr("Ctrl + mouse wheel on the gallery or the library"), tr("Larger or smaller pictures")),
        (tr("Drag from empty ground of a gallery"), tr("Select what the frame touches")),
        (tr("Click on the head of a group, + and −"), tr("Fold or unfold the group; * unfolds all")),
        (tr("Mouse wheel, drag on the picture"), tr("Zoom about the cursor, pan")),
        (tr("Double click on the picture"), tr("Fit, or 100 %")),
        (tr("Hold F8 / Shift+F8"), tr("Uncover the covered picture under the pointer / all of them")),
        (tr("Right drag on a picture of greys"), tr("Window: across its width, down its level; a click: its menu")),
        (tr("Shift + mouse wheel on the picture"), tr("Through slices, frames or pages")),
    ]


def _keys(actions: ActionTable) -> list[tuple[str, str]]:
    native = QKeySequence.SequenceFormat.NativeText
    return [
        (", ".join(dict.fromkeys(key.toString(native) for key in action.shortcuts())), plain_text(action))
        for action in actions
        if action.shortcuts()
    ]
