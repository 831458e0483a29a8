"""Fetching by choice, like an image, and like a part of one: what a person does, and what is asked of the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.intents import Among, FetchPlan
from fewshot_gui.jobs.messages import SuggestRequest, SuggestResult
from fewshot_gui.views.fetch_dialog import Available, FetchDialog
from model.progress import CancelToken, ProgressCallback
from model.types import FetchKind, Prediction, Region, Status
from tests.gui.jobs.fakes import FakeEngine

MakeImages = Callable[..., list[Path]]


@pytest.fixture
def asked(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> list[SuggestRequest]:
    """What the engine was asked to fetch; it answers with the last three images."""
    requests: list[SuggestRequest] = []
    answer = engine.suggest

    def suggest(request: SuggestRequest, progress: ProgressCallback, token: CancelToken) -> SuggestResult:
        requests.append(request)
        return answer(request, progress, token)

    monkeypatch.setattr(engine, "suggest", suggest)
    return requests


@pytest.fixture
def images(app: App, make_images: MakeImages, qtbot: QtBot) -> list[Path]:
    """Six images in the library."""
    made = make_images("library", 6)
    app.library.add_folders((made[0].parent,))
    qtbot.waitUntil(lambda: app.window.library.model.total == 6 and not app.services.library.is_scanning)
    return made


def choose(plan: FetchPlan) -> Callable[[], None]:
    """Answer the dialog that is open with the mouse and keyboard, as `plan` says."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, FetchDialog)
        dialog.which.setCurrentIndex([dialog.which.itemData(at)[0] for at in range(6)].index(plan.kind))
        dialog.count.setCurrentIndex(dialog.count.findData(plan.count))
        dialog.among.setCurrentIndex(dialog.among.findData(plan.among))
        dialog.seed.setValue(plan.seed)
        button = dialog.findChildren(QDialogButtonBox)[0].button(QDialogButtonBox.StandardButton.Ok)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    return answer


def wait(app: App, qtbot: QtBot, asked: list[SuggestRequest], count: int = 1) -> None:
    qtbot.waitUntil(lambda: len(asked) == count)
    qtbot.waitUntil(lambda: not app.window.command_table.flag("busy"))


def test_what_was_chosen_is_fetched_and_again_with_one_key(
    app: App, images: list[Path], asked: list[SuggestRequest], qtbot: QtBot
) -> None:
    QTimer.singleShot(0, choose(FetchPlan(FetchKind.RANDOM, 25, seed=7)))
    app.window.command_table["fetchChoose"].trigger()
    wait(app, qtbot, asked)
    app.window.command_table["suggest"].trigger()
    wait(app, qtbot, asked, 2)
    wanted = [(one.wanted.kind, one.wanted.count, one.wanted.seed) for one in asked]
    assert wanted == [(FetchKind.RANDOM, 25, 7)] * 2
    assert app.settings.fetch_plan.kind is FetchKind.RANDOM
    notice = app.window.library._notice
    assert notice.isVisible()
    assert "random images, drawn with seed 7" in notice._label.text()


def test_images_like_the_one_in_the_inspector(
    app: App, images: list[Path], asked: list[SuggestRequest], qtbot: QtBot
) -> None:
    app.window.library.images.select_paths([images[2]])
    app.window.command_table["likeImage"].trigger()
    wait(app, qtbot, asked)
    assert (asked[0].wanted.like, asked[0].wanted.region) == (images[2], None)
    assert "most like the one" in app.window.library._notice._label.text()


