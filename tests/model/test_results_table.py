"""The table of results: exact header, strictly UTF-8, p_ adding to one, and resumed after being cut anywhere."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.errors import FewShotError
from model.exports.formats.csv_table import COLUMNS, STEADINESS, CsvTable
from model.types import Prediction, Region, Status

NAMES = ("disc", "a,b", 'say "x"')
ODD = ("line\nbreak.png", "comma,.png", 'quote".png', "page\x0cbreak.png", "sep\u2028.png", "nel\x85.png", "cr\r.png",
       "日本.png", " spaced .png", "caf\udce9.png")  # fmt: skip


def _prediction(name: str, scores: tuple[float, ...] = (0.2, 0.7, 0.1), status: Status = Status.OK) -> Prediction:
    return Prediction(Path(name), status, scores.index(max(scores)), scores, Region(1, 2, 3, 4))


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:  # strict: bytes that are no UTF-8 fail here
        return list(csv.reader(file))


def test_header_and_fields(tmp_path: Path) -> None:
    out = tmp_path / "new" / "results.csv"
    with CsvTable(out, NAMES) as table:
        table.write([_prediction("x/1.png"), _prediction("2.png", status=Status.UNKNOWN)])
        table.write([Prediction(Path("3.png"), Status.ERROR, message="is damaged.")])
    header, *rows = _rows(out)
    assert header == [*COLUMNS, "p_disc", "p_a,b", 'p_say "x"', STEADINESS]
    expected = ["a,b", "0.700000", "1", "2", "3", "4", "", "0.200000", "0.700000", "0.100000", ""]
    assert rows[0] == [str(Path("x/1.png")), "ok", *expected]
    assert rows[1] == ["2.png", "unknown", *expected]
    assert rows[2] == ["3.png", "error", *[""] * 6, "is damaged.", "", "", "", ""]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.floats(1e-9, 1), min_size=2, max_size=40))
def test_the_written_probabilities_add_up_to_one(tmp_path: Path, raw: list[float]) -> None:
    scores = tuple(value / sum(raw) for value in raw)
    with CsvTable(tmp_path / "r.csv", [str(k) for k in range(len(scores))]) as table:
        table.write([_prediction("a.png", scores)])
    header, cells = _rows(tmp_path / "r.csv")
    row = dict(zip(header, cells, strict=True))
    written = [float(value) for name, value in row.items() if name.startswith("p_")]
    assert sum(written) == pytest.approx(1, abs=1e-9)
    assert row["confidence"] == row[f"p_{row['predicted']}"]
    assert written == pytest.approx(scores, abs=1e-5)


def test_each_batch_is_on_disk_at_once(tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    with CsvTable(out, NAMES) as table:
        assert len(_rows(out)) == 1
        table.write([_prediction("1.png")])
        assert len(_rows(out)) == 2


@pytest.mark.parametrize("cut", range(1, 400, 7))
def test_resuming_after_any_cut_gives_the_table_of_an_uninterrupted_run(tmp_path: Path, cut: int) -> None:
    predictions = [_prediction(name) for name in ODD]
    whole, resumed = tmp_path / "whole.csv", tmp_path / "resumed.csv"
    with CsvTable(whole, NAMES) as table:
        table.write(predictions)
    header = len(",".join((*COLUMNS, "p_disc", '"p_a,b"', '"p_say ""x"""', STEADINESS))) + 2
    resumed.write_bytes(whole.read_bytes()[: header + cut])
    with CsvTable(resumed, NAMES, resume=True) as table:
        table.write([one for one in predictions if not table.has(one.path)])
    assert resumed.read_bytes() == whole.read_bytes()


def test_resuming_finds_every_odd_name_and_counts_the_errors(tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    with CsvTable(out, NAMES) as table:
        table.write([_prediction(name) for name in ODD])
        table.write([Prediction(Path("bad.png"), Status.ERROR, message="is damaged.")])
    before = out.read_bytes()
    with CsvTable(out, NAMES, resume=True) as table:
        assert all(table.has(Path(name)) for name in ODD)
        assert not table.has(Path("other.png"))
        assert table.kept_errors == 1
    assert out.read_bytes() == before


def test_without_resume_the_table_starts_anew_and_an_absent_one_is_made(tmp_path: Path) -> None:
    out = tmp_path / "r.csv"
    with CsvTable(out, NAMES, resume=True) as table:
        table.write([_prediction("1.png")])
    with CsvTable(out, NAMES) as table:
        assert not table.has(Path("1.png"))
    assert len(_rows(out)) == 1


@pytest.mark.parametrize(
    "content", [b"path,status\r\n", b"\xff\xfe\x00binary\x00", b'"' + b"x" * 200_000, b"\r\n\r\n", b"%PDF-1.7\n1 0 obj"]
)
def test_a_foreign_file_is_not_resumed_and_stays_as_it_was(tmp_path: Path, content: bytes) -> None:
    out = tmp_path / "r.csv"
    out.write_bytes(content)
    with pytest.raises(FewShotError, match="leave out --resume"):
        CsvTable(out, NAMES, resume=True)
    assert out.read_bytes() == content


def test_what_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for out in (tmp_path, tmp_path / "file" / "r.csv"):
        with pytest.raises(FewShotError, match="cannot be written"):
            CsvTable(out, NAMES)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_said_in_one_line() -> None:
    with pytest.raises(FewShotError, match="No space left"):
        CsvTable(Path("/dev/full"), NAMES)
