"""The dialog that asks which version of a damaged project to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.items.naming import display_name, display_text


@dataclass(frozen=True)
class Rescue:
    """One way to go on: what it is, what it contains, and whether that is all there was."""

    title: str
    content: str
    is_complete: bool


class RecoveryDialog(QDialog):
    """Offers `rescues`, of which the first is chosen unless another one has to be."""

    def __init__(self, damaged: Path, trouble: str, rescues: Sequence[Rescue], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recoveryDialog")
        self.setWindowTitle(self.tr("Recover project"))
        text = self.tr("“{name}” is damaged. It stays as it is; what you choose is saved as a new project.")
        heading = QLabel(text.format(name=display_name(damaged)))
        heading.setWordWrap(True)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        self._group = QButtonGroup(self)
        choices = QWidget()
        column = QVBoxLayout(choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.GRID // 2)
        for number, rescue in enumerate(rescues):
            button = QRadioButton(display_text(rescue.title).replace("&", "&&"))
            content = display_text(rescue.content)
            lost = self.tr("{found}; the rest is lost")
            note = QLabel(content if rescue.is_complete else lost.format(found=content))
            note.setTextFormat(Qt.TextFormat.PlainText)
            note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            note.setIndent(3 * style.GRID)
            button.setAccessibleDescription(display_text(rescue.content))
            self._group.addButton(button, number)
            column.addWidget(button)
            column.addWidget(note)
            column.addSpacing(style.GRID // 2)
        column.addStretch(1)
        self._group.button(0).setChecked(True)
        self._group.button(0).setFocus()
        scroll = QScrollArea()
        scroll.setWidget(choices)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        recover = buttons.addButton(self.tr("&Save as new project…"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(2 * style.GRID)
        layout.addWidget(heading)
        if trouble:
            label = QLabel(display_text(trouble))
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            layout.addWidget(label)
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)
        recover.setDefault(True)  # only now does it have a dialog
        self.resize(520, min(180 + 56 * len(rescues), 480))

    @property
    def chosen(self) -> int:
        """The number of the rescue that is chosen, from 0."""
        return self._group.checkedId()
