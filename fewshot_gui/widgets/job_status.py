"""The running job in the status bar: phase, progress, rate, time left and a Cancel button."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from fewshot_gui import style

_MEASURE_FROM = 1.0  # seconds before a rate means anything


class JobStatus(QWidget):
    """Hidden while nothing runs."""

    cancel_requested = Signal()

    def __init__(self, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobStatus")
        self._clock = clock
        self._phase = ""
        self._started = 0.0
        self._first_done = 0
        self._label, self._bar = QLabel(), QProgressBar()
        self._bar.setFixedWidth(160)
        self._bar.setFixedHeight(14)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setObjectName("cancelButton")
        self._cancel.setToolTip(self.tr("Stop; what is done so far is kept (Esc)"))
        self._cancel.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._cancel.clicked.connect(self.cancel_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GRID)
        for widget in (self._label, self._bar, self._cancel):
            layout.addWidget(widget)
        self.hide()

    def start(self, title: str) -> None:
        """A job begins; its length is not known yet."""
        self._phase = ""
        self._label.setText(title)
        self._bar.hide()  # a bar without a range would animate, which costs half a core on software rendering
        self._cancel.setEnabled(True)
        self.show()

    def set_progress(self, phase: str, done: int, total: int) -> None:
        """`done` of `total` steps (0: not known) of `phase`; a new phase is measured anew."""
        if phase != self._phase:
            self._phase, self._started, self._first_done = phase, self._clock(), done
        self._bar.setVisible(total > 0)
        if total:
            self._bar.setRange(0, total)
            self._bar.setValue(done)
        self._label.setText(self._describe(done, total))
        self.show()

    def set_cancelling(self) -> None:
        """The user asked to stop; the worker has not come to a halt yet."""
        self._cancel.setEnabled(False)
        self._label.setText(self.tr("Stopping …"))

    def finish(self) -> None:
        """Nothing runs any more."""
        self.hide()

    def text(self) -> str:
        """What the label says."""
        return self._label.text()

    def _describe(self, done: int, total: int) -> str:
        if not total:
            return f"{self._phase} …"
        parts = [f"{self._phase} {done:,} / {total:,}"]
        elapsed = self._clock() - self._started
        steps = done - self._first_done
        if elapsed >= _MEASURE_FROM and steps > 0:
            rate = steps / elapsed
            parts.append(self.tr("{rate}/s").format(rate=f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"))
            if done < total:
                parts.append(self.tr("{time} left").format(time=duration((total - done) / rate)))
        return "  ·  ".join(parts)


def duration(seconds: float) -> str:
    """12.3 -> "13 s", 75 -> "1:15 min", 7300 -> "2:02 h"; rounded up."""
    whole = int(-(-seconds // 1))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02} h"
