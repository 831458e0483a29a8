"""Boxes on examples in the project: saved as they are drawn, undone, found again, in the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fewshot_gui.project.document import Document
from fewshot_gui.project.edits.going_back import go_back
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.record import entries_of_image
from fewshot_gui.project.recovery import survey, write_recovered
from fewshot_gui.project.session import Session
from fewshot_gui.project.store import ProjectStore
from model.errors import CheckpointError
from model.exports.project_contents import read_project
from model.types import Attend, ExampleReport, Region, TrainingReport

from .helpers import images, saved_state, state

BOXES = Attend((Region(1, 2, 30, 40), Region(5, 5, 6, 7)), (Region(0, 90, 100, 10),))


def test_they_are_in_the_file_at_once_and_undone(document: Document, project_file: Path) -> None:
    (path,) = images("a")
    document.add_examples(document.add_bin("Cat"), [path])
    told: list[Path] = []
    document.boxes_changed.connect(told.append)
    document.set_boxes(path, BOXES)
    assert saved_state(project_file) == state(document)
    assert ProjectStore.open(project_file).load().board.boxes == {path: BOXES}
    document.set_boxes(path, replace(BOXES, outside=()))
    assert document.undo_stack.undoText() == "Remove a box from an example"
    document.set_boxes(path, replace(BOXES, outside=()))  # the same again is no edit
    document.undo_stack.undo()
    assert document.boxes(path) == BOXES
    document.undo_stack.undo()
    assert document.boxes(path) == Attend()
    assert saved_state(project_file) == state(document)
    document.undo_stack.redo()
    assert document.boxes(path) == BOXES
    assert told == [path] * 5


def test_an_example_that_leaves_its_bin_and_comes_back_has_them(document: Document) -> None:
    (path,) = images("a")
    document.add_examples(document.add_bin("Cat"), [path])
    document.set_boxes(path, BOXES)
    document.remove_examples([path])
    assert document.boxes_of_examples() == {}
    document.undo_stack.undo()
    assert document.boxes_of_examples() == {path: BOXES}


def test_they_go_with_a_file_that_moved(document: Document, project_file: Path) -> None:
    (path,) = images("a")
    document.add_examples(document.add_bin("Cat"), [path])
    document.set_boxes(path, BOXES)
    document.apply_relocations({path: Path("/new/a.jpg")})
    assert document.boxes(Path("/new/a.jpg")) == BOXES
    assert saved_state(project_file) == state(document)
    document.undo_stack.undo()
    assert document.boxes(Path("/new/a.jpg")) == Attend()


def test_the_record_tells_of_them(document: Document, store: ProjectStore) -> None:
    (path,) = images("a")
    document.add_examples(document.add_bin("Cat"), [path])
    document.set_boxes(path, Attend((Region(1, 2, 3, 4),)))
    entry = entries_of_image(store.connection, path)[-1]
    (change,) = entry.what["changes"]
    assert change["step"] == "set boxes"
    assert change["new"] == {"inside": [{"x": 1, "y": 2, "width": 3, "height": 4}], "outside": []}


def test_a_classifier_trained_with_other_boxes_is_out_of_date(session: Session) -> None:
    document, results = session.document, session.results
    bins = [document.add_bin(name) for name in ("Cat", "Dog")]
    paths = images("a", "b")
    for bin_id, path in zip(bins, paths, strict=True):
        document.add_examples(bin_id, [path])
    document.set_boxes(paths[0], BOXES)
    examples = (ExampleReport(paths[0], 0, 1.0, 0, 0.9, attend=BOXES), ExampleReport(paths[1], 1, 1.0, 1, 0.9))
    report = TrainingReport(("Cat", "Dog"), examples, (), (), None, None, 1, True, 0.0)
    results.set_training(document.revision, tuple(bins), report, {}, {}, None)
    assert not results.is_stale
    document.set_boxes(paths[1], BOXES)
    assert results.is_stale
    document.undo_stack.undo()
    assert not results.is_stale
    document.set_boxes(paths[0], Attend())
    assert results.is_stale
    document.edit(
        go_back(document.board, "then", [(bins[0], "Cat", paths[:1]), (bins[1], "Dog", paths[1:])], {paths[0]: BOXES})
    )
    assert not results.is_stale


def test_they_are_there_after_a_kill(make_session: Callable[[], Session], project_file: Path, tmp_path: Path) -> None:
    """What is on the disk while the program still runs opens elsewhere with the boxes."""
    first = make_session()
    first.new()
    (path,) = images("a")
    first.document.add_examples(first.document.add_bin("Cat"), [path])
    first.save_as(tmp_path / "drawn.fewshot")
    first.document.set_boxes(path, BOXES)
    for file in tmp_path.glob("drawn.fewshot*"):
        if not file.name.endswith((".lock", "-shm")):
            (tmp_path / file.name.replace("drawn", "copy")).write_bytes(file.read_bytes())
    second = make_session()
    second.open(tmp_path / "copy.fewshot")
    assert second.document.boxes(path) == BOXES


def test_they_are_recovered(document: Document, project_file: Path, tmp_path: Path) -> None:
    (path,) = images("a")
    document.add_examples(document.add_bin("Cat"), [path])
    document.set_boxes(path, BOXES)
    write_recovered(survey(project_file), tmp_path / "recovered.fewshot")
    assert saved_state(tmp_path / "recovered.fewshot")[3] == ((path, BOXES),)


@pytest.mark.parametrize(
    "box", ["0, -1, 0, 5, 5", "0, 0, 0, 0, 5", "1, 1.5, 0, 5, 5", "2, 0, 0, 5, 5", "1, 'a', 0, 5, 5",
            "0, 0, 0, 5, x'05'", f"1, 0, 0, 5, {2**53 + 1}"]
)  # fmt: skip
def test_a_box_that_is_none_is_damage_to_window_and_command(document: Document, project_file: Path, box: str) -> None:
    (path,) = images("a")
    document.add_examples(document.add_bin("Cat"), [path])
    document.set_boxes(path, Attend((Region(1, 1, 1, 1),)))
    read_project(project_file)
    with ProjectStore.open(project_file) as store:
        store.connection.execute("DELETE FROM boxes")
        store.connection.execute(f"INSERT INTO boxes SELECT path, 0, {box} FROM examples")
        with pytest.raises(ProjectError, match="damaged"):
            store.load()
    with pytest.raises(CheckpointError, match="damaged"):
        read_project(project_file)
    assert not survey(project_file).boxes
