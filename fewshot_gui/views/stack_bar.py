"""How alike pictures must be to lie in one stack, how many stacks that makes, and whether they go as a whole."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from fewshot_gui import style
from fewshot_gui.project.stacks import LEAST_ALIKE, Stacks
from fewshot_gui.widgets.slider import Slider

_PAUSE = 80  # milliseconds after the slider's last step until images are stacked anew


class StackBar(QWidget):
    """Seen while images are stacked. Several bars show and change the same `stacks`."""

    def __init__(self, stacks: Stacks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stacks = stacks
        self.alike, self.as_whole, self.note = Slider(), QCheckBox(), QLabel()
        self.alike.setObjectName("stackAlike")
        self.alike.setRange(round(100 * LEAST_ALIKE), 100)
        self.alike.setPageStep(1)
        self.alike.setMinimumWidth(48)
        self.alike.setAccessibleName(self.tr("How alike near copies are"))
        self.alike.setToolTip(
            self.tr("How alike pictures must be to lie in one stack: to the left more are stacked, to the right fewer")
        )
        self.as_whole.setObjectName("stackAsWhole")
        self.as_whole.setText(self.tr("Whole stacks"))
        self.as_whole.setToolTip(
            self.tr("What is dragged or put into a bin from the top of a stack takes all images under it along")
        )
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.note.setWordWrap(True)
        self._rest = QTimer(self, singleShot=True, interval=_PAUSE)
        layout = QGridLayout(self)
        layout.setContentsMargins(style.GRID, 0, style.GRID, style.GRID // 2)
        layout.setHorizontalSpacing(style.GRID)
        layout.setVerticalSpacing(2)
        layout.addWidget(self.alike, 0, 0)
        layout.addWidget(self.as_whole, 0, 1)
        layout.addWidget(self.note, 1, 0, 1, 2)
        layout.setColumnStretch(0, 1)
        self.alike.valueChanged.connect(self._on_alike_changed)
        self.as_whole.toggled.connect(self._on_as_whole_toggled)
        self._rest.timeout.connect(self._on_rested)
        stacks.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        stacks = self._stacks
        self.setVisible(stacks.is_on)
        with QSignalBlocker(self.alike), QSignalBlocker(self.as_whole):
            if not self._rest.isActive():
                self.alike.setValue(round(100 * stacks.alike))
            self.as_whole.setChecked(stacks.as_whole)
        count, images = stacks.counts()
        text = self.tr("{count} stacks of {images} near copies, {alike} % alike or more")
        if count == 1:
            text = self.tr("1 stack of {images} near copies, {alike} % alike or more")
        if not count:
            text = self.tr("No near copies that are {alike} % alike or more")
        self.note.setText(text.format(count=f"{count:,}", images=f"{images:,}", alike=f"{100 * stacks.alike:.0f}"))

    @Slot()
    def _on_alike_changed(self) -> None:
        self._rest.start()

    @Slot()
    def _on_rested(self) -> None:
        self._stacks.set_alike(self.alike.value() / 100)

    @Slot(bool)
    def _on_as_whole_toggled(self, chosen: bool) -> None:
        self._stacks.set_as_whole(chosen)
