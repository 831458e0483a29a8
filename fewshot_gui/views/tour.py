"""A tour of the window in a few steps: a frame around the part that is meant, and a card beside it. Work goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fewshot_gui import style

_WIDTH = 320  # pixels of the card
_GAP = 12  # pixels between the frame and the card
_LINE = 3
_FOLLOWED = {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.LayoutRequest}
_KEYS = {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}


@dataclass(frozen=True)
class Step:
    """What is said of `target`; `part`: the part of it that is meant (default: all of it)."""

    title: str
    text: str
    target: QWidget
    part: Callable[[], QRect] | None = None

    def rect(self, window: QWidget) -> QRect:
        """Where it is in `window`."""
        part = self.target.rect() if self.part is None else self.part()
        return QRect(self.target.mapTo(window, part.topLeft()), part.size())


class TourFrame(QWidget):
    """A frame over the window, which the mouse goes through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A rounded line, with a soft one around it (Qt)."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = self.palette().color(QPalette.ColorRole.Accent)
        rect = self.rect().adjusted(_LINE, _LINE, -_LINE, -_LINE)
        for color, width in ((style.tinted(accent, 0.3), 2 * _LINE), (accent, _LINE)):
            painter.setPen(QPen(color, width))
            painter.drawRoundedRect(rect, style.CORNER, style.CORNER)


class TourCard(QFrame):
    """A title, some words, and the way on, back and out; Enter goes on, Esc leaves."""

    next_chosen = Signal()
    back_chosen = Signal()
    leave_chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tourCard")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._title, self._text, self._place = QLabel(), QLabel(), QLabel()
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._title.setWordWrap(True)
        self._text.setWordWrap(True)
        for label in (self._title, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._place.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.leave = self._button(self.tr("Leave"), "tourLeaveButton", self.leave_chosen)
        self.back = self._button(self.tr("Back"), "tourBackButton", self.back_chosen)
        self.next = self._button(self.tr("Next"), "tourNextButton", self.next_chosen)
        row = QHBoxLayout()
        row.setSpacing(style.GRID)
        row.addWidget(self._place, 1)
        for button in (self.leave, self.back, self.next):
            row.addWidget(button)
        layout = self._rows = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(style.GRID)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addLayout(row)
        self.setFixedWidth(_WIDTH)

    def show_step(self, step: Step, at: int, count: int) -> None:
        """Show the `at`-th of `count` steps, from 0."""
        self._title.setText(step.title)
        self._text.setText(step.text)
        self._place.setText(self.tr("{step} of {count}").format(step=at + 1, count=count))
        self.back.setEnabled(at > 0)
        self.next.setText(self.tr("Done") if at == count - 1 else self.tr("Next"))
        self.setAccessibleName(step.title)
        self.setAccessibleDescription(step.text)
        self.setFixedHeight(self._rows.heightForWidth(_WIDTH))

    def event(self, event: QEvent) -> bool:
        """Take Enter and Esc before the window's shortcuts do (Qt)."""
        if isinstance(event, QKeyEvent) and event.key() in _KEYS:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                (self.leave_chosen if event.key() == Qt.Key.Key_Escape else self.next_chosen).emit()
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A thin line around it (Qt)."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Accent))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _button(self, text: str, name: str, chosen: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.clicked.connect(chosen)
        return button


class Tour(QObject):
    """Goes through `steps` whose targets are seen in `window`; ends by itself where the target goes away."""

    ended = Signal()

    def __init__(self, window: QWidget, steps: Sequence[Step]) -> None:
        super().__init__(window)
        self._window = window
        self._steps = tuple(step for step in steps if step.target.isVisibleTo(window))
        self._at = 0
        self._before = window.focusWidget()
        self._frame, self.card = TourFrame(window), TourCard(window)
        self.card.next_chosen.connect(self._on_next)
        self.card.back_chosen.connect(self._on_back)
        self.card.leave_chosen.connect(self.leave)
        window.installEventFilter(self)
        for step in self._steps:
            step.target.installEventFilter(self)
            step.target.destroyed.connect(self._on_target_destroyed)

    def begin(self) -> None:
        """Show the first step; where no target is seen, that is the end."""
        if self._steps:
            self._show_step()
        else:
            self.leave()

    @property
    def target(self) -> QWidget | None:
        """What is pointed at."""
        return self._steps[self._at].target if self._steps else None

    def take_focus(self) -> None:
        """Bring the keyboard to the card."""
        self.card.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """End the tour; the keyboard goes back to where it was, unless it is somewhere else by now."""
        if self._before is not None and self.card.isAncestorOf(self._window.focusWidget()):
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._window.removeEventFilter(self)
        for step in self._steps:
            step.target.removeEventFilter(self)
        for widget in (self._frame, self.card):
            widget.hide()
            widget.deleteLater()
        self._steps = ()
        self.ended.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what is pointed at (Qt)."""
        if self._steps:
            target = self._steps[self._at].target
            if watched is target and event.type() == QEvent.Type.Hide and not target.isVisibleTo(self._window):
                self.leave()
            elif event.type() in _FOLLOWED and watched in (target, self._window):
                self._place()
        return super().eventFilter(watched, event)

    def _on_target_destroyed(self) -> None:
        """Leave, but not at once: the whole window may be about to go."""
        self._steps = ()
        QTimer.singleShot(0, self, self.leave)

    def _on_next(self) -> None:
        self._go(self._at + 1)

    def _on_back(self) -> None:
        self._go(self._at - 1)

    def _go(self, at: int) -> None:
        if 0 <= at < len(self._steps) and self._steps[at].target.isVisibleTo(self._window):
            self._at = at
            self._show_step()
        elif at >= 0:
            self.leave()

    def _show_step(self) -> None:
        self.card.show_step(self._steps[self._at], self._at, len(self._steps))
        self._place()
        for widget in (self._frame, self.card):
            widget.show()
            widget.raise_()
        self.take_focus()

    def _place(self) -> None:
        rect = self._steps[self._at].rect(self._window)
        frame = rect.adjusted(-2 * _LINE, -2 * _LINE, 2 * _LINE, 2 * _LINE).intersected(self._window.rect())
        self._frame.setGeometry(frame)
        self.card.move(beside(frame, self.card.size(), self._window.rect()))


def beside(frame: QRect, card: QSize, room: QRect) -> QPoint:
    """Return where a card lies below, right of, left of or above `frame`, within `room`; else in its lower corner."""
    width, height = card.width(), card.height()
    inside = room.adjusted(_GAP, _GAP, -_GAP, -_GAP)
    across = min(max(frame.left(), inside.left()), inside.right() - width)
    down = min(max(frame.top(), inside.top()), inside.bottom() - height)
    for place in (
        QPoint(across, frame.bottom() + _GAP),
        QPoint(frame.right() + _GAP, down),
        QPoint(frame.left() - _GAP - width, down),
        QPoint(across, frame.top() - _GAP - height),
    ):
        if inside.contains(QRect(place, card)):
            return place
    return QPoint(
        min(frame.right(), inside.right()) - width - _GAP, min(frame.bottom(), inside.bottom()) - height - _GAP
    )
