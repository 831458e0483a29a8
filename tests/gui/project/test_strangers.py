"""A project from a stranger: refused in one line or opened without what makes no sense, and never run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fewshot_gui.project.errors import DamagedError
from fewshot_gui.project.recovery import survey, write_recovered
from fewshot_gui.project.session import Session
from model.types import Prediction, Region, Status


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two bins, three examples, two results."""
    session = Session(tmp_path / "data")
    session.new()
    first, second = session.document.add_bin("a"), session.document.add_bin("b")
    session.document.add_examples(first, [Path("/pictures/1.png"), Path("/pictures/2.png")])
    session.document.add_examples(second, [Path("/pictures/3.png")])
    session.document.add_folders([Path("/pictures")])
    made = [Prediction(Path(f"/pictures/{n}.png"), Status.OK, 0, (0.9, 0.1), Region(1, 2, 3, 4)) for n in (4, 5)]
    session.results.add_predictions(1, (first, second), made)
    session.save_as(tmp_path / "p.fewshot")
    session.close()
    return tmp_path / "p.fewshot"


def _change(project: Path, *statements: str) -> None:
    with closing(sqlite3.connect(project, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")


_ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x, x, x, x FROM n"


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TRIGGER t AFTER INSERT ON examples BEGIN DELETE FROM bins; END",),
        ("ALTER TABLE bins RENAME TO other", f"CREATE VIEW bins (id, name, color, position) AS {_ENDLESS}"),
        (f"CREATE VIEW more AS {_ENDLESS}",),
        ("CREATE TABLE more (x)",),
        ("DROP INDEX examples_by_bin",),
        ("UPDATE state SET value = 'many' WHERE key = 'revision'",),
        ("UPDATE state SET value = 9223372036854775807 WHERE key = 'revision'",),
        ("UPDATE state SET value = x'00' WHERE key = 'saves'",),
        ("UPDATE bins SET name = x'ff00' WHERE position = 0",),
        ("UPDATE bins SET position = 'first' WHERE position = 0",),
        ("UPDATE examples SET rank = 'last' WHERE rank = 0",),
        ("UPDATE examples SET rank = 1e300 WHERE rank = 0",),
        ("PRAGMA foreign_keys = OFF", "UPDATE examples SET path = 7 WHERE rank = 0"),
        ("PRAGMA foreign_keys = OFF", "UPDATE folders SET path = 7"),
        ("PRAGMA foreign_keys = OFF", "UPDATE examples SET bin_id = 'nobody' WHERE rank = 0"),
        ("PRAGMA foreign_keys = OFF", "UPDATE predictions SET path = x'2f6e6f6e65' WHERE row = 0"),
        ("PRAGMA foreign_keys = OFF", "UPDATE predictions SET run = 77"),
        ("UPDATE files SET content_hash = x'05'",),
        ("UPDATE files SET size = -5",),
        ("UPDATE predictions SET predicted = 'x'",),
    ],
)
def test_what_is_no_project_of_ours_is_refused_and_left_alone(
    tmp_path: Path, project: Path, statements: tuple[str, ...]
) -> None:
    _change(project, *statements)
    before = project.read_bytes()
    session = Session(tmp_path / "data")
    with pytest.raises(DamagedError) as caught:
        session.open(project)
    assert "p.fewshot" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert project.read_bytes() == before
    session.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE predictions SET scores = '[0.5' WHERE row = 0",
        "UPDATE predictions SET scores = '0.5, 0.5], [[1' WHERE row = 0",
        "UPDATE predictions SET scores = printf('%.*c', 200000, '[') WHERE row = 0",
        "UPDATE predictions SET region = '[1, 2]' WHERE row = 0",
        "UPDATE predictions SET status = 'fine' WHERE row = 0",
        "UPDATE predictions SET predicted = 99 WHERE row = 0",
        "UPDATE runs SET bin_ids = '7'",
    ],
)
def test_results_that_make_no_sense_are_damage_of_which_the_bins_are_recovered(
    tmp_path: Path, project: Path, statement: str
) -> None:
    _change(project, statement)
    session = Session(tmp_path / "data")
    with pytest.raises(DamagedError):
        session.open(project)
    session.close()
    write_recovered(survey(project), tmp_path / "recovered.fewshot")
    session.open(tmp_path / "recovered.fewshot")
    assert [len(bin_.examples) for bin_ in session.document.bins] == [2, 1]
    session.close()


def test_a_value_of_absurd_length_is_not_read_into_memory(tmp_path: Path, project: Path) -> None:
    _change(project, "UPDATE files SET relative = zeroblob(400000000) WHERE path = (SELECT MIN(path) FROM files)")
    session = Session(tmp_path / "data")
    with pytest.raises(DamagedError):
        session.open(project)
    session.close()
