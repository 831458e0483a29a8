"""No cell of a table is a formula, and each comes back as the text that it was made of."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.exports.formats.csv_table import COLUMNS, STEADINESS, CsvTable
from model.exports.results_table import Limits
from model.exports.spreadsheet import as_cell, as_path_cell, from_cell, is_formula
from model.images.scan import readable_text
from model.types import Prediction, Region, Status

DANGEROUS = ("=1+1", "+1+cmd|'/c calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\ufeff=1", " =1",
             "\ufeff\u200b+a", "＝1", "-", "=", "--1", "-1e5x")  # fmt: skip
HARMLESS = ("", "a", "a=1", "-1", "+1", "-0.5", "0", "'", "'quoted'", "…", "a\n=1", "日本", "1-2", ".", "_-1")


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    assert as_cell(text) == "'" + text


@pytest.mark.parametrize("text", HARMLESS)
def test_all_else_stays_as_it_is(text: str) -> None:
    assert as_cell(text) == text
    assert from_cell(text) == text


_TEXTS = st.text() | st.text(alphabet="'=+-@\t\r\n\ufeff1. a", max_size=8)


@given(_TEXTS)
def test_every_text_comes_back_and_no_cell_is_a_formula(text: str) -> None:
    cell = as_cell(text)
    assert from_cell(cell) == text
    assert not is_formula(cell)


@given(_TEXTS.filter(lambda text: text and "\0" not in text and text.isprintable()))
def test_a_path_stays_the_path_of_the_same_file(text: str) -> None:
    assert os.path.normpath(as_path_cell(text)) == os.path.normpath(text)
    assert not is_formula(as_path_cell(text))
    assert as_path_cell(as_path_cell(text)) == as_path_cell(text)


_NAMES = st.lists(_TEXTS.filter(lambda name: "\0" not in name), min_size=2, max_size=4, unique=True)
_FILES = st.lists(
    _TEXTS.filter(lambda name: name not in {"", ".", ".."} and "\0" not in name and "/" not in name),
    min_size=1, max_size=5, unique=True,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(_NAMES, _FILES, _TEXTS.filter(lambda text: "\0" not in text))
def test_the_table_comes_back_whole_and_is_resumed(
    tmp_path: Path, names: list[str], files: list[str], message: str
) -> None:
    out = tmp_path / "r.csv"
    scores = tuple(1 / len(names) for _ in names)
    made = [
        Prediction(Path(name), Status.OK, n % len(names), scores, Region(1, 2, 3, 4)) for n, name in enumerate(files)
    ]
    made.append(Prediction(Path("last.png"), Status.ERROR, message=message))
    with CsvTable(out, names, limits=Limits(candidate=0.0)) as table:
        table.write(made)
    with out.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [*COLUMNS, *(f"p_{readable_text(name)}" for name in names), "candidates", STEADINESS]
    assert not any(is_formula(cell) for row in (header, *rows) for cell in row)
    assert [os.path.normpath(row[0]) for row in rows[:-1]] == [os.path.normpath(readable_text(name)) for name in files]
    assert [from_cell(row[2]) for row in rows[:-1]] == [readable_text(names[one.predicted]) for one in made[:-1]]
    assert from_cell(rows[-1][header.index("message")]) == readable_text(message)
    before = out.read_bytes()
    with CsvTable(out, names, limits=Limits(candidate=0.0), resume=True) as table:
        assert all(table.has(one.path) for one in made)
        assert table.kept_errors == 1
    assert out.read_bytes() == before


def test_a_table_from_before_the_guard_is_resumed(tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    with CsvTable(out, ("a", "b")) as table:
        table.write([Prediction(Path("=1.png"), Status.OK, 0, (0.5, 0.5), Region(1, 2, 3, 4))])
    out.write_bytes(out.read_bytes().replace(os.path.join(os.curdir, "=1.png").encode(), b"=1.png"))
    with CsvTable(out, ("a", "b"), resume=True) as table:
        assert table.has(Path("=1.png"))
