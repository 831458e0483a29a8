from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from fewshot_gui.project.file_records import FileRecord
from fewshot_gui.project.relocate import find_files
from model.progress import Cancelled, CancelToken

from .helpers import identify


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name in ("a", "b", "c"):
        _write(folder / "pictures" / f"{name}.jpg", name * 100)
    return folder


def _write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def _record(path: Path, project: Path, *, read: bool = True) -> FileRecord:
    known = identify(path) if read else None
    return FileRecord(
        os.fsencode(path),
        os.fsencode(path.relative_to(project)),
        known.size if known else None,
        known.content_hash if known else None,
    )


def _records(project: Path, *, read: bool = True) -> list[FileRecord]:
    return [_record(path, project, read=read) for path in sorted(project.glob("pictures/*.jpg"))]


def test_nothing_is_missing_where_nothing_moved(project: Path) -> None:
    found = find_files(_records(project), project)
    assert (dict(found.moved), found.missing) == ({}, frozenset())


@pytest.mark.parametrize("read", [True, False])
def test_a_folder_that_moved_with_its_project_is_found_by_relative_path(
    project: Path, tmp_path: Path, read: bool
) -> None:
    records = [*_records(project, read=read), FileRecord(os.fsencode(project / "pictures"), b"pictures", None, None)]
    elsewhere = tmp_path / "elsewhere" / "renamed"
    shutil.move(project, elsewhere)
    found = find_files(records, elsewhere)
    assert found.missing == frozenset()
    assert found.moved == {record.path: elsewhere / record.path.relative_to(project) for record in records}


def test_files_that_were_renamed_or_moved_apart_are_found_by_content(project: Path, tmp_path: Path) -> None:
    records = _records(project)
    a, b, c = (record.path for record in records)
    library = tmp_path / "library"
    renamed = project / "sorted" / "first.jpg"
    renamed.parent.mkdir()
    a.rename(renamed)
    library.mkdir()
    shutil.move(b, library / "b.jpg")
    c.unlink()
    found = find_files(records, project, [library])
    assert found.moved == {a: renamed, b: library / "b.jpg"}
    assert found.missing == {c}


def test_a_file_of_another_size_at_the_same_place_is_not_taken_for_it(project: Path, tmp_path: Path) -> None:
    records = _records(project)[:1]
    moved_project = tmp_path / "moved"
    _write(moved_project / "pictures" / "a.jpg", "another")
    shutil.rmtree(project)
    assert find_files(records, moved_project).missing == {records[0].path}


def test_of_two_files_with_the_content_the_namesake_is_taken_and_none_twice(tmp_path: Path) -> None:
    project = tmp_path / "project"
    first = _write(project / "one" / "first.jpg", "same")
    second = _write(project / "one" / "second.jpg", "same")
    third = _write(project / "one" / "third.jpg", "same")
    records = [_record(path, project) for path in (first, second, third)]
    shutil.rmtree(project / "one")
    other = _write(project / "two" / "a.jpg", "same")
    namesake = _write(project / "two" / "second.jpg", "same")
    found = find_files(records, project)
    assert found.moved[second] == namesake
    assert set(found.moved.values()) <= {other, namesake}
    assert len(set(found.moved.values())) == len(found.moved)


def test_unread_files_outside_a_moved_folder_stay_missing(tmp_path: Path) -> None:
    record = FileRecord(os.fsencode(tmp_path / "gone.jpg"), None, None, None)
    assert find_files([record], None).missing == {record.path}


def test_a_search_can_be_cancelled(project: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        find_files(_records(project), project, token=token)
