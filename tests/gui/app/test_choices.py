"""What is chosen in the Run menu, with the real engine: results follow it, and are as before when it is off.

“Look closely at every image” gives each the region that the inspector shows; with “Let similar images
agree” results are joined, and say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.messages import ExplainResult, PrepareResult
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from model.runs.transduction import NOTE
from model.types import Status
from tests.gui.app.conftest import start
from tests.model.conftest import SHAPES, paint


@pytest.fixture
def app(qapp: object, qtbot: QtBot, tmp_path: Path) -> Iterator[App]:
    """An app with the real engine and a bin of four examples for each of three shapes."""
    app = App(AppPaths.below(tmp_path / "app"), Runner(Engine()))
    qtbot.addWidget(app.window)
    start(app, qtbot)
    for number, shape in enumerate(SHAPES):
        bin_id = app.session.document.add_bin(shape)
        paths = [tmp_path / f"{shape}{k}.png" for k in range(4)]
        for k, path in enumerate(paths):
            paint(shape, 100 * number + k).save(path)
        app.session.document.add_examples(bin_id, paths)
    yield app
    assert app.shutdown() == []


def explained_in(app: App, qtbot: QtBot, path: Path) -> ExplainResult:
    """Look at a result in the inspector."""
    explained = lambda result: isinstance(result, ExplainResult)  # noqa: E731
    with qtbot.waitSignal(app.runner.succeeded, check_params_cb=explained, timeout=60_000) as blocker:
        app.window.intents.image_selected.emit(path)
    (result,) = blocker.args
    assert isinstance(result, ExplainResult)
    return result


def test_looking_closely_gives_results_the_inspectors_regions(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    for number, shape in enumerate(SHAPES):
        for k in range(2):
            paint(shape, 1000 + 100 * number + k, (90, 60), (25 + 20 * k, 30)).save(folder / f"{shape}{k}.png")
    window, results = app.window, app.session.results
    prepared = lambda result: isinstance(result, PrepareResult)  # noqa: E731
    window.intents.train_requested.emit()
    qtbot.waitUntil(lambda: results.report is not None and not window.command_table.flag("busy"), timeout=60_000)
    with qtbot.waitSignal(app.runner.succeeded, check_params_cb=prepared, timeout=60_000):
        window.intents.classify_requested.emit([folder])
    qtbot.waitUntil(lambda: len(results) == 6 and not window.command_table.flag("busy"), timeout=60_000)
    first = {made.path: made for made in results}

    choice = window.command_table["closely"]
    choice.trigger()
    assert app.settings.closely is True
    qtbot.waitUntil(lambda: all(made.region != first[made.path].region for made in results), timeout=60_000)
    qtbot.waitUntil(lambda: not window.command_table.flag("busy"), timeout=60_000)
    for made in list(results):
        assert made.scores == first[made.path].scores
        explanation = explained_in(app, qtbot, made.path).explanation
        assert made.region == explanation.regions[explanation.scores.index(max(explanation.scores))]

    choice.trigger()
    qtbot.waitUntil(lambda: {made.path: made for made in results} == first, timeout=60_000)
    assert app.settings.closely is False


def test_similar_images_agree_where_that_is_chosen(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    for number, shape in enumerate(SHAPES):
        for k in range(4):
            paint(shape, 1000 + 100 * number + k).save(folder / f"{shape}{k}.png")
    (folder / "broken.png").write_bytes(b"no image")
    window, results = app.window, app.session.results
    window.intents.train_requested.emit()
    qtbot.waitUntil(lambda: results.report is not None and not window.command_table.flag("busy"), timeout=60_000)
    window.intents.classify_requested.emit([folder])
    qtbot.waitUntil(lambda: len(results) == 13 and not window.command_table.flag("busy"), timeout=60_000)
    alone = {made.path: made for made in results}
    assert not any(made.is_joined for made in results)

    choice = window.command_table["transductive"]
    choice.trigger()
    liked = [path for path, made in alone.items() if made.status is Status.OK]
    assert len(liked) > 9
    qtbot.waitUntil(lambda: sum(made.is_joined for made in results if made.path in liked) == len(liked), timeout=60_000)
    qtbot.waitUntil(lambda: "changed the class of 0" in window.statusBar().currentMessage())
    for made in results:
        if made.path in liked:
            assert made.message == NOTE
            assert made.scores != alone[made.path].scores
        else:
            assert made == alone[made.path]
    model = window.results.table.model()
    notes = [model.index(row, Column.STATUS).data(Qt.ItemDataRole.DisplayRole) for row in range(model.rowCount())]
    assert sum("With similar images" in note for note in notes) == len(liked)
    explained_in(app, qtbot, liked[0])
    bars = window.inspector.scores
    shown = [bars.item(row).data(Qt.ItemDataRole.UserRole).score for row in range(bars.count())]
    joined = results.prediction(liked[0])
    assert joined is not None
    assert shown == sorted(joined.scores, reverse=True)

    choice.trigger()
    qtbot.waitUntil(lambda: {made.path: made for made in results} == alone, timeout=60_000)
    assert app.settings.transductive is False
