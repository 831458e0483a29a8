"""`fewshot cluster`: a plan, run on a real Ray, verified and merged, gives the table of one process."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.model.cli_support import ROOT, Run, one_line, rows_of

pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("ray", "pyarrow", "fsspec")),
    reason="the extra `cluster` is not installed",
)


def _fewshot(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "model", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, timeout=170, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_a_run_on_ray_gives_the_table_of_one_process(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    (photos / "broken.png").write_bytes(b"no image")
    plan, one, merged = tmp_path / "plan", tmp_path / "one.csv", tmp_path / "merged.csv"
    assert run("classify", trained, photos, "--out", one, "--device", "cpu").status == 3
    assert run("cluster", "plan", trained, photos, "--out", plan, "--shard-images", 3, "--block-images", 2).status == 0
    done = _fewshot("cluster", "run", trained, plan, "--device", "cpu")
    assert done.returncode == 0, done.stderr
    assert run("cluster", "verify", plan).status == 0
    assert run("cluster", "merge", plan, "--out", merged).status == 0
    assert rows_of(merged) == rows_of(one)
    assert _fewshot("cluster", "run", trained, plan, "--json").stdout.splitlines()[-1] == '{"images": 5, "done": 0}'


def test_the_plan_numbers_images_over_its_shards(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    run("cluster", "plan", trained, f"file://{photos}", "--out", plan, "--shard-images", 3, "--block-images", 2)
    facts = json.loads((plan / "plan.json").read_text())
    assert [(one["images"], one["first"], one["last"]) for one in facts["shards"]] == [(3, 0, 2), (1, 3, 3)]
    again = run("cluster", "plan", trained, photos, "--out", plan)
    assert again.status == 2
    assert "holds a plan already" in one_line(again.err)


def test_verify_names_images_without_a_row_and_merge_refuses(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    plan = tmp_path / "plan"
    run("cluster", "plan", trained, photos, "--out", plan)
    done = run("cluster", "verify", plan, "--json")
    assert done.status == 1
    assert (done.result["missing"], done.result["named"]["missing"]) == (4, [0, 1, 2, 3])
    assert "not have one row" in one_line(run("cluster", "merge", plan, "--out", tmp_path / "r.csv").err)


def test_ids_of_a_manifest_have_to_rise(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    manifest = tmp_path / "list.parquet"
    pq.write_table(pa.table({"id": pa.array([4, 4], pa.int64()), "path": ["photos/disc.png", "/x.png"]}), manifest)
    done = run("cluster", "plan", trained, manifest, "--out", tmp_path / "plan")
    assert done.status == 2
    assert "4 does not" in one_line(done.err)


def test_objects_are_fetched_and_a_missing_one_is_a_row(trained: Path, photos: Path, tmp_path: Path) -> None:
    from model.checkpoint.files import contents
    from model.cluster.listing import tables_of
    from model.cluster.worker import Work, Worker

    (table,) = tables_of([f"file://{photos}"])
    shutil.move(photos / "white.png", tmp_path / "gone.png")
    numbered = table.add_column(0, "id", [list(range(len(table)))])
    rows = Worker(Work(contents(trained), "c1")).rows(numbered).to_pylist()
    assert [row["status"] for row in rows].count("error") == 1
    assert all(row["path"].startswith("file://") for row in rows)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("default")
def test_a_node_and_the_driver_may_die(run: Run, trained: Path, shapes_folder: Path, tmp_path: Path) -> None:
    """Three nodes whose cores are all at work, so that nothing waits in reserve for the one that dies."""
    from model.cluster.packages import keep_ray_quiet

    keep_ray_quiet()
    from ray.cluster_utils import Cluster

    photos, plan = tmp_path / "photos", tmp_path / "plan"
    for copy in range(16):
        shutil.copytree(shapes_folder, photos / str(copy))
    (photos / "broken.png").write_bytes(b"no image")
    one, merged = tmp_path / "one.csv", tmp_path / "merged.csv"
    assert run("classify", trained, photos, "--out", one, "--device", "cpu").status == 3
    run("cluster", "plan", trained, photos, "--out", plan, "--shard-images", 200, "--block-images", 8)
    options = {"num_cpus": 1, "object_store_memory": 100 * 2**20, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=options)
    try:
        nodes = [cluster.add_node(**options) for _ in range(2)]
        command = [sys.executable, "-m", "model", "cluster", "run", trained, plan, "--address", cluster.address, "--json"]
        with _Driver(command) as driver:
            _wait_for_rows(plan, 4, driver)
            cluster.remove_node(nodes[0], allow_graceful=False)
            before = _wait_for_rows(plan, 4 + len(list((plan / "output").rglob("*.parquet"))), driver)
            driver.kill()
        with _Driver(command) as driver:
            out, _ = driver.communicate(timeout=600)
            assert driver.returncode == 0
    finally:
        cluster.shutdown()
    assert json.loads(out.splitlines()[-1])["done"] <= 577 - 8 * before  # what was done is not done again
    assert run("cluster", "verify", plan).status == 0
    assert run("cluster", "merge", plan, "--out", merged).status == 0
    assert rows_of(merged) == rows_of(one)


class _Driver(subprocess.Popen[str]):
    """A command in a process of its own, which a failed test does not leave behind."""

    def __init__(self, command: list[object]) -> None:
        super().__init__(
            [str(word) for word in command], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __exit__(self, *error: object) -> None:
        self.kill()
        super().__exit__(*error)


def _wait_for_rows(plan: Path, files: int, driver: subprocess.Popen[str]) -> int:
    """Wait until so many files of rows are there, and return how many."""
    until = time.monotonic() + 300
    while (there := len(list((plan / "output").rglob("*.parquet")))) < files:
        assert time.monotonic() < until
        assert driver.poll() is None
        time.sleep(0.05)
    return there
