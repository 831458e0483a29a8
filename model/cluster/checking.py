"""Check a run: exactly one row for each id of the plan, part by part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from model.cluster.plan import Plan, Shard, parts_of
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

NAMED = 20
"""Ids and files of each kind that are named."""


@dataclass
class Check:
    """What was found: counts, and the first ids of each kind of trouble.

    missing: ids without a row; repeated: ids with more than one; foreign: ids of rows that are not in their part
    damaged: files of rows that cannot be read, whose ids are missing; strangers: files that belong to no part
    unfinished: shards without a mark
    statuses, classes: rows by status, and by predicted class
    """

    rows: int = 0
    missing: int = 0
    repeated: int = 0
    foreign: int = 0
    named: dict[str, list[int]] = field(default_factory=dict)
    damaged: list[Path] = field(default_factory=list)
    strangers: list[Path] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)

    @property
    def is_whole(self) -> bool:
        """Whether each id has exactly one row and each shard is finished."""
        return not (self.missing or self.repeated or self.foreign or self.strangers or self.unfinished)


def check_plan(plan: Plan, progress: ProgressCallback = ignore_progress, token: CancelToken | None = None) -> Check:
    """Compare the rows with the manifests, ids with ids. Holds one part.

    The mark of a shard that lacks rows or has too many is taken away, so that the next run looks at it. Raises
    `FewShotError` for a damaged manifest, `Cancelled`.
    """
    token, check, done = token or CancelToken(), Check(), 0
    for shard in plan.shards:
        is_whole, known = True, set()
        for part in parts_of(plan, shard):
            token.raise_if_cancelled()
            known.add(part.rows.name)
            is_whole &= _compare(check, part.manifest, part.rows)
            done += part.images
            progress(Progress(message("Checking"), done, plan.images))
        strangers = [file for file in sorted(plan.output(shard).glob("*.parquet")) if file.name not in known]
        check.strangers += strangers
        if not is_whole or strangers:
            plan.mark(shard).unlink(missing_ok=True)
        _finished(check, plan, shard)
    return check


def _finished(check: Check, plan: Plan, shard: Shard) -> None:
    if not plan.mark(shard).exists():
        check.unfinished.append(shard.name)


def _compare(check: Check, manifest: Path, rows: Path) -> bool:
    """Compare one part's ids with those of its rows; return whether they are the same."""
    import numpy as np
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    expected = pq.read_table(manifest, columns=["id"])["id"].to_numpy()
    found = np.empty(0, np.int64)
    try:
        # One file, not a data set: folders called a=b are no columns.
        table = pq.ParquetFile(rows).read(columns=["id", "status", "predicted"])
        found = table["id"].to_numpy()
        check.statuses.update(_counts(table["status"]))
        check.classes.update(_counts(table["predicted"]))
    except FileNotFoundError:
        pass
    except (OSError, ArrowException, KeyError):
        check.damaged.append(rows)
    check.rows += len(found)
    if np.array_equal(found, expected):
        return True
    once, times = np.unique(found, return_counts=True)
    check.missing += _name(check, "missing", np.setdiff1d(expected, once))
    check.foreign += _name(check, "foreign", np.setdiff1d(once, expected))
    check.repeated += _name(check, "repeated", once[times > 1])
    return False


def _counts(column: pa.ChunkedArray) -> dict[str, int]:
    """Return how often each text is in a column, nulls left out."""
    return {one["values"]: one["counts"] for one in column.value_counts().to_pylist() if one["values"] is not None}


def _name(check: Check, kind: str, ids: npt.NDArray[np.int64]) -> int:
    named = check.named.setdefault(kind, [])
    named += [int(one) for one in ids[: NAMED - len(named)]]
    return len(ids)
