"""The dialogs of the record: the history of trainings, and what was said of one image."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.items.history_words import by_whom, describe_training, estimate, example_count, short, when
from fewshot_gui.items.naming import display_name
from fewshot_gui.project.history import PastTraining, Said
from fewshot_gui.views.words_dialog import HISTORY_WORDS, word_button

_MOST_MEGABYTES = 1_000_000
_NUMBER = Qt.ItemDataRole.UserRole


class HistoryDialog(QDialog):
    """Lists trainings, the latest first; what is wanted of them leaves as signals."""

    chosen = Signal(list)  # numbers of the trainings that are selected, the earlier first
    go_back_requested = Signal(int)  # number of a training
    check_requested = Signal()
    who_chosen = Signal(str)
    kept_chosen = Signal(int)  # megabytes

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyDialog")
        self.setWindowTitle(self.tr("History"))
        self.trainings = QTreeWidget()
        self.trainings.setObjectName("trainingList")
        self.trainings.setAccessibleName(self.tr("Trainings"))
        titles = (
            self.tr("When"),
            self.tr("Who"),
            self.tr("Backbone"),
            self.tr("Examples"),
            self.tr("Estimate (95 %)"),
            self.tr("Classifier"),
            self.tr("Kept"),
        )
        self.trainings.setHeaderLabels(titles)
        self.trainings.setRootIsDecorated(False)
        self.trainings.setUniformRowHeights(True)
        self.trainings.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.trainings.itemSelectionChanged.connect(self._on_selection_changed)
        self.text = _page(self.tr("What differs"))
        self.text.setPlaceholderText(self.tr("Choose a training, or two to compare them (Ctrl+click)."))
        self.back_button = self._button(self.tr("&Go back to it"), "goBackButton", self._on_go_back)
        self.check_button = self._button(self.tr("&Check the record"), "checkRecordButton", self.check_requested)
        self.who = QLineEdit()
        self.who.setObjectName("whoEdit")
        self.who.editingFinished.connect(self._on_who_edited)
        self.kept = QSpinBox()
        self.kept.setObjectName("keptSpin")
        self.kept.setRange(0, _MOST_MEGABYTES)
        self.kept.setSuffix(self.tr(" MB"))
        self.kept.setKeyboardTracking(False)
        self.kept.editingFinished.connect(self._on_kept_edited)
        self.stored, self.head = QLabel(), QLabel()
        for label in (self.stored, self.head):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._build()
        self.show_trainings(())

    def show_trainings(self, trainings: Sequence[PastTraining]) -> None:
        """List trainings, given the earliest first."""
        self.trainings.clear()
        items = []
        for past in reversed(trainings):
            kept = self.tr("yes") if past.is_kept else self.tr("no")
            texts = (when(past.at), by_whom(past.who), past.backbone, example_count(past), estimate(past))
            item = QTreeWidgetItem([*texts, short(past.classifier), kept])
            item.setData(0, _NUMBER, past.number)
            item.setToolTip(0, describe_training(past))
            items.append(item)
        self.trainings.addTopLevelItems(items)
        for column in range(self.trainings.columnCount()):
            self.trainings.resizeColumnToContents(column)
        self._on_selection_changed()

    def show_text(self, text: str) -> None:
        """Say what differs between the trainings that are selected."""
        self.text.setPlainText(text)

    def show_record(self, entries: int, head: str, verdict: str = "") -> None:
        """Say how long the record is, the hash of its last entry, and what a check came to."""
        text = self.tr("The record has {entries} entries; the last has the hash\n{head}")
        lines = [text.format(entries=f"{entries:,}", head=head) if head else self.tr("The record is empty.")]
        self.head.setText("\n".join([*lines, verdict] if verdict else lines))

    def show_kept(self, megabytes: int, count: int, size: int) -> None:
        """Say how much classifiers may take, and how many are kept in how many bytes."""
        self.kept.setValue(megabytes)
        self.stored.setText(self.tr("{count} kept, {size} MB").format(count=count, size=f"{size / 1e6:,.1f}"))

    def show_who(self, name: str) -> None:
        """Say under which name edits are recorded."""
        self.who.setText(name)

    def set_can_edit(self, can: bool) -> None:
        """Whether bins may be changed."""
        self._can_edit = can
        self._on_selection_changed()

    def _build(self) -> None:
        self._can_edit = True
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(self.trainings)
        parts.addWidget(self.text)
        parts.setSizes([300, 200])
        row = QHBoxLayout()
        name = QLabel(self.tr("Your &name in the record"))
        name.setBuddy(self.who)
        bound = QLabel(self.tr("Keep classifiers, at &most"))
        bound.setBuddy(self.kept)
        for widget in (name, self.who, bound, self.kept, self.stored):
            row.addWidget(widget)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.addButton(word_button(HISTORY_WORDS, self), QDialogButtonBox.ButtonRole.HelpRole)
        close.rejected.connect(self.reject)
        close.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)  # Enter ends the name
        for button in (self.back_button, self.check_button):
            close.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(2 * style.GRID)
        layout.addWidget(parts, 1)
        layout.addLayout(row)
        layout.addWidget(self.head)
        layout.addWidget(close)
        self.resize(110 * style.GRID, 75 * style.GRID)

    def _button(self, text: str, name: str, target: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(target)
        return button

    def _selected(self) -> list[int]:
        return sorted(int(item.data(0, _NUMBER)) for item in self.trainings.selectedItems())

    def _on_selection_changed(self) -> None:
        numbers = self._selected()
        self.back_button.setEnabled(len(numbers) == 1 and self._can_edit)
        self.text.clear()
        self.chosen.emit(numbers)

    def _on_go_back(self) -> None:
        numbers = self._selected()
        if len(numbers) == 1:
            self.go_back_requested.emit(numbers[0])

    def _on_who_edited(self) -> None:
        self.who_chosen.emit(self.who.text())

    def _on_kept_edited(self) -> None:
        self.kept_chosen.emit(self.kept.value())


class SaidDialog(QDialog):
    """What the record says of one image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("saidDialog")
        self.text = _page(self.tr("What was said of the image"))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(2 * style.GRID)
        layout.addWidget(self.text, 1)
        layout.addWidget(close)
        self.resize(90 * style.GRID, 50 * style.GRID)

    def show_said(self, said: Said, text: str) -> None:
        """Show what was said, in words."""
        self.setWindowTitle(self.tr("Who said this? {name}").format(name=display_name(said.path)))
        self.text.setPlainText(text)


def _page(name: str) -> QPlainTextEdit:
    page = QPlainTextEdit()
    page.setReadOnly(True)
    page.setTabChangesFocus(True)
    page.setAccessibleName(name)
    page.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    return page
