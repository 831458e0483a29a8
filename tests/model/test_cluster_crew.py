"""Workers of a run on a cluster that crash, hang and fail: on a real Ray, with workers that need no classifier."""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.errors import FewShotError
from model.progress import CancelToken

pytestmark = [
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in ("ray", "pyarrow")),
        reason="the extra `cluster` is not installed",
    ),
    pytest.mark.filterwarnings("default"),
]


_HERE = Path(__file__).resolve()
_PATH = os.pathsep.join(map(str, (_HERE.parent, _HERE.parents[2])))  # this file is imported by the workers, too


class Moody:
    """A worker that does what a part's manifest says: work, fail, or once crash or hang."""

    def __init__(self, _work: object) -> None: ...

    def ready(self) -> str:
        return ""

    def write(self, manifest: str, rows: str, *, singly: bool) -> int:
        path, said = Path(manifest), Path(manifest).read_text()
        if said == "fail":
            raise ValueError(f"no such luck, {singly=}")
        if said in ("crash", "hang"):
            path.write_text("work")
            if said == "crash":
                os._exit(1)
            time.sleep(600)
        with Path(rows).open("a") as file:
            file.write("done\n")
        return 1


class OnGpu(Moody):
    """A worker that writes which GPUs are its own."""

    def ready(self) -> str:
        return "stands for a remark"

    def write(self, manifest: str, rows: str, *, singly: bool) -> int:
        import ray

        time.sleep(0.2)
        Path(rows).write_text(f"{os.getpid()} {ray.get_gpu_ids()} {os.environ['CUDA_VISIBLE_DEVICES']}")
        return 1


class Unfit(Moody):
    """A worker that cannot start."""

    def __init__(self, _work: object) -> None:
        raise RuntimeError("no weights here")


@pytest.fixture(scope="module")
def ray_here() -> Iterator[None]:
    from model.cluster.packages import keep_ray_quiet

    keep_ray_quiet()
    import ray

    ray.init(
        address="local", num_cpus=2, num_gpus=1, include_dashboard=False, log_to_driver=False,
        _node_ip_address="127.0.0.1", object_store_memory=100 * 2**20, runtime_env={"env_vars": {"PYTHONPATH": _PATH}},
    )  # fmt: skip
    yield
    ray.shutdown()


@pytest.mark.usefixtures("ray_here")
def test_parts_of_workers_that_crash_hang_or_fail(tmp_path: Path) -> None:
    from model.cluster.crew import TRIES, Crew, Limits
    from model.cluster.plan import Part, Shard

    parts = []
    for number, mood in enumerate(["work", "crash", "fail", "hang", "work"]):
        manifest = tmp_path / f"{number}"
        manifest.write_text(mood)
        parts.append(Part(Shard("00000", 5, 0, 4), manifest, tmp_path / f"{number}.rows", 1))
    tried: list[Part] = []

    def given() -> Iterator[Part]:
        for part in parts:
            tried.append(part)
            yield part

    with Crew(Moody, None, Limits(1, 0, 2, stall_seconds=3)) as crew:  # type: ignore[arg-type]
        finished = {int(part.manifest.name) for part in crew.finished(given(), CancelToken())}
    assert finished == {0, 1, 3, 4}
    assert all((tmp_path / f"{number}.rows").read_text() == "done\n" for number in finished)
    ((part, reason),) = crew.failed
    assert (part, reason) == (parts[2], "ValueError: no such luck, singly=True.")
    assert tried == parts
    assert TRIES > 1


@pytest.mark.usefixtures("ray_here")
def test_workers_that_cannot_start_end_the_run_with_the_reason(tmp_path: Path) -> None:
    from model.cluster.crew import Crew, Limits
    from model.cluster.plan import Part, Shard

    part = Part(Shard("00000", 1, 0, 0), tmp_path / "0", tmp_path / "0.rows", 1)
    with Crew(Unfit, None, Limits(1, 0, 1, 60)) as crew, pytest.raises(FewShotError, match="no weights here"):  # type: ignore[arg-type]
        list(crew.finished(iter([part]), CancelToken()))


@pytest.mark.usefixtures("ray_here")
def test_a_cluster_without_room_is_said(tmp_path: Path) -> None:
    from model.cluster.crew import Crew, Limits
    from model.cluster.plan import Part, Shard

    part = Part(Shard("00000", 1, 0, 0), tmp_path / "0", tmp_path / "0.rows", 1)
    with Crew(Moody, None, Limits(50, 0, 1, 60, start_seconds=1)) as crew, pytest.raises(FewShotError, match="no room"):  # type: ignore[arg-type]
        list(crew.finished(iter([part]), CancelToken()))


@pytest.mark.usefixtures("ray_here")
def test_workers_on_gpus_have_one_each(tmp_path: Path) -> None:
    """There is one GPU, by what the node declares, and processors for two workers: one works, and sees that GPU."""
    from model.cluster.crew import Crew, Limits
    from model.cluster.plan import Part, Shard
    from model.cluster.running import _device

    assert _device("auto") == ("auto", 1.0)
    assert _device("cuda") == ("cuda", 1.0)
    assert _device("cpu") == ("cpu", 0.0)
    shard = Shard("00000", 4, 0, 3)
    parts = [Part(shard, tmp_path / f"{n}", tmp_path / f"{n}.rows", 1) for n in range(4)]
    remarks: list[str] = []
    with Crew(OnGpu, None, Limits(1, 1.0, None, 60), remarks.append) as crew:  # type: ignore[arg-type]
        assert len(list(crew.finished(iter(parts), CancelToken()))) == 4
    (said,) = {part.rows.read_text() for part in parts}
    assert said.split(maxsplit=1)[1] == "[0] 0"
    assert remarks == ["stands for a remark"]


@pytest.mark.long
@pytest.mark.usefixtures("ray_here")
def test_a_gpu_that_pytorch_cannot_use(trained: Path, photos: Path, tmp_path: Path) -> None:
    """Ray is told of a GPU that is not there: the workers say so and use the processor, or fail with --device cuda."""
    import pyarrow.parquet as pq
    import torch

    from model.checkpoint.files import identity, load
    from model.cluster.listing import tables_of
    from model.cluster.plan import make_plan
    from model.cluster.running import run_plan
    from model.cluster.settings import Settings

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    plan = make_plan(
        tmp_path / "plan", tables_of([str(photos)]), classifier=identity(trained),
        class_names=load(trained, "cpu").class_names, settings={"closely": False, "false_alarms": None},
    )  # fmt: skip
    with pytest.raises(FewShotError, match=r"Workers cannot start: .*no CUDA device that torch can use"):
        run_plan(plan, trained, Settings(device="cuda"))
    remarks: list[str] = []
    assert run_plan(plan, trained, Settings(device="auto"), remarked=remarks.append) == 4
    (said,) = remarks
    assert "its workers compute on the processor" in said
    rows = [row for file in plan.folder.glob("output/*/*.parquet") for row in pq.read_table(file).to_pylist()]
    assert [row["status"] for row in rows].count("error") == 0
