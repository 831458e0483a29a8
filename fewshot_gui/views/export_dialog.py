"""The dialog that asks what leaves the program: in which format, which results, whose word, which columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.items.naming import names_are_hidden
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.views.results_choice import ResultsChoice
from model.exports.columns import COLUMNS, LABEL_COLUMNS
from model.exports.exporter import Exporter, Place, Word, ordered_exports
from model.messages import translated

UNDONE_BY_US = "xmp"
"""The format whose last export can be undone."""


@dataclass(frozen=True)
class ExportChoice:
    """What the user decided.

    name: of the format; rows: of the results; is_undo: put back what an export of this format changed
    columns: of a table, in their order; dropped: those that were not wanted
    """

    name: str
    rows: Sequence[int]
    word: Word
    columns: tuple[str, ...]
    dropped: tuple[str, ...]
    names_hidden: bool
    is_undo: bool = False


class ExportDialog(QDialog):
    """`rows` are those of the table, `total` all results, `stale` how many of them are out of date.

    `name` is the format chosen at first, `dropped` the columns that are not wanted; `can_undo`: an export of sidecars
    can be undone.
    """

    def __init__(
        self,
        rows: RowsInView,
        total: int,
        stale: int,
        name: str = "",
        dropped: Collection[str] = (),
        *,
        can_undo: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle(self.tr("Export"))
        self._can_undo, self._is_undo = can_undo, False
        self._kinds = ordered_exports()
        self.formats = self._format_list(name)
        self._reader, self._place = QLabel(), QLabel()
        self._results = ResultsChoice(rows, total, stale)
        self.words = QButtonGroup(self)
        self.columns: dict[str, QCheckBox] = {}
        self._boxes = self._column_boxes(dropped)
        self._columns_label = QLabel(self.tr("Columns"))
        self.hidden = QCheckBox(self.tr("&Numbers instead of the names of images and folders"))
        self.hidden.setChecked(names_are_hidden())
        self._undo = QPushButton(self.tr("&Put sidecars back…"))
        self._undo.setToolTip(self.tr("Put the sidecars back as they were before they were exported"))
        self._undo.setAutoDefault(False)
        self._undo.clicked.connect(self._on_undo_clicked)
        self._lay_out()
        self.formats.currentRowChanged.connect(self._on_format_changed)
        self.words.idToggled.connect(self._on_format_changed)
        self._on_format_changed()
        self.formats.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def exporter(self) -> Exporter:
        """The format that is chosen."""
        return self._kinds[max(self.formats.currentRow(), 0)]

    def choice(self) -> ExportChoice:
        """What is chosen now."""
        word = self._word()
        offered = [name for name in COLUMNS if word is not Word.PREDICTION or name not in LABEL_COLUMNS]
        wanted = [name for name in COLUMNS if self.columns[name].isChecked()]
        return ExportChoice(
            self.exporter.name,
            self._results.chosen(),
            word,
            tuple(name for name in wanted if name in offered),
            tuple(name for name in COLUMNS if name not in wanted),
            self.hidden.isChecked() and self.hidden.isEnabled(),
            self._is_undo,
        )

    def _lay_out(self) -> None:
        for label in (self._reader, self._place):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._place.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        form = QFormLayout()
        form.setVerticalSpacing(style.GRID + style.GRID // 2)
        form.setFormAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.addRow(self.tr("Read by"), self._reader)
        form.addRow(self.tr("Results"), self._results)
        form.addRow(self.tr("Labels"), self._words())
        form.addRow(self._columns_label, self._boxes)
        form.addRow(self.tr("Names"), self.hidden)
        form.addRow("", self._place)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = buttons.addButton(self.tr("E&xport…"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self._undo, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        middle = QHBoxLayout()
        middle.setSpacing(2 * style.GRID)
        middle.addWidget(self.formats)
        right = QVBoxLayout()
        right.addLayout(form)
        right.addStretch(1)  # so that lines keep their height
        middle.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(2 * style.GRID)
        layout.addLayout(middle, 1)
        layout.addWidget(buttons)
        self.export_button.setDefault(True)  # only now does it have a dialog
        self.resize(100 * style.GRID, 68 * style.GRID)

    def _format_list(self, name: str) -> QListWidget:
        formats = QListWidget()
        formats.setAccessibleName(self.tr("Format"))
        for at, kind in enumerate(self._kinds):
            item = QListWidgetItem(translated(kind.label))
            item.setToolTip(translated(kind.read_by))
            item.setSizeHint(QSize(0, 3 * style.GRID))
            formats.addItem(item)
            if kind.name == name:
                formats.setCurrentRow(at)
        if formats.currentRow() < 0:
            formats.setCurrentRow(0)
        longest = max(formats.fontMetrics().horizontalAdvance(translated(kind.label)) for kind in self._kinds)
        formats.setFixedWidth(longest + 5 * style.GRID)
        formats.itemActivated.connect(self._on_format_activated)
        return formats

    def _column_boxes(self, dropped: Collection[str]) -> QWidget:
        """Return a box for each column; called as the file has them, in every language."""
        boxes = QWidget()
        grid = QGridLayout(boxes)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(style.GRID // 2)
        for at, name in enumerate(COLUMNS):
            box = self.columns[name] = QCheckBox(name)
            box.setChecked(name not in dropped)
            box.toggled.connect(self._on_format_changed)
            grid.addWidget(box, at // 3, at % 3)
        return boxes

    def _words(self) -> QVBoxLayout:
        texts = {
            Word.FINAL: self.tr("&Final labels: a person's word before the prediction"),
            Word.PREDICTION: self.tr("P&redictions alone"),
            Word.VERDICT: self.tr("&What people said; other images are left out"),
        }
        words = QVBoxLayout()
        words.setSpacing(style.GRID // 2)
        for number, text in enumerate(texts.values()):
            button = QRadioButton(text)
            self.words.addButton(button, number)
            words.addWidget(button)
        self.words.button(0).setChecked(True)
        return words

    def _word(self) -> Word:
        return list(Word)[self.words.checkedId()]

    @Slot()
    def _on_format_changed(self) -> None:
        kind = self.exporter
        self._reader.setText(translated(kind.read_by))
        for widget in (self._boxes, self._columns_label):
            widget.setVisible(kind.has_columns)
        for name in LABEL_COLUMNS:
            self.columns[name].setEnabled(self._word() is not Word.PREDICTION)
        self.hidden.setEnabled(kind.may_hide_names)
        self._undo.setVisible(kind.name == UNDONE_BY_US and self._can_undo)
        self._place.setText(
            {
                Place.FILE: self.tr("The next step asks for the file."),
                Place.FOLDER: self.tr("The next step asks for a folder; what is in it stays as it is."),
                Place.BESIDE: self.tr("The files lie beside the images."),
            }[kind.place]
        )
        has_columns = bool(self.choice().columns) or not kind.has_columns
        self.export_button.setEnabled(has_columns and len(self._results.chosen()) > 0)
        self.export_button.setText(self.tr("E&xport") if kind.place is Place.BESIDE else self.tr("E&xport…"))

    @Slot(QListWidgetItem)
    def _on_format_activated(self, _item: QListWidgetItem) -> None:
        if self.export_button.isEnabled():
            self.accept()

    @Slot()
    def _on_undo_clicked(self) -> None:
        self._is_undo = True
        self.accept()
