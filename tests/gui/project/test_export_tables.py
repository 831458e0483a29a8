"""Exports are what a person gets into other programs: each is read back by a library of its format."""

from __future__ import annotations

import csv
import gc
import json
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from fewshot_gui.items.naming import display_name, hide_names
from fewshot_gui.project.labels import now
from fewshot_gui.project.session import Session
from model.cli.command import main
from model.errors import FewShotError, UsageError
from model.exports.columns import COLUMNS
from model.exports.exporter import EXPORTS, ExportOptions, Word, export
from model.exports.project_contents import read_project
from model.exports.project_table import STALE
from model.progress import Cancelled, CancelToken
from model.types import Prediction, Status

from .exporting import BOX, CHINESE, FORMULA, NAMES, write


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _xlsx(path: Path) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path)["Results"]
    header, *rows = sheet.iter_rows()
    assert "f" not in {cell.data_type for row in rows for cell in row}  # no formula
    assert all(cell.hyperlink is None for row in rows for cell in row)
    return [dict(zip([one.value for one in header], [cell.value for cell in row], strict=True)) for row in rows]


def _parquet(path: Path) -> list[dict[str, Any]]:
    from pyarrow import parquet

    found: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return found


def _jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


READERS = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet, "jsonl": _jsonl}
_NO_ARROW = pytest.mark.skipif(find_spec("pyarrow") is None, reason="pyarrow is an extra")
TABLES = [pytest.param(name, marks=_NO_ARROW) if name == "parquet" else name for name in READERS]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("name", TABLES)
def test_a_full_disk_is_an_error_of_the_file_and_nothing_is_left(
    name: str, odd_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ignored: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)  # what is printed as a traceback else
    out = tmp_path / f"a.{name}"
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    monkeypatch.setattr("model.exports.results_table.fresh_name", lambda _path: full)
    with pytest.raises(FewShotError, match=f"a.{name} cannot be written: .*No space left"):
        write(odd_project, name, out)
    gc.collect()
    assert ignored == []
    assert not list(tmp_path.glob("a.*"))


@pytest.mark.parametrize("name", TABLES)
def test_a_file_of_somebody_s_beside_it_stays(name: str, odd_project: Path, tmp_path: Path) -> None:
    mine = tmp_path / f"a.{name}.new"
    mine.write_text("mine")
    write(odd_project, name, tmp_path / f"a.{name}")
    assert mine.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.glob("a.*")) == [f"a.{name}", mine.name]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_every_result_as_it_is(
    name: str, odd_project: Path, odd_images: list[Path], tmp_path: Path
) -> None:
    rows = {Path(row["path"]).name: row for row in READERS[name](write(odd_project, name, tmp_path / f"out.{name}"))}
    assert list(rows) == ["old.png", *NAMES[:6], "gone.png"]
    assert rows["plain.png"]["path"] == str(odd_images[0])
    p = rows["plain.png"]["probabilities"] if name == "jsonl" else rows["plain.png"]
    first, second = (FORMULA, CHINESE) if name == "jsonl" else (f"p_{FORMULA}", f"p_{CHINESE}")
    predicted = f"'{FORMULA}" if name == "csv" else FORMULA  # a text that no spreadsheet computes
    assert (rows["plain.png"]["predicted"], float(p[first]), float(p[second])) == (predicted, 0.9, 0.1)
    assert float(rows["plain.png"]["region_steadiness"]) == 0.5
    box = rows["plain.png"]["region"] if name == "jsonl" else [
        int(rows["plain.png"][f"region_{side}"]) for side in "xywh"
    ]  # fmt: skip
    assert box == [100, 50, 200, 80]
    assert rows[NAMES[1]]["label"] == CHINESE
    assert (rows[NAMES[1]]["labelled_by"], rows["=1+1.png"]["label"]) == ("ana", "none of these")
    assert rows[NAMES[1]]["labelled_at"].startswith(now()[:10])
    assert (rows["in a bin.png"]["label"], rows["in a bin.png"]["labelled_by"]) == (CHINESE, "person")
    assert rows["unknown.png"]["status"] == "unknown"
    assert rows["plain.png"]["group"] == str(odd_images[0])
    yes, no, nothing = ("yes", "no", "") if name == "csv" else (True, False, None)
    assert [rows[one]["stale"] for one in ("old.png", "plain.png", "gone.png")] == [yes, no, nothing]
    finals = [rows[one]["final_label"] for one in ("plain.png", NAMES[1], "=1+1.png", "in a bin.png")]
    assert finals == [predicted, CHINESE, "none of these", CHINESE]
    assert [rows[one]["final_label"] for one in ("unknown.png", "gone.png")] == [nothing, nothing]
    assert rows["old.png"]["message"] == STALE
    assert (rows["gone.png"]["status"], rows["gone.png"]["predicted"]) == ("error", nothing)


