"""The plan of a run on a cluster: which images there are, in shards of manifests, written as they are found.

DIR/plan.json                   the plan, written last: without it the folder holds none
DIR/shards/00000/part-*.parquet manifests: id (int64, rising over the whole plan), path, raw
DIR/output/00000/part-*.parquet the rows of the part of that name, see `model.cluster.rows`
DIR/marks/00000.json            a finished shard
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.errors import FewShotError, NoImagesError, UsageError
from model.messages import message, os_reason

if TYPE_CHECKING:
    import pyarrow as pa

PLAN_FILE = "plan.json"
_FOLDERS = ("shards", "output", "marks")
FORMAT = 2
SHARD_IMAGES = 10_000_000
"""Images a shard: some 2,500 files in a folder, which is what a run lists at once."""
BLOCK_IMAGES = 4096
"""Images a part of a manifest, at most: what one worker does at once, and loses when it dies."""
FEWEST_BLOCK_IMAGES = 32
BLOCKS_BEFORE_GROWTH = 256
"""A part holds at most this share of the images before it, so that few images, too, are parts for many workers."""


@dataclass(frozen=True)
class Shard:
    """A shard: its name, how many images it holds, and its lowest and highest id."""

    name: str
    images: int
    first: int
    last: int


@dataclass(frozen=True)
class Part:
    """A part of a shard: its manifest, the file for its rows, and how many images it holds."""

    shard: Shard
    manifest: Path
    rows: Path
    images: int

    @property
    def is_done(self) -> bool:
        """Whether all of its rows are there."""
        return self.rows.exists() and rows_in(self.rows) == self.images


@dataclass(frozen=True)
class Plan:
    """What a folder's plan says.

    classifier: the classifier's short name (its hash), see `model.checkpoint.files.identity`
    class_names: in the classifier's order
    settings: what else a row depends on: `closely`, `false_alarms`, and how files were cut: `video_rate`, `tiles`
    base: the folder from which relative paths count
    """

    folder: Path
    classifier: str
    class_names: tuple[str, ...]
    inputs: tuple[str, ...]
    shards: tuple[Shard, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    base: str = ""

    @property
    def images(self) -> int:
        """How many images there are."""
        return sum(shard.images for shard in self.shards)

    def manifest(self, shard: Shard) -> Path:
        """The folder of a shard's manifest."""
        return self.folder / "shards" / shard.name

    def output(self, shard: Shard) -> Path:
        """The folder of a shard's rows."""
        return self.folder / "output" / shard.name

    def mark(self, shard: Shard) -> Path:
        """The file that says that a shard is finished."""
        return self.folder / "marks" / f"{shard.name}.json"


def make_plan(
    folder: Path,
    tables: Iterable[pa.Table],
    *,
    classifier: str,
    class_names: Iterable[str],
    inputs: Iterable[str] = (),
    settings: dict[str, Any] | None = None,
    shard_images: int = SHARD_IMAGES,
    block_images: int = BLOCK_IMAGES,
    told: Callable[[int], None] = lambda _count: None,
) -> Plan:
    """Write the plan of the images in `tables` into `folder`; holds one part of a manifest in memory.

    tables: columns `path` (string), `raw` (binary) and perhaps `id` (int64), see `model.cluster.listing`; without ids
        images are numbered from 0
    told: called with the number of images so far

    Raises `UsageError` where the folder holds a plan already or ids do not rise, `NoImagesError`, `FewShotError`.
    """
    if (folder / PLAN_FILE).exists():
        raise UsageError(
            message("{folder} holds a plan already. Go on with `fewshot cluster run`, or give another.", folder=folder)
        )
    try:
        for name in _FOLDERS:  # of a plan that was never finished
            shutil.rmtree(folder / name, ignore_errors=True)
        shards = _written(folder / "shards", tables, shard_images, block_images, told)
        if not shards:
            raise NoImagesError(message("There is no image in {paths}.", paths=", ".join(inputs)))
        plan = Plan(folder, classifier, tuple(class_names), tuple(inputs), tuple(shards), settings or {}, os.getcwd())
        for name in _FOLDERS:
            (folder / name).mkdir(exist_ok=True)
        write_json(folder / PLAN_FILE, {"format": FORMAT, **asdict(plan), "folder": None, "images": plan.images})
    except OSError as error:
        raise FewShotError(
            message("{path} cannot be written: {error}.", path=folder, error=os_reason(error))
        ) from error
    return plan


