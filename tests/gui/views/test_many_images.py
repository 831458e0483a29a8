"""A hundred thousand images: only what is seen costs anything."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library
from fewshot_gui.project.results import Results
from fewshot_gui.views.main_window import MainWindow
from model.types import Prediction, Status

from .conftest import ReadyThumbnails

MANY = [Path(f"/many/{number}.png") for number in range(100_000)]


def test_only_visible_thumbnails_are_asked_for(
    window: MainWindow, found: Library, document: Document, results: Results, thumbnails: ReadyThumbnails
) -> None:
    found.add(MANY)
    results.add_predictions(0, (document.add_bin(),), [Prediction(path, Status.OK, 0, (1.0,)) for path in MANY])
    window.grab()
    assert 0 < len(thumbnails.asked) < 200
    window.library.images.scrollToBottom()
    window.results.table.scrollToBottom()
    window.grab()
    assert MANY[-1] in thumbnails.asked
    assert len(thumbnails.asked) < 400


def test_a_large_library_is_filtered_and_selected(
    window: MainWindow, found: Library, thumbnails: ReadyThumbnails
) -> None:
    for first in range(0, len(MANY), 5000):
        found.add(MANY[first : first + 5000])
        QApplication.processEvents()
    window.grab()
    for path in MANY[:200]:  # thumbnails arrive
        thumbnails.image_ready.emit(path)
    window.library.model.set_filter("99")
    window.library.images.selectAll()
    assert window.library.model.rowCount() == sum("99" in path.name for path in MANY)
    assert len(window.library.images.selected_paths()) == window.library.model.rowCount()


def test_all_of_a_large_library_stays_selected_through_a_filter_and_a_scattered_part_does_not(
    window: MainWindow, found: Library, document: Document
) -> None:
    found.add(MANY)
    view = window.library.images
    view.selectAll()
    document.add_examples(document.add_bin(), MANY[:1])
    assert window.command_table["removeExamples"].isEnabled()
    window.library.unsorted_only.setChecked(True)
    assert view.selected_paths() == MANY[1:]
    assert not window.command_table["removeExamples"].isEnabled()
    view.select_paths(MANY[1::2])
    assert view.selected_paths() == []
