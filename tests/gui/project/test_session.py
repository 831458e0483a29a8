from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.relocate import find_files
from fewshot_gui.project.session import Session
from fewshot_gui.project.store import ProjectStore
from fewshot_gui.project.values import ProjectSettings

from .helpers import identify, images, prediction, state, training_report


@pytest.fixture
def saved(session: Session, tmp_path: Path) -> Path:
    """The file of a project with two bins, predictions and a classifier, open in `session`."""
    path = tmp_path / "birds.fewshot"
    cat, dog = session.document.add_bin("Cat"), session.document.add_bin("Dog")
    session.document.add_examples(cat, images("a", "b"))
    session.results.add_predictions(3, (cat, dog), [prediction(images("n")[0])])
    session.results.set_training(3, (cat, dog), training_report([images("a", "b")]), {"w": b"1"})
    session.save_as(path)
    return path


def _untitled_files(tmp_path: Path) -> list[str]:
    return sorted(os.listdir(tmp_path / "data" / "untitled"))


def test_a_new_project_is_untitled_and_modified_once_it_has_content(session: Session) -> None:
    assert (session.document.is_untitled, session.document.path) == (True, None)
    assert not session.document.is_modified
    session.document.add_bin()
    assert session.document.is_modified


def test_a_saved_project_goes_on_in_its_file(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.document.add_bin("Cat")
    path = tmp_path / "birds.fewshot"
    with qtbot.waitSignal(session.document.path_changed):
        session.save_as(path)
    assert (session.document.path, session.document.is_modified) == (path, False)
    assert _untitled_files(tmp_path) == []
    session.document.undo_stack.undo()
    session.document.undo_stack.redo()
    session.document.add_bin("Dog")
    assert not session.document.is_modified


def test_a_closed_project_reopens_with_all_it_had(
    saved: Path, session: Session, make_session: Callable[[], Session]
) -> None:
    session.set_settings(ProjectSettings("patent-cnn", 5))
    before, revision = state(session.document), session.document.revision
    predictions, report = list(session.results), session.results.report
    session.close()
    assert session.document.bins == ()
    again = make_session()
    again.open(saved)
    assert (state(again.document), again.document.revision) == (before, revision)
    assert (list(again.results), again.results.report) == (predictions, report)
    assert again.results.classifier_files() == {"w": b"1"}
    assert again.settings == ProjectSettings("patent-cnn", 5)
    assert not again.document.undo_stack.canUndo()
    again.close()
    assert sorted(os.listdir(saved.parent)) == ["birds.fewshot", "data"]


def test_saving_under_another_name_leaves_the_first_file_as_it_was(
    saved: Path, session: Session, make_session: Callable[[], Session]
) -> None:
    before = state(session.document)
    session.save_as(saved.with_name("second.fewshot"))
    session.document.add_bin("Owl")
    first = make_session()
    first.open(saved)
    assert state(first.document) == before
    assert len(session.document.bins) == 3


def test_saving_under_its_own_name_changes_nothing(saved: Path, session: Session) -> None:
    session.save_as(saved)
    assert session.document.path == saved


def test_a_project_replaces_another_when_saved_under_its_name(
    saved: Path, session: Session, make_session: Callable[[], Session]
) -> None:
    other = make_session()
    other.new()
    other.document.add_bin("Only")
    session.close()
    saved.with_name(saved.name + "-wal").write_bytes(b"left by a crash")
    other.save_as(saved)
    other.close()
    session.open(saved)
    assert [bin_.name for bin_ in session.document.bins] == ["Only"]


def test_a_project_that_is_open_elsewhere_is_not_replaced(
    saved: Path, session: Session, make_session: Callable[[], Session]
) -> None:
    other = make_session()
    other.new()
    other.document.add_bin("Mine")
    with pytest.raises(ProjectError, match=rf"is open already: in .* \(process {os.getpid()}\)"):
        other.save_as(saved)
    assert [bin_.name for bin_ in other.document.bins] == ["Mine"]
    other.document.add_bin("Still editable")
    session.close()
    other.open(saved)
    assert [bin_.name for bin_ in other.document.bins] == ["Cat", "Dog"]


@pytest.mark.expected_log("training report in this project cannot be read")
@pytest.mark.parametrize("key", ["class_index", "predicted"])
@pytest.mark.parametrize("value", ["2", "-2", "0.0", '"0"', "null"])
def test_a_training_of_classes_that_are_not_there_is_left_out(
    saved: Path, session: Session, key: str, value: str
) -> None:
    session.close()
    with closing(sqlite3.connect(saved)) as connection, connection:
        (report,) = connection.execute("SELECT report FROM training").fetchone()
        connection.execute("UPDATE training SET report = ?", (report.replace(f'"{key}": 0', f'"{key}": {value}', 1),))
    session.open(saved)
    assert session.results.report is None
    assert (len(session.results), len(session.document.bins)) == (1, 2)


def test_a_project_that_cannot_be_opened_leaves_the_open_one_open(
    saved: Path, session: Session, tmp_path: Path
) -> None:
    broken = tmp_path / "broken" / "broken.fewshot"
    broken.parent.mkdir()
    broken.write_bytes(saved.read_bytes()[:5000])
    with pytest.raises(ProjectError, match="is damaged"):
        session.open(broken)
    assert os.listdir(broken.parent) == ["broken.fewshot"]
    session.document.add_bin("Owl")
    assert (session.document.path, len(session.document.bins)) == (saved, 3)


def test_a_save_that_fails_goes_on_in_the_old_file(saved: Path, session: Session, tmp_path: Path) -> None:
    with pytest.raises(ProjectError):
        session.save_as(tmp_path / "nowhere" / "birds.fewshot")
    session.document.add_bin("Owl")
    assert session.document.path == saved
    assert not session.document.is_modified


def test_closing_is_refused_while_the_last_changes_cannot_be_saved(saved: Path, session: Session) -> None:
    session._store.connection.execute("PRAGMA query_only = ON")
    session.document.add_bin("Owl")
    for leave in (session.close, session.new):
        with pytest.raises(ProjectError):
            leave()
    assert len(session.document.bins) == 3
    assert session.recoverable() == ()
    session.close(discard=True)
    assert session.document.bins == ()


def test_what_a_full_disk_does_not_take_is_saved_elsewhere(
    saved: Path, session: Session, make_session: Callable[[], Session]
) -> None:
    session._store.connection.execute("PRAGMA query_only = ON")  # writing fails, as on a full disk
    session.document.add_bin("Owl")
    session.results.add_predictions(3, ("a", "b"), [prediction(images("late")[0])])
    before, predictions = state(session.document), list(session.results)
    rescued = saved.with_name("rescued.fewshot")
    session.save_as(rescued)
    assert not session.document.is_modified
    session.close()
    again = make_session()
    again.open(rescued)
    assert (state(again.document), list(again.results)) == (before, predictions)


@pytest.mark.parametrize("discard", [False, True])
def test_an_untitled_project_is_kept_for_the_next_time_unless_discarded(
    session: Session, make_session: Callable[[], Session], discard: bool
) -> None:
    session.document.add_bin("Cat")
    before = state(session.document)
    session.close(discard=discard)
    again = make_session()
    again.new()
    found = again.recoverable()
    assert len(found) == (0 if discard else 1)
    if found:
        again.recover(found[0])
        assert again.document.is_untitled
        assert state(again.document) == before
        assert again.recoverable() == ()


def test_an_empty_untitled_project_leaves_nothing(session: Session, tmp_path: Path) -> None:
    session.new()
    session.close()
    assert _untitled_files(tmp_path) == []


def test_an_untitled_project_that_is_open_elsewhere_is_not_offered(
    session: Session, make_session: Callable[[], Session]
) -> None:
    session.document.add_bin("Cat")
    assert make_session().recoverable() == ()


def test_a_project_that_is_open_elsewhere_is_not_discarded(
    session: Session, make_session: Callable[[], Session]
) -> None:
    session.document.add_bin("Cat")
    assert session.file is not None
    for one in (session, make_session()):
        with pytest.raises(ProjectError, match="is open already"):
            one.discard(session.file)
    assert session.file.exists()


CRASH = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from fewshot_gui.project.session import Session
app = QCoreApplication([])
session = Session(Path(sys.argv[1]))
session.new()
session.document.add_bin("Cat")
os._exit(1)
"""


def test_an_untitled_project_is_found_again_after_a_crash(make_session: Callable[[], Session], tmp_path: Path) -> None:
    assert subprocess.run([sys.executable, "-c", CRASH, tmp_path / "data"], check=False).returncode == 1
    session = make_session()
    (found,) = session.recoverable()
    session.recover(found)
    assert [bin_.name for bin_ in session.document.bins] == ["Cat"]


def test_a_moved_project_finds_its_images_and_remembers_where(
    session: Session, make_session: Callable[[], Session], tmp_path: Path
) -> None:
    folder = tmp_path / "study"
    pictures = [folder / "pictures" / f"{name}.jpg" for name in "abc"]
    for path in pictures:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.stem * 50)
    bin_id = session.document.add_bin("Cat")
    session.document.add_folders([folder / "pictures"])
    session.document.add_examples(bin_id, pictures)
    session.document.set_identities({path: identify(path) for path in pictures})
    session.save_as(folder / "birds.fewshot")
    session.close()

    new_folder = tmp_path / "archive" / "2026"
    shutil.move(folder, new_folder)
    (new_folder / "pictures" / "b.jpg").rename(new_folder / "pictures" / "bird.jpg")
    (new_folder / "pictures" / "c.jpg").unlink()
    for _ in range(2):
        session = make_session()
        session.open(new_folder / "birds.fewshot")
        found = find_files(session.record_reader()(), new_folder, session.document.folders)
        session.document.apply_relocations(found.moved)
        session.document.set_missing(found.missing)
        assert [example.path for example in session.document.bins[0].examples] == [
            new_folder / "pictures" / "a.jpg",
            new_folder / "pictures" / "bird.jpg",
            pictures[2],
        ]
        assert session.document.folders == (new_folder / "pictures",)
        assert session.document.missing_paths == {pictures[2]}
        session.close()
    assert not found.moved


def test_a_project_in_a_folder_that_cannot_be_made_is_refused(qapp: object, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(ProjectError, match="cannot be made"):
        Session(tmp_path / "data").new()


def test_the_stored_file_is_not_open_after_closing(saved: Path, session: Session) -> None:
    session.close()
    ProjectStore.open(saved).close()
    assert sorted(os.listdir(saved.parent)) == ["birds.fewshot", "data"]
