"""Merge a run's rows, in the order of their ids, into one Parquet data set or the CSV table of one process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from model.cluster.plan import Plan, Shard, parts_of
from model.cluster.rows import predictions_of, schema_of
from model.errors import FewShotError, UsageError
from model.exports.results_table import fresh_name
from model.messages import message, os_reason
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress

if TYPE_CHECKING:
    import pyarrow as pa

_ROW_GROUP = 131_072
_WRITTEN_AT_ONCE = 4096
_TABLE = ".csv"


def check_out(out: Path, *, overwrite: bool = False) -> None:
    """Raise `UsageError` where merged rows at `out` would replace something else, or not be what its name promises.

    With `overwrite`, a file at a table's name may be anything.
    """
    from model.exports.results_table import ENDINGS_OF_OTHERS, TABLES, check_replaceable

    if out.suffix.lower() == _TABLE:
        if not overwrite:
            check_replaceable(out)
    elif out.suffix.lower() in {*ENDINGS_OF_OTHERS, *TABLES.names()} - {".parquet"}:
        raise UsageError(message("{path}: rows are merged into a .csv file or a folder. Give such a name.", path=out))
    elif out.exists() and not (out.is_dir() and all(one.suffix == ".parquet" for one in out.iterdir())):
        raise UsageError(message("{path} holds something else than merged rows. Give another name.", path=out))


def merge(
    plan: Plan,
    out: Path,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
    *,
    overwrite: bool = False,
) -> int:
    """Write all rows to `out`, a CSV file by its ending or else a folder of Parquet files; return their number.

    Holds a row group. What is there already is replaced once all is
    written, a folder only where it holds nothing but Parquet files. Raises `FewShotError` where a row is missing, for a
    merged table must not lack any in silence.
    """
    token = token or CancelToken()
    check_out(out, overwrite=overwrite)
    try:
        with _fresh(out) as fresh:
            count = (_to_csv if out.suffix.lower() == _TABLE else _to_parquet)(plan, fresh, progress, token)
            if out.suffix.lower() != _TABLE and out.exists():
                shutil.rmtree(out)
            os.replace(fresh, out)
        return count
    except OSError as error:
        raise FewShotError(message("{path} cannot be written: {error}.", path=out, error=os_reason(error))) from error


@contextmanager
def _fresh(out: Path) -> Iterator[Path]:
    """Give a name to write rows under; what is left there where that fails is removed."""
    fresh = fresh_name(out)
    try:
        yield fresh
    finally:
        if fresh.is_dir():
            shutil.rmtree(fresh, ignore_errors=True)
        else:
            fresh.unlink(missing_ok=True)


def _to_csv(plan: Plan, fresh: Path, progress: ProgressCallback, token: CancelToken) -> int:
    from model.exports.formats.csv_table import CsvTable

    count = 0
    with CsvTable(fresh, plan.class_names, classifier=plan.classifier) as table:
        for shard in plan.shards:
            for block in _in_order(plan, shard):
                for start in range(0, len(block), _WRITTEN_AT_ONCE):
                    token.raise_if_cancelled()
                    table.write(predictions_of(block.slice(start, _WRITTEN_AT_ONCE), plan.class_names))
                count += len(block)
                progress(Progress(message("Merging"), count, plan.images))
    return count


def _to_parquet(plan: Plan, fresh: Path, progress: ProgressCallback, token: CancelToken) -> int:
    import pyarrow.parquet as pq

    count = 0
    fresh.mkdir(parents=True)
    for shard in plan.shards:
        path = fresh / f"part-{shard.name}.parquet"
        with pq.ParquetWriter(path, schema_of(plan.class_names), compression="zstd") as writer:
            for block in _gathered(_in_order(plan, shard)):
                token.raise_if_cancelled()
                writer.write_table(block, row_group_size=len(block))
                count += len(block)
                progress(Progress(message("Merging"), count, plan.images))
    return count


def _gathered(blocks: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Join blocks to tables of a row group or a little more: programs that read it later are slow with small ones."""
    import pyarrow as pa

    held: list[pa.Table] = []
    for block in blocks:
        held.append(block)
        if sum(map(len, held)) >= _ROW_GROUP:
            yield pa.concat_tables(held)
            held = []
    if held:
        yield pa.concat_tables(held)


def _in_order(plan: Plan, shard: Shard) -> Iterator[pa.Table]:
    """Yield a shard's rows in the order of their ids, a part at a time."""
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    schema, before = schema_of(plan.class_names), -1
    for part in parts_of(plan, shard):
        try:
            block = pq.ParquetFile(part.rows).read(columns=schema.names).cast(schema)
        except FileNotFoundError:
            raise _not_whole(shard) from None
        except (OSError, ArrowException, KeyError, ValueError) as error:
            raise FewShotError(message("{path} is damaged: {error}", path=part.rows, error=error)) from error
        ids = block["id"].to_numpy()
        if len(ids) != part.images or int(ids[0]) <= before or (ids[1:] <= ids[:-1]).any():
            raise _not_whole(shard)
        before = int(ids[-1])
        yield block


def _not_whole(shard: Shard) -> FewShotError:
    return FewShotError(
        message(
            "Shard {shard} does not have one row for each image. `fewshot cluster verify` says more.", shard=shard.name
        )
    )
