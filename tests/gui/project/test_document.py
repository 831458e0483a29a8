from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.project.document import Document, FileIdentity
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.palette import OKABE_ITO

from .helpers import images, names_of, saved_state, state


@pytest.fixture
def cat(document: Document) -> str:
    bin_id = document.add_bin("Cat")
    document.add_examples(bin_id, images("a", "b", "c", "d"))
    return bin_id


@pytest.fixture
def dog(document: Document, cat: str) -> str:
    bin_id = document.add_bin("Dog")
    document.add_examples(bin_id, images("x", "y"))
    return bin_id


EDITS: dict[str, Callable[[Document, str, str], object]] = {
    "Add bin ‘Bin 1’": lambda document, cat, dog: document.add_bin(),
    "Remove bin ‘Cat’": lambda document, cat, dog: document.remove_bin(cat),
    "Rename bin ‘Cat’": lambda document, cat, dog: document.rename_bin(cat, "Kitten"),
    "Recolour bin ‘Cat’": lambda document, cat, dog: document.recolor_bin(cat, "#ABCDEF"),
    "Move bin ‘Cat’": lambda document, cat, dog: document.move_bin(cat, 1),
    "Merge ‘Cat’ into ‘Dog’": lambda document, cat, dog: document.merge_bins(cat, dog),
    "Add 2 images to ‘Cat’": lambda document, cat, dog: document.add_examples(cat, images("e", "x")),
    "Add 1 image to ‘Cat’": lambda document, cat, dog: document.add_examples(cat, images("e")),
    "Remove 3 images": lambda document, cat, dog: document.remove_examples(images("d", "x", "b")),
    "Add bins from folder ‘zoo’": lambda document, cat, dog: document.add_bins_from_folder(
        Path("/zoo"), [("cat", images("e", "x")), ("Owl", images("o", "a"))]
    ),
    "Add folder ‘zoo’": lambda document, cat, dog: document.add_folders([Path("/zoo")]),
    "Add folders": lambda document, cat, dog: document.add_folders([Path("/zoo"), Path("/park")]),
}


@pytest.mark.parametrize("text", EDITS)
def test_every_edit_is_saved_undone_and_redone_exactly(
    document: Document, project_file: Path, cat: str, dog: str, text: str
) -> None:
    before, revision, entries = state(document), document.revision, document.undo_stack.count()
    EDITS[text](document, cat, dog)
    after = state(document)
    assert after != before
    assert (document.undo_stack.count(), document.undo_stack.undoText()) == (entries + 1, text)
    assert saved_state(project_file) == after
    document.undo_stack.undo()
    assert state(document) == saved_state(project_file) == before
    document.undo_stack.redo()
    assert state(document) == saved_state(project_file) == after
    assert document.revision == revision + 3


def test_removing_a_folder_is_undone_in_its_place(document: Document, project_file: Path) -> None:
    folders = (Path("/zoo"), Path("/park"), Path("/farm"))
    document.add_folders(folders)
    document.remove_folder(Path("/park"))
    assert document.folders == (Path("/zoo"), Path("/farm"))
    document.undo_stack.undo()
    assert document.folders == saved_state(project_file)[1] == folders


def test_undoing_the_removal_of_a_bin_restores_place_colour_and_order(document: Document, cat: str, dog: str) -> None:
    document.move_bin(dog, 0)
    document.recolor_bin(cat, "#123456")
    document.remove_examples(images("b"))
    document.add_examples(cat, images("b"))
    document.remove_bin(cat)
    document.undo_stack.undo()
    assert [bin_.id for bin_ in document.bins] == [dog, cat]
    assert document.bin(cat).color == "#123456"
    assert names_of(document, cat) == ["a", "c", "d", "b"]


def test_examples_that_were_removed_come_back_between_their_neighbours(document: Document, cat: str) -> None:
    document.remove_examples(images("b", "d"))
    document.add_examples(cat, images("e"))
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert names_of(document, cat) == ["a", "b", "c", "d"]


def test_edits_that_change_nothing_are_no_edits(document: Document, cat: str, dog: str) -> None:
    revision, entries = document.revision, document.undo_stack.count()
    document.rename_bin(cat, " Cat ")
    document.recolor_bin(cat, OKABE_ITO[0].upper())
    document.move_bin(cat, -3)
    document.move_bin(dog, 99)
    assert document.add_examples(cat, []) == 0
    assert document.remove_examples(images("nowhere")) == 0
    document.add_folders([])
    document.remove_folder(Path("/never-added"))
    assert (document.revision, document.undo_stack.count()) == (revision, entries)


