"""Run a plan on Ray: one shard after another, each a job of Ray Data with checkpoints on the ids.

A shard's finished blocks survive the driver, workers and nodes: Ray Data notes the ids of a block before its file is
written and makes the note valid after it, and the next run removes files whose note never became valid.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.cluster.actor import ClassifierActor, Work
from model.cluster.packages import check_packages, keep_ray_quiet
from model.cluster.plan import Plan, Shard, write_json
from model.errors import FewShotError, UsageError
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress

HERE = "here"
"""The address that means: start Ray on this machine, for this run."""

BATCH_IMAGES = 256
_POLL_SECONDS = 0.5
_TRIES = 3
_STALL_SECONDS = 1800.0
_SIDE_TASK = {"num_cpus": 0.01}  # reading manifests and writing rows must not wait for a core that a worker holds
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """How a plan is run.

    threads: cores a worker uses, which Ray reserves
    workers: (fewest, most); None: one, and as many as the cluster has room for
    device: auto, cpu or cuda; with auto, workers get one GPU each where the cluster has any
    stall_seconds: a job that writes nothing for so long is given up and begun again from its checkpoints
    object_store_bytes: of a Ray that is started here
    """

    address: str = HERE
    threads: int = 1
    workers: tuple[int, int] | None = None
    batch_images: int = BATCH_IMAGES
    device: str = "auto"
    stall_seconds: float = _STALL_SECONDS
    object_store_bytes: int | None = None


def run_plan(
    plan: Plan,
    classifier: Path,
    settings: Settings,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
) -> int:
    """Run the shards that are not finished; return how many images that were. Raises `FewShotError`, `Cancelled`."""
    from model.checkpoint.files import contents, identity

    check_packages("ray", "pyarrow", "fsspec")
    if identity(classifier) != plan.classifier:
        raise UsageError(
            message(
                "{folder} was planned for another classifier ({theirs}; this one is {ours}). Give that one, or "
                "make another plan.",
                folder=plan.folder,
                theirs=plan.classifier,
                ours=identity(classifier),
            )
        )
    waiting = [shard for shard in plan.shards if not plan.mark(shard).exists()]
    if not waiting:
        return 0
    token = token or CancelToken()
    done = plan.images - sum(shard.images for shard in waiting)
    with _ray(settings):
        device, gpus = _device(settings.device)
        work = Work(contents(classifier), plan.classifier, threads=settings.threads, device=device, **plan.settings)
        for shard in waiting:
            began = done

            def told(rows: int, began: int = began) -> None:
                progress(Progress(message("Classifying"), began + rows, plan.images))

            _run_shard(plan, shard, work, settings, gpus, told, token)
            done += shard.images
    return sum(shard.images for shard in waiting)


@contextmanager
def _ray(settings: Settings) -> Iterator[None]:
    """Use Ray: one that runs at the address, or one started for this run that listens on this machine alone."""
    keep_ray_quiet()
    import os

    import ray

    was_running = ray.is_initialized()
    if not was_running:
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        if settings.address == HERE:
            # One core more than there are: the filter of ids that are done holds one while a shard is resumed.
            options |= {
                "address": "local",
                "num_cpus": (os.cpu_count() or 1) + 1,
                "include_dashboard": False,
                "_node_ip_address": "127.0.0.1",
                "object_store_memory": settings.object_store_bytes,
            }
        else:
            options["address"] = settings.address
        try:
            ray.init(**options)
        except Exception as error:
            raise FewShotError(
                message("Ray at {address} cannot be used: {error}", address=settings.address, error=_short(error))
            ) from error
    try:
        yield
    finally:
        if not was_running:
            ray.shutdown()


def _device(wanted: str) -> tuple[str, float]:
    """Return the workers' device and how many GPUs each reserves."""
    import ray

    there = ray.cluster_resources().get("GPU", 0)
    if wanted == "cuda" and not there:
        raise FewShotError(message("No node of the cluster has a GPU that Ray knows of."))
    return ("cuda", 1.0) if there and wanted != "cpu" else ("cpu", 0.0)


