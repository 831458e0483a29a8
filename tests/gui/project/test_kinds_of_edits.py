"""Kinds of edits: each is one place, one from outside works like ours, and all write the rows that they always did."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QSignalSpy

from fewshot_gui.project.document import Document
from fewshot_gui.project.edits.base import STEPS
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.values import FileIdentity
from tests.model.plugins import install

ROWS = Path(__file__).parents[2] / "data" / "rows-of-edits.json"
TABLES = ("state", "bins", "files", "examples", "folders")
A, B, C, D, E = (Path(f"/pictures/{name}.jpg") for name in "abcde")


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The plug-in `toy_edit`, installed for one test."""
    STEPS.names()  # ours have registered themselves
    monkeypatch.setattr(STEPS, "_things", dict(STEPS._things))
    monkeypatch.setattr(STEPS, "_complete", False)
    source = Path(__file__).with_name("toy_edit.py").read_text(encoding="utf-8")
    monkeypatch.syspath_prepend(install(tmp_path / "plug-ins", "fewshot.edits", "toy_edit", source))
    monkeypatch.delitem(sys.modules, "toy_edit", raising=False)
    assert STEPS.get("set note") is not None
    return sys.modules["toy_edit"]


def _saved_notes(path: Path, toy: Any) -> dict[str, str]:
    with ProjectStore.open(path) as store:
        notes: dict[str, str] = toy.notes(store.load().board)
        return notes


def test_an_edit_from_outside_is_done_undone_and_found_again(document: Document, project_file: Path, toy: Any) -> None:
    cat = document.add_bin("Cat")
    changed = QSignalSpy(document.bin_changed)
    document.edit(toy.set_note(document.board, cat, "from the zoo"))
    assert document.undo_stack.undoText() == "Note on ‘Cat’"
    assert (toy.notes(document.board), changed.at(0)) == ({cat: "from the zoo"}, [cat])
    assert _saved_notes(project_file, toy) == {cat: "from the zoo"}
    document.undo_stack.undo()
    assert toy.notes(document.board) == _saved_notes(project_file, toy) == {cat: ""}
    document.undo_stack.redo()
    assert toy.notes(document.board) == _saved_notes(project_file, toy) == {cat: "from the zoo"}
    rebuilt = ProjectStore.in_memory()
    document.write_all(rebuilt)
    assert toy.notes(rebuilt.load().board) == {cat: "from the zoo"}


def test_where_the_plug_in_is_gone_its_project_opens_without_what_it_added(
    document: Document, project_file: Path, toy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cat = document.add_bin("Cat")
    document.edit(toy.set_note(document.board, cat, "from the zoo"))
    monkeypatch.delitem(STEPS._things, "set note")
    with ProjectStore.open(project_file) as store:
        board = store.load().board
    assert ([bin_.name for bin_ in board.bins], board.extras) == (["Cat"], {})


def test_every_step_of_ours_is_registered_by_name() -> None:
    names = {"identify", "insert bin", "insert examples", "move bin", "relocate", "remove bin", "remove examples"}
    assert set(STEPS.names()) == names | {"restyle bin", "set boxes", "set folders", "set labels"}


def test_every_kind_of_edit_leaves_the_rows_that_it_always_left(qapp: object, tmp_path: Path) -> None:
    """Undo texts and rows after each edit, as the version wrote them that had all kinds in one function."""
    store = ProjectStore.create(tmp_path / "any.fewshot")
    document = Document()
    document.show(store.load(), store, store.path)
    made = _edit_in_every_way(document, store)
    store.close()
    assert made == json.loads(ROWS.read_text(encoding="utf-8"))


def _edit_in_every_way(document: Document, store: ProjectStore) -> list[list[Any]]:
    names: dict[str, str] = {}
    made: list[list[Any]] = []

    def note() -> None:
        made.append([document.undo_stack.undoText(), _rows(store, names)])

    def do(edit: Callable[[], object]) -> None:
        edit()
        note()

    def add(name: str) -> str:
        bin_id = document.add_bin(name)
        names[bin_id] = name
        note()
        return bin_id

    cat, dog, cow = add("Cat"), add("Dog"), add("Cow")
    do(lambda: document.add_examples(cat, [A, B, C]))
    do(lambda: document.add_examples(dog, [B, D]))
    do(lambda: document.rename_bin(cat, "Lion"))
    do(lambda: document.recolor_bin(dog, "#ABCDEF"))
    do(lambda: document.move_bin(cow, 0))
    do(lambda: document.move_bin(cow, 2))
    do(lambda: document.add_folders([Path("/pictures")]))
    do(lambda: document.add_folders([Path("/p2"), Path("/p3")]))
    do(lambda: document.remove_folder(Path("/p2")))
    do(lambda: document.set_identities({A: FileIdentity("ab" * 32, 7)}))
    do(lambda: document.remove_examples([A, D]))
    do(document.undo_stack.undo)
    do(lambda: document.apply_relocations({A: E, Path("/pictures"): Path("/new")}))
    do(lambda: document.merge_bins(dog, cat))
    document.add_bins_from_folder(Path("/zoo"), [("Cow", [B]), ("Owl", [Path("/zoo/1.png")]), ("Empty", [])])
    names[document.bins[-1].id] = "Owl"
    note()
    do(lambda: document.remove_bin(cat))
    while document.undo_stack.canUndo():
        do(document.undo_stack.undo)
    while document.undo_stack.canRedo():
        document.undo_stack.redo()
    note()
    rebuilt = ProjectStore.in_memory()
    document.write_all(rebuilt)
    made.append(["rebuilt", _rows(rebuilt, names)])
    return made


def _rows(store: ProjectStore, names: dict[str, str]) -> dict[str, list[Any]]:
    """Return all rows by table, in order; bins by the names they were given first, random values left out."""
    found: dict[str, list[Any]] = {}
    for table in TABLES:
        columns = "path, size, content_hash" if table == "files" else "*"  # relative paths differ from run to run
        rows = store.connection.execute(f"SELECT {columns} FROM {table}")
        shown = [[names.get(value, value) if isinstance(value, str) else value for value in row] for row in rows]
        texts = [[value.decode() if isinstance(value, bytes) else value for value in row] for row in shown]
        found[table] = sorted((row for row in texts if row[0] not in {"project_id", "record_head"}), key=str)
    return found
