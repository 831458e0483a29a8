"""The dialog that lists the long jobs of this session, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.items.naming import display_text, names

_NUMBER = int(Qt.ItemDataRole.UserRole)
_SIZE = (800, 440)


class JobEnd(Enum):
    """How a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @classmethod
    def without_result(cls, reason: str) -> JobEnd:
        """Return how a job ended that brought nothing: it failed for `reason`, or without one was stopped."""
        return cls.FAILED if reason else cls.STOPPED


@dataclass
class JobRow:
    """One job.

    begun: seconds since 1970; seconds: that it took, None while it runs
    said: what came of it; progress: how far it is while it runs; details: for a bug report
    """

    number: int
    title: str
    end: JobEnd = JobEnd.WAITING
    begun: float | None = None
    seconds: float | None = None
    said: str = ""
    details: str = ""
    progress: str = ""
    can_be_stopped: bool = False

    @property
    def is_under_way(self) -> bool:
        """Whether it runs or waits."""
        return self.end in (JobEnd.WAITING, JobEnd.RUNNING)


class JobsDialog(QDialog):
    """The newest first; below, all that is known of the one that is chosen. Work goes on beside it."""

    stop_requested = Signal(int)  # number of the job

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobsDialog")
        self.setWindowTitle(self.tr("Jobs"))
        self._rows: dict[int, JobRow] = {}
        self.list, self.details, self._none = QTreeWidget(), QPlainTextEdit(), QLabel()
        self.list.setHeaderLabels([self.tr("Job"), self.tr("Begun"), self.tr("Took"), self.tr("What came of it")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAlternatingRowColors(True)
        self.list.setAccessibleName(self.windowTitle())
        header = self.list.header()
        for column in range(3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setAccessibleName(self.tr("Details"))
        self._none.setText(self.tr("Nothing was trained, classified, searched or exported since the program started."))
        self._none.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(style.GRID)
        parts.addWidget(self.list)
        parts.addWidget(self.details)
        parts.setStretchFactor(0, 1)
        parts.setSizes([260, 100])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        self.copy_button: QPushButton = buttons.addButton(self.tr("&Copy list"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        self.stop_button: QPushButton = buttons.addButton(self.tr("&Stop"), QDialogButtonBox.ButtonRole.ActionRole)
        self.stop_button.setAutoDefault(False)
        self.stop_button.setToolTip(self.tr("Stop the job that is chosen; what it has done so far is kept"))
        self.stop_button.clicked.connect(self._on_stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(style.GRID)
        layout.addWidget(self._none)
        layout.addWidget(parts, 1)
        layout.addWidget(buttons)
        self.list.currentItemChanged.connect(self._show_details)
        names.changed.connect(self._show_again)
        self.resize(*_SIZE)

    def show_rows(self, rows: Sequence[JobRow]) -> None:
        """List `rows`, given the earliest first; the one that is chosen stays chosen."""
        chosen = self._chosen()
        self._rows = {row.number: row for row in rows}
        self._none.setVisible(not rows)
        self.list.clear()
        for row in reversed(rows):
            item = QTreeWidgetItem(self._texts(row))
            item.setData(0, _NUMBER, row.number)
            item.setToolTip(3, item.text(3))
            if row.end is JobEnd.FAILED:
                item.setForeground(3, style.failure(self.palette()))
            self.list.addTopLevelItem(item)
            if row.number == chosen:
                self.list.setCurrentItem(item)
        newest = self.list.topLevelItem(0)
        if self.list.currentItem() is None and newest is not None:
            self.list.setCurrentItem(newest)
        self._show_details()

    def show_row(self, row: JobRow) -> None:
        """Say how far one of the jobs is."""
        for at in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(at)
            if item is not None and item.data(0, _NUMBER) == row.number:
                item.setText(3, self._texts(row)[3])
                return

    def _texts(self, row: JobRow) -> list[str]:
        standing = {
            JobEnd.WAITING: self.tr("waits"),
            JobEnd.RUNNING: self.tr("runs …"),
            JobEnd.DONE: self.tr("done"),
            JobEnd.STOPPED: self.tr("stopped"),
            JobEnd.FAILED: self.tr("failed"),
        }
        begun = "" if row.begun is None else _time(row.begun)
        took = "" if row.seconds is None else self.tr("{seconds} s").format(seconds=f"{row.seconds:,.1f}")
        said = display_text(row.progress if row.end is JobEnd.RUNNING else row.said).replace("\n", " ")
        return [row.title, begun, took, said or standing[row.end]]

    def _chosen(self) -> int | None:
        item = self.list.currentItem()
        return None if item is None else int(item.data(0, _NUMBER))

    def _show_again(self) -> None:
        self.show_rows(list(self._rows.values()))

    def _show_details(self) -> None:
        row = self._rows.get(self._chosen() or 0)
        texts = () if row is None else (display_text(row.said), display_text(row.details))
        self.details.setPlainText("\n\n".join(text for text in texts if text))
        self.stop_button.setEnabled(row is not None and row.can_be_stopped and row.is_under_way)

    @Slot()
    def _on_stop(self) -> None:
        number = self._chosen()
        if number is not None:
            self.stop_button.setEnabled(False)
            self.stop_requested.emit(number)

    def _copy(self) -> None:
        lines = ["\t".join(self._texts(row)) for row in reversed(self._rows.values())]
        QGuiApplication.clipboard().setText("\n".join(lines))


def _time(seconds: float) -> str:
    moment = QDateTime.fromSecsSinceEpoch(int(seconds))
    return QLocale().toString(moment.time(), "HH:mm:ss")
