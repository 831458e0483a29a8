"""Maps in the gallery, with the real engine: from the features that are kept, for the class that a tile names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from fewshot_gui.project.results import BinPrediction
from model.types import MapStyle
from tests.gui.app.conftest import start
from tests.model.conftest import SHAPES, paint


@pytest.fixture
def real_engine() -> Engine:
    return Engine()


@pytest.fixture
def app(qapp: object, qtbot: QtBot, tmp_path: Path, real_engine: Engine) -> Iterator[App]:
    """An app with the real engine, trained on three shapes, with six results in the gallery."""
    app = App(AppPaths.below(tmp_path / "app"), Runner(real_engine))
    qtbot.addWidget(app.window)
    start(app, qtbot)
    folder = tmp_path / "new"
    folder.mkdir()
    for number, shape in enumerate(SHAPES):
        bin_id = app.session.document.add_bin(shape)
        examples = [tmp_path / f"{shape}{k}.png" for k in range(4)]
        for k, path in enumerate(examples):
            paint(shape, 100 * number + k).save(path)
        app.session.document.add_examples(bin_id, examples)
        for k in range(2):
            paint(shape, 1000 + 100 * number + k).save(folder / f"{shape}{k}.png")
    results, window = app.session.results, app.window
    window.intents.train_requested.emit()
    qtbot.waitUntil(lambda: results.report is not None and not window.command_table.flag("busy"), timeout=60_000)
    window.intents.classify_requested.emit([folder])
    qtbot.waitUntil(lambda: len(results) == 6 and not window.command_table.flag("busy"), timeout=60_000)
    yield app
    assert app.shutdown() == []


def layers_there(app: App, made: BinPrediction) -> bool:
    assert made.bin_id is not None
    loader, key = app.tiles._maps, ((made.path, made.bin_id), MapStyle.HEAT)
    wanted = round(app.window.results.gallery.tile * app.window.devicePixelRatioF())
    size = loader._made.get(key, (0, 0))
    return max(size) == wanted and loader._layers.get((*key, *size)) is not None


def test_maps_come_without_a_forward_pass_and_peak_in_the_region(app: App, real_engine: Engine, qtbot: QtBot) -> None:
    window, results = app.window, app.session.results
    work = real_engine._current().classifier.embedder.work
    before = work.forwarded, work.decoded
    assert app.tiles._maps._maps == {}  # nothing is made for the table
    window._rows.set_wanted([100, 600])
    window.command_table["resultsGallery"].trigger()
    seen = window.results.gallery.visible_paths
    qtbot.waitUntil(lambda: len(seen()) > 2)
    qtbot.waitUntil(lambda: all(layers_there(app, made) for made in results if made.path in seen()))
    assert (work.forwarded, work.decoded) == before
    for path, bin_id in app.tiles._maps._maps:
        made = results.prediction(path)
        assert made is not None
        assert made.bin_id == bin_id
        assert made.region is not None
        evidence = app.tiles._maps._maps[path, bin_id]
        row, column = divmod(int(evidence.argmax()), evidence.shape[1])
        x, y = (column + 0.5) / evidence.shape[1] * 160, (row + 0.5) / evidence.shape[0] * 120
        assert made.region.x <= x <= made.region.x + made.region.width
        assert made.region.y <= y <= made.region.y + made.region.height


def test_another_classifier_makes_maps_anew_and_another_project_forgets_them(app: App, qtbot: QtBot) -> None:
    window, maps = app.window, app.tiles._maps
    window.command_table["resultsGallery"].trigger()
    qtbot.waitUntil(lambda: bool(maps._maps))
    first = dict(maps._maps)
    document = app.session.document
    document.remove_examples([document.bins[0].examples[0].path])
    window.intents.train_requested.emit()
    qtbot.waitUntil(lambda: not app.session.results.is_stale and not window.command_table.flag("busy"), timeout=60_000)
    qtbot.waitUntil(lambda: bool(maps._maps))
    key = next(iter(maps._maps))
    assert key not in first or (maps._maps[key] != first[key]).any()
    app.session.new()
    assert maps._maps == {}
    assert app.tiles.layer(*key, MapStyle.HEAT, QSize(10, 10)) is None
