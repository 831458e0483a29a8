"""Parquet, by Apache Arrow: typed columns, for pandas, polars, DuckDB, Spark.

Texts are strings, numbers float64, coordinates int32, `stale` is boolean; what is not known is null.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from model.errors import FewShotError
from model.exports.exporter import EXPORTS
from model.exports.project_table import Kind, ProjectTable, Value
from model.exports.table_exporter import Rows, TableExporter
from model.messages import message

_ROWS_AT_ONCE = 65_536


class Parquet(TableExporter):
    """One file, compressed by Zstandard."""

    name = "parquet"
    order = 12
    label: str = message("Parquet table")
    read_by: str = message("pandas, polars, DuckDB, Spark, R (arrow)")
    endings = (".parquet",)

    def check(self, table: ProjectTable, count: int) -> None:  # noqa: ARG002
        """Raise `FewShotError` where pyarrow is not installed. See `TableExporter.check`."""
        try:
            import pyarrow  # noqa: F401
        except ImportError as error:
            raise FewShotError(
                message('Parquet needs pyarrow: pip install "fewshot[parquet]" ({error}).', error=error)
            ) from error

    def write_rows(self, path: Path, table: ProjectTable, rows: Rows) -> None:
        """Write the file in groups of rows. See `TableExporter.write_rows`."""
        import pyarrow as pa
        from pyarrow import parquet

        types = {Kind.TEXT: pa.string(), Kind.COUNT: pa.int32(), Kind.NUMBER: pa.float64(), Kind.FLAG: pa.bool_()}
        schema = pa.schema([(column.name, types[column.kind]) for column in table.columns])
        with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
            for some in _batched(rows, _ROWS_AT_ONCE):
                columns = zip(*some, strict=True)
                arrays = [pa.array(cells, one.type) for cells, one in zip(columns, schema, strict=True)]
                writer.write_table(pa.table(arrays, schema=schema))


def _batched(rows: Rows, size: int) -> Iterator[list[tuple[Value, ...]]]:
    while some := list(islice(rows, size)):
        yield some


EXPORTS.register(Parquet.name, Parquet())
