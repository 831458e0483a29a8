"""How files are cut into images is chosen in the menu, and the library follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.views.reading_dialog import ReadingDialog
from model.images.cutting import Cutting


def test_tiles_are_chosen_in_the_menu_and_the_library_shows_them(
    app: App, qtbot: QtBot, tmp_path: Path, make_images: Callable[..., list[Path]]
) -> None:
    make_images("large", 3)
    app.library.add_folders((tmp_path / "large",))
    qtbot.waitUntil(lambda: app.window.library.model.total == 3)

    looking = QTimer(app.window, interval=20)

    def choose() -> None:  # again and again until it is there: the dialog keeps the test waiting
        dialog = app.window.findChild(ReadingDialog)
        if dialog is not None and dialog.isVisible():
            looking.stop()
            dialog.tiled.setChecked(True)
            dialog.side.setMinimum(16)
            dialog.side.setValue(32)
            dialog.accept()

    looking.timeout.connect(choose)
    looking.start()
    app.window.command_table["reading"].trigger()
    assert not looking.isActive()
    qtbot.waitUntil(lambda: app.window.library.model.total == 12)
    assert app.settings.cutting == Cutting(1.0, 32)
