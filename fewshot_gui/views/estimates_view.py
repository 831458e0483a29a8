"""Estimates of the last training: accuracy, recall and precision, confusion matrix and learning curve."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QAction, QGuiApplication, QHideEvent, QKeySequence, QPalette, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.intents import Intents
from fewshot_gui.items.estimates import Estimates
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.texts import percent
from fewshot_gui.views.estimate_words import (
    advice,
    as_table,
    cell_words,
    interval,
    precision_words,
    recall_words,
)
from fewshot_gui.views.words_dialog import ESTIMATES_WORDS, word_button
from fewshot_gui.widgets.confusion_table import ConfusionTable
from fewshot_gui.widgets.curve_chart import CurveChart
from fewshot_gui.widgets.empty_hint import EmptyHint, EmptyOr
from fewshot_gui.widgets.interval_table import IntervalRow, IntervalTable, Measure
from fewshot_gui.widgets.notice import Notice
from fewshot_gui.widgets.pane_header import PaneHeader
from model.estimates.report import Proportion

_SIZE = (960, 600)
_COLUMNS, _ROWS = (520, 420), (280, 240)  # what the splitters begin with


class EstimatesView(QDialog):
    """A window beside the main window, open as long as the user likes; follows every training and every edit."""

    def __init__(self, document: Document, results: Results, intents: Intents, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("estimatesView")
        self.setWindowTitle(self.tr("Estimates"))
        self._document, self._results, self._intents = document, results, intents
        self._shown: Estimates | None = None
        self._is_training = False
        self._place = QByteArray()
        self.accuracy, self.meaning, self.advice = QLabel(), QLabel(), QLabel()
        self.notice = Notice("")
        self.confusion, self.curve = ConfusionTable(), CurveChart()
        self.classes = IntervalTable(
            (
                (self.tr("Class"), ""),
                (self.tr("Recall"), self.tr("Of the examples of a class, the share that is recognised")),
                (self.tr("Precision"), self.tr("Of the examples taken for a class, the share that is of it")),
            )
        )
        self.copy_button = QPushButton(self.tr("&Copy"))
        self._content = QWidget()
        self.content = EmptyOr(self._content, EmptyHint("estimates", "", ""))
        self._build()
        self._connect()
        self._refresh()

    def offer_training(self, action: QAction) -> None:
        """Put the command that brings stale estimates up to date into the notice; its keys work here too."""
        self.notice.set_action(action)
        self.addAction(action)

    def set_training(self, is_training: bool) -> None:
        """Say whether a training runs that will replace these estimates."""
        self._is_training = is_training
        self._on_changed()

    def present(self) -> None:
        """Show the window, or bring it to the front."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.activateWindow()  # no need to raise it: it is always above its parent

    def place(self) -> QByteArray:
        """Where the window is, or was last; empty if it was never shown."""
        return self.saveGeometry() if self.isVisible() else self._place

    def restore_place(self, place: QByteArray) -> None:
        """Appear there; a damaged or empty `place` is ignored."""
        if self.restoreGeometry(place):
            self._place = place

    def copy(self) -> None:
        """Put all figures on the clipboard, as a table."""
        if self._shown is not None:
            QGuiApplication.clipboard().setText(as_table(self._shown))

    def showEvent(self, event: QShowEvent) -> None:
        """Show the present estimates (Qt)."""
        self._refresh()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Remember the place (Qt)."""
        self._place = self.saveGeometry()
        super().hideEvent(event)

    def _build(self) -> None:
        font = self.accuracy.font()
        font.setPointSizeF(2 * font.pointSizeF())
        font.setBold(True)
        self.accuracy.setFont(font)
        self.accuracy.setAccessibleName(self.tr("Accuracy"))
        source = QLabel(
            self.tr("Leave-one-out: each example is judged by all the others. Images from elsewhere may fare worse.")
        )
        source.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        for label in (self.meaning, source, self.advice):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)  # bins may be called anything
        self.advice.setContentsMargins(style.GRID, 0, style.GRID, style.GRID)
        self.copy_button.setObjectName("copyEstimatesButton")
        self.copy_button.setAutoDefault(False)  # Enter chooses a cell
        self.copy_button.setToolTip(self.tr("Copy all figures as a table ({keys})").format(keys="Ctrl+C"))
        self.confusion.setAccessibleName(self.tr("Confusion matrix: rows are the true classes, columns what is seen"))
        self.classes.setAccessibleName(self.tr("Recall and precision by class"))
        self.curve.setAccessibleName(self.tr("Learning curve"))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.meaning)
        words.addWidget(source)
        top = QHBoxLayout()
        top.setContentsMargins(style.GRID, style.GRID, style.GRID, style.GRID)
        top.setSpacing(2 * style.GRID)
        top.addWidget(self.accuracy)
        top.addLayout(words, 1)
        top.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(word_button(ESTIMATES_WORDS, self), 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self._content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.notice)
        layout.addWidget(self._make_charts(), 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.content)
        self.resize(*_SIZE)

    def _make_charts(self) -> QSplitter:
        columns, rows = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        rows.addWidget(_pane(self.tr("Classes"), self.tr("lines: 95 % intervals"), self.classes))
        rows.addWidget(_pane(self.tr("Learning curve"), "", self.curve, self.advice))
        note = self.tr("rows: true class · columns: taken for · a click selects the images")
        columns.addWidget(_pane(self.tr("Confusion matrix"), note, self.confusion))
        columns.addWidget(rows)
        columns.setStretchFactor(0, 1)
        for splitter, sizes in ((columns, _COLUMNS), (rows, _ROWS)):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(style.GRID // 2)
            splitter.setSizes(list(sizes))
        return columns

    def _connect(self) -> None:
        document, results = self._document, self._results
        for signal in (
            document.reset,
            document.bin_inserted,
            document.bin_removed,
            document.bin_changed,
            results.training_changed,
            results.stale_changed,
        ):
            signal.connect(self._on_changed)
        self.confusion.cell_chosen.connect(self._on_cell_chosen)
        self.copy_button.clicked.connect(self.copy)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self, self.copy)

    def _on_changed(self) -> None:
        if self.isVisible():
            self._refresh()

    def _on_cell_chosen(self, true: int, taken_for: int) -> None:
        if self._shown is not None:
            self._intents.examples_chosen.emit(self._shown.examples(true, taken_for))

    def _refresh(self) -> None:
        estimates = Estimates.of(self._document, self._results)
        self.notice.setVisible(self._results.is_stale or self._is_training)
        if self._is_training:
            self.notice.set_text(self.tr("Training … these estimates are about to be renewed."))
        else:
            self.notice.set_text(self.tr("The bins changed since training: these estimates are out of date."))
        self.content.set_empty(estimates is None)
        if estimates is None:
            self._show_hint()
        elif estimates != self._shown:
            self._show(estimates)
        self._shown = estimates

    def _show_hint(self) -> None:
        if self._is_training:
            title, text = self.tr("Training …"), self.tr("The estimates come with the new classifier.")
        elif self._results.report is None:
            title = self.tr("Nothing trained yet")
            text = self.tr("Put examples into at least two bins and train: how good it is will be estimated here.")
        elif len(self._results.report.class_names) == 1:
            title = self.tr("One bin: nothing to tell it from")
            text = self.tr("What is unlike it is found. Add a second bin and train again for estimates.")
        else:
            title = self.tr("One example a class: nothing can be left out")
            text = self.tr("Add a second example to each bin and train again for estimates.")
        self.content.hint.set_text(title, text)

    def _show(self, estimates: Estimates) -> None:
        report, looks = estimates.report, estimates.looks
        self.accuracy.setText(percent(report.leave_one_out_accuracy or 0.0))
        meaning = self.tr("of the examples are recognised when left out")
        bounds = report.accuracy_interval
        self.meaning.setText(f"{meaning} ({interval(bounds)})" if bounds is not None else meaning)
        self.classes.set_rows(
            [
                IntervalRow(
                    look.name,
                    look.color,
                    (
                        _measure(known.recall, recall_words(look.name, known.recall)),
                        _measure(known.precision, precision_words(look.name, known.precision)),
                    ),
                )
                for look, known in zip(looks, estimates.classes, strict=True)
            ]
        )
        self.confusion.set_counts(
            [(look.name, look.color) for look in looks],
            estimates.counts,
            lambda true, taken_for: cell_words(estimates, true, taken_for),
        )
        self._show_curve(estimates)

    def _show_curve(self, estimates: Estimates) -> None:
        expected, measured = estimates.outlook, estimates.report.learning_curve
        text = advice(estimates.report)
        self.advice.setText(text)
        self.curve.setAccessibleDescription(text)
        self.curve.setVisible(bool(measured) and expected is not None)
        if expected is not None:
            now, then = expected
            self.curve.set_curve((*measured, (estimates.shots, now)), (2 * estimates.shots, then))


def _pane(title: str, note: str, *widgets: QWidget) -> QWidget:
    pane, header = QWidget(), PaneHeader(title)
    header.set_note(note)
    layout = QVBoxLayout(pane)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(header)
    for at, widget in enumerate(widgets):
        layout.addWidget(widget, int(at == 0))
    return pane


def _measure(proportion: Proportion, tip: str) -> Measure:
    value = proportion.value
    return Measure(value, *proportion.interval, "–" if value is None else percent(value), tip)
