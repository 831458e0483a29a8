"""The estimates' window: its figures, its states, and what a cell of the confusion matrix leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from fewshot_gui.items.estimates import Estimates
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.views.estimates_view import EstimatesView
from fewshot_gui.views.main_window import MainWindow
from model.types import ExampleReport, TrainingReport

from .conftest import PicturesOnDemand
from .helpers import cell, paths

OUTCOMES = {"Cats": [0] * 5, "Dogs": [1, 1, 1, 1, 0], "Eels": [2, 2, 0, 0]}
CURVE = ((1.25, 0.5), (2.5, 0.65), (3.75, 0.72))


def train(document: Document, results: Results, **changes: Any) -> None:
    """Pretend to have trained on what is in the bins, which were taken for `OUTCOMES`."""
    bins = document.bins
    examples = [
        ExampleReport(example.path, at, 1.0, predicted, 0.8)
        for at, bin_ in enumerate(bins)
        for example, predicted in zip(bin_.examples, OUTCOMES[bin_.name], strict=False)
    ]
    right = sum(example.predicted == example.class_index for example in examples) / len(examples)
    names = tuple(bin_.name for bin_ in bins)
    report = TrainingReport(names, tuple(examples), (), (), right, (0.52, 0.92), 10, True, 0.1, 0.1, CURVE)
    results.set_training(document.revision, [bin_.id for bin_ in bins], replace(report, **changes), {})


def fill(document: Document, outcomes: Mapping[str, Sequence[int]] = OUTCOMES) -> dict[str, str]:
    ids = {name: document.add_bin(name) for name in outcomes}
    for name, taken_for in outcomes.items():
        document.add_examples(ids[name], paths(len(taken_for), f"/{name}"))
    return ids


@pytest.fixture
def ids(document: Document, results: Results) -> dict[str, str]:
    ids = fill(document)
    train(document, results)
    return ids


@pytest.fixture
def view(window: MainWindow, ids: dict[str, str], qtbot: QtBot) -> EstimatesView:
    window.command_table["estimates"].trigger()
    qtbot.waitExposed(window.estimates)
    return window.estimates


def is_hinted(view: EstimatesView) -> bool:
    return view.content.hint.isVisible()


def hint(view: EstimatesView) -> str:
    return " ".join(label.text() for label in view.content.hint.children() if hasattr(label, "text"))


def click(view: EstimatesView, row: int, column: int) -> None:
    table = view.confusion
    at = table.visualItemRect(cell(table, row, column)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def names(view: EstimatesView) -> list[str]:
    return [cell(view.classes, row, 0).text() for row in range(view.classes.rowCount())]


def test_the_figures_are_those_of_the_report(view: EstimatesView) -> None:
    assert view.accuracy.text() == "79 %"
    assert "52 % – 92 %" in view.meaning.text()
    assert names(view) == ["Cats", "Dogs", "Eels"]
    assert "5 of 5 are recognised: 100 % (95 % interval 39 % – 100 %)" in cell(view.classes, 0, 1).toolTip()
    assert "5 of 8 are: 62 %" in cell(view.classes, 0, 2).toolTip()
    assert [[cell(view.confusion, r, c).text() for c in range(3)] for r in range(3)] == [
        ["5", "", ""],
        ["1", "4", ""],
        ["2", "", "2"],
    ]
    assert cell(view.confusion, 2, 0).toolTip() == "2 of 4 examples of ‘Eels’ are taken for ‘Cats’"
    assert "about 79 % to about 89 %" in view.advice.text()
    assert "‘Eels’ needs them most" in view.advice.text()
    assert view.curve.isVisible()
    assert not view.notice.isVisible()
    assert not view.grab().isNull()


def test_a_click_on_a_cell_selects_its_images(
    view: EstimatesView, window: MainWindow, pictures: PicturesOnDemand
) -> None:
    spy = QSignalSpy(window.intents.examples_chosen)
    click(view, 2, 0)
    confused = paths(4, "/Eels")[2:]
    assert spy.at(0) == [confused]
    assert window.focus.paths() == confused
    assert window.inspector.path == confused[0]
    click(view, 0, 2)  # counts nothing
    assert spy.count() == 1
    click(view, 1, 0)
    assert window.focus.paths() == paths(5, "/Dogs")[4:]


def test_enter_chooses_the_cell_that_the_keys_went_to(view: EstimatesView, window: MainWindow) -> None:
    view.confusion.setFocus()
    view.confusion.setCurrentCell(0, 0)
    QTest.keyClick(view.confusion, Qt.Key.Key_Down)
    QTest.keyClick(view.confusion, Qt.Key.Key_Return)
    assert window.focus.paths() == paths(5, "/Dogs")[4:]
    assert view.isVisible()


def test_an_example_that_the_inspector_left_is_shown_again(
    view: EstimatesView, window: MainWindow, document: Document
) -> None:
    click(view, 2, 0)
    window.inspector.show_image(Path("/other.png"))
    click(view, 2, 0)
    assert window.inspector.path == paths(4, "/Eels")[2]


def test_examples_that_moved_are_found_in_their_bin_and_removed_ones_are_shown(
    view: EstimatesView, window: MainWindow, document: Document, ids: dict[str, str]
) -> None:
    confused = paths(4, "/Eels")[2:]
    document.add_examples(ids["Cats"], confused[:1])
    click(view, 2, 0)
    assert window.bins.card(ids["Cats"]).images.selected_paths() == confused[:1]
    document.remove_examples(confused)
    click(view, 2, 0)
    assert window.inspector.path == confused[0]
    assert "no bin" in window.statusBar().currentMessage()


def test_a_renamed_and_a_removed_bin_are_told(view: EstimatesView, document: Document, ids: dict[str, str]) -> None:
    document.rename_bin(ids["Eels"], "Snakes")
    assert names(view) == ["Cats", "Dogs", "Snakes"]
    assert "‘Snakes’ needs them most" in view.advice.text()
    document.remove_bin(ids["Dogs"])
    assert names(view) == ["Cats", "Dogs (removed)", "Snakes"]
    header = view.confusion.horizontalHeaderItem(1)
    assert header is not None
    assert header.text() == "Dogs (removed)"
    document.undo_stack.undo()
    assert names(view) == ["Cats", "Dogs", "Snakes"]


def test_edits_make_it_stale_and_training_refreshes_it(
    view: EstimatesView, document: Document, results: Results, ids: dict[str, str]
) -> None:
    document.remove_examples(paths(4, "/Eels")[2:])
    assert view.notice.isVisible()
    train(document, results, leave_one_out_accuracy=12 / 13)
    assert not view.notice.isVisible()
    assert view.accuracy.text() == "92 %"
    assert cell(view.confusion, 2, 0).text() == ""
    assert "More examples" not in view.advice.text()


def test_it_says_what_to_do_while_there_is_nothing_to_tell(
    window: MainWindow, document: Document, results: Results
) -> None:
    view = window.estimates
    view.present()
    assert is_hinted(view)
    assert "Nothing trained yet" in hint(view)
    fill(document, {"Cats": [0], "Dogs": [0]})
    train(document, results, leave_one_out_accuracy=None, accuracy_interval=None, gain_of_doubling=None)
    assert is_hinted(view)
    assert "nothing can be left out" in hint(view)
    view.copy()  # nothing there


def test_too_few_for_a_curve_leaves_it_out(view: EstimatesView, document: Document, results: Results) -> None:
    train(document, results, gain_of_doubling=None, learning_curve=())
    assert not view.curve.isVisible()
    assert "Too few examples" in view.advice.text()


def test_a_class_of_one_example_has_no_recall(window: MainWindow, document: Document, results: Results) -> None:
    fill(document, {"Cats": [0] * 5, "Dogs": [1]})
    train(document, results)
    window.estimates.present()
    assert "cannot be left out" in cell(window.estimates.classes, 1, 1).toolTip()
    assert not window.estimates.grab().isNull()


def test_a_closed_window_catches_up_when_it_is_opened(
    view: EstimatesView, window: MainWindow, document: Document, ids: dict[str, str]
) -> None:
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()
    document.rename_bin(ids["Cats"], "Lions")
    window.command_table["estimates"].trigger()
    assert names(view)[0] == "Lions"


def test_the_table_is_copied_as_text(view: EstimatesView, document: Document, ids: dict[str, str]) -> None:
    document.rename_bin(ids["Cats"], "=Cats")
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().text()
    assert "Accuracy (leave-one-out)\t0.7857\t0.5200\t0.9200\n" in text
    assert "\nEels\t0.5000\t0.0945\t0.9055\t2\t4\t1.0000\t0.2065\t1.0000\t2\t2\n" in text
    assert text.endswith("\n'=Cats\t5\t0\t0\nDogs\t1\t4\t0\nEels\t2\t0\t2\n")


def test_the_place_is_remembered_with_the_layout(window: MainWindow, view: EstimatesView) -> None:
    view.resize(760, 520)
    state = window.layout_state()
    view.resize(900, 500)
    window.restore_layout(state)
    assert (view.width(), view.height()) == (760, 520)
    size = view.size()
    view.restore_place(QByteArray(b"damaged"))
    assert view.size() == size


def test_closing_the_window_closes_the_estimates(window: MainWindow, view: EstimatesView) -> None:
    assert window.close()
    assert not view.isVisible()


@pytest.mark.parametrize("ways", [2, 30])
def test_few_and_many_classes_fit_at_1280_by_720(
    window: MainWindow, document: Document, results: Results, ways: int
) -> None:
    fill(document, {f"A class with rather a long name {number}": [] for number in range(ways)})
    bins = document.bins
    examples = tuple(
        ExampleReport(path, at, 1.0, (at + number // 3) % ways, 0.8)
        for at in range(ways)
        for number, path in enumerate(paths(4, f"/{at}"))
    )
    report = TrainingReport(tuple(b.name for b in bins), examples, (), (), 0.75, (0.7, 0.8), 1, True, 0.1, 0.1, CURVE)
    results.set_training(document.revision, [bin_.id for bin_ in bins], report, {})
    view = window.estimates
    view.resize(1200, 640)
    view.present()
    assert (view.width(), view.height()) == (1200, 640)
    assert view.minimumSizeHint().width() <= 1000
    assert view.minimumSizeHint().height() <= 640
    table = view.confusion
    first = table.visualItemRect(cell(table, 0, 0))
    assert first.width() >= 30
    assert table.itemAt(first.center() + QPoint(0, 1)) is cell(table, 0, 0)
    assert cell(table, 0, 0).text() == "3"
    table.scrollToItem(cell(table, ways - 1, ways - 1))
    assert table.viewport().rect().contains(table.visualItemRect(cell(table, ways - 1, ways - 1)).center())


def test_a_typical_class_has_the_median_of_examples(document: Document, results: Results, ids: dict[str, str]) -> None:
    estimates = Estimates.of(document, results)
    assert estimates is not None
    assert estimates.shots == 5
    assert estimates.examples(0, 1) == []


def test_it_says_that_other_estimates_are_on_their_way(
    view: EstimatesView, window: MainWindow, document: Document, results: Results
) -> None:
    assert view.notice.isHidden()
    view.set_training(True)
    assert not view.notice.isHidden()
    assert "renewed" in view.notice._label.text()
    view.set_training(False)
    assert view.notice.isHidden()
    document.remove_examples(paths(1, "/Cats"))
    assert "out of date" in view.notice._label.text()


def test_a_first_training_is_told_in_place_of_what_to_do(
    window: MainWindow, document: Document, results: Results, qtbot: QtBot
) -> None:
    window.command_table["estimates"].trigger()
    qtbot.waitExposed(window.estimates)
    window.estimates.set_training(True)
    assert "Training" in window.estimates.content.hint._title.text()
    window.estimates.set_training(False)
    assert "Nothing trained" in window.estimates.content.hint._title.text()
