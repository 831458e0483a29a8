"""Projects that another program has, or that cannot be written to: read, and never changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fewshot_gui.project.errors import LockedError, ProjectError
from fewshot_gui.project.opening import open_project
from fewshot_gui.project.session import Session
from fewshot_gui.project.values import FileIdentity, ProjectSettings

from .helpers import images, prediction, state, training_report


@pytest.fixture
def other(make_session: Callable[[], Session], tmp_path: Path) -> Session:
    """The session of another window, which has a project with two bins open."""
    other = make_session()
    other.new()
    other.document.add_examples(other.document.add_bin("Cat"), images("a", "b"))
    other.document.add_bin("Dog")
    path = tmp_path / "study" / "birds.fewshot"
    path.parent.mkdir()
    other.save_as(path)
    return other


@pytest.fixture
def path(other: Session) -> Path:
    assert other.document.path is not None
    return other.document.path


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}


def test_the_second_window_reads_what_the_first_has_and_says_who_that_is(
    session: Session, other: Session, path: Path
) -> None:
    other.document.add_bin("Owl")  # in the log still
    before = _files(path.parent)
    session.open(path)
    assert state(session.document) == state(other.document)
    assert "is open already: in" in session.document.read_only_reason
    assert f"(process {os.getpid()})" in session.document.read_only_reason
    cat = session.document.bins[0].id
    for edit in (
        session.document.add_bin,
        lambda: session.document.remove_bin(cat),
        lambda: session.document.add_examples(cat, images("c")),
        lambda: session.document.add_folders([Path("/zoo")]),
        lambda: session.set_settings(ProjectSettings("patent-cnn", 3)),
    ):
        with pytest.raises(ProjectError, match="Not changed: “birds"):
            edit()
    assert state(session.document) == state(other.document)
    other.document.add_bin("Goes on")
    assert not other.document.has_unsaved_changes
    other.document.undo_stack.undo()
    session.close()
    assert _files(path.parent).keys() == before.keys()
    assert _files(path.parent)[path.name] == before[path.name]


def test_what_is_computed_meanwhile_is_kept_by_save_as_alone(
    session: Session, other: Session, path: Path, make_session: Callable[[], Session]
) -> None:
    session.open(path)
    cat, dog = (bin_.id for bin_ in session.document.bins)
    session.results.add_predictions(3, (cat, dog), [prediction(images("n")[0])])
    session.results.set_training(3, (cat, dog), training_report([images("a")]), {"w": b"1"})
    session.document.set_identities({images("a")[0]: FileIdentity("a" * 64, 3)})
    assert len(session.results) == 1
    own = path.with_name("own.fewshot")
    session.save_as(own)
    assert session.document.read_only_reason == ""
    session.document.add_bin("Mine")
    session.close()
    again = make_session()
    again.open(own)
    assert [bin_.name for bin_ in again.document.bins] == ["Cat", "Dog", "Mine"]
    assert (len(again.results), again.results.classifier_files()) == (1, {"w": b"1"})
    assert len(other.results) == 0
    assert [bin_.name for bin_ in other.document.bins] == ["Cat", "Dog"]


def test_it_cannot_be_saved_over_what_the_other_has(session: Session, path: Path) -> None:
    session.open(path)
    with pytest.raises(LockedError, match="is open already"):
        session.save_as(path)


def test_once_the_first_lets_go_it_can_be_edited(session: Session, other: Session, path: Path) -> None:
    session.open(path)
    other.document.add_bin("Late")
    assert not session.may_edit()
    other.close()
    assert session.may_edit()
    session.show(open_project(path, session.backups))
    assert session.document.read_only_reason == ""
    assert [bin_.name for bin_ in session.document.bins] == ["Cat", "Dog", "Late"]
    session.document.add_bin("Mine")
    assert not session.document.has_unsaved_changes


def test_closing_it_leaves_the_others_lock(session: Session, other: Session, path: Path) -> None:
    session.open(path)
    session.close()
    session.open(path)
    assert session.document.read_only_reason


@pytest.fixture
def write_protect() -> Iterator[Callable[[Path], None]]:
    """Return a function that makes a file or folder one that even root cannot write to."""
    protected: list[Path] = []

    def protect(path: Path) -> None:
        if sys.platform == "win32":
            pytest.skip("Windows has other rights")
        if os.geteuid():
            path.chmod(0o500 if path.is_dir() else 0o400)
        elif subprocess.run(["mount", "--bind", path, path], check=False).returncode:
            pytest.skip("nothing can be mounted here, and root may write everywhere")
        else:
            protected.append(path)
            subprocess.run(["mount", "-o", "remount,ro,bind", path], check=True)

    yield protect
    for path in protected:
        subprocess.run(["umount", "-l", path], check=True)


@pytest.mark.parametrize("has_log", [False, True])
@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_project_that_cannot_be_written_to_is_read_only_and_left_alone(
    session: Session,
    other: Session,
    path: Path,
    what: str,
    has_log: bool,
    write_protect: Callable[[Path], None],
    tmp_path: Path,
) -> None:
    other.document.add_bin("Owl")
    expected = state(other.document)
    archive = tmp_path / "archive"
    if not has_log:
        other.close()
    archive.mkdir()
    for ending in ("", "-wal") if has_log else ("",):
        shutil.copy(path.with_name(path.name + ending), archive)
    before = _files(archive)
    write_protect(archive if what == "folder" else archive / path.name)
    session.open(archive / path.name)
    assert "write-protected" in session.document.read_only_reason
    assert state(session.document) == expected
    assert not session.may_edit()
    session.save_as(tmp_path / "own.fewshot")
    assert session.document.read_only_reason == ""
    session.close()
    assert _files(archive) == before
    assert not list(archive.glob("*-shm"))
