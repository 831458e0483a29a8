"""Labels: what people say of images is kept apart from the bins, with who, when and what the classifier said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy

from fewshot_gui.project.document import Document
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.labels import Label, LabelSource, final_label
from fewshot_gui.project.store import ProjectStore

A, B = Path("/pictures/a.jpg"), Path("/pictures/b.jpg")


def label(bin_id: str | None, reader: str = "ana", second: int = 1, note: str | None = None) -> Label:
    return Label(reader, LabelSource.CORRECTED, bin_id, note, f"2026-11-29T00:00:{second:02}.000000Z", "x", 0.6, 4)


def saved(path: Path) -> dict[Path, tuple[Label, ...]]:
    with ProjectStore.open(path) as store:
        return store.load().board.labels


def test_a_label_is_saved_undone_and_no_example(document: Document, project_file: Path) -> None:
    cat = document.add_bin("Cat")
    changed = QSignalSpy(document.labels_changed)
    document.give_labels({A: label(cat), B: label(None)})
    assert document.label(A) == label(cat)
    assert (document.bin_of(A), document.example_count) == (None, 0)
    assert saved(project_file) == {A: (label(cat),), B: (label(None),)}
    assert changed.at(0) == [[A, B]]
    document.undo_stack.undo()
    assert (document.label(A), saved(project_file)) == (None, {})
    document.undo_stack.redo()
    assert saved(project_file) == {A: (label(cat),), B: (label(None),)}
    document.give_labels({A: label(None, second=2)})
    assert document.undo_stack.undoText() == "Label 1 image as none of these"
    document.take_back_labels([A, B, Path("/never/labelled.jpg")], "ana")
    assert saved(project_file) == {}
    document.undo_stack.undo()
    assert saved(project_file) == {A: (label(None, second=2),), B: (label(None),)}


def test_the_same_label_again_is_no_edit(document: Document) -> None:
    cat = document.add_bin("Cat")
    document.give_labels({A: label(cat)})
    count = document.undo_stack.count()
    document.give_labels({A: label(cat)})
    document.take_back_labels([A], "bo")
    assert document.undo_stack.count() == count


def test_two_readers_have_a_label_each_and_the_latest_decided_one_counts(
    document: Document, project_file: Path
) -> None:
    cat, dog = document.add_bin("Cat"), document.add_bin("Dog")
    document.give_labels({A: label(cat, "ana", 1)})
    document.give_labels({A: label(dog, "bo", 2)})
    assert document.label(A) == label(dog, "bo", 2)
    document.give_labels({A: label(cat, "ana", 3)})
    assert document.label(A) == label(cat, "ana", 3)
    flag = replace(label(None, "bo", 4, "unsure"), source=LabelSource.OPEN)
    document.give_labels({A: flag})
    assert document.label(A) == label(cat, "ana", 3)  # a flag says nothing of what it shows
    assert saved(project_file)[A] == document.labels_of(A) == (label(cat, "ana", 3), flag)
    document.take_back_labels([A], "ana")
    assert (document.label(A), document.labels_of(A)) == (None, (flag,))
    assert final_label(()) is None


def test_labels_follow_a_merged_bin_and_outlive_a_removed_one(document: Document, project_file: Path) -> None:
    cat, dog = document.add_bin("Cat"), document.add_bin("Dog")
    document.give_labels({A: label(cat), B: label(dog)})
    document.merge_bins(cat, dog)
    assert saved(project_file) == {A: (label(dog),), B: (label(dog),)}
    document.undo_stack.undo()
    assert saved(project_file) == {A: (label(cat),), B: (label(dog),)}
    document.remove_bin(dog)
    assert document.label(B) == label(dog)


def test_labels_of_files_found_elsewhere_go_along(document: Document, project_file: Path) -> None:
    cat = document.add_bin("Cat")
    document.give_labels({A: label(cat), B: label(cat, "bo")})
    document.give_labels({B: label(None, "ana", 2)})
    moved = Path("/new/a.jpg")
    document.apply_relocations({A: moved})
    assert saved(project_file) == {moved: (label(cat),), B: (label(cat, "bo"), label(None, "ana", 2))}
    document.apply_relocations({moved: B})  # ana said something of both
    expected = {moved: (label(cat),), B: (label(cat, "bo"), label(None, "ana", 2))}
    assert saved(project_file) == document.board.labels == expected


def test_a_read_only_project_takes_no_label(document: Document) -> None:
    cat = document.add_bin("Cat")
    document._read_only_reason = "another window has it"
    with pytest.raises(ProjectError, match="another window"):
        document.give_labels({A: label(cat)})
    assert document.label(A) is None


@pytest.mark.parametrize("column", range(8))
def test_rows_of_other_values_are_no_labels(column: int) -> None:
    row = list(label("c").as_row())
    assert Label.of_row(row) == label("c")
    row[column] = object()
    with pytest.raises((TypeError, ValueError)):
        Label.of_row(row)
