"""Merge a run's rows, in the order of their ids, into one Parquet data set or the CSV table of one process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from model.cluster.checking import rows_of_shard
from model.cluster.plan import Plan, Shard
from model.cluster.rows import predictions_of, schema_of
from model.errors import FewShotError, UsageError
from model.messages import message, os_reason
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress

if TYPE_CHECKING:
    import pyarrow as pa

_ROW_GROUP = 131_072
_WRITTEN_AT_ONCE = 4096


def merge(plan: Plan, out: Path, progress: ProgressCallback = ignore_progress, token: CancelToken | None = None) -> int:
    """Write all rows to `out`, a CSV file by its ending or else a folder of Parquet files; return their number.

    Holds one block of rows, see `model.cluster.plan.BLOCK_IMAGES`. What is there already is replaced once all is
    written, a folder only where it holds nothing but Parquet files. Raises `FewShotError` where a row is missing, for a
    merged table must not lack any in silence.
    """
    token = token or CancelToken()
    try:
        return (_to_csv if out.suffix.lower() == ".csv" else _to_parquet)(plan, out, progress, token)
    except OSError as error:
        raise FewShotError(message("{path} cannot be written: {error}.", path=out, error=os_reason(error))) from error


def _to_csv(plan: Plan, out: Path, progress: ProgressCallback, token: CancelToken) -> int:
    from model.exports.formats.csv_table import CsvTable
    from model.exports.results_table import check_replaceable

    check_replaceable(out)
    fresh, count = out.with_name(out.name + ".new"), 0
    with CsvTable(fresh, plan.class_names, classifier=plan.classifier) as table:
        for shard in plan.shards:
            for block in _in_order(plan, shard):
                for start in range(0, len(block), _WRITTEN_AT_ONCE):
                    token.raise_if_cancelled()
                    table.write(predictions_of(block.slice(start, _WRITTEN_AT_ONCE), plan.class_names))
                count += len(block)
                progress(Progress(message("Merging"), count, plan.images))
    os.replace(fresh, out)
    return count


def _to_parquet(plan: Plan, out: Path, progress: ProgressCallback, token: CancelToken) -> int:
    import pyarrow.parquet as pq

    if out.exists() and not (out.is_dir() and all(one.suffix == ".parquet" for one in out.iterdir())):
        raise UsageError(message("{path} holds something else than merged rows. Give another name.", path=out))
    fresh, count = out.with_name(out.name + ".new"), 0
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for shard in plan.shards:
        path = fresh / f"part-{shard.name}.parquet"
        with pq.ParquetWriter(path, schema_of(plan.class_names), compression="zstd") as writer:
            for block in _in_order(plan, shard):
                token.raise_if_cancelled()
                writer.write_table(block, row_group_size=_ROW_GROUP)
                count += len(block)
                progress(Progress(message("Merging"), count, plan.images))
    if out.exists():
        shutil.rmtree(out)
    os.replace(fresh, out)
    return count


def _in_order(plan: Plan, shard: Shard) -> Iterator[pa.Table]:
    """Yield a shard's rows in the order of their ids; files whose ranges of ids overlap are sorted together."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, count, before = schema_of(plan.class_names), 0, -1

    def sorted_rows(files: list[Path]) -> pa.Table:
        tables = [pq.read_table(file, columns=schema.names).cast(schema) for file in files]
        return pa.concat_tables(tables).sort_by("id")

    for files in _overlapping(rows_of_shard(plan, shard)):
        block = sorted_rows(files)
        ids = block["id"].to_numpy()
        if int(ids[0]) <= before or (ids[1:] == ids[:-1]).any():
            raise _not_whole(shard)
        before, count = int(ids[-1]), count + len(block)
        yield block
    if count != shard.images:
        raise _not_whole(shard)


def _not_whole(shard: Shard) -> FewShotError:
    return FewShotError(
        message(
            "Shard {shard} does not have one row for each image. `fewshot cluster verify` says more.", shard=shard.name
        )
    )


def _overlapping(files: list[Path]) -> Iterator[list[Path]]:
    """Yield groups of files whose ranges of ids overlap, in the order of the ids."""
    ranges = sorted((*_range(file), file) for file in files)
    group: list[Path] = []
    end = -1
    for low, high, file in ranges:
        if low < 0:
            continue  # no rows
        if group and low > end:
            yield group
            group = []
        group.append(file)
        end = max(end, high)
    if group:
        yield group


def _range(file: Path) -> tuple[int, int]:
    """Return the lowest and highest id of a file, from the statistics at its end; (-1, -1) where it has no rows."""
    import pyarrow.parquet as pq

    facts = pq.read_metadata(file)
    if not facts.num_rows:
        return -1, -1
    place = facts.schema.names.index("id")
    parts = [facts.row_group(number).column(place).statistics for number in range(facts.num_row_groups)]
    return min(one.min for one in parts), max(one.max for one in parts)
