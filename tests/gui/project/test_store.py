from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewshot_gui.project.document import Document
from fewshot_gui.project.edits.bins import InsertBin
from fewshot_gui.project.edits.examples import InsertExamples
from fewshot_gui.project.edits.folders import SetFolders
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.file_records import record_reader
from fewshot_gui.project.schema import SCHEMA_VERSION
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.values import ProjectSettings, clean_name

from .helpers import images, saved_state, state

NOT_TEXT = Path(os.fsdecode(b"/pictures/caf\xe9-\xff\xfe.jpg"))


@given(
    st.lists(st.text(st.characters()), max_size=4),
    st.lists(st.binary(min_size=1).filter(lambda name: not {0, ord("/"), ord(".")} & set(name)), max_size=4),
)
def test_names_in_any_script_and_paths_of_any_bytes_come_back(names: list[str], paths: list[bytes]) -> None:
    store = ProjectStore.in_memory()
    bins = [InsertBin(at, str(at), clean_name(name), "#000000") for at, name in enumerate(names)]
    files = [Path(os.fsdecode(b"/p/" + path)) for path in dict.fromkeys(paths)]
    home = InsertBin(len(bins), "home", "home", "#000000")
    store.write([*bins, home, InsertExamples("home", tuple(enumerate(files))), SetFolders((), tuple(files))], 3)
    content = store.load()
    assert [bin_.name for bin_ in content.board.bins] == [clean_name(name) for name in names] + ["home"]
    assert [example.path for example in content.board.bin("home").examples] == files
    assert content.board.folders == tuple(files)
    assert content.revision == 3


def test_a_path_that_is_not_text_is_saved_in_the_file(document: Document, project_file: Path) -> None:
    bin_id = document.add_bin("猫")
    document.add_examples(bin_id, [NOT_TEXT])
    document.add_folders([NOT_TEXT.parent])
    assert saved_state(project_file) == state(document)


def test_settings_are_the_projects(store: ProjectStore, project_file: Path) -> None:
    assert store.settings() == ProjectSettings()
    store.save_settings(ProjectSettings("patent-cnn", seed=7))
    again = ProjectStore.open(project_file)
    assert again.settings() == ProjectSettings("patent-cnn", seed=7)
    again.close()


def test_a_step_that_fails_leaves_nothing_of_its_edit(store: ProjectStore) -> None:
    store.write([InsertBin(0, "cat", "Cat", "#000000")], 1)
    clash = [InsertBin(1, "dog", "Dog", "#000000"), InsertBin(2, "cat", "Cat again", "#000000")]
    with pytest.raises(ProjectError, match="cannot be read or saved"):
        store.write(clash, 2)
    content = store.load()
    assert ([bin_.id for bin_ in content.board.bins], content.revision) == (["cat"], 1)


def _sqlite_file(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def _newer(path: Path) -> None:
    _sqlite_file(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def _foreign(path: Path) -> None:
    path.unlink()
    _sqlite_file(path, "CREATE TABLE cats (name)")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])


def _scribbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:12288] = os.urandom(8192)
    path.write_bytes(content)


def _no_database(path: Path) -> None:
    path.write_bytes(b"\x89PNG" + bytes(5000))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_newer, "saved by a newer version"),
        (_foreign, "is not a Fewshot project"),
        (_cut, "is damaged"),
        (_scribbled, "is damaged"),
        (_no_database, "is not a Fewshot project"),
        (_empty, "is not a Fewshot project"),
    ],
)
def test_a_file_that_cannot_be_opened_is_refused_and_left_as_it_is(
    store: ProjectStore, project_file: Path, spoil: object, message: str
) -> None:
    store.write([InsertBin(0, "cat", "Cat", "#000000"), InsertExamples("cat", ((0, images("a")[0]),))], 1)
    store.close()
    assert callable(spoil)
    spoil(project_file)
    content = project_file.read_bytes()
    with pytest.raises(ProjectError, match=message) as refused:
        ProjectStore.open(project_file)
    assert "birds.fewshot" in str(refused.value)
    assert project_file.read_bytes() == content
    assert os.listdir(project_file.parent) == [project_file.name]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="does not exist"):
        ProjectStore.open(tmp_path / "gone.fewshot")
    assert not list(tmp_path.iterdir())


def test_a_new_project_does_not_replace_a_file(store: ProjectStore, project_file: Path) -> None:
    with pytest.raises(ProjectError, match="exists already"):
        ProjectStore.create(project_file)


def test_a_closed_project_is_one_file(store: ProjectStore, project_file: Path) -> None:
    store.write([InsertBin(0, "cat", "Cat", "#000000")], 1)
    store.close()
    assert os.listdir(project_file.parent) == [project_file.name]


def test_a_copy_is_whole_and_knows_files_by_their_place_beside_it(store: ProjectStore, tmp_path: Path) -> None:
    picture = tmp_path / "pictures" / "a.jpg"
    store.write([InsertBin(0, "cat", "Cat", "#000000"), InsertExamples("cat", ((0, picture),))], 1)
    copy = tmp_path / "copy.fewshot"
    store.copy_to(copy)
    copied = ProjectStore.open(copy)
    assert state(copied.load().board) == state(store.load().board)
    assert [record.relative for record in record_reader(copied)()] == [b"pictures/a.jpg"]
    assert [record.relative for record in record_reader(store)()] == [b"../pictures/a.jpg"]
    copied.close()
    assert sorted(os.listdir(tmp_path)) == ["copy.fewshot", "project"]


def test_a_copy_that_fails_leaves_what_was_there(
    store: ProjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "old.fewshot"
    target.write_bytes(b"old")

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(ProjectError, match="No space left on device"):
        store.copy_to(target)
    assert target.read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["old.fewshot", "project"]


def test_a_copy_into_a_folder_that_is_not_there_is_refused(store: ProjectStore, tmp_path: Path) -> None:
    with pytest.raises(ProjectError):
        store.copy_to(tmp_path / "nowhere" / "copy.fewshot")
