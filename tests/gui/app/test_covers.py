"""Pictures are covered everywhere in the window, from the start on, but while a key is held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.covers import CoverStyle, Strength, Uncovered, covers
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from fewshot_gui.project.review import Reviewed, ReviewPlan
from fewshot_gui.views.reading_dialog import ReadingDialog
from tests.gui.app.conftest import start
from tests.gui.jobs.fakes import FakeEngine


@pytest.fixture(autouse=True)
def uncovered_again() -> Iterator[None]:
    yield
    covers.uncover(Uncovered.NOTHING)
    covers.set_cover(CoverStyle.OFF, Strength.MEDIUM)


def _vivid(shown: QImage) -> int:
    """How many pixels have a colour that only the pictures have; blurred, they are grey."""
    image = shown.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)
    return int((np.abs(pixels[..., 0] - pixels[..., 1]) + np.abs(pixels[..., 2] - pixels[..., 1]) > 300).sum())


def _grab(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.fixture
def striped(tmp_path: Path) -> list[Path]:
    """Images of thin stripes in two colours whose mean is grey."""
    folder = tmp_path / "striped"
    folder.mkdir()
    for number in range(4):
        pixels = np.zeros((60, 80, 3), np.uint8)
        pixels[:, number % 2 :: 2] = (255, 0, 255)
        pixels[:, 1 - number % 2 :: 2] = (0, 255, 0)
        Image.fromarray(pixels).resize((320, 240), Image.Resampling.NEAREST).save(folder / f"{number}.png")
    return sorted(folder.iterdir())


@pytest.fixture
def filled(app: App, striped: list[Path], qtbot: QtBot) -> App:
    """Pictures in the library, a bin, the results and the inspector."""
    document = app.session.document
    document.add_examples(document.add_bin("a"), striped[:1])
    document.add_examples(document.add_bin("b"), striped[1:2])
    app.library.add_folders((striped[0].parent,))
    qtbot.waitUntil(lambda: app.window.library.model.total == 4)
    with qtbot.waitSignal(app.running.job_ended):
        app.window.command_table["train"].trigger()
    with qtbot.waitSignal(app.running.job_ended):
        app.window.intents.classify_requested.emit(striped)
    app.window.intents.image_selected.emit(striped[2])
    for part in _parts(app):
        qtbot.waitUntil(lambda part=part: _vivid(_grab(part)) > 100)  # type: ignore[misc]
    return app


def _parts(app: App) -> list[QWidget]:
    window = app.window
    bins = [view.viewport() for view in window.bins.image_views()]
    return [window.library.images.viewport(), *bins, window.results.table.viewport(), window.inspector.canvas]


def _choose(app: App, name: str) -> None:
    action = app.window.findChild(QAction, name)
    assert action is not None
    action.trigger()


@pytest.mark.parametrize("cover", ["blurCoverAction", "greyCoverAction", "coverPicturesAction", "lightBlurAction"])
def test_every_part_is_covered_and_comes_back(filled: App, cover: str, qtbot: QtBot) -> None:
    window = filled.window
    _choose(filled, cover)
    assert [_vivid(_grab(part)) for part in _parts(filled)] == [0] * len(_parts(filled))
    assert _vivid(window.inspector.canvas.snapshot()) == 0
    window.results.show_gallery(wanted=True)
    gallery = window.results.gallery.viewport()
    for _ in range(5):
        qtbot.wait(20)
        assert _vivid(_grab(gallery)) == 0
    _choose(filled, "offCoverAction")
    qtbot.waitUntil(lambda: _vivid(_grab(gallery)) > 100)
    assert not window.command_table["coverPictures"].isChecked()


def test_the_examples_large_and_the_review_are_covered(filled: App, qtbot: QtBot) -> None:
    window = filled.window
    _choose(filled, "blurCoverAction")
    window.command_table["binGallery"].trigger()
    for _ in range(10):
        qtbot.wait(20)
        assert _vivid(_grab(window)) == 0
    window.command_table["binGallery"].trigger()
    assert filled.reviewing.begin(ReviewPlan(Reviewed.ALL, "ana"))
    qtbot.waitUntil(window.review.isVisible)
    for _ in range(10):
        qtbot.wait(20)
        assert _vivid(_grab(window)) == 0
    _choose(filled, "offCoverAction")
    qtbot.waitUntil(lambda: _vivid(_grab(window.review)) > 100)


def test_a_key_that_is_held_uncovers_what_the_pointer_rests_on_or_all(filled: App, qtbot: QtBot) -> None:
    window, library = filled.window, filled.window.library.images
    _choose(filled, "blurCoverAction")
    library.setFocus()
    QTest.mouseMove(library.viewport(), library.visualRect(library.model().index(0, 0)).center())
    QApplication.processEvents()
    assert _vivid(_grab(library.viewport())) == 0
    QTest.keyPress(library, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert all(_vivid(_grab(part)) > 100 for part in _parts(filled))
    QTest.keyRelease(library, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: not any(_vivid(_grab(part)) for part in _parts(filled)))
    QTest.keyPress(library, Qt.Key.Key_F8)
    assert covers.is_covered(pointed_at=False)
    assert not covers.is_covered(pointed_at=True)
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowDeactivate))  # the key may come up elsewhere
    assert covers.is_covered(pointed_at=True)
    QTest.keyRelease(library, Qt.Key.Key_F8)
    QTest.keyPress(library, Qt.Key.Key_F8)  # repeated: held all the while
    QTest.keyRelease(library, Qt.Key.Key_F8)
    QTest.keyPress(library, Qt.Key.Key_F8)
    qtbot.wait(200)
    assert not covers.is_covered(pointed_at=True)
    QTest.keyRelease(library, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: covers.is_covered(pointed_at=True))


def test_the_picture_of_the_region_of_interest_is_covered(
    app: App, striped: list[Path], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(dialog: ReadingDialog) -> int:
        dialog.show()
        for cover in (CoverStyle.OFF, CoverStyle.GREY):
            covers.set_cover(cover, Strength.MEDIUM)
            seen.append(_vivid(_grab(dialog.roi.picture)) > 100)
        QTest.keyPress(dialog, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
        seen.append(_vivid(_grab(dialog.roi.picture)) > 100)
        QTest.keyRelease(dialog, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
        return 0

    document = app.session.document
    document.add_examples(document.add_bin("a"), striped[:1])
    qtbot.waitUntil(lambda: app.thumbnails.image(striped[0]) is not None)
    monkeypatch.setattr(ReadingDialog, "exec", look)
    app.window.command_table["reading"].trigger()
    assert seen == [True, False, True]


def test_what_lies_under_a_cover_is_not_told_either(filled: App) -> None:
    canvas = filled.window.inspector.canvas
    told: list[object] = []
    canvas.pointed_at.connect(told.append)
    middle = canvas.rect().center()
    for cover, step in ((CoverStyle.OFF, 0), (CoverStyle.BLUR, 3)):
        covers.set_cover(cover, Strength.MEDIUM)
        QTest.mouseMove(canvas, middle + QPoint(step, 0))
    QTest.keyPress(canvas, Qt.Key.Key_F8)
    QTest.mouseMove(canvas, middle + QPoint(6, 0))
    QTest.keyRelease(canvas, Qt.Key.Key_F8)
    assert [point is None for point in told] == [False, True, False]


class _FirstShown(QObject):
    """Notes how pictures are covered when a window is shown."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.cover: list[CoverStyle] = []
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self.cover.append(covers.style)
        return super().eventFilter(watched, event)


def test_the_choice_is_there_before_the_window_is_shown_the_next_time(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    styles = []
    for chosen in (CoverStyle.GREY, CoverStyle.OFF):
        app = App(AppPaths.below(tmp_path / "app"), Runner(FakeEngine()))
        qtbot.addWidget(app.window)
        seen = _FirstShown(app.window)
        start(app, qtbot)
        styles += seen.cover
        app.intents.cover_chosen.emit(chosen, Strength.STRONG)
        assert app.shutdown() == []
        covers.set_cover(CoverStyle.OFF, Strength.MEDIUM)
    assert styles == [CoverStyle.OFF, CoverStyle.GREY]


def test_a_stronger_blur_leaves_less() -> None:
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    for x in range(64):
        for y in range(64):
            image.setPixel(x, y, 0xFFFFFFFF if x < 32 else 0xFF000000)
    sizes = []
    for strength in Strength:
        covers.set_cover(CoverStyle.BLUR, strength)
        sizes.append(covers.shown(image).width())
    assert sizes == [16, 8, 4]
    covers.set_cover(CoverStyle.GREY, Strength.MEDIUM)
    assert covers.shown(image).pixelColor(QPoint(0, 0)) == QColor(128, 128, 128)