def test_columns_of_the_csv_file_are_those_of_before_with_new_ones_at_the_end(
    odd_project: Path, tmp_path: Path
) -> None:
    header = next(iter(_csv(write(odd_project, "csv", tmp_path / "a.csv"))))
    assert list(header) == [
        "path", "status", "predicted", "confidence", "region_x", "region_y", "region_w", "region_h", "message",
        f"p_{FORMULA}", f"p_{CHINESE}", "region_steadiness", "label", "labelled_by", "labelled_at",
        "classifier", "group", "stale", "final_label",
    ]  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_hidden_names_are_the_numbers_of_the_window(
    name: str, odd_project: Path, odd_images: list[Path], tmp_path: Path
) -> None:
    out = write(odd_project, name, tmp_path / f"out.{name}", names_hidden=True)
    rows = READERS[name](out)
    hide_names(True)
    try:
        assert [row["path"] for row in rows][1:7] == [display_name(path) for path in odd_images[:6]]
        assert [row["group"] for row in rows][1] == display_name(odd_images[0])
    finally:
        hide_names(False)
    assert "Miller" not in str(rows)
    assert rows[-1]["message"] == "not readable"


def test_chosen_images_columns_and_words_alone_are_written(
    odd_project: Path, odd_images: list[Path], tmp_path: Path
) -> None:
    some = _csv(
        write(odd_project, "csv", tmp_path / "a.csv", images=(odd_images[3], odd_images[0]), columns=("label", "path"))
    )
    assert some == [{"label": "", "path": str(odd_images[3])}, {"label": "", "path": str(odd_images[0])}]
    said = _csv(write(odd_project, "csv", tmp_path / "b.csv", word=Word.VERDICT, columns=("path",)))
    assert [Path(row["path"]).name for row in said] == [NAMES[1], "=1+1.png", "in a bin.png"]
    predicted = _csv(write(odd_project, "csv", tmp_path / "c.csv", word=Word.PREDICTION))
    assert (len(predicted), "label" in predicted[0]) == (8, False)
    (of_bin,) = (row for row in predicted if Path(row["path"]).name == "in a bin.png")
    assert of_bin["final_label"] == of_bin["predicted"] != CHINESE  # as if nobody had said anything
    for columns in (("path", "paths"), ("path", "path"), ()):
        with pytest.raises(UsageError, match="region_steadiness"):
            write(odd_project, "csv", tmp_path / "d.csv", columns=columns)
    assert not (tmp_path / "d.csv").exists()


@pytest.mark.parametrize("name", TABLES)
def test_an_export_that_is_cancelled_leaves_the_file_that_was_there(
    name: str, odd_project: Path, tmp_path: Path
) -> None:
    out, token = tmp_path / f"out.{name}", CancelToken()
    out.write_text("the old one")
    exporter = EXPORTS.get(name)
    assert exporter is not None
    with pytest.raises(Cancelled):
        export(exporter, read_project(odd_project), out, ExportOptions(), lambda _: token.cancel(), _Late(token))
    assert [path.name for path in tmp_path.glob("out*")] == [out.name]
    assert out.read_text() == "the old one"


class _Late(CancelToken):
    """Is cancelled as soon as something was reported."""

    def __init__(self, other: CancelToken) -> None:
        super().__init__()
        self._other, self._asked = other, 0

    def raise_if_cancelled(self) -> None:
        self._asked += 1
        if self._asked > 3 or self._other.is_cancelled:
            raise Cancelled