def test_an_image_dropped_on_another_bin_moves_there(document: Document, cat: str, dog: str) -> None:
    assert document.add_examples(dog, images("b", "d")) == 2
    assert names_of(document, cat) == ["a", "c"]
    assert names_of(document, dog) == ["x", "y", "b", "d"]
    assert document.bin_of(images("b")[0]) == dog


def test_duplicates_are_refused_in_one_message_and_the_rest_goes_on(qtbot: QtBot, document: Document, cat: str) -> None:
    with qtbot.waitSignal(document.message_posted) as posted:
        assert document.add_examples(cat, images("c", "e", "a", "e")) == 1
    assert posted.args == ["Already in ‘Cat’: 2 images."]
    assert names_of(document, cat) == ["a", "b", "c", "d", "e"]


def test_relative_and_roundabout_paths_are_one_image(document: Document, cat: str) -> None:
    here = Path.cwd() / "e.jpg"
    paths = [Path("e.jpg"), here, here.parent / "sub" / ".." / "e.jpg"]
    assert document.add_examples(cat, paths) == 1
    assert document.bin_of(here) == cat


def test_bins_from_a_folder_extend_those_that_are_there(qtbot: QtBot, document: Document, cat: str) -> None:
    groups = [("CAT", images("e")), ("Owl", images("o", "e")), ("empty", []), ("owl ", images("p"))]
    with qtbot.waitSignal(document.message_posted) as posted:
        assert document.add_bins_from_folder(Path("/zoo"), groups) == 3
    assert [bin_.name for bin_ in document.bins] == ["Cat", "Owl"]
    assert names_of(document, cat) == ["a", "b", "c", "d", "e"]
    assert names_of(document, document.bins[1].id) == ["o", "p"]
    assert document.bins[1].color == OKABE_ITO[1]
    assert posted.args == ["Without images, or with images that are in another folder too: ‘Owl’, ‘empty’."]


@pytest.mark.parametrize("name", ["", "  ", "cat", " CAT\n"])
def test_names_that_cannot_be_given_are_refused(document: Document, cat: str, dog: str, name: str) -> None:
    before = state(document)
    with pytest.raises(ProjectError):
        document.add_bin(name)
    with pytest.raises(ProjectError):
        document.rename_bin(dog, name)
    assert state(document) == before


def test_a_bin_may_change_the_case_of_its_own_name(document: Document, cat: str) -> None:
    document.rename_bin(cat, "CAT")
    assert document.bin(cat).name == "CAT"


def test_unnamed_bins_get_the_first_free_name_and_colours_of_their_own(document: Document) -> None:
    document.add_bin("bin 2")
    document.add_bin()
    document.add_bin()
    assert [bin_.name for bin_ in document.bins] == ["bin 2", "Bin 1", "Bin 3"]
    assert tuple(bin_.color for bin_ in document.bins) == OKABE_ITO[:3]


def test_a_bin_that_is_gone_is_named_in_no_edit(document: Document, cat: str, dog: str) -> None:
    document.remove_bin(cat)
    for text, edit in EDITS.items():
        if "Cat" in text:
            with pytest.raises(ProjectError, match="does not exist any more"):
                edit(document, cat, dog)


def test_a_bin_is_not_merged_into_itself(document: Document, cat: str) -> None:
    with pytest.raises(ProjectError, match="into itself"):
        document.merge_bins(cat, cat)
    assert names_of(document, cat) == ["a", "b", "c", "d"]


def test_signals_tell_what_changed_after_it_changed(document: Document, cat: str, dog: str) -> None:
    told: list[tuple[object, ...]] = []
    document.bin_inserted.connect(lambda bin_id, position: told.append(("inserted", bin_id, position)))
    document.bin_removed.connect(lambda bin_id: told.append(("removed", bin_id)))
    document.bin_changed.connect(lambda bin_id: told.append(("changed", document.bin(bin_id).name)))
    document.bins_reordered.connect(lambda: told.append(("reordered", document.bins[0].id)))
    document.examples_changed.connect(
        lambda bin_id: told.append(("examples", bin_id, len(document.bin(bin_id).examples)))
    )
    document.folders_changed.connect(lambda: told.append(("folders", document.folders)))
    document.revision_changed.connect(lambda revision: told.append(("revision", revision)))
    first = document.revision + 1

    document.merge_bins(cat, dog)
    document.undo_stack.undo()
    document.rename_bin(dog, "Wolf")
    document.move_bin(dog, 0)
    document.add_folders([Path("/zoo")])

    assert told == [
        ("removed", cat),
        ("examples", dog, 6),
        ("revision", first),
        ("inserted", cat, 0),
        ("examples", dog, 2),
        ("examples", cat, 4),
        ("revision", first + 1),
        ("changed", "Wolf"),
        ("revision", first + 2),
        ("reordered", dog),
        ("revision", first + 3),
        ("folders", (Path("/zoo"),)),
        ("revision", first + 4),
    ]


