"""A full disk, a vanished drive, a file replaced: edits stay in memory until they can be saved, and none is lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.session import Session
from fewshot_gui.project.store import ProjectStore

from .helpers import images, prediction, saved_state, state, training_report

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="uses what Linux has to make disks fail")


@dataclass
class SmallDisk:
    """A folder on a disk that can be filled up."""

    folder: Path
    fill: Callable[[], None]
    make_room: Callable[[], None]
    is_of_process: bool = False
    """Whether this process cannot write elsewhere either."""


@pytest.fixture(params=["a full disk", "files may not grow"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "small"
    folder.mkdir()
    yield from (_tmpfs if request.param == "a full disk" else _limited)(folder)


def _tmpfs(folder: Path) -> Iterator[SmallDisk]:
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False).returncode
    ):
        pytest.skip("a file system can be mounted by root only")
    ballast = folder / "ballast"

    def fill() -> None:
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass

    try:
        yield SmallDisk(folder, fill, ballast.unlink)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def _limited(folder: Path) -> Iterator[SmallDisk]:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill() -> None:
        sizes = [path.stat().st_size for path in folder.iterdir() if path.name.endswith("-wal")]
        resource.setrlimit(resource.RLIMIT_FSIZE, (max(sizes, default=0), before[1]))

    def make_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    try:
        yield SmallDisk(folder, fill, make_room, is_of_process=True)
    finally:
        make_room()


def fill_project(session: Session) -> tuple[str, str]:
    cat, dog = session.document.add_bin("Cat"), session.document.add_bin("Dog")
    session.document.add_examples(cat, images("a", "b"))
    session.results.add_predictions(3, (cat, dog), [prediction(images("n")[0])])
    session.results.set_training(3, (cat, dog), training_report([images("a", "b")]), {"w": b"1"})
    return cat, dog


def edit_much(session: Session, bin_id: str) -> None:
    session.document.add_examples(bin_id, [Path(f"/pictures/many/{number}.jpg") for number in range(500)])
    session.results.add_predictions(9, (bin_id,), [prediction(path, scores=(1.0,)) for path in images("late", "n")])
    session.results.set_training(9, (bin_id,), training_report([images("b")]), {"w": bytes(50_000)})


def everything(session: Session) -> object:
    return state(session.document), list(session.results), session.results.report, session.results.classifier_files()


def test_what_a_full_disk_does_not_take_is_saved_once_there_is_room(
    session: Session, make_session: Callable[[], Session], small_disk: SmallDisk
) -> None:
    path = small_disk.folder / "birds.fewshot"
    cat, _dog = fill_project(session)
    session.save_as(path)
    told: list[str] = []
    session.document.save_failed.connect(told.append)
    session.document.add_bin("Owl")
    before = saved_state(path)
    small_disk.fill()
    edit_much(session, cat)
    session.document.add_bin("Late")
    assert len(told) == 2
    reason = "does not answer|cannot be opened" if small_disk.is_of_process else "is full"
    assert all(re.search(f"“birds.fewshot” cannot be read or saved: .*({reason})", message) for message in told), told
    with pytest.raises(ProjectError, match="“birds"):
        session.save()
    expected = everything(session)

    small_disk.make_room()
    shutil.copytree(small_disk.folder, small_disk.folder.parent / "as it lies there")
    assert saved_state(small_disk.folder.parent / "as it lies there" / "birds.fewshot") == before
    session.save()
    assert (session.document.is_modified, session.results.is_modified) == (False, False)
    session.close()
    again = make_session()
    again.open(path)
    assert everything(again) == expected


def test_what_a_full_disk_does_not_take_is_saved_on_another(
    session: Session, make_session: Callable[[], Session], small_disk: SmallDisk, tmp_path: Path
) -> None:
    cat, _dog = fill_project(session)
    session.save_as(small_disk.folder / "birds.fewshot")
    small_disk.fill()
    edit_much(session, cat)
    expected = everything(session)
    if small_disk.is_of_process:
        small_disk.make_room()
    session.save_as(tmp_path / "rescued.fewshot")
    assert (session.document.is_modified, session.results.is_modified) == (False, False)
    session.close()
    again = make_session()
    again.open(tmp_path / "rescued.fewshot")
    assert everything(again) == expected


def test_saving_under_another_name_on_a_full_disk_changes_nothing(
    session: Session, small_disk: SmallDisk, tmp_path: Path
) -> None:
    cat, _dog = fill_project(session)
    session.save_as(tmp_path / "birds.fewshot")
    edit_much(session, cat)
    target = small_disk.folder / "copy.fewshot"
    target.write_bytes(b"another file")
    small_disk.fill()
    with pytest.raises(ProjectError, match="“copy"):
        session.save_as(target)
    small_disk.make_room()
    assert target.read_bytes() == b"another file"
    assert sorted(os.listdir(small_disk.folder)) == ["copy.fewshot"]
    assert session.document.path == tmp_path / "birds.fewshot"
    session.document.add_bin("Owl")
    assert not session.document.is_modified


@pytest.fixture
def away(session: Session, tmp_path: Path) -> tuple[Path, str]:
    """A project on a drive, whose folder can be renamed, and one of its bins."""
    (tmp_path / "drive").mkdir()
    cat, _dog = fill_project(session)
    session.save_as(tmp_path / "drive" / "birds.fewshot")
    return tmp_path / "drive" / "birds.fewshot", cat


def test_a_drive_that_comes_back_gets_what_it_missed(session: Session, away: tuple[Path, str], tmp_path: Path) -> None:
    path, cat = away
    told: list[str] = []
    session.document.save_failed.connect(told.append)
    path.parent.rename(tmp_path / "gone")
    edit_much(session, cat)
    assert "is not in its folder any more" in told[0]
    with pytest.raises(ProjectError, match="not in its folder"):
        session.close()
    # What comes back is the same drive to the user, and other files to the system.
    shutil.copytree(tmp_path / "gone", path.parent)
    session.document.add_bin("Owl")
    session.save()
    assert (session.document.is_modified, session.results.is_modified) == (False, False)
    assert saved_state(path) == state(session.document)


def test_a_vanished_project_is_saved_elsewhere(
    session: Session, make_session: Callable[[], Session], away: tuple[Path, str], tmp_path: Path
) -> None:
    path, cat = away
    shutil.rmtree(path.parent)
    edit_much(session, cat)
    expected = everything(session)
    session.save_as(tmp_path / "rescued.fewshot")
    session.close()
    again = make_session()
    again.open(tmp_path / "rescued.fewshot")
    assert everything(again) == expected


@pytest.mark.expected_log("saved from memory")
def test_a_project_whose_file_cannot_be_read_any_more_is_saved_from_memory(
    session: Session, make_session: Callable[[], Session], away: tuple[Path, str], tmp_path: Path
) -> None:
    path, cat = away
    session._store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.truncate(path, 0)  # what a file on a dead drive is to a program that has it open
    session._store.connection.execute("PRAGMA cache_size = 0")
    with path.open("r+b") as file:
        file.write(os.urandom(9000))
    edit_much(session, cat)
    assert session.document.is_modified
    expected = state(session.document), list(session.results)
    session.save_as(tmp_path / "rescued.fewshot")
    session.close()
    again = make_session()
    again.open(tmp_path / "rescued.fewshot")
    assert (state(again.document), list(again.results)) == expected


def test_a_file_that_was_replaced_is_not_written_to(session: Session, away: tuple[Path, str], tmp_path: Path) -> None:
    path, cat = away
    ProjectStore.create(tmp_path / "other.fewshot").close()
    content = (tmp_path / "other.fewshot").read_bytes()
    (tmp_path / "other.fewshot").replace(path)
    told: list[str] = []
    session.document.save_failed.connect(told.append)
    edit_much(session, cat)
    assert "was replaced by another file" in told[0]
    session.save_as(tmp_path / "rescued.fewshot")
    assert path.read_bytes() == content
    assert saved_state(tmp_path / "rescued.fewshot") == state(session.document)


def test_an_earlier_copy_put_in_its_place_is_not_taken_for_the_project(
    session: Session, away: tuple[Path, str], tmp_path: Path
) -> None:
    path, _cat = away
    shutil.copytree(path.parent, tmp_path / "yesterday")
    session.document.add_bin("Owl")
    path.parent.rename(tmp_path / "gone")
    (tmp_path / "yesterday").rename(path.parent)
    session.document.add_bin("Late")
    assert session.document.has_unsaved_changes
    session.close(discard=True)
    assert len(saved_state(path)[0]) == 2
