"""The whole app in the test's process: real window, real threads, an engine without a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from tests.gui.jobs.fakes import FakeEngine


def start(app: App, qtbot: QtBot) -> None:
    """Show the window and wait until a project is open in it."""
    started: list[bool] = []
    app.started.connect(lambda: started.append(True))
    app.start()
    app.window.resize(1280, 800)  # the screen of the tests may be smaller
    qtbot.waitUntil(lambda: started == [True])


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def open_project(app: App, qtbot: QtBot) -> Callable[[Path], None]:
    """Return a function that opens a project and waits until it is shown, or was refused."""

    def open_(path: Path) -> None:
        app.projects.open(path)
        qtbot.waitUntil(lambda: not app.projects.is_opening)

    return open_


@pytest.fixture
def app(qapp: QApplication, qtbot: QtBot, tmp_path: Path, engine: FakeEngine) -> Iterator[App]:
    """An app that has been started with an empty project."""
    app = App(AppPaths.below(tmp_path / "app"), Runner(engine))
    qtbot.addWidget(app.window)
    start(app, qtbot)
    yield app
    engine.explain_may_go_on.set()
    assert app.shutdown() == []
