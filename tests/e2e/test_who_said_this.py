"""The real window and the real model: who said this, by which classifier, from which examples; and back again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.drop_events import drop_on, files_data
from fewshot_gui.paths import AppPaths
from fewshot_gui.views.history_dialog import HistoryDialog, SaidDialog
from model.cli.command import main
from model.project_file.record import check_project
from tests.conftest import EXAMPLE

T = TypeVar("T", bound=QDialog)
_LONG = 120_000  # milliseconds: the first training imports torch


@pytest.fixture
def app(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[App]:
    app = App(AppPaths.below(tmp_path / "app"))
    qtbot.addWidget(app.window)
    with qtbot.waitSignal(app.started):
        app.start()
    app.window.resize(1280, 800)
    app.session.save_as(tmp_path / "sky.fewshot")
    yield app
    assert app.shutdown() == []


def _dialog(app: App, kind: type[T], qtbot: QtBot) -> T:
    qtbot.waitUntil(lambda: app.window.findChild(kind) is not None)
    found = app.window.findChild(kind)
    assert isinstance(found, kind)
    return found


def _fill(app: App, qtbot: QtBot, count: int) -> None:
    for folder in sorted((EXAMPLE / "examples").iterdir()):
        if folder.is_dir():
            bin_id = app.session.document.board.bin_named(folder.name) or app.session.document.add_bin(folder.name)
            with qtbot.waitSignal(app.files.drop_expanded):
                drop_on(app.window.bins.card(bin_id), files_data(sorted(folder.iterdir())[:count]))


def _run(app: App, qtbot: QtBot, action: str) -> None:
    with qtbot.waitSignal(app.running.job_ended, timeout=_LONG):
        app.window.command_table[action].trigger()


@pytest.mark.skipif(not EXAMPLE.is_dir(), reason="the example pictures are missing")
def test_who_said_this_by_which_classifier_from_which_examples(  # noqa: PLR0915 - one story
    app: App, qtbot: QtBot, tmp_path: Path
) -> None:
    results = app.session.results
    _fill(app, qtbot, 3)
    _run(app, qtbot, "train")
    first = results.classifier_hash
    files = results.classifier_files()
    assert first == hashlib.sha256(files["classifier.json"]).hexdigest()
    images = sorted((EXAMPLE / "to_classify").glob("*.jpg"))[:6]
    app.running.classify(tuple(images))
    with qtbot.waitSignal(app.running.job_ended, timeout=_LONG):
        pass
    before = {made.path: (made.bin_id, made.scores) for made in results}
    assert {made.origin.classifier for made in results} == {first}

    app.intents.image_selected.emit(images[0])
    assert f"By classifier c{first[:12]}." in app.window.inspector._verdict.text()
    app.window.command_table["whoSaid"].trigger()
    said = _dialog(app, SaidDialog, qtbot)
    text = said.text.toPlainText()
    assert f"SHA-256 {first}" in text
    assert f"started by {app.settings.who}" in text
    assert "efficientnet-lite0" in text
    for bin_ in app.session.document.bins:  # every example is named
        assert all(known.path.name in text for known in bin_.examples)
    said.close()

    history = app.session.history
    (past,) = history.trainings()
    of_content = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path for path in history.paths_of(list(past.examples)).values()
    }
    assert of_content.keys() == past.examples.keys()

    _fill(app, qtbot, 5)
    _run(app, qtbot, "train")  # which classifies the results again
    qtbot.waitUntil(lambda: {made.origin.classifier for made in results} == {results.classifier_hash}, timeout=_LONG)
    qtbot.waitUntil(lambda: not app.running.is_busy, timeout=_LONG)
    assert results.classifier_hash != first
    app.window.command_table["history"].trigger()
    dialog = _dialog(app, HistoryDialog, qtbot)
    assert dialog.trainings.topLevelItemCount() == 2
    dialog.trainings.selectAll()
    ways = len(past.bins)
    assert f"Examples that came: {2 * ways}" in dialog.text.toPlainText()
    assert "Results that changed class" in dialog.text.toPlainText()
    dialog.check_button.click()
    qtbot.waitUntil(lambda: "each as it was written" in dialog.head.text())

    dialog.trainings.clearSelection()
    dialog.trainings.topLevelItem(1).setSelected(True)  # the first one: the latest is on top
    dialog.back_button.click()
    qtbot.waitUntil(lambda: {made.origin.classifier for made in results} == {first}, timeout=_LONG)
    qtbot.waitUntil(lambda: not app.running.is_busy, timeout=_LONG)
    assert {made.path: (made.bin_id, made.scores) for made in results} == before  # the old result, made again
    assert (results.classifier_files(), results.is_stale) == (files, False)
    assert app.session.document.example_count == 3 * ways
    app.session.document.undo_stack.undo()
    assert app.session.document.example_count == 5 * ways
    dialog.who.setText("Dr. Ana")
    dialog.who.editingFinished.emit()
    app.session.document.add_bin("one more")
    dialog.close()
    found = check_project(tmp_path / "sky.fewshot")
    assert found.is_whole
    assert found.by[-1] == "Dr. Ana"
    assert [found.kinds[kind] for kind in ("training", "went back", "run", "run end")] == [2, 1, 3, 3]
    assert main(["verify", str(tmp_path / "sky.fewshot"), "--head", found.head]) == 0
