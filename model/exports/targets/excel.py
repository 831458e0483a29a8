"""Excel workbooks, by XlsxWriter. Every text is written as a text, so that none is computed or becomes a link."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import IO

from model.errors import FewShotError
from model.exports.exporter import EXPORTS
from model.exports.project_table import Kind, ProjectTable
from model.exports.table_exporter import Rows, TableExporter
from model.messages import message

_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384  # of a sheet, the first row included
_WIDTHS = {"path": 48, "message": 32, "labelled_at": 28, "group": 32}  # characters
_FORMATS = {"region_steadiness": "0.000"}


class Excel(TableExporter):
    """One sheet, with filters over its columns."""

    name = "xlsx"
    order = 11
    label: str = message("Excel workbook")
    read_by: str = message("Excel, LibreOffice, Numbers, Google Sheets; no cell is a formula")
    endings = (".xlsx",)

    def check(self, table: ProjectTable, count: int) -> None:
        """Raise `FewShotError` where a sheet has no room. See `TableExporter.check`."""
        if count + 1 > _MOST_ROWS or len(table.columns) > _MOST_COLUMNS:
            raise FewShotError(
                message(
                    "A sheet holds {rows:,} results and {columns:,} columns at most. Export fewer, or choose CSV.",
                    rows=_MOST_ROWS - 1,
                    columns=_MOST_COLUMNS,
                )
            )

    def write_rows(self, path: Path, table: ProjectTable, rows: Rows) -> None:
        """Write the workbook row by row. See `TableExporter.write_rows`."""
        packed = _Packed()  # in memory, some 100 bytes a row
        _write_book(packed, table, rows)
        path.write_bytes(packed.getbuffer())


class _Packed(BytesIO):
    """Takes what `zipfile` still writes when a book that failed goes, and else would print as a traceback."""

    def close(self) -> None:
        """Stay open."""


def _write_book(file: IO[bytes], table: ProjectTable, rows: Rows) -> None:
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    book = Workbook(file, {"constant_memory": True})  # one row at a time in memory
    try:
        sheet = book.add_worksheet("Results")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = []
        for at, column in enumerate(table.columns):
            digits = _FORMATS.get(column.name, "0.000000")
            formats.append(book.add_format({"num_format": digits}) if column.kind is Kind.NUMBER else None)
            sheet.set_column(at, at, _WIDTHS.get(column.name, 14))
            sheet.write_string(0, at, column.name, bold)
        count = 0
        for count, row in enumerate(rows, 1):
            for at, value in enumerate(row):
                if isinstance(value, bool):
                    sheet.write_boolean(count, at, value)
                elif isinstance(value, int | float):
                    sheet.write_number(count, at, value, formats[at])
                elif value is not None:
                    sheet.write_string(count, at, value)  # longer than a cell holds: cut by XlsxWriter
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, count, len(table.columns) - 1)
    finally:
        try:
            book.close()  # also where it failed, or temporary files stay
        except FileCreateError as error:
            cause = error.args[0] if error.args else None
            raise cause if isinstance(cause, OSError) else OSError(str(error)) from error


EXPORTS.register(Excel.name, Excel())
