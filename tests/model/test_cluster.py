"""`fewshot cluster`: a plan, run on a real Ray, verified and merged, gives the table of one process."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.model.cli_support import ROOT, Run, classify_without_ray, one_line, rows_of

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


def test_one_command_on_ray_gives_the_table_of_one_process(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    (photos / "broken.png").write_bytes(b"no image")
    one, merged = tmp_path / "one.csv", tmp_path / "merged.csv"
    assert run("classify", trained, photos, "--out", one, "--device", "cpu").status == 3
    done = _fewshot("classify", trained, photos, "--out", merged, "--device", "cpu", "--cluster", "--json")
    assert done.returncode == 3, done.stderr
    assert merged.read_bytes() == one.read_bytes()
    result = json.loads(done.stdout.splitlines()[-1])
    assert (result["images"], result["ok"] + result["unknown"], result["error"]) == (5, 4, 1)
    assert not merged.with_name("merged.csv.plan").exists()


def test_what_was_interrupted_before_it_was_merged_is_gone_on_with(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(f"photos/disc.png\nfile://{photos}/white.png\n")
    one, out = tmp_path / "one.csv", tmp_path / "merged.csv"
    run("classify", trained, photos / "disc.png", photos / "white.png", "--out", one, "--device", "cpu")
    run("cluster", "plan", trained, listed, "--out", tmp_path / "merged.csv.plan")
    classify_without_ray(trained, tmp_path / "merged.csv.plan")
    other = run("classify", trained, photos, "--out", out, "--cluster")
    assert (other.status, "interrupted run with" in one_line(other.err)) == (2, True)
    done = run("classify", trained, listed, "--out", out, "--cluster", "--resume", "--json")
    assert (done.status, done.result["resumed_after"]) == (0, 2)
    rows, expected = rows_of(out), rows_of(one)
    assert [row.pop("path").removeprefix("file://") for row in rows] == [row.pop("path") for row in expected]
    assert rows == expected
    again = run("classify", trained, listed, "--out", out, "--cluster", "--resume")
    assert (again.status, "is finished" in one_line(again.err)) == (2, True)


def test_paths_stand_in_the_table_as_they_were_given_and_missing_ones_are_rows(
    run: Run, trained: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.parquet as pq

    (photos / "=1.png").write_bytes((photos / "disc.png").read_bytes())
    monkeypatch.chdir(photos)
    one, out, rows = tmp_path / "one.csv", tmp_path / "merged.csv", tmp_path / "rows"
    paths = ["=1.png", "sub/", "../photos/disc.png", photos / "white.png", "none.png"]
    assert run("classify", trained, *paths, "--out", one, "--device", "cpu").status == 3
    for result in (out, rows):
        plan = result.with_name(f"{result.name}.plan")
        made = run("cluster", "plan", trained, *paths, "--out", plan, "--json")
        assert (made.status, made.result["images"]) == (0, 5)
        assert "none.png: there is no such file or folder" in made.err
        classify_without_ray(trained, plan)
        monkeypatch.chdir(tmp_path)  # from elsewhere the same run is the same images
        again = ["photos/=1.png", "photos/sub", photos / "disc.png", photos / "white.png", "photos/none.png"]
        assert run("classify", trained, *again, "--out", result, "--cluster").status == 3
        monkeypatch.chdir(photos)
    assert out.read_bytes() == one.read_bytes()
    assert pq.read_table(rows)["path"].to_pylist() == [
        "=1.png", "sub/stripes.png", "../photos/disc.png", str(photos / "white.png"), "none.png",
    ]  # fmt: skip


def test_an_image_that_is_given_twice_is_refused(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    url = f"file://{photos}"
    for paths in ((photos, photos / "sub"), (photos / "disc.png", photos), (url, f"{url}/sub/"), (photos, photos)):
        done = run("cluster", "plan", trained, *paths, "--out", tmp_path / "plan")
        assert done.status == 2
        assert "lies in" in one_line(done.err) or "given twice" in one_line(done.err)
    assert run("cluster", "plan", trained, photos / "disc.png", photos / "sub", "--out", tmp_path / "plan").status == 0


def test_a_pattern_that_fits_folders_gives_each_image_once(photos: Path) -> None:
    from model.cluster.listing import tables_of

    (table,) = tables_of([f"{photos}/**"])
    assert sorted(map(Path, table["path"].to_pylist())) == sorted(photos.rglob("*.png"))


def test_a_pattern_gives_a_folder_of_parquet_files(run: Run, trained: Path, photos: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    pattern, out = f"{photos}/*.png", tmp_path / "rows"
    run("cluster", "plan", trained, pattern, "--out", tmp_path / "rows.plan")
    classify_without_ray(trained, tmp_path / "rows.plan")
    assert run("classify", trained, pattern, "--out", out, "--cluster").status == 0
    rows = pq.read_table(out).to_pylist()
    assert [(row["id"], Path(row["path"]).name) for row in rows] == list(
        enumerate(["cross.png", "disc.png", "white.png"])
    )
    assert all(row["classifier"] for row in rows)


def test_a_cluster_refuses_what_needs_all_images_in_one_process(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    done = run("classify", trained, photos, "--out", tmp_path / "r.csv", "--cluster", "--transductive")
    assert (done.status, "--transductive" in one_line(done.err)) == (2, True)
    done = run("classify", trained, "s3://bucket/photos", "--out", tmp_path / "r.csv")
    assert (done.status, "s3://bucket/photos" in one_line(done.err)) == (2, True)


def test_rows_that_are_damaged_or_foreign_are_found_and_made_again(
    run: Run, trained: Path, photos: Path, tmp_path: Path
) -> None:
    plan = tmp_path / "plan"
    run("cluster", "plan", trained, photos, "--out", plan, "--block-images", 2)
    classify_without_ray(trained, plan)
    assert run("cluster", "run", trained, plan, "--json").result == {"images": 4, "done": 0}
    first, second = sorted((plan / "output").rglob("*.parquet"))
    whole = first.read_bytes()
    first.write_bytes(whole[:100])
    found = run("cluster", "verify", plan, "--json")
    assert (found.status, found.result["named"]["missing"], found.result["damaged"]) == (1, [0, 1], [str(first)])
    assert found.result["unfinished"] == ["00000"]  # the next run looks at it again
    first.write_bytes(second.read_bytes())
    found = run("cluster", "verify", plan, "--json").result
    assert (found["named"]["missing"], found["named"]["foreign"]) == ([0, 1], [2, 3])
    first.write_bytes(whole)
    (plan / "output" / "00000" / "other.parquet").write_bytes(whole)
    assert run("cluster", "verify", plan, "--json").result["strangers"]


def test_an_image_that_brings_workers_down_is_left_out_with_a_row(trained: Path, photos: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    from model.checkpoint.files import contents
    from model.cluster.listing import tables_of
    from model.cluster.worker import Work, Worker
    from model.types import Prediction

    class Fragile(Worker):
        def _predictions(self, names: Sequence[str], places: Sequence[Path | str]) -> list[Prediction]:
            if any("disc" in name for name in names):
                raise RuntimeError("stands for a crash")
            return super()._predictions(names, places)

    manifest, rows = tmp_path / "part-0.parquet", tmp_path / "rows.parquet"
    (table,) = tables_of([str(photos)])
    pq.write_table(table.add_column(0, "id", [list(range(len(table)))]), manifest)
    work = Work(contents(trained), "c1")
    for _ in range(2):
        with pytest.raises(RuntimeError):
            Fragile(work).write(str(manifest), str(rows), singly=True)
    assert Fragile(work).write(str(manifest), str(rows), singly=True) == 4
    found = {Path(row["path"]).name: row for row in pq.read_table(rows).to_pylist()}
    assert "ended twice" in found["disc.png"]["message"]
    Worker(work).write(str(manifest), str(rows))
    whole = {Path(row["path"]).name: row for row in pq.read_table(rows).to_pylist()}
    assert whole.pop("disc.png")["status"] == "ok"
    assert whole == {name: row for name, row in found.items() if name != "disc.png"}
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == ["part-0.parquet", "rows.parquet"]


def test_parts_grow_with_the_images(tmp_path: Path) -> None:
    """Few images are parts for many workers; many do not become many small files."""
    import pyarrow as pa

    from model.cluster.plan import make_plan, parts_of

    def parts(count: int) -> list[int]:
        tables = (
            pa.table({"path": [f"/{n}.jpg" for n in range(start, min(start + 5000, count))], "raw": pa.nulls(
                min(5000, count - start), pa.binary())})
            for start in range(0, count, 5000)
        )  # fmt: skip
        plan = make_plan(tmp_path / str(count), tables, classifier="c", class_names=["a"], shard_images=50_000)
        return [part.images for shard in plan.shards for part in parts_of(plan, shard)]

    assert parts(100) == [32, 32, 32, 4]
    many = parts(60_000)
    assert sum(many) == 60_000
    assert 200 < max(many) <= 60_000 // 256
    assert sum(many[: len(many) // 2]) < 30_000


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


@pytest.mark.parametrize("name", ["rows", "rows.csv"])
def test_what_somebody_has_beside_the_merged_rows_stays(
    run: Run, trained: Path, photos: Path, tmp_path: Path, name: str
) -> None:
    mine = tmp_path / f"{name}.new" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    run("cluster", "plan", trained, photos, "--out", tmp_path / "plan")
    classify_without_ray(trained, tmp_path / "plan")
    assert run("cluster", "merge", tmp_path / "plan", "--out", tmp_path / name).status == 0
    assert mine.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.glob("rows*")) == [name, f"{name}.new"]


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
        command = [
            sys.executable,
            "-m",
            "model",
            "cluster",
            "run",
            trained,
            plan,
            "--address",
            cluster.address,
            "--json",
        ]
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


def test_a_cluster_that_does_not_answer_is_said_at_once(
    run: Run, trained: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = pytest.importorskip("ray")
    monkeypatch.setattr(ray, "init", lambda **_options: pytest.fail("Ray waits for minutes"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    done = run("classify", trained, photos, "--out", tmp_path / "r.csv", "--cluster", address)
    assert done.status == 1
    assert f"Ray at {address} cannot be used: " in one_line(done.err)