def load_plan(folder: Path) -> Plan:
    """Read a folder's plan. Raises `FewShotError`."""
    try:
        facts = json.loads((folder / PLAN_FILE).read_text(encoding="utf-8"))
        if facts["format"] != FORMAT:
            raise FewShotError(message("{folder} was planned by another version of Fewshot.", folder=folder))
        shards = tuple(Shard(**shard) for shard in facts["shards"])
        return Plan(
            folder,
            facts["classifier"],
            tuple(facts["class_names"]),
            tuple(facts["inputs"]),
            shards,
            facts["settings"],
            facts.get("base", ""),  # plans of before hold absolute paths
        )
    except FileNotFoundError:
        raise FewShotError(
            message("{folder} holds no plan, or one that was interrupted. Run `fewshot cluster plan`.", folder=folder)
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FewShotError(message("The plan in {folder} is damaged: {error}.", folder=folder, error=error)) from error


def discard(folder: Path) -> None:
    """Remove a plan and its rows; what else is in the folder stays."""
    (folder / PLAN_FILE).unlink(missing_ok=True)  # first: a plan that is half removed is none
    for name in _FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def write_json(path: Path, value: object) -> None:
    """Write JSON to a file, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(fresh, path)


def _written(
    folder: Path, tables: Iterable[pa.Table], shard_images: int, block_images: int, told: Callable[[int], None]
) -> list[Shard]:
    import pyarrow.parquet as pq

    shards: list[Shard] = []
    count, before = 0, -1
    inside = part = 0  # images and parts of the shard that is being written
    for block in _blocks(_numbered(tables), shard_images, block_images):
        ids = block["id"].to_numpy()
        before = _checked(ids, before)
        if inside == 0:
            shards.append(Shard(f"{len(shards):05}", 0, int(ids[0]), 0))
            (folder / shards[-1].name).mkdir(parents=True)
        last = shards[-1]
        pq.write_table(block, folder / last.name / f"part-{part:06}.parquet", compression="zstd")
        shards[-1] = Shard(last.name, last.images + len(ids), last.first, int(ids[-1]))
        inside = (inside + len(ids)) % shard_images
        part = part + 1 if inside else 0
        count += len(ids)
        told(count)
    return shards


def _checked(ids: Any, before: int) -> int:  # noqa: ANN401 - int64 (n,)
    """Return the highest id; raises where they do not rise from `before` on."""
    import numpy as np

    steps = np.diff(ids, prepend=before)
    if (steps <= 0).any():
        wrong = int(ids[int((steps <= 0).argmax())])
        raise UsageError(
            message(
                "The ids of the manifest have to rise, from 0 or more, without repetition: {wrong} does not. Sort it.",
                wrong=wrong,
            )
        )
    return int(ids[-1])


def _numbered(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    import pyarrow as pa

    count = 0
    for table in tables:
        if "id" not in table.column_names:
            table = table.add_column(0, "id", pa.array(range(count, count + len(table)), pa.int64()))  # noqa: PLW2901
        count += len(table)
        yield table.select(["id", "path", "raw"])


def _blocks(tables: Iterable[pa.Table], shard_images: int, block_images: int) -> Iterator[pa.Table]:
    """Cut tables anew into blocks of up to `block_images` rows, none of which spans two shards."""
    import pyarrow as pa

    held: list[pa.Table] = []
    rows = count = 0

    def wanted() -> int:
        grown = max(FEWEST_BLOCK_IMAGES, count // BLOCKS_BEFORE_GROWTH)
        return min(block_images, grown, shard_images - count % shard_images)

    for table in tables:
        held.append(table)
        rows += len(table)
        if rows < wanted():
            continue
        whole, at = pa.concat_tables(held), 0
        while rows >= (most := wanted()):
            yield whole.slice(at, most).combine_chunks()
            at, rows, count = at + most, rows - most, count + most
        held = [whole.slice(at)]
    if rows:
        yield pa.concat_tables(held).combine_chunks()


def parts_of(plan: Plan, shard: Shard) -> Iterator[Part]:
    """Yield a shard's parts in the order of their ids. Raises `FewShotError` for a manifest that cannot be read."""
    for manifest in sorted(plan.manifest(shard).glob("*.parquet")):
        images = rows_in(manifest)
        if not images:
            raise FewShotError(message("{path} is damaged. Make the plan again.", path=manifest))
        yield Part(shard, manifest, plan.output(shard) / manifest.name, images)


def rows_in(file: Path) -> int:
    """Return how many rows a Parquet file has, from its end; 0 where it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(file).num_rows)
    except (OSError, pa.ArrowException):
        return 0