def test_two_classes_of_one_name_have_columns_of_their_own(session: Session, odd_images: list[Path]) -> None:
    document, results = session.document, session.results
    gone = document.add_bin("Cat")
    results.add_predictions(1, (gone,), [Prediction(odd_images[0], Status.OK, 0, (1.0,), BOX)])
    document.remove_bin(gone)
    again = document.add_bin(gone[:8])  # as a bin is called of which only the id is left
    results.add_predictions(2, (again,), [Prediction(odd_images[1], Status.OK, 0, (1.0,), BOX)])
    assert session.file is not None
    rows = _jsonl(write(session.file, "jsonl", odd_images[0].with_name("a.jsonl")))
    assert [row["probabilities"] for row in rows] == [
        {gone[:8]: 0.0, f"{gone[:8]} (2)": 1.0},
        {gone[:8]: 1.0, f"{gone[:8]} (2)": 0.0},
    ]


def test_without_pyarrow_the_way_out_is_said(
    odd_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["export", str(odd_project), "--format", "parquet", "--out", str(tmp_path / "a.parquet")]) == 1
    assert 'pip install "fewshot[parquet]"' in capsys.readouterr().err
    assert list(tmp_path.glob("a.parquet*")) == []


@pytest.mark.parametrize(("name", "ending"), [("csv", ".csv"), ("xlsx", ".xlsx"), ("coco", ".json")])
def test_the_folder_of_an_export_is_made(
    odd_project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, ending: str
) -> None:
    out = tmp_path / "new" / "er" / f"out{ending}"
    assert main(["export", str(odd_project), "--format", name, "--out", str(out)]) in (0, 3)
    assert out.stat().st_size
    (tmp_path / "file").write_text("mine")
    capsys.readouterr()
    assert main(["export", str(odd_project), "--format", name, "--out", str(tmp_path / "file" / out.name)]) == 1
    assert f"{out.name} cannot be written" in capsys.readouterr().err


def test_the_command_writes_a_workbook_of_chosen_columns(
    odd_project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.xlsx"
    call = ["export", str(odd_project), "--format", "xlsx", "--out", str(out)]
    assert main([*call, "--columns", "path, label", "--labels", "verdict", "--hide-names", "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["images"], said["without_word"]) == (3, 5)
    assert [row["label"] for row in _xlsx(out)] == [CHINESE, "none of these", CHINESE]
    assert main(call) == 2  # it is there
    assert "--overwrite" in capsys.readouterr().err
    assert main([*call, "--overwrite", "--columns", "nothing"]) == 2
    assert ", ".join(COLUMNS) in capsys.readouterr().err
    assert main([*call[:-1], str(tmp_path / "out.csv")]) == 2
    assert "does not end with .xlsx" in capsys.readouterr().err
    assert (
        main(["export", str(odd_project), "--format", "coco", "--out", str(tmp_path / "c.json"), "--columns", "path"])
        == 2
    )


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit of file sizes")
@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_the_disk_does_not_take_leaves_the_old_one(name: str, session: Session, tmp_path: Path) -> None:
    import resource

    path = tmp_path / f"results.{name}"
    path.write_text("the old results")
    rows = [Prediction(Path(f"/images/{k * 7919}.png"), Status.OK, k % 2, (0.5, 0.5), BOX) for k in range(5000)]
    bins = (session.document.add_bin("Cats"), session.document.add_bin("Dogs"))
    session.results.add_predictions(1, bins, rows)
    assert session.file is not None
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(FewShotError, match="results"):
            write(session.file, name, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_text() == "the old results"
    assert [found.name for found in tmp_path.iterdir() if found.name.startswith((".results", "results"))] == [path.name]
    assert len(READERS[name](write(session.file, name, path))) == 5000


def test_what_was_classified_in_a_project_that_is_read_only_is_exported_too(
    make_session: Callable[[], Session], odd_images: list[Path], tmp_path: Path
) -> None:
    first, second = make_session(), make_session()
    first.new()
    bin_id = first.document.add_bin("Cat")
    first.save_as(tmp_path / "shared.fewshot")
    second.open(tmp_path / "shared.fewshot")
    assert second.document.read_only_reason
    second.results.add_predictions(1, (bin_id,), [Prediction(odd_images[0], Status.OK, 0, (1.0,), BOX)])
    spare = tmp_path / "spare" / "shared.fewshot"
    spare.parent.mkdir()
    assert [row.path for row in read_project(second.file_to_read(spare)).results] == [odd_images[0]]
    assert first.file_to_read(spare) == tmp_path / "shared.fewshot"
    assert read_project(tmp_path / "shared.fewshot").results == ()
