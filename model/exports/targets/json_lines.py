"""JSON lines: one object for each result, as `fewshot classify` writes them, with what people said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from model.exports.exporter import EXPORTS
from model.exports.project_table import ProjectTable, Value
from model.exports.table_exporter import Rows, TableExporter
from model.messages import message


class JsonLinesFile(TableExporter):
    """UTF-8; `region` is a list of x, y, width and height, `probabilities` an object by class."""

    name = "jsonl"
    order = 13
    label: str = message("JSON lines")
    read_by: str = message("scripts, jq, pandas, databases of documents")
    endings = (".jsonl", ".ndjson")

    def write_rows(self, path: Path, table: ProjectTable, rows: Rows) -> None:
        """Write the file. See `TableExporter.write_rows`."""
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            for row in rows:
                file.write(json.dumps(_object(table, row), ensure_ascii=False) + "\n")


def _object(table: ProjectTable, row: tuple[Value, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column, value in zip(table.columns, row, strict=True):
        if column.choice == "region":
            found.setdefault("region", []).append(value)
        elif column.choice == "probabilities":
            shares = found.setdefault("probabilities", {})
            if value is not None:
                shares[column.name.removeprefix("p_")] = value
        else:
            found[column.name] = value
    if found.get("region") and found["region"][0] is None:
        found["region"] = None
    return found


EXPORTS.register(JsonLinesFile.name, JsonLinesFile())
