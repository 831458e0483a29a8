"""Plan, resume, verify and merge at scale, with made-up rows and no pixels: `python -m benchmarks.scale 10000000`.

Each step runs in a process of its own. Says rows a second, processor time, bytes a row and the most memory that the
process took. CSV is for at most 10^6 rows.

    python -m benchmarks.scale 100000000 --place DIR --steps plan rows resume verify merge --remove-merged

`--place` keeps what a step wrote, so that steps can be run one by one; `--remove-merged` removes the rows of each shard
once they are merged, so that 10^8 rows need 7 GB of the disk and not 10.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from model.cluster.checking import check_plan
from model.cluster.merging import merge
from model.cluster.plan import Plan, load_plan, make_plan, write_json
from model.cluster.rows import schema_of
from model.cluster.running import Left
from model.progress import Progress

_NAMES = ("galaxy", "nebula", "star cluster")
_AT_ONCE = 65_536
_MOST_IN_CSV = 1_000_000


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
                "status": pa.repeat("ok", count),
                "predicted": pa.DictionaryArray.from_arrays(best.astype(np.int32), list(_NAMES)).cast(pa.string()),
                "confidence": scores.max(1),
                "message": pa.repeat("", count),
                "region_steadiness": rng.random(count).astype(np.float32).round(3),
                "classifier": pa.repeat(plan.classifier, count),
            }
            columns |= {f"region_{side}": rng.integers(0, 4000, count).astype(np.int32) for side in "xywh"}
            columns |= {f"p_{name}": scores[:, n] for n, name in enumerate(_NAMES)}
            pq.write_table(pa.table(columns, schema=schema), plan.output(shard) / part.name)
        write_json(plan.mark(shard), {"images": shard.images})


def _planned(place: Path, count: int) -> None:
    make_plan(place, _images(count), classifier="c0", class_names=_NAMES)


def _begun(place: Path, count: int) -> None:
    """Do what a run does before its first part where everything is done: look at all parts."""
    plan = load_plan(place)
    for shard in plan.shards:
        plan.mark(shard).unlink()
    left = Left(plan, list(plan.shards))
    assert not any(left.parts())
    assert left.found == count
    left.mark_finished()


def _verified(place: Path, count: int) -> None:
    check = check_plan(load_plan(place))
    assert check.is_whole
    assert check.rows == count


def _merged(place: Path, count: int) -> None:
    assert merge(load_plan(place), place.with_name("merged")) == count


def _merged_and_removed(place: Path, count: int) -> None:
    """Merge, and remove the rows of each shard once they are in the merged file."""
    plan = load_plan(place)
    left = list(zip(plan.shards, accumulate(shard.images for shard in plan.shards), strict=True))

    def told(progress: Progress) -> None:
        while left and progress.done >= left[0][1]:
            shutil.rmtree(plan.output(left.pop(0)[0]))

    assert merge(plan, place.with_name("merged"), told) == count


def _table(place: Path, count: int) -> None:
    assert merge(load_plan(place), place.with_name("merged.csv")) == count


def _filled(place: Path, _count: int) -> None:
    _fill(load_plan(place))


_STEPS: dict[str, Callable[[Path, int], None]] = {
    "plan": _planned,
    "rows": _filled,
    "resume": _begun,
    "verify": _verified,
    "merge": _merged,
    "csv": _table,
}


def main(count: int, place: Path, steps: list[str], *, remove_merged: bool) -> None:
    """Print the figures for `count` rows."""
    for name in steps:
        if name != "csv" or count <= _MOST_IN_CSV:
            step = _merged_and_removed if remove_merged and name == "merge" else _STEPS[name]
            process = multiprocessing.get_context("spawn").Process(target=_timed, args=(name, step, place, count))
            process.start()
            process.join()
            assert process.exitcode == 0, name
    for part in ("plan/shards", "plan/output", "merged", "merged.csv"):
        there = place.parent / part
        files = [there] if there.is_file() else list(there.rglob("*.parquet"))
        size = sum(file.stat().st_size for file in files)
        print(f"{part}: {size / count:.1f} bytes a row, {len(files):,d} files", flush=True)


def _timed(name: str, step: Callable[[Path, int], None], place: Path, count: int) -> None:
    before, started = _memory(), time.monotonic()
    step(place, count)
    took = time.monotonic() - started
    print(
        f"{name}: {took:.1f} s ({time.process_time():.1f} s of a core), {count / took:,.0f} rows/s; most memory "
        f"{_memory():,.0f} MiB, {before:,.0f} of it before",
        flush=True,
    )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--place", type=Path)
    parser.add_argument("--steps", nargs="+", choices=list(_STEPS), default=list(_STEPS))
    parser.add_argument("--remove-merged", action="store_true")
    options = parser.parse_args()
    if options.place:
        main(options.count, options.place / "plan", options.steps, remove_merged=options.remove_merged)
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(options.count, Path(folder) / "plan", options.steps, remove_merged=options.remove_merged)
