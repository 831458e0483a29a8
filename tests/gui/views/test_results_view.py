"""The results' bar: what is sure enough for so many errors, and what is left to check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView
from pytestqt.qtbot import QtBot

from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.items.roles import Role
from fewshot_gui.project.derived import StoredResults
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.views.main_window import MainWindow
from fewshot_gui.views.results_view import ResultsView
from model.estimates.report import accepting_confidence
from model.types import ExampleReport, Prediction, Region, Status, TrainingReport

from .helpers import paths


def report(confidences: Sequence[float]) -> TrainingReport:
    examples = [ExampleReport(Path(f"/{k}.png"), k % 2, 1.0, k % 2, c) for k, c in enumerate(confidences)]
    return TrainingReport(("Cats", "Dogs"), tuple(examples), (), (), 0.9, (0.6, 0.98), 3, True, 0.1)


@pytest.fixture
def bins(document: Document) -> list[str]:
    return [document.add_bin(name) for name in ("Cats", "Dogs")]


@pytest.fixture
def view(window: MainWindow, results: Results, bins: list[str]) -> ResultsView:
    scores = [0.99, 0.93, 0.8, 0.6]
    made = [Prediction(Path(f"/new/{c}.png"), Status.OK, 0, (c, 1 - c)) for c in scores]
    results.add_predictions(0, bins, [*made, Prediction(Path("/new/odd.png"), Status.UNKNOWN, 0, (0.9, 0.1))])
    return window.results


def choose(view: ResultsView, text: str) -> list[str]:
    view.status_choice.setCurrentIndex(view.status_choice.findText(text))
    return [view.model.path(row).stem for row in range(view.model.rowCount())]


def test_sure_and_to_check_share_out_the_results(
    view: ResultsView, results: Results, document: Document, bins: list[str]
) -> None:
    results.set_training(document.revision, bins, report([0.99, 0.97, 0.9, 0.7]), {})
    assert results.report is not None
    assert accepting_confidence(results.report, 0.05) == 0.9
    assert choose(view, "Sure: at most 5 % wrong") == ["0.99", "0.93"]
    assert choose(view, "To check: the others at 5 %") == ["0.8", "0.6", "odd"]
    assert choose(view, "Sure: at most 1 % wrong") == ["0.99"]
    assert len(choose(view, "Any outcome")) == 5


def test_a_new_training_sets_new_limits(
    view: ResultsView, results: Results, document: Document, bins: list[str]
) -> None:
    results.set_training(document.revision, bins, report([0.99, 0.97, 0.9, 0.7]), {})
    assert choose(view, "Sure: at most 5 % wrong") == ["0.99", "0.93"]
    results.set_training(document.revision, bins, report([0.99, 0.98, 0.95, 0.94]), {})
    assert view.model.rowCount() == 1


def test_where_nothing_is_sure_enough_it_says_so(
    view: ResultsView, results: Results, document: Document, bins: list[str]
) -> None:
    results.set_training(document.revision, bins, report([0.9, 0.8, 0.7, 0.6]), {})
    assert choose(view, "Sure: at most 1 % wrong") == []
    assert "cannot vouch" in view._content.hint._text.text()
    assert len(choose(view, "To check: the others at 1 %")) == 5


def test_the_inspector_tells_when_the_image_it_shows_is_classified(
    window: MainWindow, results: Results, document: Document, bins: list[str]
) -> None:
    window.inspector.show_image(Path("/new/1.png"))
    assert window.inspector._verdict.text() == "Not classified yet."
    results.add_predictions(0, bins, [Prediction(Path("/new/1.png"), Status.OK, 1, (0.2, 0.8))])
    assert "‘Dogs’ (80.0 %)" in window.inspector._verdict.text()
    results.set_training(document.revision + 1, bins, report([0.9, 0.8]), {})
    assert "Out of date" in window.inspector._verdict.text()


def test_the_current_image_stays_current_and_in_its_place_while_results_change(
    window: MainWindow, document: Document, results: Results, qtbot: QtBot
) -> None:
    """As after training: everything is classified again, in a table that is sorted and filtered."""
    bins = (document.add_bin("Cats"), document.add_bin("Dogs"))
    images = paths(300)

    def predict(shares: Sequence[float]) -> None:
        made = [
            Prediction(path, Status.OK, int(share < 0.5), (share, 1 - share), Region(0, 0, 1, 1))
            for path, share in zip(images, shares, strict=True)
        ]
        results.add_predictions(results.classifier_revision or 1, bins, made)

    predict([0.5 + number / 1000 for number in range(300)])
    table = window.results.table
    table.sortByColumn(Column.CONFIDENCE, Qt.SortOrder.DescendingOrder)
    table.select_paths([images[150]])
    top = table.rowViewportPosition(table.currentIndex().row())
    looked_at = window.inspector.path
    before = table.currentIndex().row()
    predict([0.999 - number * 0.003 for number in range(300)])  # the other way round
    qtbot.waitUntil(lambda: table.currentIndex().row() != before)
    assert table.currentIndex().data(Role.PATH) == images[150] == looked_at == window.inspector.path
    assert table.selected_paths() == [images[150]]
    assert table.rowViewportPosition(table.currentIndex().row()) == top
    window.results.bin_choice.setCurrentIndex(1)  # Cats: hides what became a dog
    assert table.currentIndex().data(Role.PATH) == images[150]
    assert table.rowViewportPosition(table.currentIndex().row()) == top
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.currentIndex().data(Role.PATH) == images[151]
    predict([0.1 if number == 151 else 0.999 - number * 0.003 for number in range(300)])
    window.results.filter.setText("image")  # the filters work anew: the current image is shown no more
    qtbot.waitUntil(lambda: window.results.model.rowCount() == 166)
    assert table.currentIndex().data(Role.PATH) == images[150]  # the next one down is the one that came next
    assert window.inspector.path == images[151]


def test_another_project_with_fewer_results_is_shown_while_a_row_is_current(
    window: MainWindow, document: Document, results: Results
) -> None:
    bins = (document.add_bin("Cats"),)
    made = [Prediction(path, Status.OK, 0, (1.0,), Region(0, 0, 1, 1)) for path in paths(5)]
    results.add_predictions(1, bins, made)
    window.results.table.select_paths([made[3].path])
    results.show(StoredResults(), ProjectStore.in_memory())
    assert window.results.model.rowCount() == 0
    assert window.results.table.selected_paths() == []


@pytest.mark.parametrize("is_gallery", [False, True], ids=["table", "gallery"])
def test_the_selected_image_stays_in_sight_when_a_banner_comes(
    window: MainWindow, document: Document, results: Results, qtbot: QtBot, is_gallery: bool
) -> None:
    bins = (document.add_bin("Cats"), document.add_bin("Dogs"))
    images = paths(60)
    document.add_examples(bins[0], images[:1])
    document.add_examples(bins[1], images[1:2])
    examples = tuple(ExampleReport(path, k, 1.0, k, 0.9) for k, path in enumerate(images[:2]))
    made = TrainingReport(("Cats", "Dogs"), examples, (), (), None, None, 3, True, 0.1)
    results.set_training(document.revision, bins, made, {})
    results.add_predictions(document.revision, bins, [Prediction(path, Status.OK, 0, (0.9, 0.1)) for path in images])
    view = window.results
    view.show_gallery(is_gallery)
    view.gallery.set_tile(96)
    shown = view.gallery if is_gallery else view.table
    qtbot.waitUntil(lambda: shown.isVisible() and len(shown.visible_paths()) > 1)
    view.table.select_paths([images[20]])
    shown.scrollTo(shown.currentIndex(), QAbstractItemView.ScrollHint.PositionAtBottom)
    room = shown.viewport().height()
    document.add_examples(bins[0], [images[20]])  # as when it is dropped on the bin
    qtbot.waitUntil(lambda: shown.viewport().height() < room)
    place = shown.visualRect(shown.currentIndex().siblingAtColumn(0))
    assert view.table.selected_paths() == [images[20]]
    assert 0 <= place.top() < place.bottom() < shown.viewport().height()
