"""A folder that is watched: what comes into it is classified once, and the project remembers it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.jobs.folder_watcher import MOST_AT_ONCE
from fewshot_gui.project.unfinished import UnfinishedWork

MakeImages = Callable[..., list[Path]]


@pytest.fixture
def trained(app: App, make_images: MakeImages, qtbot: QtBot) -> App:
    """An app with a classifier, whose watches do not wait long."""
    document = app.session.document
    for name in ("a", "b"):
        document.add_examples(document.add_bin(name), make_images(name, 2))
    with qtbot.waitSignal(app.running.job_ended):
        app.window.command_table["train"].trigger()
    app.watching.watcher.settle = 0.05
    return app


def _classified(app: App) -> list[str]:
    return sorted(made.path.name for made in app.session.results)


def _button(app: App) -> QToolButton:
    button = app.window.findChild(QToolButton, "watchingButton")
    assert button is not None
    return button


def test_what_comes_is_classified_until_it_is_stopped(
    trained: App, make_images: MakeImages, qtbot: QtBot, tmp_path: Path
) -> None:
    first, *others = make_images("camera", 4)
    folder, elsewhere = tmp_path / "in", tmp_path / "camera"
    folder.mkdir()
    first.rename(folder / "0.png")
    trained.library.add_folders((folder,))
    trained.window.intents.watch_requested.emit([folder])
    assert _button(trained).isVisible()
    assert "Watching in" in _button(trained).text()
    qtbot.waitUntil(lambda: _classified(trained) == ["0.png"])
    others[0].rename(folder / "1.png")
    qtbot.waitUntil(lambda: _classified(trained) == ["0.png", "1.png"])
    qtbot.waitUntil(lambda: folder / "1.png" in trained.window.library.model.paths)
    _button(trained).click()
    assert not _button(trained).isVisible()
    assert not trained.window.command_table["stopWatching"].isEnabled()
    others[1].rename(folder / "2.png")
    qtbot.wait(500)
    assert _classified(trained) == ["0.png", "1.png"]
    assert trained.session.watched() == ()
    assert elsewhere.is_dir()


def test_more_than_a_batch_comes_whole_and_nothing_twice(trained: App, make_images: MakeImages, qtbot: QtBot) -> None:
    images = make_images("in", MOST_AT_ONCE + 10)
    begun: list[UnfinishedWork] = []
    trained.running.work_begun.connect(begun.append)
    trained.window.intents.watch_requested.emit([images[0].parent])
    qtbot.waitUntil(lambda: len(trained.session.results) == len(images))
    qtbot.wait(500)
    assert sum(len(work.paths) for work in begun) == len(images)


def test_the_project_remembers_it_and_classifies_only_what_is_new(
    trained: App, make_images: MakeImages, qtbot: QtBot, tmp_path: Path, open_project: Callable[[Path], None]
) -> None:
    images = make_images("in", 3)
    last = images[2].rename(tmp_path / "last.png")
    trained.session.save_as(tmp_path / "p.fewshot")
    trained.window.intents.watch_requested.emit([images[0].parent])
    qtbot.waitUntil(lambda: len(trained.session.results) == 2)
    trained.window.intents.new_requested.emit()
    qtbot.waitUntil(lambda: not _button(trained).isVisible())
    last.rename(images[2])
    begun: list[UnfinishedWork] = []
    trained.running.work_begun.connect(begun.append)
    open_project(tmp_path / "p.fewshot")
    assert trained.session.watched() == (images[0].parent,)
    trained.running._on_classifier_ready("")  # the engine of this test restores none
    qtbot.waitUntil(lambda: _classified(trained) == ["0000.png", "0001.png", "0002.png"])
    assert [work.paths for work in begun] == [(images[2],)]


def test_a_folder_that_is_gone_is_said_and_not_watched(trained: App, qtbot: QtBot, tmp_path: Path) -> None:
    trained.window.intents.watch_requested.emit([tmp_path / "gone"])
    qtbot.waitUntil(lambda: not _button(trained).isVisible())
    assert "is not watched" in trained.window.status.currentMessage()
