"""All settings in one dialog, by subject, each with what it does; a search shows those that fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.actions import ActionTable, plain_text, without_letter
from fewshot_gui.intents import Intents
from fewshot_gui.items.roles import searchable
from fewshot_gui.settings import DEVICES, FALSE_ALARMS, THEMES
from fewshot_gui.texts import percent
from fewshot_gui.translation import CHOICES, LANGUAGES, tr
from fewshot_gui.views.words_dialog import SETTINGS_WORDS, word_button

_T = TypeVar("_T")


@dataclass(frozen=True)
class ChosenSettings:
    """What is in force of the settings that are no commands of the menus."""

    language: str
    theme: str
    device: str
    false_alarms: float
    reopen: bool


class SettingsDialog(QDialog):
    """What is chosen leaves as intents, and holds at once but where it says otherwise."""

    def __init__(
        self, chosen: ChosenSettings, actions: ActionTable, intents: Intents, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(self.tr("Settings"))
        self._chosen, self._actions, self._intents = chosen, actions, intents
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search the settings"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show_fitting)
        self.sections = QListWidget()
        self.sections.setAccessibleName(self.tr("Subjects"))
        self.sections.setSpacing(2)
        self.sections.currentRowChanged.connect(self._show_fitting)
        self._none = QLabel(self.tr("No setting fits."))
        self._rows: list[tuple[int, _Row]] = []
        page = QWidget()
        self._page = QVBoxLayout(page)
        self._page.setContentsMargins(2 * style.GRID, 0, 2 * style.GRID, 0)
        self._page.setSpacing(2 * style.GRID)
        for at, (name, rows) in enumerate(self._all()):
            self.sections.addItem(name)
            for row in rows:
                self._rows.append((at, row))
                self._page.addWidget(row)
        self._page.addWidget(self._none)
        self._page.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self.sections.setFixedWidth(self.sections.sizeHintForColumn(0) + 4 * style.GRID)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(word_button(SETTINGS_WORDS, self), QDialogButtonBox.ButtonRole.HelpRole)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        columns = QHBoxLayout()
        columns.addWidget(self.sections)
        columns.addWidget(scroll, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(style.GRID)
        layout.addWidget(self.search)
        layout.addLayout(columns, 1)
        layout.addWidget(buttons)
        self.resize(720, 520)
        self.sections.setCurrentRow(0)

    def _all(self) -> list[tuple[str, list[_Row]]]:
        chosen, intents = self._chosen, self._intents
        return [
            (
                self.tr("General"),
                [
                    _choice(
                        "language",
                        self.tr("Language"),
                        self.tr("It changes when the program is started again."),
                        [(choice, LANGUAGES.get(choice) or self.tr("As the system")) for choice in CHOICES],
                        chosen.language,
                        intents.language_chosen.emit,
                    ),
                    _choice(
                        "theme",
                        self.tr("Colours"),
                        self.tr("Of the whole window."),
                        list(zip(THEMES, (self.tr("As the system"), self.tr("Light"), self.tr("Dark")), strict=True)),
                        chosen.theme,
                        intents.theme_chosen.emit,
                    ),
                    _switch(
                        "reopen",
                        self.tr("Open the last project at the start"),
                        self.tr("Otherwise the start offers the projects that were open lately."),
                        chosen.reopen,
                        intents.reopen_chosen,
                    ),
                    _command(self._actions["nextStep"]),
                    _opener(self._actions["shortcuts"]),
                ],
            ),
            (self.tr("Reading"), [_opener(self._actions["reading"])]),
            (
                self.tr("Training and classifying"),
                [
                    *(_command(self._actions[name]) for name in ("autoTrain", "thorough", "closely", "transductive")),
                    _choice(
                        "falseAlarms",
                        self.tr("Call images unlike every bin"),
                        self.tr(
                            "So many of the images that do belong to a bin are called unlike every bin; the more, the "
                            "more of those are found that belong to none."
                        ),
                        [
                            (share, self.tr("{share} false alarms").format(share=percent(share)))
                            for share in FALSE_ALARMS
                        ],
                        chosen.false_alarms,
                        intents.false_alarms_chosen.emit,
                    ),
                    _choice(
                        "device",
                        self.tr("Compute on"),
                        self.tr("From the next training on. The status bar says what is in use."),
                        list(zip(DEVICES, (self.tr("The fastest there is"), "CPU", "CUDA", "MPS"), strict=True)),
                        chosen.device,
                        intents.device_chosen.emit,
                    ),
                ],
            ),
            (self.tr("Cache and privacy"), [_command(self._actions["hideNames"]), _opener(self._actions["cache"])]),
        ]

    def _show_fitting(self) -> None:
        """Show what the search finds, or else the subject that is chosen."""
        wanted = searchable(self.search.text())
        shown = 0
        for at, row in self._rows:
            fits = wanted in searchable(row.words) if wanted else at == self.sections.currentRow()
            row.setVisible(fits)
            shown += fits
        self._none.setVisible(shown == 0)
        self.sections.setEnabled(not wanted)


class _Row(QWidget):
    """A control and, below it, what it does."""

    def __init__(self, control: QWidget, label: str, help_: str) -> None:
        super().__init__()
        self.words = f"{label} {help_}"
        text = QLabel(help_)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        control.setAccessibleDescription(help_)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GRID // 2)
        layout.addWidget(control)
        layout.addWidget(text)


def _choice(
    name: str, label: str, help_: str, choices: Sequence[tuple[_T, str]], chosen: _T, emit: Callable[[_T], object]
) -> _Row:
    box, holder, title = QComboBox(), QWidget(), QLabel(label)
    box.setObjectName(f"{name}Setting")
    box.setAccessibleName(label)
    for value, text in choices:
        box.addItem(text, value)
    box.setCurrentIndex(next((at for at, (value, _) in enumerate(choices) if value == chosen), 0))
    box.activated.connect(partial(_emit_value, box, emit))
    title.setBuddy(box)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(title)
    row.addWidget(box)
    row.addStretch(1)
    return _Row(holder, label, help_)


def _emit_value(box: QComboBox, emit: Callable[..., object], _index: int) -> None:
    emit(box.currentData())


def _switch(name: str, label: str, help_: str, chosen: bool, signal: SignalInstance) -> _Row:
    box = QCheckBox(label)
    box.setObjectName(f"{name}Setting")
    box.setChecked(chosen)
    box.clicked.connect(signal)
    return _Row(box, label, help_)


def _command(action: QAction) -> _Row:
    """A command of the menus that is on or off."""
    box = QCheckBox(plain_text(action))
    box.setObjectName(f"{action.objectName().removesuffix('Action')}Setting")
    box.setChecked(action.isChecked())
    box.setEnabled(action.isEnabled())
    box.clicked.connect(action.trigger)
    action.toggled.connect(box.setChecked)
    return _Row(box, plain_text(action), _sentence(action))


def _opener(action: QAction) -> _Row:
    """A command of the menus that opens a dialog of its own."""
    button = QPushButton(without_letter(action.text()))
    button.setObjectName(f"{action.objectName().removesuffix('Action')}Setting")
    button.setAutoDefault(False)
    button.clicked.connect(action.trigger)
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(button)
    row.addStretch(1)
    return _Row(holder, plain_text(action), _sentence(action))


def _sentence(action: QAction) -> str:
    return tr("{text}.").format(text=action.statusTip().rstrip("."))
