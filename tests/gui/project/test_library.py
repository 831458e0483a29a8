"""The images found in the library's folders."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtTest import QSignalSpy

from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library

A, B, C = (Path(f"/images/{name}.png") for name in "abc")


def test_images_keep_the_number_at_which_they_were_found(document: Document) -> None:
    library = Library(document)
    added = QSignalSpy(library.added)
    library.add([B, A])
    library.add([A, C])
    assert list(library.paths) == [B, A, C]
    assert [library.number(path) for path in (A, B, C, Path("/gone.png"))] == [1, 0, 2, None]
    assert [added.at(at) for at in range(added.count())] == [[0], [2]]


def test_free_images_are_those_in_no_bin(document: Document) -> None:
    library = Library(document)
    library.add([A, B, C])
    document.add_examples(document.add_bin(), [B, Path("/elsewhere.png")])
    assert (library.numbers_in_bins(), library.free_paths()) == ({1}, [A, C])
    document.undo_stack.undo()
    assert (library.numbers_in_bins(), library.free_paths()) == (set(), [A, B, C])


def test_a_scan_begins_with_nothing(document: Document) -> None:
    library = Library(document)
    cleared, scanning = QSignalSpy(library.cleared), QSignalSpy(library.scanning_changed)
    library.add([A])
    library.clear()
    for is_scanning in (True, True, False):
        library.set_scanning(is_scanning)
    assert (len(library), library.number(A), cleared.count()) == (0, None, 1)
    assert [scanning.at(at) for at in range(scanning.count())] == [[True], [False]]