def test_a_part_marked_with_shift_is_what_others_are_to_be_like(
    app: App, images: list[Path], asked: list[SuggestRequest], qtbot: QtBot
) -> None:
    inspector = app.window.inspector
    app.window.command_table["likeRegion"].trigger()  # no image yet: greyed out
    app.window.library.images.select_paths([images[2]])
    qtbot.waitUntil(lambda: not inspector._is_preview)
    app.window.command_table["likeRegion"].trigger()
    assert "Shift" in app.window.statusBar().currentMessage()
    assert asked == []
    canvas = inspector.canvas
    rect = canvas.view.image_rect()
    begin, end = rect.topLeft() + QPointF(1, 1), rect.center()
    shift, left = Qt.KeyboardModifier.ShiftModifier, Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, shift, begin.toPoint())
    move = QMouseEvent(QEvent.Type.MouseMove, end, canvas.mapToGlobal(end), left, left, shift)
    QApplication.sendEvent(canvas, move)
    QTest.mouseRelease(canvas, left, shift, end.toPoint())
    assert inspector._mark_notice.isVisible()
    app.window.command_table["likeRegion"].trigger()
    wait(app, qtbot, asked)
    region = asked[0].wanted.region
    assert region is not None
    assert (region.x, region.y) in {(0, 0), (0, 1), (1, 0)}
    assert abs(region.width - 32) <= 1
    assert abs(region.height - 24) <= 1
    app.window.library.images.select_paths([images[5]])
    assert inspector.region() is None
    assert not inspector._mark_notice.isVisible()


def test_results_are_fetched_from_and_shown_best_first(
    app: App, images: list[Path], asked: list[SuggestRequest], qtbot: QtBot
) -> None:
    document, results = app.session.document, app.session.results
    bin_id = document.add_bin()
    document.add_examples(bin_id, [images[0]])
    made = tuple(Prediction(path, Status.OK, 0, (0.9,)) for path in images)
    results.add_predictions(document.revision, (bin_id,), made)
    QTimer.singleShot(0, choose(FetchPlan(FetchKind.UNLIKE, 10, Among.RESULTS)))
    app.window.command_table["fetchChoose"].trigger()
    wait(app, qtbot, asked)
    assert asked[0].pool == tuple(images[1:])
    assert asked[0].labelled == (images[0],)
    view = app.window.results
    assert [view.model.path(row) for row in range(view.model.rowCount())] == [images[5], images[4], images[3]]
    assert view._fetched_notice.isVisible()
    app.window.command_table["showAll"].trigger()
    assert view.model.rowCount() == 6


def test_the_dialog_says_what_is_missing_for_a_kind(qtbot: QtBot) -> None:
    dialog = FetchDialog(FetchPlan(), Available((), False, False, 6, 0))
    qtbot.addWidget(dialog)
    ok = dialog.findChildren(QDialogButtonBox)[0].button(QDialogButtonBox.StandardButton.Ok)
    assert ok.isEnabled()
    for at in range(dialog.which.count()):
        dialog.which.setCurrentIndex(at)
        kind, _ = dialog.which.currentData()
        assert ok.isEnabled() is (not kind.needs_classifier and kind is not FetchKind.LIKE)
        assert dialog._note.text()


def test_while_the_library_is_searched_this_is_said(app: App, images: list[Path], qtbot: QtBot) -> None:
    document = app.session.document
    document.add_examples(document.add_bin(), images)
    app.window.command_table["suggest"].trigger()
    assert "is in a bin" in app.window.statusBar().currentMessage()
    app.services.library.set_scanning(True)
    app.window.command_table["suggest"].trigger()
    assert "still being searched" in app.window.statusBar().currentMessage()
    app.services.library.set_scanning(False)


def test_a_click_with_shift_marks_nothing_and_a_mark_stays_inside(app: App, images: list[Path]) -> None:
    app.window.inspector.show_image(images[0])
    canvas = app.window.inspector.canvas
    canvas.set_image(QImage(64, 48, QImage.Format.Format_RGB32))
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, QPoint(30, 30))
    assert canvas.marked is None
    left, shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
    corner = QPointF(canvas.rect().bottomRight())
    QTest.mousePress(canvas, left, shift, QPoint(1, 1))  # the null point would be the middle
    QApplication.sendEvent(
        canvas, QMouseEvent(QEvent.Type.MouseMove, corner, canvas.mapToGlobal(corner), left, left, shift)
    )
    QTest.mouseRelease(canvas, left, shift, corner.toPoint())
    assert canvas.marked == Region(0, 0, 64, 48)
