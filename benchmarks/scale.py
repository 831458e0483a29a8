"""Plan, verify and merge at scale, with rows that are made up and no pixels: `python -m benchmarks.scale 10000000`.

Says rows a second, bytes a row and the most memory that this process took.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from model.cluster.checking import check_plan
from model.cluster.merging import merge
from model.cluster.plan import Plan, make_plan, write_json
from model.cluster.rows import schema_of

_NAMES = ("galaxy", "nebula", "star cluster")
_AT_ONCE = 65_536
Done = TypeVar("Done")


def _images(count: int) -> Iterator[pa.Table]:
    for start in range(0, count, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, count))
        paths = pa.array([f"/archive/{n // 10_000:06}/image_{n:010}.jpg" for n in numbers], pa.string())
        yield pa.table({"path": paths, "raw": pa.nulls(len(numbers), pa.binary())})


def _fill(plan: Plan) -> None:
    """Write made-up rows for each part of each manifest, in place of a run."""
    rng, schema = np.random.default_rng(0), schema_of(plan.class_names)
    for shard in plan.shards:
        plan.output(shard).mkdir(parents=True)
        for part in sorted(plan.manifest(shard).glob("*.parquet")):
            manifest = pq.read_table(part)
            count = len(manifest)
            scores = rng.dirichlet(np.ones(len(_NAMES)), count).astype(np.float32).round(6)
            best = scores.argmax(1)
            columns = {name: manifest[name] for name in ("id", "path", "raw")}
            columns |= {
                "status": pa.array(["ok"] * count),
                "predicted": pa.array(np.array(_NAMES)[best].tolist()),
                "confidence": scores.max(1),
                "message": pa.array([""] * count),
                "region_steadiness": rng.random(count).astype(np.float32).round(3),
                "classifier": pa.array([plan.classifier] * count),
            }
            columns |= {f"region_{side}": rng.integers(0, 4000, count).astype(np.int32) for side in "xywh"}
            columns |= {f"p_{name}": scores[:, n] for n, name in enumerate(_NAMES)}
            pq.write_table(pa.table(columns, schema=schema), plan.output(shard) / part.name)
        write_json(plan.mark(shard), {"images": shard.images})


def main(count: int) -> None:
    """Print the figures for `count` rows."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "plan"
        plan = _timed("plan", count, lambda: make_plan(place, _images(count), classifier="c0", class_names=_NAMES))
        _fill(plan)
        for part in ("shards", "output"):
            size = sum(file.stat().st_size for file in (place / part).rglob("*.parquet"))
            print(f"{part}: {size / count:.1f} bytes a row", flush=True)
        check = _timed("verify", count, lambda: check_plan(plan))
        assert check.is_whole
        assert check.rows == count
        assert _timed("merge", count, lambda: merge(plan, Path(folder) / "merged")) == count


def _timed(name: str, count: int, step: Callable[[], Done]) -> Done:
    started = time.monotonic()
    done = step()
    took = time.monotonic() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: {took:.1f} s, {count / took:,.0f} rows/s; most memory so far {memory:,.0f} MiB", flush=True)
    return done


if __name__ == "__main__":
    main(int(sys.argv[1]))
