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
from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from model.types import Attend
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
