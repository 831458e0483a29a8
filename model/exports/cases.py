"""The table of cases: a CSV file with one row for each case, beside the results of the images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from model.errors import UsageError
from model.exports.results_table import BYTE_ORDER_MARK, probability_cells, write_whole
from model.exports.spreadsheet import as_cell
from model.messages import message
from model.runs.cases import Case

COLUMNS = ("case", "images", "predicted", "confidence")
LAST_COLUMN = "unknown"


def cases_path(results: Path) -> Path:
    """Return the table of cases that belongs to a table of results: `results.cases.csv` beside `results.csv`."""
    return results.with_name(f"{results.stem}.cases.csv")


def check_replaceable(path: Path) -> None:
    """Raise `UsageError` where a table at `path` would replace a file that is none of ours."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            start = file.read(200).removeprefix(BYTE_ORDER_MARK)
    except OSError:
        return  # mostly since there is none; else it is said when the table is written
    if start and not start.startswith(",".join(COLUMNS)):
        raise UsageError(
            message("{path} holds something else than cases. Give another --out, or add --overwrite.", path=path)
        )


def write_cases(path: Path, class_names: Sequence[str], cases: Sequence[Case]) -> None:
    """Write the table, or fail and leave the one that is there. Raises `FewShotError`."""
    header = [*COLUMNS, *(f"p_{name}" for name in class_names), LAST_COLUMN]
    write_whole(path, [header, *(_row(case, class_names) for case in cases)])


def _row(case: Case, class_names: Sequence[str]) -> list[str]:
    start = [as_cell(case.name), str(case.images)]
    if not case.scores:
        return [*start, *[""] * (len(class_names) + 3)]
    scores = probability_cells(case.scores, case.predicted)
    return [*start, as_cell(class_names[case.predicted]), scores[case.predicted], *scores, str(case.unknown)]
