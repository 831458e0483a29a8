"""The record's chain: whatever is changed in it is noticed, and the check of the documentation agrees."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.cli.command import main
from model.project_file.record import FIRST, HEAD, RecordCheck, canonical, check_rows, hash_of

ROOT = Path(__file__).resolve().parents[2]
Rows = list[tuple[int, str, str]]


def chain(count: int) -> Rows:
    rows: Rows = []
    previous = FIRST
    for number in range(1, count + 1):
        what = {"name": f"Löwe \udcff {number}", "value": number / 7, "list": [None, True]}
        entry = {"number": number, "previous": previous, "at": "2026-01-01T00:00:00.000000Z", "what": what}
        text = canonical(entry | {"who": ("ana", "bo")[number % 2], "kind": "edit"})
        previous = hash_of(text)
        rows.append((number, previous, text))
    return rows


ROWS = chain(6)
HASH = ROWS[-1][1]


def check(rows: list[tuple[Any, ...]], head: str | None = HASH, anchor: str = "") -> RecordCheck:
    return check_rows(rows, head, anchor)  # type: ignore[arg-type]


def test_a_whole_record_is_whole() -> None:
    found = check(list(ROWS))
    assert (found.is_whole, found.entries, found.head, found.broken) == (True, 6, HASH, None)
    assert (found.kinds, found.by) == ({"edit": 6}, ("bo", "ana"))
    assert check([], None).is_whole


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 5), st.integers(0, 2), st.data())
def test_any_changed_character_of_any_field_is_found_and_its_entry_named(
    at: int, field: int, data: st.DataObject
) -> None:
    rows: list[tuple[Any, ...]] = list(ROWS)
    old = rows[at][field]
    if field == 0:
        new: Any = data.draw(st.integers(-2, 20).filter(lambda number: number != old))
    else:
        place = data.draw(st.integers(0, len(old) - 1))
        char = data.draw(st.characters().filter(lambda char: char != old[place]))
        new = old[:place] + char + old[place + 1 :]
    rows[at] = tuple(new if index == field else value for index, value in enumerate(rows[at]))
    found = check(rows)
    assert (found.is_whole, found.broken) == (False, at + 1)


@given(st.integers(0, 5), st.integers(0, 5))
def test_a_missing_or_an_exchanged_entry_is_found(one: int, other: int) -> None:
    rows = list(ROWS)
    del rows[one]
    assert check(rows).broken == one + 1
    rows = list(ROWS)
    rows[one], rows[other] = (rows[one][0], *rows[other][1:]), (rows[other][0], *rows[one][1:])
    assert check(rows).broken == (None if one == other else min(one, other) + 1)


@given(st.sampled_from(("number", "previous", "at", "who", "kind", "what")), st.integers(0, 5))
def test_an_entry_that_is_written_anew_breaks_the_chain_behind_it(key: str, at: int) -> None:
    """With a hash of its own it fits its own text, so that the next entry or the project's end tells."""
    rows = list(ROWS)
    entry = json.loads(rows[at][2])
    entry[key] = {"number": 99, "previous": "f" * 64, "what": {}}.get(key, "mallory")
    text = canonical(entry)
    rows[at] = (rows[at][0], hash_of(text), text)
    found = check(rows)
    assert not found.is_whole
    assert found.broken in {at + 1, at + 2}


def test_a_hash_that_was_written_down_is_looked_for() -> None:
    assert check(list(ROWS), anchor=ROWS[2][1]).anchor == 3
    other = check(list(ROWS), anchor="0" * 64)
    assert (other.is_whole, other.broken, other.anchor) == (False, None, None)
    rewritten = chain(7)[:6]  # the same texts: a chain made anew from other ones has other hashes
    assert rewritten == ROWS


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "a.fewshot"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"PRAGMA application_id = {int.from_bytes(b'FSHT')};"
            "CREATE TABLE state (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;"
            "CREATE TABLE record (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, entry TEXT NOT NULL);"
        )
        connection.executemany("INSERT INTO record VALUES (?, ?, ?)", ROWS)
        connection.execute("INSERT INTO state VALUES (?, ?)", (HEAD, HASH))
        connection.commit()
    return path


def _change(project: Path, statement: str) -> None:
    with closing(sqlite3.connect(project)) as connection:
        connection.execute(statement)
        connection.commit()


def test_the_command_tells_a_whole_record(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(project), "--head", ROWS[1][1], "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["whole"], told["entries"], told["head"], told["anchor"]) == (True, 6, HASH, 2)
    assert told["kinds"] == {"edit": 6}


def test_the_command_names_the_first_broken_entry(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _change(project, "UPDATE record SET entry = replace(entry, 'ana', 'eve') WHERE number = 4")
    assert main(["verify", str(project), "--json"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert "entry 4" in out[0]
    assert json.loads(out[-1])["broken"] == 4


def test_a_removed_end_is_found(project: Path) -> None:
    _change(project, "DELETE FROM record WHERE number = 6")
    assert main(["verify", str(project)]) == 1


def test_a_record_whose_table_is_gone_is_missed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(project, isolation_level=None)) as connection:
        connection.execute("DROP TABLE record")
    assert main(["verify", str(project)]) == 1
    assert "entries are missing" in capsys.readouterr().out


def test_what_is_no_hash_and_no_project_is_refused(project: Path, tmp_path: Path) -> None:
    assert main(["verify", str(project), "--head", "abc"]) == 2
    (tmp_path / "b.fewshot").write_text("no project")
    assert main(["verify", str(tmp_path / "b.fewshot")]) == 1


def test_the_program_of_the_documentation_checks_a_project(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs" / "adr" / "0030-record.md").read_text(encoding="utf-8")
    source = page.split("```python\n")[1].split("```")[0]
    monkeypatch.setattr("sys.argv", ["check.py", str(project)])
    exec(compile(source, "check.py", "exec"), {})
    assert capsys.readouterr().out.strip() == f"6 entries, the last has the hash {HASH}"
    _change(project, "UPDATE record SET entry = replace(entry, 'ana', 'eve') WHERE number = 4")
    with pytest.raises(SystemExit, match="entry 4"):
        exec(compile(source, "check.py", "exec"), {})
