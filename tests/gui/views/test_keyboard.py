"""What the keys do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library
from fewshot_gui.views.image_view import ImageView
from fewshot_gui.views.main_window import MainWindow

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
