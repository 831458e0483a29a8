"""Rows of a run on a cluster as Parquet, and back into predictions for a table of one process.

Columns: id (int64), path (string), raw (binary, see `model.cluster.listing`), status, predicted, confidence (float32),
region_x, region_y, region_w, region_h (int32), message, one p_NAME (float32) a class, region_steadiness (float32),
classifier. Numbers have the digits of the CSV table; what that leaves empty is null.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from model.cluster.urls import is_url
from model.exports.results_table import probability_cells
from model.types import Prediction, Region, Status

if TYPE_CHECKING:
    import pyarrow as pa

_REGION = ("region_x", "region_y", "region_w", "region_h")


def schema_of(class_names: Sequence[str]) -> pa.Schema:
    """Return the columns of a run's rows."""
    import pyarrow as pa

    text, number = pa.string(), pa.float32()
    return pa.schema(
        [
            ("id", pa.int64()),
            ("path", text),
            ("raw", pa.binary()),
            ("status", text),
            ("predicted", text),
            ("confidence", number),
            *((name, pa.int32()) for name in _REGION),
            ("message", text),
            *((f"p_{name}", number) for name in class_names),
            ("region_steadiness", number),
            ("classifier", text),
        ]
    )


def to_table(manifest: pa.Table, predictions: Sequence[Prediction], names: Sequence[str], classifier: str) -> pa.Table:
    """Return the rows of a part of a manifest, from its predictions in the same order."""
    import pyarrow as pa

    schema = schema_of(names)
    rows = [_cells(one, names, classifier) for one in predictions]
    columns: dict[str, Any] = {name: manifest[name] for name in ("id", "path", "raw")}
    for name in schema.names[3:]:
        columns[name] = pa.array([row.get(name) for row in rows], schema.field(name).type)
    return pa.table(columns, schema=schema)


def _cells(one: Prediction, names: Sequence[str], classifier: str) -> dict[str, Any]:
    row: dict[str, Any] = {"status": one.status.value, "message": str(one.message)}
    if not one.status.has_class or one.region is None:
        return row
    scores = [float(cell) for cell in probability_cells(one.scores, one.predicted)]
    region = one.region
    return {
        **row,
        "predicted": names[one.predicted],
        "confidence": scores[one.predicted],
        **dict(zip(_REGION, (region.x, region.y, region.width, region.height), strict=True)),
        **{f"p_{name}": score for name, score in zip(names, scores, strict=True)},
        "region_steadiness": None if one.steadiness is None else round(one.steadiness, 3),
        "classifier": classifier,
    }


def predictions_of(table: pa.Table, names: Sequence[str]) -> Iterator[Prediction]:
    """Yield the predictions that rows hold."""
    number = {name: index for index, name in enumerate(names)}
    for row in table.to_pylist():
        path = Path(os.fsdecode(row["raw"])) if row["raw"] is not None else as_path(row["path"])
        status = Status(row["status"])
        if row["predicted"] is None:
            yield Prediction(path, status, message=row["message"])
            continue
        yield Prediction(
            path,
            status,
            number[row["predicted"]],
            tuple(row[f"p_{name}"] for name in names),
            Region(*(row[name] for name in _REGION)),
            row["message"],
            steadiness=row["region_steadiness"],
        )


def as_path(text: str) -> Path:
    """Return a path of a manifest; a URL stays a text, for `Path` would make one slash of its two."""
    return cast(Path, text) if is_url(text) else Path(text)
