"""“Thorough” in the Run menu: the next training uses two networks, a trained classifier keeps what it has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from fewshot_gui.project.values import ProjectSettings
from model.backbones.names import DEFAULT_BACKBONE, PATENT_CNN, THOROUGH_BACKBONE, THOROUGH_PACKAGE
from model.checkpoint.files import FACTS_FILE
from tests.gui.app.conftest import start
from tests.gui.jobs.fakes import FakeEngine
from tests.model.conftest import SHAPES, paint

MakeImages = Callable[..., list[Path]]


def train(app: App, engine: FakeEngine, qtbot: QtBot) -> str:
    """Train and return the backbone that was asked for."""
    before = len(engine.backbones)
    app.running.train()
    qtbot.waitUntil(lambda: len(engine.backbones) > before and not app.window.command_table.flag("busy"))
    return engine.backbones[-1]


@pytest.fixture
def filled(app: App, make_images: MakeImages) -> App:
    for name in "ab":
        app.session.document.add_examples(app.session.document.add_bin(name), make_images(name, 2))
    return app


def test_the_next_training_uses_what_is_chosen(filled: App, engine: FakeEngine, qtbot: QtBot) -> None:
    choice = filled.window.command_table["thorough"]
    assert choice.isEnabled()
    assert not choice.isChecked()
    assert train(filled, engine, qtbot) == DEFAULT_BACKBONE
    choice.trigger()
    assert len(engine.backbones) == 1  # nothing is trained until it is asked for
    assert train(filled, engine, qtbot) == THOROUGH_BACKBONE
    choice.trigger()
    assert train(filled, engine, qtbot) == DEFAULT_BACKBONE


def test_a_project_with_another_backbone_keeps_it(filled: App, engine: FakeEngine, qtbot: QtBot) -> None:
    filled.session.set_settings(ProjectSettings(backbone=PATENT_CNN))
    filled.window.command_table["thorough"].trigger()
    assert train(filled, engine, qtbot) == PATENT_CNN


def test_the_choice_is_remembered(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    app.window.command_table["thorough"].trigger()
    app.settings.save()
    again = App(AppPaths.below(tmp_path / "app"), Runner(FakeEngine()))
    qtbot.addWidget(again.window)
    start(again, qtbot)
    assert again.window.command_table["thorough"].isChecked()
    assert again.shutdown() == []


def test_without_the_weights_it_is_grey_and_says_what_to_install(
    qapp: object, qtbot: QtBot, tmp_path: Path, make_images: MakeImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.backbones.names.find_spec", lambda _name: None)
    engine = FakeEngine()
    app = App(AppPaths.below(tmp_path / "other"), Runner(engine))
    app.settings.thorough = True  # chosen where they were installed
    qtbot.addWidget(app.window)
    start(app, qtbot)
    choice = app.window.command_table["thorough"]
    assert not choice.isEnabled()
    assert not choice.isChecked()
    assert f"pip install {THOROUGH_PACKAGE}" in choice.toolTip()
    for name in "ab":
        app.session.document.add_examples(app.session.document.add_bin(name), make_images(name, 2))
    assert train(app, engine, qtbot) == DEFAULT_BACKBONE
    assert app.settings.thorough is True
    assert app.shutdown() == []


@pytest.fixture
def real(qapp: object, qtbot: QtBot, tmp_path: Path) -> Iterator[App]:
    """An app with the real engine and a bin of three examples for each of three shapes."""
    app = App(AppPaths.below(tmp_path / "real"), Runner(Engine()))
    qtbot.addWidget(app.window)
    start(app, qtbot)
    for number, shape in enumerate(SHAPES):
        bin_id = app.session.document.add_bin(shape)
        paths = [tmp_path / f"{shape}{k}.png" for k in range(3)]
        for k, path in enumerate(paths):
            paint(shape, 100 * number + k).save(path)
        app.session.document.add_examples(bin_id, paths)
    yield app
    assert app.shutdown() == []


def test_a_trained_classifier_keeps_its_networks(real: App, qtbot: QtBot, tmp_path: Path) -> None:
    new = tmp_path / "new.png"
    paint("disc", 1).save(new)
    results, table = real.session.results, real.window.command_table

    def result() -> tuple[float, ...]:
        real.running.classify((new,))
        qtbot.waitUntil(lambda: not table.flag("busy"), timeout=60_000)
        made = results.prediction(new)
        assert made is not None
        return made.scores

    table["thorough"].trigger()
    real.running.train()
    qtbot.waitUntil(lambda: results.report is not None and not table.flag("busy"), timeout=60_000)
    assert json.loads(results.classifier_files()[FACTS_FILE])["backbone"] == THOROUGH_BACKBONE
    scores = result()
    table["thorough"].trigger()
    real.running.restore()  # as when the project is opened
    qtbot.waitUntil(lambda: not table.flag("busy"), timeout=60_000)
    assert result() == scores
