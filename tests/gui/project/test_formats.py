"""Projects of other versions: older ones are migrated after a backup, newer ones are not touched."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fewshot_gui.project import schema
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.session import Session
from fewshot_gui.project.store import ProjectStore
from model.types import Attend, Region

# The first format, as its version wrote it.
FORMAT_1 = """
CREATE TABLE state (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE bins (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, color TEXT NOT NULL, position INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE files (path BLOB PRIMARY KEY, relative BLOB, size INTEGER, content_hash TEXT) WITHOUT ROWID;
CREATE TABLE examples (
    path BLOB PRIMARY KEY REFERENCES files (path),
    bin_id TEXT NOT NULL REFERENCES bins (id),
    rank INTEGER NOT NULL UNIQUE
) WITHOUT ROWID;
CREATE TABLE folders (path BLOB PRIMARY KEY REFERENCES files (path), position INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX examples_by_bin ON examples (bin_id);
CREATE TABLE runs (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, bin_ids TEXT NOT NULL);
CREATE TABLE predictions (
    row INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE REFERENCES files (path),
    run INTEGER NOT NULL REFERENCES runs (id),
    status TEXT NOT NULL,
    predicted INTEGER NOT NULL,
    scores TEXT NOT NULL,
    region TEXT NOT NULL,
    message TEXT NOT NULL
);
CREATE TABLE training (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    revision INTEGER NOT NULL,
    bin_ids TEXT NOT NULL,
    report TEXT NOT NULL,
    left_out TEXT NOT NULL
);
CREATE TABLE classifier_files (name TEXT PRIMARY KEY, content BLOB NOT NULL);
PRAGMA application_id = 1179863124;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
INSERT INTO state VALUES ('revision', 3), ('seed', 7), ('backbone', 'patent-cnn');
INSERT INTO bins VALUES ('c', 'Cat', '#e69f00', 0), ('d', 'Dog', '#56b4e9', 1);
INSERT INTO files VALUES (CAST('/p/a.jpg' AS BLOB), NULL, 3, 'ab'), (CAST('/p/b.jpg' AS BLOB), NULL, NULL, NULL);
INSERT INTO examples VALUES (CAST('/p/b.jpg' AS BLOB), 'd', 0), (CAST('/p/a.jpg' AS BLOB), 'c', 1);
INSERT INTO runs VALUES (1, 3, '["c", "d"]');
INSERT INTO predictions VALUES (0, CAST('/p/b.jpg' AS BLOB), 1, 'ok', 1, '[0.25, 0.75]', '[1, 2, 3, 4]', '');
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old" / "old.fewshot"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FORMAT_1)
    return path


def _check_content(session: Session) -> None:
    cat, dog = session.document.bins
    assert [(bin_.name, [known.path for known in bin_.examples]) for bin_ in (cat, dog)] == [
        ("Cat", [Path("/p/a.jpg")]),
        ("Dog", [Path("/p/b.jpg")]),
    ]
    assert cat.examples[0].content_hash == "ab"
    assert [made.bin_id for made in session.results] == ["d"]
    assert (session.document.revision, session.settings.seed, session.settings.backbone) == (3, 7, "patent-cnn")


def test_the_first_format_is_migrated_after_a_backup(make_session: Callable[[], Session], old: Path) -> None:
    before = old.read_bytes()
    session = make_session()
    session.open(old)
    _check_content(session)
    session.document.add_bin("Owl")
    assert not session.document.has_unsaved_changes
    session.close()
    assert old.read_bytes()[60:64] == schema.SCHEMA_VERSION.to_bytes(4, "big")
    session.open(old)
    assert len(session.document.bins) == 3
    (backup,) = session.backups.of(old)
    assert (backup.revision, backup.is_of_old_format) == (3, True)
    copy = backup.path.read_bytes()
    assert copy[60:64] == b"\x00\x00\x00\x01"
    assert copy[100:] == before[100:]  # the header counts writes


def test_a_migration_that_fails_leaves_the_old_format(
    make_session: Callable[[], Session], old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session()

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM bins")
        connection.execute("NO SQL")

    with monkeypatch.context() as patch:
        patch.setitem(schema.MIGRATIONS, 1, half)
        with pytest.raises(ProjectError, match="“old"):
            session.open(old)
    assert old.read_bytes()[60:64] == b"\x00\x00\x00\x01"
    session.open(old)
    _check_content(session)


def test_without_a_backup_there_is_no_migration(make_session: Callable[[], Session], old: Path, tmp_path: Path) -> None:
    before = old.read_bytes()
    session = make_session()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "backups").write_text("a file where the folder should be")
    with pytest.raises(ProjectError, match="cannot be backed up"):
        session.open(old)
    assert old.read_bytes() == before
    assert os.listdir(old.parent) == ["old.fewshot"]


def test_an_old_project_that_can_only_be_read_is_migrated_in_memory(
    make_session: Callable[[], Session], old: Path
) -> None:
    before = old.read_bytes()
    store = ProjectStore.open_copy(old)
    assert len(store.load().board.bins) == 2
    assert old.read_bytes() == before
    assert os.listdir(old.parent) == ["old.fewshot"]


@pytest.mark.parametrize("is_crashed", [False, True])
def test_a_newer_project_is_not_touched(make_session: Callable[[], Session], tmp_path: Path, is_crashed: bool) -> None:
    newer = tmp_path / "newer" / "newer.fewshot"
    newer.parent.mkdir()
    store = ProjectStore.create(newer)
    if not is_crashed:
        store.connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
        store.close()
        files = {newer.name: newer.read_bytes()}
    else:  # in the middle of its migration: the new format is in the log only
        store.connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
        files = {path.name: path.read_bytes() for path in newer.parent.iterdir() if not path.name.endswith("-shm")}
        store.close()
        for path in newer.parent.iterdir():
            path.unlink()
        for name, content in files.items():
            (newer.parent / name).write_bytes(content)
    session = make_session()
    for opener in (session.open, session.open, ProjectStore.open, ProjectStore.open_copy):
        with pytest.raises(ProjectError, match="saved by a newer version"):
            opener(newer)
        assert {path.name: path.read_bytes() for path in newer.parent.iterdir()} == files


def test_a_project_of_the_version_before_opens_with_all_that_it_holds(
    make_session: Callable[[], Session], tmp_path: Path
) -> None:
    path = tmp_path / "sky.fewshot"
    shutil.copy(Path(__file__).parents[2] / "data" / "version_6" / "project.fewshot", path)
    session = make_session()
    session.open(path)
    document, results = session.document, session.results
    assert [(bin_.name, len(bin_.examples)) for bin_ in document.bins] == [
        ("emission nebula", 2),
        ("galaxy", 2),
        ("star cluster", 2),
    ]
    assert all(example.content_hash for bin_ in document.bins for example in bin_.examples)
    assert [folder.name for folder in document.folders] == ["pool"]
    assert (len(results), results.classifier_revision, len(results.classifier_files())) == (4, 2, 2)
    assert not results.is_stale
    document.add_bin("One more")
    assert not document.has_unsaved_changes


def test_labels_of_the_format_before_are_kept(make_session: Callable[[], Session], tmp_path: Path) -> None:
    path = tmp_path / "labelled.fewshot"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            FORMAT_1.replace("PRAGMA user_version = 1", "PRAGMA user_version = 3")
            + schema._LABELS_BEFORE_ANSWERS
            + "INSERT INTO state VALUES ('project_id', 'x'), ('saves', 0);"
            + "INSERT INTO labels VALUES (CAST('/p/b.jpg' AS BLOB), 'ana', 'corrected', 'c', 'why',"
            + " '2026-11-29T02:40:11.000000Z', 'd', 0.75, 3);"
        )
    session = make_session()
    session.open(path)
    (label,) = session.document.labels_of(Path("/p/b.jpg"))
    assert (label.reader, label.bin_id, label.note, label.answered) == ("ana", "c", "why", None)
    session.document.give_labels({Path("/p/b.jpg"): replace(label, note=None, answered="why")})
    session.close()
    session.open(path)
    assert [one.answered for one in session.document.labels_of(Path("/p/b.jpg"))] == ["why"]


def test_a_project_from_before_boxes_takes_them(make_session: Callable[[], Session], tmp_path: Path) -> None:
    path = tmp_path / "before.fewshot"
    with ProjectStore.create(path) as store:
        store.connection.execute("DROP TABLE boxes")
        store.connection.execute("PRAGMA user_version = 4")
    session = make_session()
    session.open(path)
    drawn = Attend((Region(1, 2, 3, 4),))
    session.document.add_examples(session.document.add_bin("Cat"), [Path("/p/a.jpg")])
    session.document.set_boxes(Path("/p/a.jpg"), drawn)
    session.close()
    session.open(path)
    assert session.document.boxes(Path("/p/a.jpg")) == drawn