def test_hashes_arrive_without_an_edit_and_survive_undo(
    qtbot: QtBot, document: Document, project_file: Path, cat: str
) -> None:
    path = images("b")[0]
    revision, entries = document.revision, document.undo_stack.count()
    with qtbot.waitSignal(document.example_changed) as told:
        document.set_identities({path: FileIdentity("ab" * 32, 1234)})
    assert told.args == [path]
    assert (document.revision, document.undo_stack.count()) == (revision, entries)
    document.remove_examples([path])
    document.undo_stack.undo()
    assert document.bin(cat).examples[1].content_hash == "ab" * 32
    assert state(document) == saved_state(project_file)


def test_missing_files_are_told_once_when_they_go_and_when_they_come_back(document: Document, cat: str) -> None:
    told: list[Path] = []
    document.example_changed.connect(told.append)
    a, b = images("a", "b")
    document.set_missing([a, b])
    assert document.missing_paths == {a, b}
    assert set(told) == {a, b}
    told.clear()
    document.set_missing([b])
    assert told == [a]


def test_relocated_files_are_undone_and_redone_under_their_new_paths(
    document: Document, project_file: Path, cat: str, dog: str
) -> None:
    document.add_folders([Path("/pictures")])
    document.remove_examples(images("b"))
    document.add_examples(dog, images("c"))
    document.set_missing(images("a", "b", "c"))
    moved = {path: Path("/new") / path.name for path in images("a", "b", "c")} | {Path("/pictures"): Path("/new")}
    entries = document.undo_stack.count()

    document.apply_relocations(moved)

    assert document.undo_stack.count() == entries
    assert document.missing_paths == frozenset()
    assert document.folders == (Path("/new"),)
    assert state(document) == saved_state(project_file)
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert [str(example.path) for example in document.bin(cat).examples] == [
        "/new/a.jpg",
        "/new/b.jpg",
        "/new/c.jpg",
        "/pictures/d.jpg",
    ]
    assert state(document) == saved_state(project_file)
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    while document.undo_stack.canRedo():
        document.undo_stack.redo()
    assert names_of(document, dog) == ["x", "y", "c"]
    assert state(document) == saved_state(project_file)


def test_a_relocation_onto_an_image_that_is_known_already_is_not_made(document: Document, cat: str, dog: str) -> None:
    a, b, x, new = *images("a", "b", "x"), Path("/new/a.jpg")
    before = state(document)
    document.set_missing([a, b])
    document.apply_relocations({a: x})
    assert state(document) == before
    document.apply_relocations({a: new, b: new})
    assert (document.bin_of(new), document.bin_of(b), document.missing_paths) == (cat, cat, {b})


def test_a_full_disk_stops_no_edit_and_is_made_good_later(
    qtbot: QtBot, document: Document, project_file: Path, cat: str
) -> None:
    connection = document._store.connection
    connection.execute("PRAGMA query_only = ON")  # every write fails, as it does on a full disk
    with qtbot.waitSignal(document.save_failed) as told:
        document.add_bin("Owl")
    assert "birds.fewshot" in told.args[0]
    document.undo_stack.undo()
    document.undo_stack.redo()
    document.rename_bin(cat, "Lynx")
    assert document.is_modified
    with pytest.raises(ProjectError):
        document.save()
    connection.execute("PRAGMA query_only = OFF")
    document.add_examples(cat, images("e"))
    assert not document.is_modified
    assert state(document) == saved_state(project_file)


def test_five_thousand_images_are_one_entry_and_no_stall(document: Document, cat: str) -> None:
    paths = [Path(f"/pictures/of/5000/{number:04}.jpg") for number in range(5000)]
    entries = document.undo_stack.count()
    assert document.add_examples(cat, paths) == 5000
    assert document.undo_stack.count() == entries + 1
    document.undo_stack.undo()
    assert names_of(document, cat) == ["a", "b", "c", "d"]


def test_undo_names_what_a_drop_of_folders_filled(document: Document) -> None:
    groups = [(name, [Path(f"/{name}/1.png")]) for name in ("Ant", "Bee", "Cow", "Doe", "Elk")]
    document.add_bins_from_folder(Path("/zoo"), groups)
    assert document.undo_stack.undoText() == "Add bins from folder ‘zoo’"
    document.undo_stack.undo()
    document.add_bins_from_folder(None, groups)
    assert document.undo_stack.undoText() == "Add to bins: ‘Ant’, ‘Bee’, ‘Cow’ and 2 more"
