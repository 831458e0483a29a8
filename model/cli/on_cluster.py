"""The steps of a run on a cluster with their progress, for `fewshot cluster`, and all of them: `classify --cluster`."""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.cli.classified import say_counts
from model.cli.outcome import Outcome, Search
from model.cli.progress import ProgressPrinter
from model.cli.text import warn
from model.cluster.settings import HERE
from model.cluster.urls import is_url
from model.errors import FewShotError, UsageError
from model.messages import message
from model.progress import Cancelled, CancelToken, Progress
from model.types import Status

if TYPE_CHECKING:
    from model.cluster.checking import Check
    from model.cluster.plan import Plan
    from model.cluster.settings import Settings

_NOT_TOGETHER = (
    "watch", "overlays", "explain", "max_error", "candidates", "transductive", "by_case", "leave_out_hashes",
)  # fmt: skip


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """Add the argument `--cluster`."""
    parser.add_argument(
        "--cluster",
        nargs="?",
        const=HERE,
        metavar="ADDRESS",
        help=message(
            "classify on Ray: the one at ADDRESS (host:port or auto), or one started on this machine for this run; "
            "after the PATHs, which may be patterns, lists, a manifest and URLs, too. RESULTS without .csv is a folder "
            "of Parquet files. Goes on where it was interrupted"
        ),
    )


def place(text: str) -> Path | str:
    """Return a path; a URL stays a text, for `Path` would make one slash of its two."""
    return text if is_url(text) else Path(text)


def refuse_urls(options: argparse.Namespace) -> None:
    """Raise `UsageError` for URLs among the paths of a run without `--cluster`."""
    for one in options.paths:
        if isinstance(one, str):
            raise UsageError(message("{url}: what lies in object storage is read with --cluster.", url=one))


def classify_on_cluster(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Plan, run, verify and merge; a plan that is there beside the results is gone on with.

    Raises `UsageError` for what does not go together, `FewShotError`, `Cancelled`.
    """
    from model.cluster.merging import check_out, merge
    from model.cluster.packages import check_packages
    from model.cluster.plan import discard
    from model.cluster.settings import Settings

    started = time.monotonic()
    _check_options(options)
    check_packages("ray", "pyarrow", "fsspec")
    check_out(options.out, overwrite=options.overwrite)
    folder = options.out.with_name(options.out.name + ".plan")
    if options.overwrite:
        discard(folder)
    search = Search()
    plan = _unfinished(folder, options)
    if plan is None and options.resume and options.out.exists():
        raise UsageError(
            message(
                "{out} is finished: there is nothing to go on with. Leave out --resume to classify all anew.",
                out=options.out,
            )
        )
    if plan is None:
        try:
            plan = planned(options, folder, _inputs(options), search, token)
        except (FewShotError, Cancelled):
            discard(folder)
            raise
    aside = search.told()
    settings = Settings(address=options.cluster, device=options.device)
    done = run(plan, options.classifier, settings, token)
    check = checked(plan, token)
    if not check.is_whole:
        raise FewShotError(message("{folder} lacks rows: `fewshot cluster verify {folder}` names them.", folder=folder))
    with ProgressPrinter() as bar:
        merge(plan, options.out, bar, token, overwrite=options.overwrite)
    discard(folder)
    statuses = Counter({status: check.statuses[status.value] for status in Status})
    _say(options, statuses, check.classes)
    return Outcome(
        {
            "results": str(options.out),
            "images": plan.images,
            "resumed_after": plan.images - done,
            **{status.value: statuses[status] for status in Status},
            "classes": dict(check.classes),
            "cluster": options.cluster,
            "seconds": time.monotonic() - started,
            **aside,
        },
        statuses[Status.ERROR] + len(search.missing),
    )


def _check_options(options: argparse.Namespace) -> None:
    for name in _NOT_TOGETHER:
        if getattr(options, name):
            option = f"--{name.replace('_', '-')}"
            raise UsageError(
                message("--cluster does not go together with {option}. Leave one of them out.", option=option)
            )
    if options.device == "mps":
        raise UsageError(message("--cluster computes on cpu or cuda. Give one of them as --device."))


def _inputs(options: argparse.Namespace) -> list[str]:
    """Return what is to be classified, as it was given: so it stands in the table."""
    return [str(one) for one in options.paths]


def _absolute(inputs: Iterable[str], base: str) -> list[str]:
    """Return inputs as they mean the same wherever the command is run again."""
    return [one if is_url(one) else os.path.normpath(os.path.join(base, one)) for one in inputs]


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return what rows depend on besides the classifier and the images."""
    return {
        "closely": options.closely,
        "false_alarms": options.false_alarms,
        "video_rate": options.video_rate,
        "tiles": options.tiles,
    }


def _unfinished(folder: Path, options: argparse.Namespace) -> Plan | None:
    """Return the plan of a run that was interrupted; raises `UsageError` where that was another one."""
    from model.checkpoint.files import identity
    from model.cluster.plan import PLAN_FILE, load_plan

    if not (folder / PLAN_FILE).exists():
        return None
    plan = load_plan(folder)
    if (plan.classifier, _absolute(plan.inputs, plan.base), plan.settings) != (
        identity(options.classifier),
        _absolute(_inputs(options), os.getcwd()),
        _settings(options),
    ):
        raise UsageError(
            message(
                "{folder} is an interrupted run with another classifier, other images or other options. Give those "
                "again to go on, add --overwrite to begin anew, or give another --out.",
                folder=folder,
            )
        )
    return plan


def planned(options: argparse.Namespace, folder: Path, inputs: list[str], search: Search, token: CancelToken) -> Plan:
    """List the images into a plan."""
    from model.checkpoint.files import identity, load
    from model.cluster.listing import tables_of
    from model.cluster.plan import BLOCK_IMAGES, SHARD_IMAGES, make_plan

    names = load(options.classifier, "cpu").class_names
    with ProgressPrinter() as bar:

        def told(count: int) -> None:
            token.raise_if_cancelled()
            bar(Progress(message("Finding images"), count, 0))

        return make_plan(
            folder,
            tables_of(inputs, options.cutting, search.passed_over, search.left_aside, search.remarked),
            classifier=identity(options.classifier),
            class_names=names,
            inputs=inputs,
            settings=_settings(options),
            shard_images=getattr(options, "shard_images", SHARD_IMAGES),
            block_images=getattr(options, "block_images", BLOCK_IMAGES),
            told=told,
        )


def run(plan: Plan, classifier: Path, settings: Settings, token: CancelToken) -> int:
    """Classify what has no row yet; return how many images that were."""
    from model.cluster.running import run_plan

    with ProgressPrinter() as bar:
        return run_plan(plan, classifier, settings, bar, token, warn)


def checked(plan: Plan, token: CancelToken) -> Check:
    """Compare the rows with the plan."""
    from model.cluster.checking import check_plan

    with ProgressPrinter() as bar:
        return check_plan(plan, bar, token)


def _say(options: argparse.Namespace, statuses: Counter[Status], classes: Counter[str]) -> None:
    from model.runs.run import Counts

    say_counts(options, Counts(statuses, Counter()), classes, 0)
