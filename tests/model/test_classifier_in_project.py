"""A project of the window is a classifier to the command, open or closed; nothing in it is run or written."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from model.checkpoint.files import identity, load
from model.errors import CheckpointError
from model.project_file import NEWEST_FORMAT
from tests.model.cli_support import Run, one_line, rows_of

_FILES = ("classifier.json", "classifier.safetensors")
_TABLE = "CREATE TABLE classifier_files (name TEXT PRIMARY KEY, content BLOB NOT NULL)"


def project(path: Path, files: Mapping[str, object], *statements: str) -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {int.from_bytes(b'FSHT')}")
        for statement in statements or (_TABLE,):
            connection.execute(statement)
        if files:
            connection.executemany("INSERT INTO classifier_files VALUES (?, ?)", files.items())
    return path


@pytest.fixture
def files(trained: Path) -> dict[str, bytes]:
    return {name: (trained / name).read_bytes() for name in _FILES}


def test_a_project_classifies_as_its_classifier_s_folder_does(
    run: Run, trained: Path, files: dict[str, bytes], photos: Path, tmp_path: Path
) -> None:
    path = project(tmp_path / "any.fewshot", files)
    before = path.read_bytes()
    assert run("classify", trained, photos, "--out", tmp_path / "folder.csv").status == 0
    assert run("classify", path, photos, "--out", tmp_path / "project.csv").status == 0
    assert rows_of(tmp_path / "project.csv") == rows_of(tmp_path / "folder.csv")
    assert identity(path) == identity(trained)
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir() if "fewshot" in one.name) == ["any.fewshot"]


def test_a_project_that_is_open_is_read_as_it_is_now(files: dict[str, bytes], trained: Path, tmp_path: Path) -> None:
    path = project(tmp_path / "open.fewshot", {})
    with closing(sqlite3.connect(path, isolation_level=None)) as window:
        window.execute("PRAGMA journal_mode = WAL")
        window.executemany("INSERT INTO classifier_files VALUES (?, ?)", files.items())
        assert os.path.getsize(f"{path}-wal") > 0
        assert load(path).class_names == load(trained).class_names
        window.execute("DELETE FROM classifier_files")
        with pytest.raises(CheckpointError, match="holds no trained classifier"):
            load(path)


@pytest.mark.parametrize("content", [None, "text", 5])
def test_what_is_no_classifier_in_a_project_is_refused(
    run: Run, files: dict[str, bytes], photos: Path, tmp_path: Path, content: object
) -> None:
    path = project(tmp_path / "any.fewshot", {**files, _FILES[0]: content} if content is not None else {})
    done = run("classify", path, photos, "--out", tmp_path / "r.csv")
    assert done.status == 1
    assert "holds no trained classifier. Open it in the window and train" in one_line(done.err)


def test_nothing_of_a_stranger_s_schema_is_run(files: dict[str, bytes], tmp_path: Path) -> None:
    view = (
        "CREATE TABLE other (name, content)",
        "CREATE VIEW classifier_files AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT i AS name, i AS content FROM n",
    )
    with pytest.raises(CheckpointError, match="is damaged, or no project"):
        load(project(tmp_path / "view.fewshot", {}, *view))
    with pytest.raises(CheckpointError, match="is damaged, or no project"):
        load(project(tmp_path / "none.fewshot", {}, "CREATE TABLE other (name)"))
    whole = project(tmp_path / "cut.fewshot", files).read_bytes()
    (tmp_path / "cut.fewshot").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CheckpointError):
        load(tmp_path / "cut.fewshot")
    (tmp_path / "other.fewshot").write_bytes(b"no database")
    with pytest.raises(CheckpointError, match="and no project"):
        load(tmp_path / "other.fewshot")


@pytest.mark.parametrize(
    "command", [("classify", "photos", "--out", "r.csv"), ("verify",), ("report", "--out", "r.html")]
)
def test_a_project_of_a_newer_format_is_refused(
    run: Run, files: dict[str, bytes], tmp_path: Path, command: tuple[str, ...]
) -> None:
    path = project(tmp_path / "newer.fewshot", files, _TABLE, f"PRAGMA user_version = {NEWEST_FORMAT + 1}")
    name, *rest = command
    done = run(name, path, *(tmp_path / one if one.startswith("r.") else one for one in rest))
    assert done.status == 1
    assert "was saved by a newer Fewshot" in one_line(done.err)


@pytest.mark.parametrize("command", ["classify", "verify"])
def test_a_project_that_is_not_there_is_said_not_to_be_there(run: Run, tmp_path: Path, command: str) -> None:
    rest = ["photos", "--out", tmp_path / "r.csv"] if command == "classify" else []
    done = run(command, tmp_path / "gone.fewshot", *rest)
    assert (done.status, one_line(done.err).endswith("gone.fewshot: there is no such file or folder.")) == (1, True)
