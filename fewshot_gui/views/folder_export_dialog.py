"""The dialog that asks which images go into folders by class, how, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.items.naming import display_path, names_are_hidden
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.project.folder_export import Transfer
from fewshot_gui.views.results_choice import ResultsChoice


@dataclass(frozen=True)
class FolderExportChoice:
    """What the user decided."""

    results: bool
    rows: Sequence[int]  # of the results, those that are meant
    examples: bool
    odd_too: bool
    transfer: Transfer
    target: Path


class FolderExportDialog(QDialog):
    """`rows` are the results that the table shows, `is_odd` says of each result whether it is unknown or unreadable,
    `stale` how many are out of date, `examples` how many examples the bins have.
    """

    browse_requested = Signal()

    def __init__(
        self,
        rows: RowsInView,
        is_odd: Sequence[bool],
        examples: int,
        stale: int,
        target: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("folderExportDialog")
        self.setWindowTitle(self.tr("Export into folders by class"))
        self._is_odd = is_odd
        self._choice = ResultsChoice(rows, len(is_odd), stale)
        self._choice.changed.connect(self._show_counts)
        self._results = QCheckBox()
        self._examples = QCheckBox(self.tr("&Examples in the bins ({count})").format(count=f"{examples:,}"))
        self._examples.setEnabled(examples > 0)
        self._odd = QCheckBox()
        has_results = self._show_counts()
        self._results.setChecked(has_results)
        self._examples.setChecked(examples > 0 and not has_results)
        self._transfers = QButtonGroup(self)
        texts = {
            Transfer.COPY: (self.tr("C&opy"), self.tr("The originals stay as they are.")),
            Transfer.LINK: (self.tr("&Link"), self.tr("The folders refer to the originals and take no room.")),
            Transfer.MOVE: (
                self.tr("&Move"),
                self.tr("The project follows them; File > Undo a move into folders puts them back."),
            ),
            Transfer.PICTURE: (
                self.tr("&Pictures"),
                self.tr("PNG files of what is seen, with no header and no name in them; pages and frames as well."),
            ),
        }
        ways = QVBoxLayout()
        ways.setSpacing(style.GRID // 2)
        for number, (title, effect) in enumerate(texts.values()):
            ways.addLayout(self._way(number, title, effect))
        self._folder = target  # where names are hidden, the field holds a number
        self._target = QLineEdit(display_path(target))
        images = QVBoxLayout()
        images.setSpacing(style.GRID // 2)
        for box in (self._results, self._examples, self._odd):
            images.addWidget(box)
        form = QFormLayout()
        form.setVerticalSpacing(2 * style.GRID)
        form.setFormAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        if is_odd:
            form.addRow(self.tr("Results"), self._choice)
        form.addRow(self.tr("Images"), images)
        form.addRow(self.tr("How"), ways)
        form.addRow(self.tr("Folder"), self._target_line())
        note = QLabel(self.tr("No file is written over: where a name is taken, “name (2)” is used."))
        note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = buttons.addButton(self.tr("E&xport"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(2 * style.GRID)
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addWidget(buttons)
        self.export_button.setDefault(True)  # only now does it have a dialog
        self._transfers.button(0).setChecked(True)
        for box in (self._results, self._examples, self._odd):
            box.toggled.connect(self._update)
        self._choice.changed.connect(self._update)
        self._update()
        self.export_button.setFocus()

    def set_target(self, folder: Path) -> None:
        """Show another folder, which was browsed for."""
        self._folder = folder
        self._target.setText(display_path(folder))

    def choice(self) -> FolderExportChoice:
        """What is chosen now."""
        return FolderExportChoice(
            self._is_wanted(self._results),
            self._choice.chosen(),
            self._is_wanted(self._examples),
            self._is_wanted(self._odd),
            list(Transfer)[self._transfers.checkedId()],
            self._chosen_folder(),
        )

    def _show_counts(self) -> bool:
        """Say how many of the chosen results are of each kind; returns whether some are of a class."""
        chosen = self._choice.chosen()
        odd = sum(self._is_odd[row] for row in chosen)
        counted = (
            (self._results, self.tr("&Classified images ({count})"), len(chosen) - odd),
            (self._odd, self.tr("&Unknown and unreadable images, in folders of their own ({count})"), odd),
        )
        for box, text, count in counted:
            box.setText(text.format(count=f"{count:,}"))
            box.setEnabled(count > 0)
        return len(chosen) > odd

    @staticmethod
    def _is_wanted(box: QCheckBox) -> bool:
        return box.isChecked() and box.isEnabled()

    def _chosen_folder(self) -> Path:
        return self._folder if names_are_hidden() else Path(self._target.text().strip()).expanduser()

    def _target_line(self) -> QHBoxLayout:
        self._target.setReadOnly(names_are_hidden())
        self._target.setAccessibleName(self.tr("Folder"))
        self._target.setMinimumWidth(36 * style.GRID)
        self._target.textChanged.connect(self._update)
        browse = QPushButton(self.tr("&Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self.browse_requested)
        line = QHBoxLayout()
        line.addWidget(self._target, 1)
        line.addWidget(browse)
        return line

    def _way(self, number: int, title: str, note: str) -> QHBoxLayout:
        button, label = QRadioButton(title), QLabel(note)
        button.setMinimumWidth(9 * style.GRID)
        button.setAccessibleDescription(note)
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._transfers.addButton(button, number)
        line = QHBoxLayout()
        line.addWidget(button)
        line.addWidget(label, 1)
        return line

    def _update(self) -> None:
        some = any(map(self._is_wanted, (self._results, self._examples, self._odd)))
        self.export_button.setEnabled(some and self._chosen_folder().is_absolute())
