"""What the keys do."""

from __future__ import annotations

from itertools import groupby

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library
from fewshot_gui.project.results import Results
from fewshot_gui.views.image_view import ImageView
from fewshot_gui.views.main_window import MainWindow
from model.types import Prediction, Region, Status

from .helpers import child, paths


@pytest.fixture
def library(window: MainWindow, found: Library, qtbot: QtBot) -> ImageView:
    found.add(paths(5))
    window.activateWindow()
    window.library.images.setFocus()
    qtbot.waitUntil(window.library.images.hasFocus)
    return window.library.images


def test_a_digit_asks_for_the_selection_and_goes_on(window: MainWindow, document: Document, library: ImageView) -> None:
    document.add_bin("Cats"), document.add_bin("Dogs")
    spy = QSignalSpy(window.intents.assign_requested)
    library.select_paths(paths(5)[:2])
    QTest.keyClick(library, Qt.Key.Key_2)
    assert spy.at(0) == [1, paths(5)[:2]]
    assert library.selected_paths() == [paths(5)[2]]


def test_a_digit_without_its_bin_says_so(window: MainWindow, library: ImageView) -> None:
    library.select_paths(paths(1))
    spy = QSignalSpy(window.intents.assign_requested)
    QTest.keyClick(library, Qt.Key.Key_3)
    assert spy.count() == 0
    assert "no bin 3" in window.statusBar().currentMessage()


def test_a_digit_without_a_selection_says_so(window: MainWindow, document: Document, library: ImageView) -> None:
    document.add_bin()
    QTest.keyClick(library, Qt.Key.Key_1)
    assert "Select images first" in window.statusBar().currentMessage()


def test_digits_typed_into_a_field_stay_there(window: MainWindow, document: Document, library: ImageView) -> None:
    document.add_bin()
    library.select_paths(paths(1))
    spy = QSignalSpy(window.intents.assign_requested)
    window.library.filter.setFocus()
    QTest.keyClicks(window.library.filter, "12")
    assert window.library.filter.text() == "12"
    assert spy.count() == 0


def test_delete_takes_examples_out_of_their_bin(window: MainWindow, document: Document, library: ImageView) -> None:
    cats = document.add_bin("Cats")
    document.add_examples(cats, paths(3))
    view = window.bins.card(cats).images
    view.setFocus()
    view.select_paths(paths(3)[1:])
    spy = QSignalSpy(window.intents.remove_examples_requested)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert spy.at(0) == [paths(3)[1:]]


def test_space_and_backspace_step_through_the_images(window: MainWindow, library: ImageView) -> None:
    library.select_paths(paths(5)[:1])
    QTest.keyClick(library, Qt.Key.Key_Space)
    QTest.keyClick(library, Qt.Key.Key_D)
    assert library.selected_paths() == [paths(5)[2]]
    QTest.keyClick(library, Qt.Key.Key_Backspace)
    assert library.selected_paths() == [paths(5)[1]]


def test_select_all_none_and_invert(window: MainWindow, library: ImageView) -> None:
    library.select_paths(paths(5)[:2])
    window.command_table["selectInvert"].trigger()
    assert library.selected_paths() == paths(5)[2:]
    window.command_table["selectAll"].trigger()
    assert library.selected_paths() == paths(5)
    window.command_table["selectNone"].trigger()
    assert library.selected_paths() == []


def test_escape_gives_up_renaming_and_cancels_no_job(
    window: MainWindow, document: Document, library: ImageView
) -> None:
    card = window.bins.card(document.add_bin("Cats"))
    window.status.start_job("Training")
    cancelled = QSignalSpy(window.intents.cancel_requested)
    renamed = QSignalSpy(window.intents.bin_rename_requested)
    card.edit_name()
    editor = child(card.header.name, QLineEdit)
    editor.setText("Dogs")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert (cancelled.count(), renamed.count()) == (0, 0)
    QTest.keyClick(library, Qt.Key.Key_Escape)
    assert cancelled.count() == 1