def _run_shard(
    plan: Plan,
    shard: Shard,
    work: Work,
    settings: Settings,
    gpus: float,
    told: Callable[[int], None],
    token: CancelToken,
) -> None:
    started = time.monotonic()
    for left in reversed(range(_TRIES)):
        try:
            if rows_in(plan, shard) != shard.images or _pending(plan, shard):
                _watched(lambda: _job(plan, shard, work, settings, gpus), plan, shard, settings, told, token)
            break
        except _JobError as error:
            if not left:
                raise FewShotError(
                    message(
                        "Shard {shard} failed {tries} times: {error} What is done is kept: run again to go on.",
                        shard=shard.name,
                        tries=_TRIES,
                        error=_short(error),
                    )
                ) from error
            _log.info("Shard %s is begun again: %s", shard.name, error)
    rows = rows_in(plan, shard)
    if rows != shard.images:
        raise FewShotError(
            message(
                "Shard {shard} has {rows} rows for {images} images. `fewshot cluster verify` names them.",
                shard=shard.name,
                rows=rows,
                images=shard.images,
            )
        )
    # The mark comes before the checkpoints go: the other way round, a kill between them would double the shard.
    write_json(plan.mark(shard), {"images": rows, "seconds": round(time.monotonic() - started, 1)})
    shutil.rmtree(plan.checkpoint(shard), ignore_errors=True)


class _JobError(Exception):
    """A job ended by an error, or stands still."""


def _watched(
    job: Callable[[], None],
    plan: Plan,
    shard: Shard,
    settings: Settings,
    told: Callable[[int], None],
    token: CancelToken,
) -> None:
    """Run a job in a thread, so that the person can end it and a job that hangs is noticed."""
    failed: list[BaseException] = []

    def body() -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - raised in the caller's thread
            failed.append(error)

    thread = threading.Thread(target=body, name="ray-job", daemon=True)
    thread.start()
    files, changed = -1, time.monotonic()
    while thread.is_alive():
        thread.join(_POLL_SECONDS)
        token.raise_if_cancelled()
        now = sum(1 for _ in plan.output(shard).glob("*.parquet"))
        if now != files:
            files, changed = now, time.monotonic()
            told(rows_in(plan, shard))
        elif time.monotonic() - changed > settings.stall_seconds:
            raise FewShotError(
                message(
                    "Shard {shard} has written nothing for {seconds} s. What is done is kept: run again to go on.",
                    shard=shard.name,
                    seconds=round(settings.stall_seconds),
                )
            )
    if failed:
        raise _JobError(_short(failed[0])) from failed[0]


def _job(plan: Plan, shard: Shard, work: Work, settings: Settings, gpus: float) -> None:
    """Classify what is left of a shard."""
    import ray
    from ray.data import ActorPoolStrategy, DataContext
    from ray.data.checkpoint import CheckpointConfig

    plan.output(shard).mkdir(parents=True, exist_ok=True)
    plan.checkpoint(shard).mkdir(parents=True, exist_ok=True)
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.max_errored_blocks = 0  # a block that fails is never left out
    context.checkpoint_config = CheckpointConfig(
        id_column="id",
        checkpoint_path=str(plan.checkpoint(shard).resolve()),
        delete_checkpoint_on_success=False,  # only after the shard's mark
    )
    room = int(ray.cluster_resources().get("GPU" if gpus else "CPU", 1) - (0 if gpus else 1))
    fewest, most = settings.workers or (1, max(1, room // (1 if gpus else settings.threads)))
    rows = ray.data.read_parquet(
        str(plan.manifest(shard).resolve()),
        columns=["id", "path", "raw"],
        ray_remote_args=_SIDE_TASK,
    ).map_batches(
        ClassifierActor,
        fn_constructor_args=(work,),
        batch_format="pyarrow",
        batch_size=settings.batch_images,
        compute=ActorPoolStrategy(min_size=fewest, max_size=most),
        num_cpus=settings.threads,
        num_gpus=gpus,
    )
    rows.write_parquet(str(plan.output(shard).resolve()), ray_remote_args=_SIDE_TASK)


def _pending(plan: Plan, shard: Shard) -> bool:
    return any(plan.checkpoint(shard).glob("*.pending.parquet"))


def rows_in(plan: Plan, shard: Shard) -> int:
    """Return how many rows a shard has, from the ends of its files."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    count = 0
    for file in plan.output(shard).glob("*.parquet"):
        try:
            count += pq.read_metadata(file).num_rows
        except (OSError, pa.ArrowException):
            continue  # being written, or cut off by a kill: the next run removes it
    return count


def _short(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:500]
