"""Runs the app in a process of its own and tells, on request, where things are on the screen.

    python drive_app.py APP_FOLDER [LIBRARY_FOLDER]

Each line on standard input is a question, each line on standard output the answer as JSON: [x, y,
width, height] in pixels of the screen, or null where there is no such thing (yet).

    widget NAME        the widget with this objectName
    focus NAME         the same, if the keyboard is in it
    card N             the N-th bin's card
    item VIEW ROW      the row of the list or table with this objectName
    menu TITLE         the menu of the menu bar
    entry NAME         the action with this objectName in a menu that is open
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QRect, QSocketNotifier, Slot
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu, QWidget

from fewshot_gui.app import App, make_qt_app
from fewshot_gui.command_line import Options
from fewshot_gui.main import execute
from fewshot_gui.paths import AppPaths


class Guide(QObject):
    """Answers the questions on standard input."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._window = app.window
        self._document = app.session.document
        self._rest = b""
        self._notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_activated)

    @Slot()
    def _on_activated(self) -> None:
        data = os.read(sys.stdin.fileno(), 65536)
        if not data:
            self._notifier.setEnabled(False)
            self._window.close()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            kind, _, rest = line.decode().partition(" ")
            rect = getattr(self, f"_find_{kind}")(rest)
            sys.stdout.write(json.dumps(None if rect is None else list(rect.getRect())) + "\n")
            sys.stdout.flush()

    def _find_widget(self, name: str) -> QRect | None:
        widget = self._window.findChild(QWidget, name)
        return None if widget is None or not widget.isVisible() else _on_screen(widget, widget.rect())

    def _find_focus(self, name: str) -> QRect | None:
        widget = self._window.findChild(QWidget, name)
        focus = QApplication.focusWidget()
        is_in = widget is not None and focus is not None and (focus is widget or widget.isAncestorOf(focus))
        return self._find_widget(name) if is_in else None

    def _find_card(self, number: str) -> QRect | None:
        bins = self._document.bins
        return self._find_widget(f"binCard:{bins[int(number)].id}") if int(number) < len(bins) else None

    def _find_item(self, question: str) -> QRect | None:
        name, row = question.split()
        view = self._window.findChild(QAbstractItemView, name)
        if view is None or not view.isVisible() or view.model().rowCount() <= int(row):
            return None
        rect = view.visualRect(view.model().index(int(row), 0))
        return _on_screen(view.viewport(), rect.intersected(view.viewport().rect()))

    def _find_menu(self, title: str) -> QRect | None:
        bar = self._window.menuBar()
        for action in bar.actions():
            if action.text().replace("&", "") == title:
                return _on_screen(bar, bar.actionGeometry(action))
        return None

    def _find_entry(self, name: str) -> QRect | None:
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            for action in popup.actions():
                if action.objectName() == name and action.isEnabled():
                    return _on_screen(popup, popup.actionGeometry(action))
        return None


def _on_screen(widget: QWidget, rect: QRect) -> QRect:
    return QRect(widget.mapToGlobal(rect.topLeft()), rect.size())


def main() -> int:
    """Run until standard input ends or the window is closed."""
    qt_app = make_qt_app()
    app = App(AppPaths.below(Path(sys.argv[1])))
    Guide(app)
    return execute(qt_app, app, Options(folders=tuple(Path(folder) for folder in sys.argv[2:])))


if __name__ == "__main__":
    sys.exit(main())
