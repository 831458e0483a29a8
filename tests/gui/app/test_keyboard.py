"""Keys that end in an edit, from the key to the document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.project.document import Document
from fewshot_gui.views.image_view import ImageView

MakeImages = Callable[..., list[Path]]


@pytest.fixture
def document(app: App) -> Document:
    return app.session.document


@pytest.fixture
def images(app: App, make_images: MakeImages, qtbot: QtBot) -> list[Path]:
    """Five images, shown in the library."""
    images = make_images("library", 5)
    app.library.add_folders((images[0].parent,))
    qtbot.waitUntil(lambda: app.window.library.model.rowCount() == 5)
    return images


def _focus(app: App, view: ImageView, qtbot: QtBot) -> None:
    app.window.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)


def test_a_digit_puts_the_selection_into_the_bin_and_goes_on(
    app: App, document: Document, images: list[Path], qtbot: QtBot
) -> None:
    cats, dogs = document.add_bin("Cats"), document.add_bin("Dogs")
    view = app.window.library.images
    _focus(app, view, qtbot)
    view.select_paths(images[:2])
    QTest.keyClick(view, Qt.Key.Key_2)
    assert [example.path for example in document.bin(dogs).examples] == images[:2]
    assert view.selected_paths() == [images[2]]
    QTest.keyClick(view, Qt.Key.Key_1)
    assert [example.path for example in document.bin(cats).examples] == [images[2]]


def test_moving_on_within_a_bin_skips_no_image(app: App, document: Document, images: list[Path], qtbot: QtBot) -> None:
    cats, dogs = document.add_bin("Cats"), document.add_bin("Dogs")
    document.add_examples(cats, images[:4])
    view = app.window.bins.card(cats).images
    _focus(app, view, qtbot)
    view.select_paths(images[:1])
    QTest.keyClick(view, Qt.Key.Key_2)
    assert document.bin_of(images[0]) == dogs
    assert view.selected_paths() == [images[1]]


def test_delete_takes_examples_out_of_their_bin(app: App, document: Document, images: list[Path], qtbot: QtBot) -> None:
    cats = document.add_bin("Cats")
    document.add_examples(cats, images[:3])
    view = app.window.bins.card(cats).images
    _focus(app, view, qtbot)
    view.select_paths(images[1:3])
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert [example.path for example in document.bin(cats).examples] == images[:1]


def test_f2_renames_in_place_and_a_duplicate_is_refused(app: App, document: Document) -> None:
    cats, dogs = document.add_bin("Cats"), document.add_bin("Dogs")
    card = app.window.bins.card(dogs)
    card.take_focus()
    QTest.keyClick(card, Qt.Key.Key_F2)
    editor = card.header.name.findChild(QLineEdit)
    assert editor is not None
    assert editor.isVisible()
    editor.setText("cats")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert app.window.statusBar().currentMessage() == "There is a bin called ‘cats’ already."
    assert (document.bin(dogs).name, card.header.name.full_text) == ("Dogs", "Dogs")
    card.edit_name()
    editor.setText("  Wolves ")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert card.header.name.full_text == document.bin(dogs).name == "Wolves"
    assert document.bin(cats).name == "Cats"


def test_after_naming_a_bin_the_keyboard_is_in_it(app: App, document: Document, qtbot: QtBot) -> None:
    cats = document.add_bin("Cats")
    card = app.window.bins.card(cats)
    app.window.activateWindow()
    card.take_focus()
    for last, name in ((Qt.Key.Key_Return, "Lions"), (Qt.Key.Key_Escape, "Lions")):
        QTest.keyClick(card, Qt.Key.Key_F2)
        editor = card.findChild(QLineEdit)
        assert editor is not None
        qtbot.waitUntil(editor.hasFocus)
        QTest.keyClicks(editor, "Lions" if last == Qt.Key.Key_Return else "Bears")
        QTest.keyClick(editor, last)
        assert document.bin(cats).name == name
        qtbot.waitUntil(card.hasFocus)


def test_keys_work_at_once_on_what_f6_comes_to(app: App, document: Document, images: list[Path], qtbot: QtBot) -> None:
    cats = document.add_bin("Cats")
    app.window.activateWindow()
    app.window.inspector.entry().setFocus()
    view = app.window.library.images
    for expected in (images[:1], images[:2]):
        app.window.command_table["nextPane"].trigger()
        while not view.hasFocus():
            app.window.command_table["nextPane"].trigger()
        assert len(view.selected_paths()) == 1
        QTest.keyClick(view, Qt.Key.Key_1)
        assert [example.path for example in document.bin(cats).examples] == expected
