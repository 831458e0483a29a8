"""What is chosen in the Run menu, with the real engine: results follow it, and are as before when it is off.

“Look closely at every image” gives each the region that the inspector shows; with “Let similar images
agree” results are joined, and say so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.items.roles import Role
from fewshot_gui.items.verdicts import describe_prediction
from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.messages import ExplainResult, PrepareResult
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from fewshot_gui.project.values import NO_ORIGIN, BinPrediction
from fewshot_gui.settings import FALSE_ALARMS
from model import classify, load
from model.checkpoint.files import from_files
from model.estimates.report import accepting_confidence
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


def _without_origin(made: BinPrediction) -> BinPrediction:
    """A prediction, whatever run it is of."""
    return replace(made, origin=NO_ORIGIN)


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
    before = list(map(_without_origin, first.values()))
    qtbot.waitUntil(lambda: list(map(_without_origin, results)) == before, timeout=60_000)
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
            assert _without_origin(made) == _without_origin(alone[made.path])
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
    before = list(map(_without_origin, alone.values()))
    qtbot.waitUntil(lambda: list(map(_without_origin, results)) == before, timeout=60_000)
    assert app.settings.transductive is False


def test_the_more_false_alarms_are_accepted_the_more_is_unlike_every_bin(
    app: App, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    for number, shape in enumerate(SHAPES):
        for k in range(4):
            paint(shape, 1000 + 100 * number + k).save(folder / f"{shape}{k}.png")
    window, results = app.window, app.session.results
    window.intents.train_requested.emit()
    qtbot.waitUntil(lambda: results.report is not None and not window.command_table.flag("busy"), timeout=60_000)
    window.intents.classify_requested.emit([folder])
    qtbot.waitUntil(lambda: len(results) == 12 and not window.command_table.flag("busy"), timeout=60_000)

    def unlike() -> set[Path]:
        qtbot.waitUntil(lambda: not window.command_table.flag("busy"), timeout=60_000)
        return {made.path for made in results if made.status is Status.UNKNOWN}

    classifier = from_files(results.classifier_files(), "cpu")
    expected = {
        share: {one.path for one in classify(strict, [folder]) if one.status is not Status.OK}
        for share in FALSE_ALARMS
        for strict in (classifier.with_false_alarms(share),)
    }
    assert expected[0.01] < expected[0.1]
    for share in (0.1, 0.05, 0.01):
        choice = window.findChild(QAction, f"falseAlarms{100 * share:.0f}Action")
        assert choice is not None
        with qtbot.waitSignal(app.runner.started, timeout=60_000):
            choice.trigger()
        assert app.settings.false_alarms == share
        assert unlike() == expected[share]


def test_the_command_classifies_with_the_open_project_as_the_window_does(
    app: App, qtbot: QtBot, tmp_path: Path
) -> None:
    folder, window, results = tmp_path / "new", app.window, app.session.results
    folder.mkdir()
    for number, shape in enumerate(SHAPES):
        paint(shape, 1000 + number).save(folder / f"{shape}.png")
    window.intents.train_requested.emit()
    qtbot.waitUntil(lambda: results.report is not None and not window.command_table.flag("busy"), timeout=60_000)
    window.intents.classify_requested.emit([folder])
    qtbot.waitUntil(lambda: len(results) == 3 and not window.command_table.flag("busy"), timeout=60_000)
    app.session.save_as(tmp_path / "any.fewshot")
    classifier = load(tmp_path / "any.fewshot", device="cpu")
    again = {one.path: (one.scores, one.region) for one in classify(classifier, [folder])}
    assert again == {made.path: (made.scores, made.region) for made in results}


def test_one_bin_finds_what_is_unlike_it(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    document, results, window = app.session.document, app.session.results, app.window
    for bin_ in document.bins[1:]:
        document.remove_bin(bin_.id)
    (normal,) = document.bins
    document.remove_examples([example.path for example in normal.examples[:2]])
    assert not window.command_table["train"].isEnabled()  # two say nothing of what is unlike them
    document.undo_stack.undo()
    more = [tmp_path / f"more{k}.png" for k in range(6)]
    for k, path in enumerate(more):
        paint(normal.name, 500 + k).save(path)
    document.add_examples(normal.id, more)
    window.command_table["train"].trigger()
    qtbot.waitUntil(lambda: results.report is not None and not window.command_table.flag("busy"), timeout=60_000)
    assert "one bin: what is unlike it is found" in window.statusBar().currentMessage()
    folder = tmp_path / "new"
    folder.mkdir()
    paint(normal.name, 900).save(folder / "same.png")
    Image.effect_noise((200, 200), 90).convert("RGB").save(folder / "noise.png")
    window.intents.classify_requested.emit([folder])
    qtbot.waitUntil(lambda: len(results) == 2 and not window.command_table.flag("busy"), timeout=60_000)
    statuses = {made.path.name: made.status for made in results}
    assert statuses == {"same.png": Status.OK, "noise.png": Status.UNKNOWN}
    told = {made.path.name: describe_prediction(document, results, made.path) for made in results}
    shown = "The box shows what is most unlike the bin."
    assert told == {"same.png": f"Like ‘{normal.name}’. {shown}", "noise.png": f"Unlike ‘{normal.name}’. {shown}"}
    model = window.results.table.model()
    texts = [model.index(row, Column.CONFIDENCE).data() for row in range(2)]
    assert texts == ["", ""]  # a share of one class says nothing
    classes = {model.index(row, Column.IMAGE).data(): model.index(row, Column.CLASS).data() for row in range(2)}
    assert classes == {"same.png": normal.name, "noise.png": f"Unlike ‘{normal.name}’"}
    marks = [[mark.text for mark in model.index(row, Column.IMAGE).data(Role.TILE).marks] for row in range(2)]
    assert sorted(marks) == [[], ["Unlike the bin, most of all in the box"]]
    explained = explained_in(app, qtbot, folder / "noise.png")
    assert window.inspector.canvas.evidence.is_of_unlikeness  # so says the legend
    assert not window.inspector.scores.isVisible()
    qtbot.waitUntil(window.inspector.like.isVisible)
    said = [label.text() for label in window.inspector.findChildren(QLabel)]
    assert f"Nearest to it in ‘{normal.name}’" in said
    assert any(text.startswith(f"Unlike ‘{normal.name}’. {shown}") for text in said)
    assert explained.explanation.by_example[0].class_index == 0
    assert results.report is not None
    assert accepting_confidence(results.report, 0.1) == math.inf


def test_the_inspector_shows_which_examples_a_region_is_like(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    window, results, document = app.window, app.session.results, app.session.document
    image = tmp_path / "new.png"
    shape = document.bins[1].name
    paint(shape, 777).save(image)
    window.intents.train_requested.emit()
    qtbot.waitUntil(lambda: results.report is not None and not window.command_table.flag("busy"), timeout=60_000)
    found = explained_in(app, qtbot, image).explanation.by_example
    strip = window.inspector.like
    qtbot.waitUntil(strip.isVisible)
    bins = document.bins
    names = [bins[[bin_.id for bin_ in bins].index(results.classifier_bin_ids[one.class_index])].name for one in found]
    assert names[0] == shape
    titles = [label.text() for label in strip.findChildren(QLabel) if label.isVisible()]
    assert titles == [f"Like these of ‘{name}’" for name in names]
    files = {example.path for bin_ in bins if bin_.name == shape for example in bin_.examples}
    assert {like.path for like in found[0].like} <= files
    asked: list[list[Path]] = []
    window.intents.examples_chosen.connect(asked.append)
    (first, *_others) = [button for button in strip.findChildren(QToolButton) if button.isVisible()]
    first.click()
    assert asked == [[found[0].like[0].path]]
    assert document.bin_of(asked[0][0]) in results.classifier_bin_ids
    window.inspector.show_image(next(iter(files)))
    assert not strip.isVisible()  # until that image is explained
