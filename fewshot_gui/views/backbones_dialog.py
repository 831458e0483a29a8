"""The dialog that compares backbones on the user's own bins."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.items.naming import display_text
from fewshot_gui.views.words_dialog import BACKBONES_WORDS, word_button
from model.types import BackboneFigures


class BackbonesDialog(QDialog):
    """Choose backbones, compare them, use one. Not modal: work goes on meanwhile."""

    compare_requested = Signal(list)  # names, that of the project first
    stop_requested = Signal()
    use_requested = Signal(str)  # a name

    def __init__(
        self, names: Sequence[str], current: str, checked: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("backbonesDialog")
        self.setWindowTitle(self.tr("Compare backbones"))
        self._current, self._figures = current, list[BackboneFigures]()
        self.names, self.typed, self.table = QListWidget(), QLineEdit(), QTableWidget(0, 4)
        self.names.setAccessibleName(self.tr("Backbones to compare"))
        for name in dict.fromkeys((current, *names)):
            item = QListWidgetItem(
                self.tr("{name} (in use)").format(name=name) if name == current else name, self.names
            )
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setCheckState(Qt.CheckState.Checked if name in (current, *checked) else Qt.CheckState.Unchecked)
        self.names.setFixedHeight(self.names.sizeHintForRow(0) * min(self.names.count(), 6) + style.GRID)
        self.typed.setPlaceholderText(self.tr("timm:NAME or timm:NAME@weights.safetensors, if wanted"))
        self.typed.setAccessibleName(self.tr("Name of another backbone"))
        self.run, self.stop = QPushButton(self.tr("&Compare")), QPushButton(self.tr("&Stop"))
        self.use = QPushButton(self.tr("&Use this one"))
        self.bar, self.said = QProgressBar(), QLabel()
        self._build()
        self.run.clicked.connect(self._on_run)
        self.stop.clicked.connect(self.stop_requested)
        self.use.clicked.connect(self._on_use)
        self.table.itemSelectionChanged.connect(self._on_selected)
        self.set_running(False)

    def chosen(self) -> list[str]:
        """The names that are checked or typed, the one in use first."""
        items = (self.names.item(row) for row in range(self.names.count()))
        checked = [str(i.data(Qt.ItemDataRole.UserRole)) for i in items if i.checkState() is Qt.CheckState.Checked]
        typed = self.typed.text().strip()
        return list(dict.fromkeys((*checked, *((typed,) if typed else ()))))

    def set_running(self, is_running: bool) -> None:
        """Whether a comparison runs."""
        self.run.setEnabled(not is_running)
        self.stop.setEnabled(is_running)
        self.bar.setVisible(is_running)

    def show_progress(self, text: str, done: int, total: int) -> None:
        """Say what is done now."""
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        self.said.setText(text)

    def say(self, text: str) -> None:
        """Say how it ended."""
        self.said.setText(text)

    def add_figures(self, figures: BackboneFigures) -> None:
        """Show one more backbone; the one that was right most often is in bold."""
        self._figures.append(figures)
        row = self.table.rowCount()
        self.table.insertRow(row)
        for column, text in enumerate(_cells(self, figures)):
            item = QTableWidgetItem(text)
            item.setToolTip(display_text(figures.message))
            self.table.setItem(row, column, item)
        if figures.message:
            self.table.setSpan(row, 1, 1, 3)
        best = max((each.accuracy or 0.0) for each in self._figures)
        for at, each in enumerate(self._figures):
            cell = self.table.item(at, 0)
            if cell is not None:
                font = cell.font()
                font.setBold(each.accuracy == best)
                cell.setFont(font)
        self.table.resizeRowsToContents()

    def _build(self) -> None:
        note = QLabel(
            self.tr(
                "Each is trained on the examples in the bins as they are now and judged by leaving examples out. Where "
                "the interval of a difference holds 0, these examples do not tell which is better. The best of "
                "several looks a little better than it is. Large ones take minutes."
            )
        )
        titles = (self.tr("Backbone"), self.tr("Recognised"), self.tr("More than the first"), self.tr("An image takes"))
        self.table.setHorizontalHeaderLabels(list(titles))
        self.table.setObjectName("backbonesTable")
        self.table.setAccessibleName(self.tr("Backbones compared"))
        self.table.verticalHeader().hide()
        self.table.setWordWrap(True)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        for label in (note, self.said):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.bar.setTextVisible(False)
        buttons = QHBoxLayout()
        for button in (self.run, self.stop):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.use.setAutoDefault(False)
        self.use.setEnabled(False)
        buttons.addWidget(self.use)
        buttons.addWidget(word_button(BACKBONES_WORDS, self))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(style.GRID)
        for widget in (note, self.names, self.typed):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.said)
        layout.addLayout(buttons)
        self.resize(680, 560)

    @Slot()
    def _on_run(self) -> None:
        names = self.chosen()
        if len(names) < 2:
            self.say(self.tr("Check two backbones or more, or type the name of another."))
            return
        self._figures.clear()
        self.table.clearSpans()
        self.table.setRowCount(0)
        self.set_running(True)
        self.compare_requested.emit(names)

    @Slot()
    def _on_use(self) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self._figures):
            self.use_requested.emit(self._figures[row].name)

    @Slot()
    def _on_selected(self) -> None:
        row = self.table.currentRow()
        is_any = bool(self.table.selectedItems()) and 0 <= row < len(self._figures)
        self.use.setEnabled(is_any and not self._figures[row].message)


def _cells(dialog: BackbonesDialog, figures: BackboneFigures) -> tuple[str, ...]:
    if figures.message:
        return figures.name, display_text(figures.message)
    tr = dialog.tr
    accuracy, difference = tr("cannot be told"), ""
    if figures.accuracy is not None and figures.interval is not None:
        low, high = figures.interval
        accuracy = f"{100 * figures.accuracy:.1f} % ({100 * low:.0f} to {100 * high:.0f})"
    if figures.difference is not None and figures.difference_interval is not None:
        low, high = figures.difference_interval
        difference = tr("{points} points ({low} to {high})").format(
            points=f"{100 * figures.difference:+.1f}", low=f"{100 * low:+.1f}", high=f"{100 * high:+.1f}"
        )
    time = "" if figures.seconds_per_image is None else f"{1000 * figures.seconds_per_image:.0f} ms"
    return figures.name, accuracy, difference, time
