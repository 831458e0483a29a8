"""The masking test: what would be predicted without the region that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from fewshot_gui import style
from fewshot_gui.intents import Intents
from fewshot_gui.items.bin_look import look_of
from fewshot_gui.items.naming import display_text
from fewshot_gui.project.document import Document
from fewshot_gui.texts import confidence_text
from fewshot_gui.translation import following
from model.types import Explanation, Prediction, Region, Status


class MaskingStrip(QWidget):
    """A button that asks, by `Intents.without_region_requested`, and a line that says what came of it."""

    def __init__(self, document: Document, intents: Intents, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("maskingStrip")
        self._document, self._intents = document, intents
        self._shown: tuple[Path, tuple[str, ...], Explanation, int] | None = None  # the last: number of the class
        self._asked: tuple[Path, Region] | None = None
        self.button, self.answer = QToolButton(), QLabel()
        self.button.setObjectName("withoutRegionButton")
        self.button.setText(self.tr("Without this region?"))
        self.button.setToolTip(
            self.tr("Predict the image once more with the box covered: does the class hang on what is in it?")
        )
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.answer.setWordWrap(True)
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.GRID)
        row.addWidget(self.button)
        row.addWidget(self.answer, 1)
        self.button.clicked.connect(self._on_clicked)
        self.hide()

    def show_class(self, path: Path, bin_ids: Sequence[str], explanation: Explanation, class_index: int) -> None:
        """Offer the test for the region of a class; what was said of another region goes."""
        now = (path, tuple(bin_ids), explanation, class_index)
        if self._shown is not None and self._shown[:1] + self._shown[2:] == (path, explanation, class_index):
            return
        self._shown, self._asked = now, None
        self.answer.setText("")
        self.button.show()
        self.button.setEnabled(True)
        self.setVisible(len(bin_ids) > 1)

    def clear(self) -> None:
        """There is no region to be covered; an answer that is under way is dropped."""
        self._shown, self._asked = None, None
        self.hide()

    def show_result(self, path: Path, region: Region, prediction: Prediction) -> None:
        """Say what is predicted with the region covered; dropped where something else is shown by now."""
        if self._shown is None or self._asked != (path, region):
            return
        _, bin_ids, explanation, _ = self._shown
        self._asked = None
        first = explanation.ranked[0]
        before, after = (confidence_text(scores[first]) for scores in (explanation.scores, prediction.scores))
        old = look_of(self._document, bin_ids[first]).name
        new = look_of(self._document, bin_ids[prediction.predicted]).name
        if prediction.predicted == first:
            text = self.tr("Without this region: ‘{old}’ {after} instead of {before}.")
        else:
            text = self.tr("Without this region: ‘{new}’ {now} instead of ‘{old}’ {before}.")
        said = text.format(old=old, new=new, before=before, after=after, now=confidence_text(prediction.confidence))
        if prediction.status is Status.UNKNOWN:
            said = following(said, self.tr("It is unlike every bin then."))
        self.answer.setText(said)
        self.button.hide()

    def show_failure(self, path: Path, region: Region, message: str) -> None:
        """Say why there is no answer."""
        if self._asked == (path, region):
            self._asked = None
            self.answer.setText(display_text(message))
            self.button.setEnabled(True)

    @Slot()
    def _on_clicked(self) -> None:
        if self._shown is not None:
            path, _, explanation, class_index = self._shown
            region = explanation.regions[class_index]
            self._asked = (path, region)
            self.button.setEnabled(False)
            self.answer.setText(self.tr("Predicting without it …"))
            self._intents.without_region_requested.emit(path, region)
