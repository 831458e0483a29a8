"""What the keys do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLineEdit

from fewshot_gui.project.errors import ProjectError

from .helpers import paths


@pytest.fixture
def library(window, found, qtbot):
    found.add(paths(5))
    window.activateWindow()
    window.library.images.setFocus()
    qtbot.waitUntil(window.library.images.hasFocus)
    return window.library.images


def test_a_digit_assigns_the_selection_and_goes_on(window, document, library):
    document.add_bin("Cats")
    dogs = document.add_bin("Dogs")
    window.intents.assign_requested.connect(lambda at, images: document.add_examples(document.bins[at].id, images))
    spy = QSignalSpy(window.intents.assign_requested)
    library.select_paths(paths(5)[:2])
    QTest.keyClick(library, Qt.Key.Key_2)
    assert spy.at(0) == [1, paths(5)[:2]]
    assert document.bin_of(paths(5)[1]) == dogs
    assert library.selected_paths() == [paths(5)[2]]


def test_a_digit_without_its_bin_says_so(window, library):
    library.select_paths(paths(1))
    spy = QSignalSpy(window.intents.assign_requested)
    QTest.keyClick(library, Qt.Key.Key_3)
    assert spy.count() == 0
    assert "no bin 3" in window.statusBar().currentMessage()


def test_a_digit_without_a_selection_says_so(window, document, library):
    document.add_bin()
    QTest.keyClick(library, Qt.Key.Key_1)
    assert "Select images first" in window.statusBar().currentMessage()


def test_digits_typed_into_a_field_stay_there(window, document, library):
    document.add_bin()
    library.select_paths(paths(1))
    spy = QSignalSpy(window.intents.assign_requested)
    window.library.filter.setFocus()
    QTest.keyClicks(window.library.filter, "12")
    assert window.library.filter.text() == "12"
    assert spy.count() == 0


def test_moving_on_within_a_bin_skips_no_image(window, document, library):
    cats, dogs = document.add_bin("Cats"), document.add_bin("Dogs")
    document.add_examples(cats, paths(4))
    window.intents.assign_requested.connect(lambda at, images: document.add_examples(document.bins[at].id, images))
    view = window.bins.card(cats).images
    view.setFocus()
    view.select_paths(paths(4)[:1])
    QTest.keyClick(view, Qt.Key.Key_2)
    assert document.bin_of(paths(4)[0]) == dogs
    assert view.selected_paths() == [paths(4)[1]]


def test_delete_takes_examples_out_of_their_bin(window, document, library):
    cats = document.add_bin("Cats")
    document.add_examples(cats, paths(3))
    view = window.bins.card(cats).images
    view.setFocus()
    view.select_paths(paths(3)[1:])
    spy = QSignalSpy(window.intents.remove_examples_requested)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert spy.at(0) == [paths(3)[1:]]


def test_space_and_backspace_step_through_the_images(window, library):
    library.select_paths(paths(5)[:1])
    QTest.keyClick(library, Qt.Key.Key_Space)
    QTest.keyClick(library, Qt.Key.Key_D)
    assert library.selected_paths() == [paths(5)[2]]
    QTest.keyClick(library, Qt.Key.Key_Backspace)
    assert library.selected_paths() == [paths(5)[1]]


def test_select_all_none_and_invert(window, library):
    library.select_paths(paths(5)[:2])
    window.command_table["selectInvert"].trigger()
    assert library.selected_paths() == paths(5)[2:]
    window.command_table["selectAll"].trigger()
    assert library.selected_paths() == paths(5)
    window.command_table["selectNone"].trigger()
    assert library.selected_paths() == []


def test_f2_renames_in_place_and_a_duplicate_is_refused(window, document, library):
    cats = document.add_bin("Cats")
    dogs = document.add_bin("Dogs")

    def rename(bin_id, name):
        try:
            document.rename_bin(bin_id, name)
        except ProjectError as error:
            window.show_message(str(error))

    window.intents.bin_rename_requested.connect(rename)
    card = window.bins.card(dogs)
    card.take_focus()
    QTest.keyClick(card, Qt.Key.Key_F2)
    editor = card.header.name.findChild(QLineEdit)
    assert editor.isVisible()
    editor.setText("cats")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert window.statusBar().currentMessage()
    assert (document.bin(dogs).name, card.header.name.full_text) == ("Dogs", "Dogs")
    card.edit_name()
    editor.setText("  Wolves ")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert card.header.name.full_text == document.bin(dogs).name == "Wolves"
    assert document.bin(cats).name == "Cats"


def test_escape_gives_up_renaming_and_cancels_no_job(window, document, library):
    card = window.bins.card(document.add_bin("Cats"))
    window.start_job("Training")
    cancelled = QSignalSpy(window.intents.cancel_requested)
    renamed = QSignalSpy(window.intents.bin_rename_requested)
    card.edit_name()
    editor = card.header.name.findChild(QLineEdit)
    editor.setText("Dogs")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert (cancelled.count(), renamed.count()) == (0, 0)
    QTest.keyClick(library, Qt.Key.Key_Escape)
    assert cancelled.count() == 1


def test_using_one_view_clears_the_selection_of_the_others(window, document, library):
    cats = document.add_bin("Cats")
    document.add_examples(cats, paths(2, "/other"))
    library.select_paths(paths(5))
    view = window.bins.card(cats).images
    view.select_paths(paths(1, "/other"))
    assert library.selected_paths() == []
    assert window.focus.active is view


def test_ctrl_page_down_goes_round_the_bins(window, document, library):
    cats, dogs = document.add_bin("Cats"), document.add_bin("Dogs")
    document.add_examples(cats, paths(1))
    for expected in (cats, dogs, cats):
        window.command_table["nextBin"].trigger()
        assert window.bins.current_bin() == expected


def test_a_bin_that_is_about_to_go_is_not_what_commands_work_on(window, document, library):
    cats = document.add_bin("Cats")
    document.add_examples(cats, paths(2))
    view = window.bins.card(cats).images
    view.setFocus()
    assert window.focus.active is view
    document.remove_bin(cats)
    view.focused.emit()  # as when the window hands the keyboard on between the card's removal and its end
    assert window.focus.active is not view
