"""The main job with real drop events and the real model, in the test's own process, without a screen."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QSlider, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.drop_events import drop, drop_on, files_data
from fewshot_gui.items.mime import encode_bin, encode_images
from fewshot_gui.jobs.messages import ExplainResult
from fewshot_gui.paths import AppPaths
from fewshot_gui.project.document import Document
from tests.conftest import EXAMPLE

_TRAINING_TIMEOUT = 120_000  # milliseconds: the first training imports torch

Examples = dict[str, list[Path]]


@pytest.fixture
def app(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[App]:
    app = App(AppPaths.below(tmp_path / "app"))
    qtbot.addWidget(app.window)
    with qtbot.waitSignal(app.started):
        app.start()
    app.window.resize(1280, 800)  # the screen of the tests may be smaller, and hide a bin
    yield app
    assert app.shutdown() == []


@pytest.fixture
def document(app: App) -> Document:
    return app.session.document


def drop_and_wait(app: App, qtbot: QtBot, widget: QWidget, paths: list[Path]) -> None:
    with qtbot.waitSignal(app.files.drop_expanded):
        assert drop_on(widget, files_data(paths))


def counts(document: Document) -> dict[str, int]:
    return {bin_.name: len(bin_.examples) for bin_ in document.bins}


def test_files_from_the_file_manager_go_into_a_bin(
    app: App, document: Document, example_images: Examples, qtbot: QtBot
) -> None:
    bin_id = document.add_bin("galaxy")
    drop_and_wait(app, qtbot, app.window.bins.card(bin_id), example_images["galaxy"])
    assert counts(document) == {"galaxy": 5}
    document.undo_stack.undo()
    assert counts(document) == {"galaxy": 0}


def test_a_folder_from_the_file_manager_goes_into_a_bin(
    app: App, document: Document, example_images: Examples, qtbot: QtBot
) -> None:
    bin_id = document.add_bin("galaxy")
    drop_and_wait(app, qtbot, app.window.bins.card(bin_id), [example_images["galaxy"][0].parent])
    assert counts(document) == {"galaxy": 5}


def test_a_folder_of_folders_beside_the_bins_becomes_bins(
    app: App, document: Document, example_images: Examples, qtbot: QtBot
) -> None:
    board = app.window.bins.findChild(QWidget, "newBinCard").parentWidget()
    drop_and_wait(app, qtbot, board, [EXAMPLE / "examples"])
    assert counts(document) == dict.fromkeys(example_images, 5)


def test_a_folder_on_the_library_shows_its_images(app: App, document: Document, qtbot: QtBot) -> None:
    assert drop_on(app.window.library, files_data([EXAMPLE / "to_classify"]))
    assert document.folders == (EXAMPLE / "to_classify",)
    expected = len(list((EXAMPLE / "to_classify").glob("*.jpg")))
    qtbot.waitUntil(lambda: app.window.library.model.total == expected)


def test_images_move_between_library_and_bins(
    app: App, document: Document, example_images: Examples, qtbot: QtBot
) -> None:
    images = example_images["galaxy"]
    first, second = document.add_bin("first"), document.add_bin("second")
    cards = app.window.bins
    assert drop_on(cards.card(first), encode_images("library", images[:3]))
    assert counts(document) == {"first": 3, "second": 0}
    assert drop_on(cards.card(second), encode_images("bin", images[:2], first))
    assert counts(document) == {"first": 1, "second": 2}
    assert drop_on(app.window.library, encode_images("bin", images[:1], second))
    assert counts(document) == {"first": 1, "second": 1}
    assert all(path.exists() for path in images)


def test_an_image_dropped_twice_is_refused_with_a_message_and_the_rest_goes_on(
    app: App, document: Document, example_images: Examples, qtbot: QtBot
) -> None:
    images = example_images["galaxy"]
    bin_id = document.add_bin("galaxy")
    assert drop_on(app.window.bins.card(bin_id), encode_images("library", images[:2]))
    assert drop_on(app.window.bins.card(bin_id), encode_images("library", images[:3]))
    assert counts(document) == {"galaxy": 3}
    assert "Already in ‘galaxy’: 2 images" in app.window.statusBar().currentMessage()


def test_a_bin_dropped_elsewhere_on_the_board_moves_there(app: App, document: Document, qtbot: QtBot) -> None:
    first, _second, third = (document.add_bin(name) for name in ("first", "second", "third"))
    QApplication.processEvents()
    card = app.window.bins.card(third)
    edge = card.mapTo(app.window, card.rect().center()) + card.rect().topRight() / 2 - card.rect().topLeft()
    edge.setX(card.mapTo(app.window, card.rect().topRight()).x() + 4)
    assert drop(app.window, edge, encode_bin(first))
    assert [bin_.name for bin_ in document.bins] == ["second", "third", "first"]


def test_train_classify_and_explain_without_freezing_the_window(
    app: App, document: Document, example_images: Examples, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    heart = Heartbeat()  # the model is being imported by now, unless another test has done so
    for name, images in example_images.items():
        drop_and_wait(app, qtbot, app.window.bins.card(document.add_bin(name)), images)
    heart.note("filling the bins")
    to_classify = sorted((EXAMPLE / "to_classify").glob("*.jpg"))
    with qtbot.waitSignal(app.running.job_ended, timeout=_TRAINING_TIMEOUT):
        app.window.command_table["train"].trigger()
    heart.note("importing the model and training")
    report = app.session.results.report
    assert report is not None
    assert set(report.class_names) == set(example_images)
    with qtbot.waitSignal(app.running.job_ended, timeout=_TRAINING_TIMEOUT):
        app.window.intents.classify_requested.emit([EXAMPLE / "to_classify"])
    heart.note("classifying")
    assert [made.path for made in app.session.results] == to_classify
    explained = lambda result: isinstance(result, ExplainResult)  # noqa: E731 - explaining is made ready before
    with qtbot.waitSignal(app.runner.succeeded, check_params_cb=explained, timeout=10_000):
        app.window.results.table.select_paths([to_classify[0]])
    assert overlay_is_visible(app, qtbot)
    heart.note("explaining")
    heart.stop()
    with capsys.disabled():
        sys.stdout.write(heart.describe() + "\n")


def test_training_again_brings_the_results_up_to_date(
    app: App, document: Document, example_images: Examples, qtbot: QtBot
) -> None:
    for name, images in example_images.items():
        document.add_examples(document.add_bin(name), images[:-1])
    with qtbot.waitSignal(app.running.job_ended, timeout=_TRAINING_TIMEOUT):
        app.window.command_table["train"].trigger()
    last = [images[-1] for images in example_images.values()]
    with qtbot.waitSignal(app.running.job_ended, timeout=_TRAINING_TIMEOUT):
        app.window.intents.classify_requested.emit(last)
    before = app.session.results.at(0)
    assert drop_on(app.window.bins.card(document.bins[0].id), encode_images("results", [before.path]))
    assert app.session.results.is_stale
    with qtbot.waitSignal(app.running.job_ended, timeout=_TRAINING_TIMEOUT):
        app.window.command_table["train"].trigger()
    assert not app.session.results.is_stale
    assert [made.path for made in app.session.results] == last
    assert {made.revision for made in app.session.results} == {app.session.results.classifier_revision}
    assert app.session.results.at(0).scores != before.scores


def test_the_trained_project_reopens_ready_to_classify(
    app: App, document: Document, example_images: Examples, qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name, images in example_images.items():
        document.add_examples(document.add_bin(name), images)
    with qtbot.waitSignal(app.running.job_ended, timeout=_TRAINING_TIMEOUT):
        app.window.command_table["train"].trigger()
    monkeypatch.setattr(app.questions, "project_to_save", lambda _start: tmp_path / "sky.fewshot")
    app.window.intents.save_requested.emit()
    app.window.intents.new_requested.emit()
    assert not app.window.command_table["classify"].isEnabled()
    with qtbot.waitSignal(app.running.job_ended, timeout=_TRAINING_TIMEOUT):
        app.window.intents.recent_requested.emit(tmp_path / "sky.fewshot")
    with qtbot.waitSignal(app.running.job_ended, timeout=_TRAINING_TIMEOUT):
        app.window.intents.classify_requested.emit(example_images["galaxy"])
    assert len(app.session.results) == 5


def overlay_is_visible(app: App, qtbot: QtBot) -> bool:
    """Whether the inspector's picture looks different when the overlay's strength is turned down."""
    canvas, slider = app.window.inspector.canvas, app.window.findChild(QSlider, "opacitySlider")
    with_overlay = canvas.grab().toImage()
    slider.setValue(0)
    without = canvas.grab().toImage()
    return bool(with_overlay != without)


class Heartbeat:
    """A timer that should beat every 5 ms, and how late it was."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._gaps: list[float] = []
        self._phases: list[tuple[str, list[float]]] = []
        self._timer = QTimer()
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def note(self, phase: str) -> None:
        """End a phase."""
        self._phases.append((phase, self._gaps))
        self._gaps = []

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()

    def describe(self) -> str:
        """One line for each phase."""
        return "\n" + "\n".join(
            f"window's longest stall while {phase}: {1000 * max(gaps, default=0):.0f} ms; "
            f"over 50 ms: {sum(gap > 0.05 for gap in gaps)} of {len(gaps)} beats"
            for phase, gaps in self._phases
        )

    def _on_timeout(self) -> None:
        now = time.perf_counter()
        self._gaps.append(now - self._last)
        self._last = now
