"""A label whose text can be edited in place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QWidget

from fewshot_gui.texts import fitted_name


class EditableLabel(QLabel):
    """A label; double click or `edit` opens a line edit over it.

    Enter or leaving it emits `edited` with the new text, Esc gives up. The label itself changes
    only by `set_full_text`: whoever owns the name decides.
    """

    edited = Signal(str)
    left = Signal()  # by a key: the keyboard is nowhere now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full_text = ""
        self._editor = QLineEdit(self)
        self._editor.hide()
        self._editor.installEventFilter(self)
        self._editor.editingFinished.connect(self._on_editing_finished)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setTextFormat(Qt.TextFormat.PlainText)

    @property
    def full_text(self) -> str:
        """The text, not elided."""
        return self._full_text

    @property
    def is_editing(self) -> bool:
        """Whether the line edit is open."""
        return not self._editor.isHidden()

    def set_full_text(self, text: str) -> None:
        """Show `text`, elided where it does not fit."""
        self._full_text = text
        self._elide()

    def edit(self) -> None:
        """Open the line edit."""
        self._editor.setText(self._full_text)
        self._editor.setGeometry(self.rect())
        self._editor.setAccessibleName(self.tr("Name of the bin"))
        self._editor.show()
        self._editor.selectAll()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on the text edits; beside it, it is the parent's (Qt)."""
        if event.position().x() <= self.fontMetrics().horizontalAdvance(self.text()):
            self.edit()
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide anew (Qt)."""
        super().resizeEvent(event)
        self._editor.setGeometry(self.rect())
        self._elide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc closes the editor and reaches no shortcut (Qt)."""
        if watched is self._editor and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._close()
                return True
        return super().eventFilter(watched, event)

    def _on_editing_finished(self) -> None:
        # Hiding the editor takes its focus away, which finishes the editing once more.
        if self.is_editing:
            text = self._editor.text()
            self._close()
            if text.strip() != self._full_text:
                self.edited.emit(text.strip())

    def _close(self) -> None:
        had_focus = self._editor.hasFocus()
        self._editor.blockSignals(True)
        self._editor.hide()
        self._editor.blockSignals(False)
        if had_focus:
            self.left.emit()

    def _elide(self) -> None:
        width = max(self.width() - 2, 0)
        self.setText(fitted_name(self._full_text, width, self.fontMetrics().horizontalAdvance))
        self.setToolTip(self._full_text)
