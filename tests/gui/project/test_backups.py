from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fewshot_gui.project import backups as backups_module
from fewshot_gui.project.backups import DAYS, NEWEST, Backup, Backups
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.session import Session
from fewshot_gui.project.store import ProjectStore

from .helpers import images, saved_state, state


@pytest.fixture
def project(session: Session, tmp_path: Path) -> Path:
    """An open project with one bin."""
    path = tmp_path / "study" / "birds.fewshot"
    path.parent.mkdir()
    session.document.add_examples(session.document.add_bin("Cat"), images("a", "b"))
    session.save_as(path)
    return path


def test_a_backup_of_an_open_project_is_whole_and_away_from_it(session: Session, project: Path) -> None:
    session.document.add_bin("Dog")  # in the log still
    backup = session.backups.make(project)
    assert backup is not None
    assert saved_state(backup.path) == state(session.document)
    assert project.parent not in backup.path.parents
    assert backup.revision == session.document.revision
    assert session.backups.of(project) == (backup,)
    assert session.backups.counts(backup) == (2, 2)


def test_a_backup_is_made_only_where_something_changed(session: Session, project: Path) -> None:
    assert session.backups.make(project) is not None
    assert session.backups.make(project) is None
    session.document.add_bin("Dog")
    assert session.backups.make(project) is not None
    session.document.undo_stack.undo()
    assert session.backups.make(project) is not None


def test_projects_of_one_name_have_backups_of_their_own(session: Session, project: Path, tmp_path: Path) -> None:
    session.backups.make(project)
    assert session.backups.of(tmp_path / "elsewhere" / "birds.fewshot") == ()


def test_old_backups_are_thinned(tmp_path: Path) -> None:
    project, now = tmp_path / "birds.fewshot", datetime(2026, 5, 30, 12)
    store = ProjectStore.create(project)
    backups = Backups(tmp_path / "backups")
    folder = backups.folder_of(project)
    folder.mkdir(parents=True)
    for hours in range(1, 24 * 20, 5):
        made = now - timedelta(hours=hours)
        (folder / f"{made:%Y%m%d-%H%M%S}-r{999 - hours}.fewshot").write_bytes(b"")
    (folder / "20200101-000000-r1-format1.fewshot").write_bytes(b"")
    (folder / "a note of the user.txt").write_bytes(b"")
    store.write([], 1000)
    latest = backups.make(project)
    store.close()
    kept = [one for one in backups.of(project) if not one.is_of_old_format]
    assert kept[0] == latest
    assert len(kept) == NEWEST + DAYS
    days = [one.made.date() for one in kept[NEWEST:]]
    assert len(set(days)) == DAYS
    assert len(os.listdir(folder)) == NEWEST + DAYS + 2


@pytest.mark.parametrize("call", ["mkdir", "fsync"])
def test_a_failed_backup_leaves_those_there_and_nothing_half(
    session: Session, project: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    first = session.backups.make(project)
    session.document.add_bin("Dog")

    def no_space(*_: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path if call == "mkdir" else os, call, no_space)
        with pytest.raises(ProjectError, match=r"“birds.fewshot” cannot be backed up: .*No space left"):
            session.backups.make(project)
    assert session.backups.of(project) == (first,)
    assert [Path(name).suffix for name in os.listdir(session.backups.folder_of(project))] == [".fewshot"]
    assert session.backups.make(project) is not None


def test_a_damaged_project_does_not_push_out_good_backups(session: Session, project: Path) -> None:
    session.close()
    first = session.backups.make(project)
    content = bytearray(project.read_bytes())
    content[4 * 4096 : 6 * 4096] = os.urandom(2 * 4096)
    project.write_bytes(content)
    assert backups_module._is_whole(project) is False
    with sqlite3.connect(project) as connection:
        connection.execute("UPDATE state SET value = 99 WHERE key = 'revision'")
    connection.close()
    with pytest.raises(ProjectError, match="cannot be backed up: it is damaged"):
        session.backups.make(project)
    assert session.backups.of(project) == (first,)


def test_backups_are_read_by_their_owner_alone(session: Session, project: Path) -> None:
    backup = session.backups.make(project)
    assert isinstance(backup, Backup)
    if os.name == "posix":
        assert backup.path.parent.stat().st_mode & 0o077 == 0


def test_an_open_backup_job_does_not_keep_edits_waiting(
    session: Session, project: Path, make_session: Callable[[], Session]
) -> None:
    reader = sqlite3.connect(f"{project.as_uri()}?mode=ro", uri=True, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM state").fetchall()  # a backup reads like this, for as long as it takes
    session.document.add_bin("Dog")
    assert not session.document.has_unsaved_changes
    reader.close()
