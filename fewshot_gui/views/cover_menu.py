"""View > Cover pictures, and the key that uncovers them while it is held."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from fewshot_gui.covers import CoverStyle, Strength, Uncovered, covers
from fewshot_gui.intents import Intents

UNCOVER = Qt.Key.Key_F8
_REPEATED = 100  # milliseconds


class CoverMenu(QMenu):
    """Off, blur or grey, and how strong a blur is; emits `Intents.cover_chosen` with both."""

    def __init__(self, toggle: QAction, intents: Intents, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Cover pi&ctures"))
        self.setObjectName("coverMenu")
        self.setToolTipsVisible(True)
        self._intents, self._toggle, self._last = intents, toggle, CoverStyle.BLUR
        self._styles: dict[CoverStyle, QAction] = {}
        self._strengths: dict[Strength, QAction] = {}
        self.addAction(toggle)
        self.addSeparator()
        group = QActionGroup(self)
        texts = {
            CoverStyle.OFF: self.tr("&Off"),
            CoverStyle.BLUR: self.tr("&Blur"),
            CoverStyle.GREY: self.tr("&Grey"),
        }
        for style, text in texts.items():
            action = self._styles[style] = group.addAction(text)
            action.triggered.connect(partial(self._choose, style, None))
        self.addActions(group.actions())
        self.addSeparator()
        strengths = QActionGroup(self)
        words = {
            Strength.LIGHT: self.tr("&Light blur: shapes can be made out"),
            Strength.MEDIUM: self.tr("&Medium blur: areas of colour"),
            Strength.STRONG: self.tr("&Strong blur: hardly anything"),
        }
        for strength, text in words.items():
            action = self._strengths[strength] = strengths.addAction(text)
            action.triggered.connect(partial(self._choose, CoverStyle.BLUR, strength))
        self.addActions(strengths.actions())
        for style, action in self._styles.items():
            action.setObjectName(f"{style}CoverAction")
            action.setCheckable(True)
        for strength, action in self._strengths.items():
            action.setObjectName(f"{strength}BlurAction")
            action.setCheckable(True)
        toggle.triggered.connect(self._on_toggled)
        covers.changed.connect(self._show_state)
        self._show_state()

    def _choose(self, style: CoverStyle, strength: Strength | None, _checked: bool = False) -> None:
        self._intents.cover_chosen.emit(style, strength or covers.strength)

    def _on_toggled(self, wanted: bool) -> None:
        self._choose(self._last if wanted else CoverStyle.OFF, None)

    def _show_state(self) -> None:
        if covers.style is not CoverStyle.OFF:
            self._last = covers.style
        self._toggle.setChecked(covers.style is not CoverStyle.OFF)
        self._styles[covers.style].setChecked(True)
        self._strengths[covers.strength].setChecked(True)


class UncoverKey(QObject):
    """Uncovers the picture under the pointer while F8 is held in `window`; with Shift, all of them."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)
        # Some systems tell the repetitions of a key that is held as if it came up and went down again.
        self._coming_up = QTimer(self, singleShot=True, interval=_REPEATED)
        self._coming_up.timeout.connect(self._on_up)

    @Slot()
    def _on_up(self) -> None:
        covers.uncover(Uncovered.NOTHING)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the key go down and up, and the window lose the keyboard (Qt)."""
        if event.type() == QEvent.Type.WindowDeactivate:
            self._on_up()
        elif isinstance(event, QKeyEvent) and event.key() == UNCOVER:
            if event.type() == QEvent.Type.KeyPress:
                self._coming_up.stop()
                with_all = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                covers.uncover(Uncovered.ALL if with_all else Uncovered.POINTED_AT)
            elif event.type() == QEvent.Type.KeyRelease:
                self._coming_up.start()
        return super().eventFilter(watched, event)
