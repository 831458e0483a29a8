"""Check a finished run: exactly one row for each id of the plan, shard by shard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from model.cluster.plan import Plan, Shard
from model.errors import FewShotError
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NAMED = 20
"""Ids of each kind that are named."""


@dataclass
class Check:
    """What was found: counts, and the first ids of each kind of trouble.

    missing: ids without a row; repeated: ids with more than one; foreign: ids of rows that are not in the shard
    unfinished: shards without a mark
    statuses: rows by status
    """

    rows: int = 0
    missing: int = 0
    repeated: int = 0
    foreign: int = 0
    named: dict[str, list[int]] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def is_whole(self) -> bool:
        """Whether each id has exactly one row and each shard is finished."""
        return not (self.missing or self.repeated or self.foreign or self.unfinished)


def check_plan(plan: Plan, progress: ProgressCallback = ignore_progress, token: CancelToken | None = None) -> Check:
    """Compare the rows with the manifests. Holds the ids of one shard. Raises `FewShotError`."""
    import numpy as np

    token, check, done = token or CancelToken(), Check(), 0
    for shard in plan.shards:
        token.raise_if_cancelled()
        if not plan.mark(shard).exists():
            check.unfinished.append(shard.name)
        expected = _ids(plan.manifest(shard), shard.images)
        found = _ids(plan.output(shard), shard.images, check.statuses)
        check.rows += len(found)
        found.sort()
        again = found[1:][found[1:] == found[:-1]]
        once = np.unique(found) if len(again) else found
        check.missing += _name(check, "missing", np.setdiff1d(expected, once, assume_unique=True))
        check.foreign += _name(check, "foreign", np.setdiff1d(once, expected, assume_unique=True))
        check.repeated += _name(check, "repeated", np.unique(again))
        done += shard.images
        progress(Progress(message("Checking"), done, plan.images))
    return check


def _name(check: Check, kind: str, ids: npt.NDArray[np.int64]) -> int:
    named = check.named.setdefault(kind, [])
    named += [int(one) for one in ids[: NAMED - len(named)]]
    return len(ids)


def _ids(folder: Path, room: int, statuses: Counter[str] | None = None) -> npt.NDArray[np.int64]:
    """Return the ids in a folder of Parquet files, in no order, and count their statuses."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    ids, count = np.empty(room, np.int64), 0
    for file in parquet_files(folder):
        try:
            table = pq.read_table(file, columns=["id"] if statuses is None else ["id", "status"])
        except (OSError, pa.ArrowException) as error:
            raise FewShotError(message("{path} is damaged: {error}", path=file, error=error)) from error
        if count + len(table) > len(ids):
            ids = np.resize(ids, max(2 * len(ids), count + len(table)))
        ids[count : count + len(table)] = table["id"].to_numpy()
        count += len(table)
        if statuses is not None:
            for one in table["status"].value_counts().to_pylist():
                statuses[one["values"]] += one["counts"]
    return ids[:count]


def parquet_files(folder: Path) -> Iterator[Path]:
    """Yield a folder's Parquet files in the order of their names."""
    yield from sorted(folder.glob("*.parquet"))


def rows_of_shard(plan: Plan, shard: Shard) -> list[Path]:
    """Return the files that hold a shard's rows."""
    return list(parquet_files(plan.output(shard)))
