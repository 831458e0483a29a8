"""The status bar: messages, the running job with its progress, and the computing device."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from fewshot_gui import style
from fewshot_gui.actions import ActionTable
from fewshot_gui.intents import Intents
from fewshot_gui.items.naming import display_name, display_path, display_text, names
from fewshot_gui.project.search_notes import NOTHING, SearchNotes
from fewshot_gui.translation import following
from fewshot_gui.views.left_aside_dialog import LeftAsideDialog, describe_notes
from fewshot_gui.widgets.job_status import JobStatus

_MESSAGE_TIME = 10_000  # milliseconds a message stays


class StatusBar(QStatusBar):
    """Disables the commands of `actions` that would collide with the running job."""

    def __init__(self, actions: ActionTable, intents: Intents, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._text = ""  # the latest message, before names are hidden in it
        self.job, self._device = JobStatus(), QLabel()
        self._device.setObjectName("deviceLabel")
        self._notes = NOTHING
        self._left_aside = QToolButton()
        self._left_aside.setDefaultAction(actions["leftAside"])
        self._left_aside.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the menu has the command for the keyboard
        self._left_aside.hide()
        actions["leftAside"].triggered.connect(self._on_left_aside_asked)
        self._watched: tuple[Path, ...] = ()
        self._watching = QToolButton()
        self._watching.setObjectName("watchingButton")
        self._watching.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # as above
        self._watching.clicked.connect(intents.stop_watching_requested)
        names.changed.connect(self._show_watched)
        self.addPermanentWidget(self._watching)
        self._watching.hide()
        self.addPermanentWidget(self._left_aside)
        self._left_aside.hide()
        self.addPermanentWidget(self.job)
        self.addPermanentWidget(self._device)
        self.job.cancel_requested.connect(intents.cancel_requested)
        self.undo = QToolButton()
        self.undo.setDefaultAction(actions["undo"])
        self.undo.setObjectName("undoEditButton")
        self.undo.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.undo.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Ctrl+Z does the same
        self.undo.hide()
        self.insertPermanentWidget(0, self.undo)
        self.messageChanged.connect(self._on_message_changed)
        intents.refused.connect(self.show_message)
        self.messageChanged.connect(self.setToolTip)  # whole, where it is cut

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The message as far as there is room beside the job and the device, cut with an ellipsis (Qt)."""
        shown = (self.undo, self._watching, self._left_aside, self.job, self._device)
        others = [widget.geometry().left() for widget in shown if widget.isVisible()]
        right = min([*others, self.width()]) - 2 * style.GRID
        rect = self.rect().adjusted(style.GRID, 0, 0, 0)
        rect.setRight(right)
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        text = self.fontMetrics().elidedText(self.currentMessage(), Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)

    def show_message(self, text: str) -> None:
        """Show one line for some seconds."""
        self._text = text
        self.showMessage(display_text(text), _MESSAGE_TIME)
        if text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, display_text(text)))

    def show_edit(self, text: str) -> None:
        """Say for some seconds what was done to the project, with a button that undoes it; "": say it no more."""
        if text:
            self.show_message(text)
            self.undo.show()
        elif self.undo.isVisible():
            self.clearMessage()

    def show_notes(self, notes: SearchNotes, text: str = "") -> None:
        """Say `text` and what a search left aside; the list of it is offered until another search leaves something."""
        if notes:
            self._set_notes(notes)
        words = describe_notes(notes)
        if text and words:
            said = display_text(text)
            text = said if said.endswith((".", "…", "。")) else self.tr("{text}.").format(text=said)
        if text or words:
            self.show_message(following(text, words))

    def forget_notes(self) -> None:
        """Offer the list no more, when another project is opened."""
        self._set_notes(NOTHING)

    def withdraw_message(self, text: str) -> None:
        """Show `text` no more, unless another message has taken its place."""
        if self._text == text and self.currentMessage() == display_text(text):
            self.clearMessage()

    def start_job(self, title: str) -> None:
        """A job runs from now on."""
        self.job.start(title)
        self._actions.set_flags(busy=True)

    def has_job(self) -> bool:
        """Whether a job is shown, so that another one cannot be."""
        return self._actions.flag("busy")

    def set_job_progress(self, phase: str, done: int, total: int) -> None:
        """`done` of `total` steps (0: not known) of `phase`."""
        self.job.set_progress(display_text(phase), done, total)

    def set_cancelling(self) -> None:
        """The job was asked to stop."""
        self.job.set_cancelling()

    def finish_job(self) -> None:
        """No job runs any more."""
        self.job.finish()
        self._actions.set_flags(busy=False)

    def set_watched(self, folders: Sequence[Path]) -> None:
        """Show which folders are watched; none: nothing of it."""
        self._watched = tuple(folders)
        self._show_watched()
        self._watching.setVisible(bool(folders))
        self._actions.set_flags(watching=bool(folders))

    @Slot()
    def _show_watched(self) -> None:
        shown = ", ".join(map(display_name, self._watched))
        self._watching.setText(self.tr("Watching {folder}").format(folder=shown.replace("&", "&&")))
        paths = ", ".join(map(display_path, self._watched))
        self._watching.setToolTip(
            self.tr("New images in {folder} are classified. A click stops it.").format(folder=paths)
        )

    def set_device(self, text: str) -> None:
        """Show what the classifier runs on, e.g. "CPU (no CUDA device found)"."""
        said = display_text(text)
        self._device.setText(said)
        self._device.setToolTip(self.tr("Computing device: {device}").format(device=said))

    def _on_message_changed(self, _text: str) -> None:
        self.undo.hide()  # what it would undo is not what is said any more

    def _set_notes(self, notes: SearchNotes) -> None:
        self._notes = notes
        self._left_aside.setVisible(bool(notes))
        self._actions.set_flags(has_left_aside=bool(notes))

    @Slot()
    def _on_left_aside_asked(self) -> None:
        dialog = LeftAsideDialog(self._notes, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
