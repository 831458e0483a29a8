"""The dialog that asks which results a person reviews, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.project.review import AsExamples, Choice, Reviewed, ReviewPlan
from fewshot_gui.project.values import Bin
from fewshot_gui.views.bin_menu import color_icon
from fewshot_gui.views.words_dialog import REVIEW_WORDS, word_button

_ALLOWED = (0.01, 0.05, 0.1)
_UNTIL = (0.05, 0.02, 0.01)
_MOST = 100_000


class ReviewDialog(QDialog):
    """`plan` is what is chosen; `counts` tells how many images each choice has, at `ALLOWED` errors.

    stacked: how many are to be looked at where each stack of near copies is labelled at once; None: nothing is stacked
    """

    def __init__(
        self,
        start: ReviewPlan,
        bins: Sequence[Bin],
        counts: Mapping[Choice, int],
        stacked: Mapping[Choice, int] | None,
        readers: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("reviewDialog")
        self.setWindowTitle(self.tr("Review results"))
        self._counts, self._stacked = counts, stacked
        self.which, self.reader, self.blind, self.with_stacks = QComboBox(), QComboBox(), QCheckBox(), QCheckBox()
        self.count, self.seed = QSpinBox(), QSpinBox()
        self.until, self.as_examples = QComboBox(), QComboBox()
        self._size = QLabel()
        self._fill_which(start, bins)
        self._fill_rest(start, readers)
        buttons = self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("&Begin"))
        buttons.addButton(word_button(REVIEW_WORDS, self), QDialogButtonBox.ButtonRole.HelpRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._sample = QWidget()
        row = QHBoxLayout(self._sample)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.GRID)
        row.addWidget(self.count, 1)
        row.addWidget(QLabel(self.tr("drawn with")))
        row.addWidget(self.seed)
        layout = QFormLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setVerticalSpacing(style.GRID + style.GRID // 2)
        layout.addRow(self.tr("&Look at"), self.which)
        layout.addRow("", self._size)
        layout.addRow(self.tr("Images of the &sample"), self._sample)
        layout.addRow(self.tr("&Until"), self.until)
        layout.addRow(self.tr("&Put into the bins as well"), self.as_examples)
        layout.addRow(self.tr("&Reader"), self.reader)
        layout.addRow(self.blind)
        layout.addRow(self.with_stacks)
        layout.addRow(buttons)
        self.which.currentIndexChanged.connect(self._on_changed)
        self.with_stacks.toggled.connect(self._on_changed)
        self.reader.editTextChanged.connect(self._on_changed)
        self._on_changed()

    def plan(self) -> ReviewPlan:
        """Return what is chosen."""
        reviewed, value = self.which.currentData()
        return ReviewPlan(
            reviewed,
            self.reader.currentText().strip(),
            allowed=value if reviewed is Reviewed.TO_CHECK else _ALLOWED[1],
            bin_id=value if reviewed is Reviewed.CLASS else None,
            count=self.count.value(),
            seed=self.seed.value(),
            is_blind=self.blind.isChecked(),
            until=self.until.currentData(),
            as_examples=self.as_examples.currentData(),
            with_stacks=self.with_stacks.isChecked(),
        )

    def _fill_which(self, start: ReviewPlan, bins: Sequence[Bin]) -> None:
        which = self.which
        which.setObjectName("reviewedChoice")
        which.setAccessibleName(self.tr("Which results to look at"))
        for share in _ALLOWED:
            text = self.tr("What is left to check if {share} of the others may be wrong")
            which.addItem(text.format(share=f"{100 * share:.0f} %"), (Reviewed.TO_CHECK, share))
        which.addItem(self.tr("A random sample, to measure how many are wrong"), (Reviewed.SAMPLE, None))
        which.addItem(self.tr("Unlike every bin"), (Reviewed.UNLIKE, None))
        for bin_ in bins:
            text = self.tr("Predicted as ‘{name}’").format(name=bin_.name)
            which.addItem(color_icon(bin_.color), text, (Reviewed.CLASS, bin_.id))
        which.addItem(self.tr("All that nobody labelled"), (Reviewed.ALL, None))
        which.addItem(self.tr("Marked for a second look"), (Reviewed.FLAGGED, None))
        which.addItem(self.tr("Labelled by another reader, as a second one"), (Reviewed.OTHERS, None))
        items = [which.itemData(at) for at in range(which.count())]
        which.setCurrentIndex(next((at for at, item in enumerate(items) if item == start.choice), 1))

    def _fill_rest(self, start: ReviewPlan, readers: Sequence[str]) -> None:
        self.count.setRange(1, _MOST)
        self.count.setValue(start.count)
        self.count.setAccessibleName(self.tr("Images of the sample"))
        self.seed.setRange(0, 999_999)
        self.seed.setPrefix(self.tr("seed "))
        self.seed.setValue(start.seed)
        self.seed.setToolTip(self.tr("The same seed draws the same sample of the same results"))
        self.seed.setAccessibleName(self.tr("Seed of the sample"))
        self.until.addItem(self.tr("all are looked at"), None)
        for share in _UNTIL:
            text = self.tr("at most {share} of what nobody checked is expected to be wrong")
            self.until.addItem(text.format(share=f"{100 * share:.0f} %"), share)
        self.until.setCurrentIndex(max(self.until.findData(start.until), 0))
        self.until.setAccessibleName(self.tr("When the review is done"))
        for kind, text in {
            AsExamples.NEVER: self.tr("nothing: labels are no examples"),
            AsExamples.CORRECTIONS: self.tr("what is corrected"),
            AsExamples.ALL: self.tr("everything that is labelled"),
        }.items():
            self.as_examples.addItem(text, kind)
        self.as_examples.setCurrentIndex(max(self.as_examples.findData(start.as_examples), 0))
        self.as_examples.setAccessibleName(self.tr("What goes into the bins as well"))
        self.reader.setEditable(True)
        self.reader.addItems(list(dict.fromkeys([start.reader, *readers])))
        self.reader.setEditText(start.reader)
        self.reader.setAccessibleName(self.tr("Who reviews"))
        line = self.reader.lineEdit()
        assert isinstance(line, QLineEdit)
        line.setMaxLength(100)
        self.blind.setText(self.tr("&Hide predictions and what other readers say"))
        self.blind.setChecked(start.is_blind)
        self.with_stacks.setText(self.tr("Label near &copies together: one image of each stack is looked at"))
        self.with_stacks.setEnabled(self._stacked is not None)
        self.with_stacks.setChecked(start.with_stacks)
        if self._stacked is None:
            self.with_stacks.setToolTip(self.tr("View > Stack near copies finds them first"))

    @Slot()
    def _on_changed(self) -> None:
        reviewed, value = self.which.currentData()
        count = self._counts.get((reviewed, value), 0)
        text = self.tr("1 image") if count == 1 else self.tr("{count} images").format(count=f"{count:,}")
        if self._stacked is not None and self.with_stacks.isChecked():
            looked_at = self._stacked.get((reviewed, value), 0)
            text = self.tr("{looked_at} to look at, of {images}").format(looked_at=f"{looked_at:,}", images=text)
        self._size.setText(text)
        self._size.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._sample.setEnabled(reviewed is Reviewed.SAMPLE)
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(count > 0 and bool(self.reader.currentText().strip()))


def review_choices(bins: Sequence[Bin]) -> list[Choice]:
    """Return every choice of the dialog, with its share or bin, for counting."""
    return [
        *((Reviewed.TO_CHECK, share) for share in _ALLOWED),
        (Reviewed.SAMPLE, None),
        (Reviewed.UNLIKE, None),
        *((Reviewed.CLASS, bin_.id) for bin_ in bins),
        (Reviewed.ALL, None),
        (Reviewed.FLAGGED, None),
        (Reviewed.OTHERS, None),
    ]
