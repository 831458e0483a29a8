"""Boxes on examples through the whole app with the real model: drawn, trained with, followed by results, undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.items.verdicts import describe_example
from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from model.images.content_hash import content_hash
from model.types import Attend, Region
from tests.gui.app.conftest import start
from tests.model.conftest import paint

LONG = 60_000  # milliseconds: the model is loaded


@pytest.fixture
def real_app(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[App]:
    """An app that computes."""
    app = App(AppPaths.below(tmp_path / "app"), Runner(Engine()))
    qtbot.addWidget(app.window)
    start(app, qtbot)
    yield app
    assert app.shutdown() == []


def train(app: App, qtbot: QtBot) -> None:
    app.window.intents.train_requested.emit()
    qtbot.waitUntil(lambda: not app.window.command_table.flag("busy"), timeout=LONG)


def test_a_box_is_drawn_on_an_example_and_training_looks_there(real_app: App, qtbot: QtBot, tmp_path: Path) -> None:
    app, document = real_app, real_app.session.document
    paths = {}
    for number, shape in enumerate(("disc", "cross")):
        paths[shape] = [tmp_path / f"{shape}{k}.png" for k in range(3)]
        for k, path in enumerate(paths[shape]):
            paint(shape, 10 * number + k, at=(45, 60)).save(path)
        document.add_examples(document.add_bin(shape), paths[shape])
    train(app, qtbot)
    assert not app.session.results.is_stale

    example, inspector = paths["disc"][0], app.window.inspector
    app.window.intents.image_selected.emit(example)
    qtbot.waitUntil(inspector.boxes.isVisible, timeout=LONG)
    inspector.boxes.here.click()
    canvas = inspector.canvas

    def at(x: float, y: float) -> QPoint:
        return canvas.view.to_widget(QPointF(x, y)).toPoint()

    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at(90, 5))  # a part without the disc
    QTest.mouseMove(canvas, at(155, 115))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at(155, 115))
    (box,) = document.boxes(example).inside
    assert abs(box.x - 90) <= 2
    assert app.session.results.is_stale  # as after every edit of the bins
    train(app, qtbot)
    assert not app.session.results.is_stale
    report = app.session.results.report
    assert report is not None
    assert {one.path: one.attend for one in report.examples if one.attend} == {example: Attend((box,))}

    app.window.intents.image_selected.emit(paths["disc"][1])
    qtbot.waitUntil(lambda: inspector._explanation is not None, timeout=LONG)
    assert inspector._explanation is not None
    like = [one for found in inspector._explanation.by_example for one in found.like if one.path == example]
    assert len(like) == 1
    assert box.x <= like[0].region.x + like[0].region.width / 2 <= box.x + box.width

    document.undo_stack.undo()
    assert not document.boxes(example)
    assert app.session.results.is_stale


def test_boxes_that_no_longer_fit_are_told_after_training_and_on_the_example(
    real_app: App, qtbot: QtBot, tmp_path: Path
) -> None:
    app, document = real_app, real_app.session.document
    paths = [tmp_path / f"{shape}{k}.png" for shape in ("disc", "cross") for k in range(2)]
    for k, path in enumerate(paths):
        paint("disc" if k < 2 else "cross", k).save(path)
    for name, images in (("disc", paths[:2]), ("cross", paths[2:])):
        document.add_examples(document.add_bin(name), images)

    def draw(path: Path, boxes: Attend) -> None:
        app.window.intents.boxes_requested.emit(path, boxes)
        qtbot.waitUntil(lambda: document.board.content_hash(path) == content_hash(path))

    changed, covered = paths[0], paths[2]
    draw(changed, Attend((Region(10, 10, 40, 40),)))
    draw(covered, Attend((), (Region(0, 0, 160, 120),)))
    paint("disc", 50).save(changed)  # by another program
    train(app, qtbot)
    status = app.window.statusBar().currentMessage()
    assert "look at the boxes of 2" in status

    def told(path: Path) -> str:
        return describe_example(document, app.session.results, path)

    assert "The file changed after boxes were drawn" in told(changed)
    assert "leave nothing of it that counts" in told(covered)
    app.window.intents.image_selected.emit(changed)
    assert "draw one of them anew" in app.window.inspector._verdict.text()

    draw(changed, Attend((Region(10, 10, 41, 40),)))
    draw(covered, Attend((), (Region(0, 0, 160, 20),)))
    assert "changed" not in told(changed)
    train(app, qtbot)
    assert app.session.results.report is not None
    assert app.session.results.report.remarks == ()
    assert "boxes" not in app.window.statusBar().currentMessage()
