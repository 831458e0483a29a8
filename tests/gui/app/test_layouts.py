"""Results alone are remembered from run to run, and never hide an empty board."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from model.types import Prediction, Status


def _classify(app: App, count: int) -> None:
    document = app.session.document
    ids = tuple(bin_.id for bin_ in document.bins) or (document.add_bin("Cats"), document.add_bin("Dogs"))
    made = [Prediction(Path(f"/pictures/{number}.png"), Status.OK, 0, (0.9, 0.1)) for number in range(count)]
    app.session.results.add_predictions(document.revision, ids, made)


def test_results_alone_come_back_with_a_project_that_has_results(
    app: App, open_project: Callable[[Path], None], tmp_path: Path, qtbot: QtBot
) -> None:
    _classify(app, 3)
    app.session.save_as(tmp_path / "mine.fewshot")
    app.window.command_table["layoutReview"].trigger()
    state = app.window.layout_state()
    app.session.new()
    assert app.window.bins.isVisible()
    app.window.restore_layout(state)  # as at the next start
    assert app.window.bins.isVisible()
    open_project(tmp_path / "mine.fewshot")
    assert len(app.session.results) == 3
    assert not app.window.bins.isVisible()


def test_nothing_vanishes_when_the_first_results_come(app: App) -> None:
    app.window.command_table["layoutReview"].trigger()
    state = app.window.layout_state()
    app.session.new()
    app.window.restore_layout(state)
    _classify(app, 3)
    assert app.window.bins.isVisible()
