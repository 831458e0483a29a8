"""How files are cut into images is chosen in the menu, and the library follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import tifffile
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.views.reading_dialog import ReadingDialog
from model.images.cutting import Cutting
from model.images.greys import GreyRange, Greys
from model.images.rendering import Rendering
from tests.gui.jobs.fakes import FakeEngine


def choose_reading(app: App, choose: Callable[[ReadingDialog], None]) -> None:
    """Open the dialog by its command, let `choose` fill it in, and accept it."""
    looking = QTimer(app.window, interval=20)

    def look() -> None:  # again and again until it is there: the dialog keeps the test waiting
        dialog = next((one for one in app.window.findChildren(ReadingDialog) if one.isVisible()), None)
        if dialog is not None:
            looking.stop()
            choose(dialog)
            dialog.accept()

    looking.timeout.connect(look)
    looking.start()
    app.window.command_table["reading"].trigger()
    assert not looking.isActive()


def test_tiles_are_chosen_in_the_menu_and_the_library_shows_them(
    app: App, qtbot: QtBot, tmp_path: Path, make_images: Callable[..., list[Path]]
) -> None:
    make_images("large", 3)
    app.library.add_folders((tmp_path / "large",))
    qtbot.waitUntil(lambda: app.window.library.model.total == 3)

    def choose(dialog: ReadingDialog) -> None:
        dialog.tiled.setChecked(True)
        dialog.side.setMinimum(16)
        dialog.side.setValue(32)

    choose_reading(app, choose)
    qtbot.waitUntil(lambda: app.window.library.model.total == 12)
    assert app.settings.cutting == Cutting(1.0, 32)


def test_a_fixed_window_of_greys_reaches_thumbnails_the_inspector_and_training(
    app: App, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, make_images: Callable[..., list[Path]]
) -> None:
    deep = tmp_path / "deep" / "scan.tif"
    deep.parent.mkdir()
    values = np.full((64, 64), 1000, np.uint16)
    values[:, 32:] = 3000
    tifffile.imwrite(deep, values)
    app.library.add_folders((deep.parent,))
    qtbot.waitUntil(lambda: app.window.library.model.total == 1)
    app.window.inspector.show_image(deep)
    pictures: list[QImage] = []
    app.pictures.picture_ready.connect(lambda _path, image, _size: pictures.append(image))

    def greys(image: QImage | None) -> tuple[int, int] | None:
        return None if image is None else (image.pixelColor(8, 8).red(), image.pixelColor(56, 8).red())

    qtbot.waitUntil(lambda: greys(app.thumbnails.image(deep)) == (0, 255))
    qtbot.waitUntil(lambda: bool(pictures))
    assert greys(pictures[-1]) == (0, 255)

    def choose(dialog: ReadingDialog) -> None:
        dialog.greys.setCurrentText("Fixed window")
        dialog.low.setValue(0)
        dialog.high.setValue(5000)

    choose_reading(app, choose)
    qtbot.waitUntil(lambda: greys(app.thumbnails.image(deep)) == (51, 153))
    qtbot.waitUntil(lambda: greys(pictures[-1]) == (51, 153))
    window = Rendering(greys=Greys(GreyRange.FIXED, 0.0, 5000.0))
    assert app.settings.rendering == window

    document = app.session.document
    for name in ("a", "b"):
        document.add_examples(document.add_bin(name), make_images(name, 2))
    qtbot.waitUntil(lambda: app.window.library.model.total == 1)  # the folders are searched anew
    app.window.intents.train_requested.emit()
    qtbot.waitUntil(lambda: len(engine.renderings) == 1 and not app.window.command_table.flag("busy"))
    app.window.intents.suggest_requested.emit()
    qtbot.waitUntil(lambda: len(engine.renderings) == 2)
    assert engine.renderings == [window, window]
