"""Every kind of drag and drop, by the events that Qt sends."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint
from PySide6.QtTest import QSignalSpy

from fewshot_gui.items.mime import IMAGES_TYPE, DraggedImages, decode_images, encode_bin, encode_images, path_to_url
from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library
from fewshot_gui.views.main_window import MainWindow

from .helpers import board_of, drag_over, drop, leave, paths


def from_file_manager(*files: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([path_to_url(path) for path in files])
    return data


@pytest.fixture
def cats(document: Document) -> str:
    return document.add_bin("Cats")


@pytest.fixture
def dogs(document: Document, cats: str) -> str:
    return document.add_bin("Dogs")


def test_files_from_the_file_manager_go_to_the_bin(window: MainWindow, cats: str) -> None:
    spy = QSignalSpy(window.intents.files_dropped_on_bin)
    files = [*paths(2), Path("/images/a folder")]
    assert drop(window.bins.card(cats), from_file_manager(*files))
    assert spy.at(0) == [cats, DraggedImages("files", tuple(files))]


def test_library_images_go_to_the_bin(window: MainWindow, found: Library, cats: str) -> None:
    spy = QSignalSpy(window.intents.files_dropped_on_bin)
    found.add(paths(5))
    window.library.images.select_paths(paths(5)[1:4])
    rows = window.library.images.selectionModel().selectedIndexes()
    data = window.library.model.mimeData(rows)
    assert drop(window.bins.card(cats), data)
    assert spy.at(0) == [cats, DraggedImages("library", tuple(paths(5)[1:4]))]


def test_images_of_a_bin_go_to_another_but_not_to_their_own(
    window: MainWindow, document: Document, cats: str, dogs: str
) -> None:
    document.add_examples(cats, paths(3))
    model = window.bins.card(cats).images.image_model()
    data = model.mimeData([model.index(0), model.index(2)])
    spy = QSignalSpy(window.intents.files_dropped_on_bin)
    assert not drop(window.bins.card(cats), data)
    assert spy.count() == 0
    assert drop(window.bins.card(dogs), data)
    assert spy.at(0) == [dogs, DraggedImages("bin", (paths(3)[0], paths(3)[2]), cats)]


def test_results_go_to_a_bin(window: MainWindow, cats: str) -> None:
    spy = QSignalSpy(window.intents.files_dropped_on_bin)
    assert drop(window.bins.card(cats), encode_images("results", paths(1)))
    assert spy.at(0) == [cats, DraggedImages("results", tuple(paths(1)))]


def test_examples_dropped_on_the_library_leave_their_bin(window: MainWindow, document: Document, cats: str) -> None:
    document.add_examples(cats, paths(2))
    spy = QSignalSpy(window.intents.examples_dropped_out)
    assert drop(window.library, encode_images("bin", paths(2), cats))
    assert spy.at(0) == [paths(2)]


def test_the_library_takes_files_but_not_its_own_images(window: MainWindow) -> None:
    spy = QSignalSpy(window.intents.files_dropped_on_library)
    assert drop(window.library, from_file_manager(Path("/images")))
    assert spy.at(0) == [[Path("/images")]]
    assert not drop(window.library, encode_images("library", paths(1)))
    assert not drop(window.library, encode_images("results", paths(1)))


def test_a_folder_dropped_beside_the_cards_is_for_the_board(window: MainWindow, cats: str) -> None:
    spy = QSignalSpy(window.intents.files_dropped_on_board)
    board = board_of(window)
    assert drop(board, from_file_manager(Path("/images/classes")), QPoint(5, board.height() - 5))
    assert spy.at(0) == [[Path("/images/classes")]]


def test_the_card_is_highlighted_while_a_drag_is_over_it(window: MainWindow, cats: str) -> None:
    card = window.bins.card(cats)
    before = card.grab().toImage()
    assert drag_over(card, from_file_manager(*paths(1)))
    assert card.grab().toImage() != before
    leave(card)
    assert card.grab().toImage() == before


def test_text_is_no_image(window: MainWindow, cats: str) -> None:
    data = QMimeData()
    data.setText("hello")
    assert not drop(window.bins.card(cats), data)
    assert not drop(window.library, data)


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"source": "elsewhere", "bin": null, "paths": ["/a"]}'])
def test_damaged_data_is_refused_with_a_message(window: MainWindow, cats: str, raw: bytes) -> None:
    data = QMimeData()
    data.setData(IMAGES_TYPE, QByteArray(raw))
    spy = QSignalSpy(window.intents.files_dropped_on_bin)
    assert not drop(window.bins.card(cats), data)
    assert spy.count() == 0
    assert "Nothing was added" in window.statusBar().currentMessage()


@pytest.mark.parametrize(("target", "position"), [("before the first", 0), ("after the last", 2)])
def test_a_bin_dragged_by_its_header_moves(
    window: MainWindow, document: Document, cats: str, dogs: str, target: str, position: int
) -> None:
    birds = document.add_bin("Birds")
    moved, beside = (birds, cats) if target == "before the first" else (cats, birds)
    board_of(window).grid.activate()
    card = window.bins.card(beside)
    board = board_of(window)
    x = card.geometry().left() + 3 if target == "before the first" else card.geometry().right() - 3
    spy = QSignalSpy(window.intents.bin_move_requested)
    assert drop(board, encode_bin(moved), QPoint(x, card.geometry().center().y()))
    assert spy.at(0) == [moved, position]


def test_a_bin_over_a_card_is_left_to_the_board(window: MainWindow, document: Document, cats: str, dogs: str) -> None:
    spy = QSignalSpy(window.intents.bin_move_requested)
    board_of(window).grid.activate()
    assert drop(window.bins.card(cats), encode_bin(dogs), QPoint(3, 30))
    assert spy.at(0) == [dogs, 0]


def test_a_drag_out_gives_other_programs_the_files(window: MainWindow, document: Document, cats: str) -> None:
    document.add_examples(cats, paths(2))
    model = window.bins.card(cats).images.image_model()
    data = model.mimeData([model.index(0), model.index(1)])
    assert [url.toLocalFile() for url in data.urls()] == [str(path) for path in paths(2)]
    images = decode_images(data)
    assert images is not None
    assert images.bin_id == cats