def test_using_one_view_clears_the_selection_of_the_others(
    window: MainWindow, document: Document, library: ImageView
) -> None:
    cats = document.add_bin("Cats")
    document.add_examples(cats, paths(2, "/other"))
    library.select_paths(paths(5))
    view = window.bins.card(cats).images
    view.select_paths(paths(1, "/other"))
    assert library.selected_paths() == []
    assert window.focus.active is view


def test_ctrl_page_down_goes_round_the_bins(window: MainWindow, document: Document, library: ImageView) -> None:
    cats, dogs = document.add_bin("Cats"), document.add_bin("Dogs")
    document.add_examples(cats, paths(1))
    for expected in (cats, dogs, cats):
        window.command_table["nextBin"].trigger()
        assert window.bins.current_bin() == expected


def test_a_bin_that_is_about_to_go_is_not_what_commands_work_on(
    window: MainWindow, document: Document, library: ImageView
) -> None:
    cats = document.add_bin("Cats")
    document.add_examples(cats, paths(2))
    view = window.bins.card(cats).images
    view.setFocus()
    assert window.focus.active is view
    document.remove_bin(cats)
    view.focused.emit()  # as when the window hands the keyboard on between the card's removal and its end
    assert window.focus.active is not view


def test_bins_beyond_the_ninth_have_keys(window: MainWindow, document: Document, library: ImageView) -> None:
    for number in range(1, 14):
        document.add_bin(f"Bin no {number}")
    spy = QSignalSpy(window.intents.assign_requested)
    for keys, position in (("012", 11), ("010", 9), ("3", 2), ("013", 12)):
        library.select_paths(paths(5)[:1])
        QTest.keyClicks(library, keys)
        assert spy.at(spy.count() - 1) == [position, paths(5)[:1]]
    assert spy.count() == 4
    menu = window._menu_bar.put_into
    menu.aboutToShow.emit()
    shown = [action for action in menu.actions() if action.isVisible()]
    assert [action.text().partition("\t")[0] for action in shown] == [f"Bin no {number}" for number in range(1, 14)]
    assert shown[11].text() == "Bin no 12\t0 1 2"
    badge = window.bins.card(document.bins[11].id).header._key
    assert (badge.text(), badge.toolTip()) == ("12", "Press 0 1 2 to put selected images here")


def test_tab_follows_the_work_and_f6_goes_round(
    window: MainWindow, document: Document, results: Results, library: ImageView, qtbot: QtBot
) -> None:
    first, second = document.add_bin("Cats"), document.add_bin("Dogs")
    document.add_examples(first, paths(2))
    document.add_examples(second, paths(4)[2:])
    document.move_bin(second, 0)
    predictions = [Prediction(path, Status.OK, 0, (0.9, 0.1), Region(0, 0, 1, 1)) for path in paths(5)]
    results.add_predictions(1, (first, second), predictions)
    window.inspector.show_image(paths(1)[0])
    window.library.filter.setFocus()
    panes = (window.library, window.bins, window.results, window.inspector)
    order = []
    for _ in range(30):
        focus = window.focusWidget()
        assert focus is not None
        order += [pane for pane in panes if pane.isAncestorOf(focus)][:1]
        if focus is window.inspector.scores:
            break
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert [pane for pane, _ in groupby(order)] == list(panes)
    window.library.images.setFocus()
    visited = []
    for key in 5 * [Qt.KeyboardModifier.NoModifier] + 2 * [Qt.KeyboardModifier.ShiftModifier]:
        QTest.keyClick(window, Qt.Key.Key_F6, key)
        visited.append(window.focusWidget())
    bins = window.bins.card(second).images
    round_ = [bins, window.results.table, window.inspector.scores, library, bins]
    assert visited == [*round_, library, window.inspector.scores]
