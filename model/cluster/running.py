"""Run a plan on Ray: workers that each take a part of a manifest and write its rows under the part's name.

Nothing else is kept of what is done: a part is done when its file of rows has as many rows as the part has images. So
the driver, workers and nodes may die at any time, and a part that two workers wrote is there once.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from model.cluster.crew import Crew, Limits
from model.cluster.packages import check_packages, keep_ray_quiet
from model.cluster.plan import Part, Plan, Shard, parts_of, rows_in, write_json
from model.cluster.settings import HERE, Settings
from model.cluster.worker import Work, Worker
from model.errors import FewShotError, UsageError
from model.messages import message
from model.progress import CancelToken, Progress, ProgressCallback, ignore_progress

_SECONDS_TO_ANSWER = 10.0  # of a cluster that there is
_STORE_BYTES = 100 * 2**20
"""Of a Ray that is started here, beside the classifier; images and rows do not pass through Ray."""


def run_plan(
    plan: Plan,
    classifier: Path,
    settings: Settings,
    progress: ProgressCallback = ignore_progress,
    token: CancelToken | None = None,
    remarked: Callable[[str], None] = lambda _text: None,
) -> int:
    """Classify what has no row yet; return how many images that were.

    remarked: told what is to be said of workers

    Raises `FewShotError`, `Cancelled`.
    """
    from model.checkpoint.files import contents, identity

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
    unfinished = [shard for shard in plan.shards if not plan.mark(shard).exists()]
    if not unfinished:
        return 0
    done = before = plan.images - sum(shard.images for shard in unfinished)
    left = Left(plan, unfinished)
    parts = left.parts()
    first = next(parts, None)
    if first is None:
        left.mark_finished()
        return 0
    check_packages("ray", "pyarrow", "fsspec")

    def said(images: int) -> None:
        progress(Progress(message("Classifying"), images, plan.images))

    files = contents(classifier)
    with _ray(settings, _STORE_BYTES + 2 * sum(map(len, files.values()))):
        device, gpus = _device(settings.device)
        asked = {name: plan.settings[name] for name in ("closely", "false_alarms")}
        work = Work(files, plan.classifier, threads=settings.threads, device=device, base=plan.base, **asked)
        limits = Limits(settings.threads, gpus, settings.workers, settings.stall_seconds)
        said(done)
        with Crew(Worker, work, limits, remarked) as crew:
            for part in crew.finished(chain([first], parts), token or CancelToken()):
                left.finish(part)
                done += part.images
                said(done + left.found)
        left.mark_finished()
    if crew.failed:
        part, reason = crew.failed[0]
        raise FewShotError(
            message(
                "{count:,d} parts failed again and again, the first is {part}: {reason} What is done is kept: run "
                "again to go on.",
                count=len(crew.failed),
                part=part.manifest,
                reason=reason,
            )
        )
    return done - before


class Left:
    """What is left of a plan: yields the parts without rows, and marks shards of which none is left.

    found: images whose rows were there already, in the shards that were looked at so far
    """

    def __init__(self, plan: Plan, shards: list[Shard]) -> None:
        self._plan, self._shards = plan, shards
        self._waiting: dict[str, int] = {}  # parts that are not done, by the shard's name, of shards that were listed
        self.found = 0

    def parts(self) -> Iterator[Part]:
        """Yield the parts that have no rows, shard by shard; lists the files of one shard at a time."""
        for shard in self._shards:
            self._plan.output(shard).mkdir(parents=True, exist_ok=True)
            left = [part for part in parts_of(self._plan, shard) if not part.is_done]
            self.found += shard.images - sum(part.images for part in left)
            self._waiting[shard.name] = len(left)
            yield from left

    def finish(self, part: Part) -> None:
        """Note that a part is done, and mark its shard where it was the last."""
        self._waiting[part.shard.name] -= 1
        if not self._waiting[part.shard.name]:
            self._mark(part.shard)

    def mark_finished(self) -> None:
        """Mark the shards that were found done."""
        for shard in self._shards:
            if self._waiting.get(shard.name) == 0 and not self._plan.mark(shard).exists():
                self._mark(shard)

    def _mark(self, shard: Shard) -> None:
        folder = self._plan.output(shard)
        for rest in (*folder.glob("*.new"), *folder.glob("*.tries")):  # of workers that were killed
            rest.unlink(missing_ok=True)
        rows = sum(rows_in(file) for file in folder.glob("*.parquet"))
        if rows == shard.images:
            write_json(self._plan.mark(shard), {"images": rows})
            return
        raise FewShotError(
            message(
                "Shard {shard} has {rows} rows for {images} images. `fewshot cluster verify` names them.",
                shard=shard.name,
                rows=rows,
                images=shard.images,
            )
        )


@contextmanager
def _ray(settings: Settings, store_bytes: int) -> Iterator[None]:
    """Use Ray: one that runs at the address, or one started for this run that listens on this machine alone."""
    keep_ray_quiet()
    import ray

    was_running = ray.is_initialized()
    if not was_running:
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        if settings.address == HERE:
            options |= {
                "address": "local",
                "num_cpus": max(os.cpu_count() or 1, settings.threads),
                "include_dashboard": False,
                "_node_ip_address": "127.0.0.1",
                "object_store_memory": store_bytes,
            }
        else:
            options["address"] = settings.address
            _check_answers(settings.address)
        try:
            ray.init(**options)
        except Exception as error:
            raise FewShotError(
                message("Ray at {address} cannot be used: {error}", address=settings.address, error=short(error))
            ) from error
    try:
        yield
    finally:
        if not was_running:
            ray.shutdown()


def _check_answers(address: str) -> None:
    """Raise `FewShotError` where nothing answers at `address`, host:port: Ray itself would wait for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return  # such as "auto"
    try:
        socket.create_connection((host.strip("[]"), int(port)), _SECONDS_TO_ANSWER).close()
    except (OSError, OverflowError) as error:
        raise FewShotError(
            message("Ray at {address} cannot be used: {error}", address=address, error=short(error))
        ) from error


def _device(wanted: str) -> tuple[str, float]:
    """Return the workers' device and how many GPUs each reserves."""
    import ray

    there = ray.cluster_resources().get("GPU", 0)
    if wanted == "cuda" and not there:
        raise FewShotError(message("No node of the cluster has a GPU that Ray knows of."))
    return (wanted, 1.0) if there and wanted != "cpu" else ("cpu", 0.0)


def short(error: BaseException) -> str:
    """Return the last line of an error's text, which is the cause in Ray's."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:500]
