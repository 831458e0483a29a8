"""Asks which results are meant: those shown, those selected, or all; says how many are out of date."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.widgets.notice import Notice


class ResultsChoice(QWidget):
    """`rows` are those of the table, `total` all results, `stale` how many of them are out of date.

    The shown ones are chosen where a filter hides some, else all.
    """

    changed = Signal()

    def __init__(self, rows: RowsInView, total: int, stale: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._total = rows, total
        self._choices = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GRID)
        for number, (text, count) in enumerate(
            (
                (self.tr("&Shown: what the filters let through ({count})"), len(rows.shown)),
                (self.tr("Se&lected ({count})"), len(rows.selected)),
                (self.tr("&All ({count})"), total),
            )
        ):
            button = QRadioButton(text.format(count=f"{count:,}"))
            button.setEnabled(count > 0)
            self._choices.addButton(button, number)
            layout.addWidget(button)
        is_filtered = 0 < len(rows.shown) < total
        chosen = self._choices.button(0 if is_filtered else 2)
        chosen.setChecked(True)
        self.setFocusProxy(chosen)
        self._choices.idToggled.connect(self.changed)
        text = self.tr("{count} of the results are out of date: the bins changed since. Training renews them.")
        self.notice = Notice(text.format(count=f"{stale:,}" if stale < total else self.tr("All")))
        layout.addWidget(self.notice)
        self.notice.setVisible(stale > 0)  # only now: a widget without a parent would be a window

    def chosen(self) -> Sequence[int]:
        """The rows of the results that are chosen."""
        return (self._rows.shown, self._rows.selected, range(self._total))[self._choices.checkedId()]
