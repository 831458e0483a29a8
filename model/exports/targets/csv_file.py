"""CSV: the results as `fewshot classify` writes them, with the columns of labels and more behind.

No cell is a formula to a spreadsheet, whatever the names of classes and files (`model.exports.spreadsheet`).
"""

from __future__ import annotations

import csv
from pathlib import Path

from model.exports.exporter import EXPORTS
from model.exports.project_table import Column, Kind, ProjectTable, Value
from model.exports.spreadsheet import as_cell, as_path_cell
from model.exports.table_exporter import Rows, TableExporter
from model.messages import message

_DIGITS = {"region_steadiness": 3}
_FLAGS = {True: "yes", False: "no"}


class CsvFile(TableExporter):
    """UTF-8, commas, as RFC 4180 has it."""

    name = "csv"
    order = 10
    label: str = message("CSV table")
    read_by: str = message("every program of tables, pandas, R; the columns of “fewshot classify”")
    endings = (".csv",)

    def write_rows(self, path: Path, table: ProjectTable, rows: Rows) -> None:
        """Write the file. See `TableExporter.write_rows`."""
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([column.name for column in table.columns])
            writer.writerows([*map(_cell, table.columns, row)] for row in rows)


def _cell(column: Column, value: Value) -> str:
    if value is None:
        return ""
    if column.kind is Kind.FLAG:
        return _FLAGS[bool(value)]
    if column.kind is Kind.NUMBER:
        return f"{value:.{_DIGITS.get(column.name, 6)}f}"
    if column.kind is Kind.COUNT:
        return str(value)
    return as_path_cell(str(value)) if column.name == "path" else as_cell(str(value))


EXPORTS.register(CsvFile.name, CsvFile())
