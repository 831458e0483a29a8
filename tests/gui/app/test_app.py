"""The wiring: intents reach the document and the jobs, answers reach the results and the window."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.drop_events import drop_on, files_data
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from model.errors import SupportSetError
from model.progress import CancelToken, ProgressCallback
from tests.gui.app.conftest import start
from tests.gui.jobs.fakes import FakeEngine

MakeImages = Callable[..., list[Path]]


def fill_two_bins(app: App, make_images: MakeImages) -> tuple[str, str]:
    document = app.session.document
    first, second = document.add_bin("a"), document.add_bin("b")
    document.add_examples(first, make_images("a", 2))
    document.add_examples(second, make_images("b", 2))
    return first, second


def test_importing_the_app_imports_no_compute_library() -> None:
    code = (
        "import sys, fewshot_gui.app;"
        "print([name for name in ('torch', 'timm', 'openvino', 'torchvision') if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def wait_for_job(app: App, qtbot: QtBot) -> None:
    """Wait until the job that runs has ended: commands can be chosen again."""
    table = app.window.command_table
    assert table.flag("busy")
    qtbot.waitUntil(lambda: not table.flag("busy"), timeout=60_000)


def test_training_and_classifying_reach_the_results(app: App, make_images: MakeImages, qtbot: QtBot) -> None:
    fill_two_bins(app, make_images)
    table = app.window.command_table
    assert table["train"].isEnabled()
    table["train"].trigger()
    assert not table["train"].isEnabled()
    wait_for_job(app, qtbot)
    assert app.session.results.report is not None
    app.window.intents.classify_requested.emit(make_images("new", 3))
    wait_for_job(app, qtbot)
    assert len(app.session.results) == 3
    assert table["train"].isEnabled()


def test_cancel_stops_the_job_and_says_so(app: App, engine: FakeEngine, make_images: MakeImages, qtbot: QtBot) -> None:
    started = threading.Event()

    def run_until_cancelled(_progress: ProgressCallback, token: CancelToken) -> None:
        started.set()
        while True:
            token.raise_if_cancelled()
            threading.Event().wait(0.01)

    engine.on_train = run_until_cancelled
    fill_two_bins(app, make_images)
    app.window.intents.train_requested.emit()
    qtbot.waitUntil(started.is_set)
    app.window.intents.cancel_requested.emit()
    wait_for_job(app, qtbot)
    assert app.session.results.report is None
    assert "Stopped" in app.window.statusBar().currentMessage()


@pytest.mark.expected_log("failed unexpectedly")
def test_a_failed_job_shows_a_dialog_and_the_app_goes_on(
    app: App, engine: FakeEngine, make_images: MakeImages, qtbot: QtBot
) -> None:
    def fail(_progress: ProgressCallback, _token: CancelToken) -> None:
        raise ZeroDivisionError("ouch")

    engine.on_train = fail
    fill_two_bins(app, make_images)
    app.window.intents.train_requested.emit()
    wait_for_job(app, qtbot)
    dialog = app.window.findChild(QDialog, "errorDialog")
    assert dialog is not None
    assert dialog.isVisible()
    dialog.close()
    engine.on_train = None
    app.window.intents.train_requested.emit()
    wait_for_job(app, qtbot)
    assert app.session.results.report is not None


def test_answers_for_a_closed_project_are_dropped(
    app: App, engine: FakeEngine, make_images: MakeImages, qtbot: QtBot
) -> None:
    gate = threading.Event()

    def wait(_progress: ProgressCallback, _token: CancelToken) -> None:
        gate.wait(10)

    engine.on_train = wait
    fill_two_bins(app, make_images)
    app.window.intents.train_requested.emit()
    app.window.intents.new_requested.emit()
    assert app.runner.is_busy
    gate.set()
    qtbot.waitUntil(lambda: not app.runner.is_busy)
    assert app.session.results.report is None
    assert app.session.document.bins == ()
    assert not app.window.command_table.flag("busy")


def test_a_folder_dropped_on_the_board_becomes_bins(app: App, make_images: MakeImages, qtbot: QtBot) -> None:
    cats, _dogs = make_images("pets/cat", 2), make_images("pets/dog", 3)
    app.window.intents.files_dropped_on_board.emit([cats[0].parent.parent])
    bins = [("cat", 2), ("dog", 3)]
    qtbot.waitUntil(lambda: [(bin_.name, len(bin_.examples)) for bin_ in app.session.document.bins] == bins)
    app.session.document.undo_stack.undo()
    assert app.session.document.bins == ()


def test_files_that_are_no_images_are_refused_with_a_message(
    app: App, make_images: MakeImages, tmp_path: Path, qtbot: QtBot
) -> None:
    bin_id = app.session.document.add_bin("a")
    notes = tmp_path / "notes.txt"
    notes.write_text("no image")
    assert drop_on(app.window.bins.card(bin_id), files_data([*make_images("a", 1), notes]))
    qtbot.waitUntil(lambda: "notes.txt" in app.window.statusBar().currentMessage())
    assert len(app.session.document.bin(bin_id).examples) == 1


def test_examples_are_hashed_in_the_background(app: App, make_images: MakeImages, qtbot: QtBot) -> None:
    bin_id, _ = fill_two_bins(app, make_images)
    qtbot.waitUntil(lambda: all(one.content_hash for one in app.session.document.bin(bin_id).examples))


def test_a_library_folder_is_scanned_and_scanned_again(app: App, make_images: MakeImages, qtbot: QtBot) -> None:
    images = make_images("library", 5)
    app.window.intents.files_dropped_on_library.emit([images[0].parent])
    qtbot.waitUntil(lambda: app.window.library.model.total == 5)
    make_images("library", 7)
    app.window.intents.refresh_requested.emit()
    qtbot.waitUntil(lambda: app.window.library.model.total == 7)
    app.session.document.undo_stack.undo()
    qtbot.waitUntil(lambda: app.window.library.model.total == 0)


def test_with_automatic_training_the_results_follow_every_drop(
    app: App, engine: FakeEngine, make_images: MakeImages, qtbot: QtBot
) -> None:
    automatic = app.window.command_table["autoTrain"]
    assert not automatic.isChecked()
    first, second = fill_two_bins(app, make_images)
    automatic.trigger()
    results, document = app.session.results, app.session.document
    qtbot.waitUntil(lambda: results.report is not None)
    app.running.classify(tuple(make_images("new", 3)))
    wait_for_job(app, qtbot)
    qtbot.waitUntil(lambda: len(results) == 3)
    document.add_examples(first, make_images("more", 1))
    qtbot.waitUntil(lambda: all(made.revision == document.revision for made in results))
    assert results.classifier_revision == document.revision
    automatic.trigger()
    document.add_examples(second, make_images("late", 1))
    qtbot.wait(200)
    assert results.classifier_revision != document.revision
    assert app.settings.auto_train is False


@pytest.mark.expected_log("failed")
def test_automatic_training_that_fails_says_so_once_and_tries_again_after_the_next_change(
    app: App, engine: FakeEngine, make_images: MakeImages, qtbot: QtBot
) -> None:
    tries = []

    def fail(_progress: ProgressCallback, _token: CancelToken) -> None:
        tries.append(1)
        raise SupportSetError("No image of the bin ‘a’ can be read.")

    engine.on_train = fail
    app.window.command_table["autoTrain"].trigger()
    first, _ = fill_two_bins(app, make_images)
    qtbot.waitUntil(lambda: len(tries) == 1 and not app.runner.is_busy)
    qtbot.wait(200)
    assert len(tries) == 1
    assert "can be read" in app.window.statusBar().currentMessage()
    assert not [child for child in app.window.findChildren(QDialog) if child.isVisible()]
    app.session.document.add_examples(first, make_images("more", 1))
    qtbot.waitUntil(lambda: len(tries) == 2)


def test_what_to_label_next_is_shown_until_it_is_in_bins(app: App, make_images: MakeImages, qtbot: QtBot) -> None:
    images = make_images("library", 5)
    first, _ = fill_two_bins(app, make_images)
    document, library = app.session.document, app.window.library
    document.add_examples(first, images[:1])
    suggest = app.window.command_table["suggest"]
    assert not suggest.isEnabled()
    app.library.add_folders((images[0].parent,))
    qtbot.waitUntil(lambda: library.model.rowCount() == 5 and suggest.isEnabled())
    suggest.trigger()
    wait_for_job(app, qtbot)
    assert list(library.model.paths) == [images[4], images[3], images[2]]
    assert "3 of 4 images chosen" in app.window.statusBar().currentMessage()
    assert "1 could not be read" in app.window.statusBar().currentMessage()
    assert library.images.selected_paths() == [images[4]]
    QTest.keyClick(library.images, Qt.Key.Key_1)
    assert document.bin_of(images[4]) == first
    assert list(library.model.paths) == [images[3], images[2]]
    assert library.images.selected_paths() == [images[3]]
    document.add_examples(first, [images[3], images[2]])
    assert library.model.rowCount() == 0
    show_all = app.window.command_table["showAll"]
    assert show_all.isEnabled()
    show_all.trigger()
    assert library.model.rowCount() == 5
    assert not show_all.isEnabled()
    document.add_examples(first, [images[1]])
    suggest.trigger()
    assert "in a bin" in app.window.statusBar().currentMessage()


def test_the_estimates_know_while_training_runs(
    app: App, engine: FakeEngine, make_images: MakeImages, qtbot: QtBot
) -> None:
    go_on, opened = threading.Event(), list[bool]()
    engine.on_train = lambda _progress, _token: opened.append(go_on.wait(10))
    fill_two_bins(app, make_images)
    app.window.command_table["train"].trigger()
    qtbot.waitUntil(lambda: app.window.estimates._is_training)
    go_on.set()
    wait_for_job(app, qtbot)
    assert not app.window.estimates._is_training
    assert opened == [True]


def test_suggested_images_are_dragged_into_a_bin(app: App, make_images: MakeImages, qtbot: QtBot) -> None:
    first, _ = fill_two_bins(app, make_images)
    images, model = make_images("library", 4), app.window.library.model
    app.library.add_folders((images[0].parent,))
    qtbot.waitUntil(lambda: model.total == 4)
    app.window.command_table["suggest"].trigger()
    wait_for_job(app, qtbot)
    assert drop_on(app.window.bins.card(first), model.mimeData([model.index(0), model.index(1)]))
    assert [app.session.document.bin_of(path) for path in images[::-1]] == [first, first, None, None]
    assert list(model.paths) == [images[1]]
    app.session.document.undo_stack.undo()
    assert list(model.paths) == [images[3], images[2], images[1]]


def test_suggestions_can_be_stopped_and_those_of_a_closed_project_are_dropped(
    app: App, engine: FakeEngine, make_images: MakeImages, qtbot: QtBot
) -> None:
    started, go_on = threading.Event(), threading.Event()

    def wait(token: CancelToken) -> None:
        started.set()
        go_on.wait(10)
        token.raise_if_cancelled()

    engine.on_suggest = wait
    app.library.add_folders((make_images("library", 3)[0].parent,))
    library = app.window.library
    qtbot.waitUntil(lambda: library.model.total == 3)
    app.window.command_table["suggest"].trigger()
    qtbot.waitUntil(started.is_set)
    app.window.command_table["cancel"].trigger()
    go_on.set()
    wait_for_job(app, qtbot)
    assert library.model.suggested is None
    opened: list[bool] = []
    engine.on_suggest = lambda _token: opened.append(go_on.wait(10))
    go_on.clear()
    app.window.command_table["suggest"].trigger()
    app.window.intents.new_requested.emit()
    go_on.set()
    qtbot.waitUntil(lambda: not app.runner.is_busy)
    assert opened in ([], [True])  # cancelled before it began, or not kept waiting
    assert library.model.suggested is None


def test_a_saved_project_reopens(
    app: App, make_images: MakeImages, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_two_bins(app, make_images)
    path = tmp_path / "pets.fewshot"
    monkeypatch.setattr(app.questions, "project_to_save", lambda _start: path)
    app.window.intents.save_requested.emit()
    assert app.session.document.path == path
    app.window.intents.new_requested.emit()
    assert list(app.session.document.bins) == []
    app.window.intents.recent_requested.emit(path)
    qtbot.waitUntil(lambda: app.session.document.path == path)
    assert [bin_.name for bin_ in app.session.document.bins] == ["a", "b"]
    assert app.settings.recent_projects == (path,)


def test_an_untitled_project_is_there_again_after_a_crash(
    qapp: QApplication, make_images: MakeImages, tmp_path: Path, qtbot: QtBot
) -> None:
    paths = AppPaths.below(tmp_path / "app")
    first = App(paths, Runner(FakeEngine()))
    qtbot.addWidget(first.window)
    start(first, qtbot)
    fill_two_bins(first, make_images)
    first.shutdown()  # without a word of where to save
    second = App(paths, Runner(FakeEngine()))
    qtbot.addWidget(second.window)
    second.start()
    qtbot.waitUntil(lambda: [bin_.name for bin_ in second.session.document.bins] == ["a", "b"])
    assert "This project has no name yet" in second.window.statusBar().currentMessage()
    assert second.shutdown() == []


def test_settings_survive_a_restart(qapp: QApplication, tmp_path: Path, qtbot: QtBot) -> None:
    paths = AppPaths.below(tmp_path / "app")
    for theme in ("system", "dark"):
        app = App(paths, Runner(FakeEngine()))
        qtbot.addWidget(app.window)
        start(app, qtbot)
        assert app.settings.theme == theme
        app.window.intents.theme_chosen.emit("dark")
        app.window.close()
        assert app.shutdown() == []
    app.window.set_theme("system")
