"""What exporters of tables have in common: each says how to write the rows of a `ProjectTable` into a file."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path

from model.exports.exporter import Exporter, ExportOptions, Written
from model.exports.project_contents import ProjectContents
from model.exports.project_table import ProjectTable, Value
from model.exports.results_table import fresh_file
from model.progress import CancelToken, ProgressCallback

Rows = Iterator[tuple[Value, ...]]


class TableExporter(Exporter):
    """An exporter of one file with a row for each result, those that could not be read included."""

    has_columns = True

    @abstractmethod
    def write_rows(self, path: Path, table: ProjectTable, rows: Rows) -> None:
        """Write a new file with the columns and `rows` of a table. Raises `OSError` and `FewShotError`."""

    def check(self, table: ProjectTable, count: int) -> None:
        """Raise `FewShotError` where the format has no room for so many rows, or cannot be written here."""

    def write(
        self,
        project: ProjectContents,
        target: Path | None,
        options: ExportOptions,
        progress: ProgressCallback,
        token: CancelToken,
    ) -> Written:
        """Write the table. See `Exporter.write`."""
        place = self.given(target)
        table = ProjectTable(project, options)
        self.check(table, len(project.results))
        with fresh_file(place) as fresh:
            self.write_rows(fresh, table, table.rows(progress, token))
        return Written(1, len(project.results))
