"""The command `fewshot cluster`: classify more images than one machine can, on Ray: plan, run, verify, merge."""

from __future__ import annotations

import argparse
from typing import Any

from model.cli.arguments import add_false_alarms, add_json, local, positive, seconds
from model.cli.on_cluster import checked, planned, run
from model.cli.outcome import Outcome, Search
from model.cli.progress import ProgressPrinter
from model.cli.registry import COMMANDS, Command
from model.cli.text import say
from model.cluster.plan import BLOCK_IMAGES, SHARD_IMAGES
from model.cluster.settings import HERE, STALL_SECONDS
from model.images.cutting import AS_THEY_ARE
from model.messages import message
from model.progress import CancelToken


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")

    def step(name: str, told: str) -> argparse.ArgumentParser:
        return steps.add_parser(name, help=told, formatter_class=parser.formatter_class)

    plan = step("plan", message("list the images, in shards"))
    run_ = step("run", message("classify what the plan lists and has no row yet"))
    check = step("verify", message("check that each image has exactly one row"))
    merge = step("merge", message("write all rows in order, as CSV or a folder of Parquet files"))
    for one in (plan, run_):
        one.add_argument("classifier", type=local, metavar="CLASSIFIER", help=message("folder of a saved classifier"))
    _add_plan(plan)
    for one in (run_, check, merge):
        one.add_argument("folder", type=local, metavar="DIR", help=message("the folder of the plan"))
    _add_run(run_)
    merge.add_argument(
        "--out", type=local, required=True, metavar="RESULTS", help=message("a CSV file, or a folder for Parquet files")
    )
    for one in (plan, run_, check, merge):
        add_json(one)
        one.set_defaults(video_rate=AS_THEY_ARE.video_rate, tiles=AS_THEY_ARE.tile_side, cache=None)


def _add_plan(plan: argparse.ArgumentParser) -> None:
    plan.add_argument(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help=message(
            "folders, patterns, URLs of object storage, a list (.txt, .lst) or a manifest (.parquet: id, path)"
        ),
    )
    plan.add_argument("--out", type=local, required=True, metavar="DIR", help=message("a folder that all nodes share"))
    plan.add_argument(
        "--shard-images", type=positive, default=SHARD_IMAGES, metavar="N", help=message("most images of a shard")
    )
    plan.add_argument(
        "--block-images",
        type=positive,
        default=BLOCK_IMAGES,
        metavar="N",
        help=message("most images of a part, a worker's step"),
    )
    plan.add_argument("--closely", action="store_true", help=message("find regions at twice the size"))
    add_false_alarms(plan)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--address", default=HERE, help=message("a running Ray (host:port or auto); default: one for this run, here")
    )
    parser.add_argument("--threads", type=positive, default=1, help=message("cores a worker uses (default: 1)"))
    parser.add_argument(
        "--workers", type=positive, help=message("most workers (default: as many as there is room for)")
    )
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help=message("where to compute (default: auto)")
    )
    parser.add_argument(
        "--stall",
        type=seconds,
        default=STALL_SECONDS,
        metavar="SECONDS",
        help=message("a worker that needs longer for a part is replaced (default: {seconds:g})", seconds=STALL_SECONDS),
    )


def _run(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Do one step of a run on a cluster."""
    from model.cluster.packages import check_packages

    check_packages("pyarrow", "fsspec")
    step = {"plan": _plan, "run": _run_plan, "verify": _verify, "merge": _merge}[options.step]
    return step(options, token)


def _plan(options: argparse.Namespace, token: CancelToken) -> Outcome:
    search = Search()
    made = planned(options, options.out, options.inputs, search, token)
    aside = search.told()
    say(message("Planned {images:,d} images in {shards:,d} shards.", images=made.images, shards=len(made.shards)))
    return Outcome({"images": made.images, "shards": len(made.shards), **aside}, len(search.missing))


def _run_plan(options: argparse.Namespace, token: CancelToken) -> Outcome:
    from model.cluster.plan import load_plan
    from model.cluster.settings import Settings

    settings = Settings(
        address=options.address,
        threads=options.threads,
        workers=options.workers,
        device=options.device,
        stall_seconds=options.stall,
    )
    plan = load_plan(options.folder)
    done = run(plan, options.classifier, settings, token)
    say(message("Finished: {images:,d} images, {done:,d} of them in this run.", images=plan.images, done=done))
    return Outcome({"images": plan.images, "done": done}, 0)


def _verify(options: argparse.Namespace, token: CancelToken) -> Outcome:
    from model.cluster.plan import load_plan

    plan = load_plan(options.folder)
    found = checked(plan, token)
    result: dict[str, Any] = {
        "whole": found.is_whole,
        "images": plan.images,
        "rows": found.rows,
        "missing": found.missing,
        "repeated": found.repeated,
        "foreign": found.foreign,
        "named": found.named,
        "damaged": [str(file) for file in found.damaged],
        "strangers": [str(file) for file in found.strangers],
        "unfinished": found.unfinished,
        "statuses": dict(found.statuses),
        "classes": dict(found.classes),
    }
    if found.is_whole:
        say(message("{rows:,d} images, each with exactly one row.", rows=found.rows))
        return Outcome(result, 0)
    if found.unfinished:
        say(message("Shards that are not finished: {shards}.", shards=", ".join(found.unfinished[:20])))
    for count, kind, said in (
        (found.missing, "missing", message("images without a row")),
        (found.repeated, "repeated", message("images with more than one row")),
        (found.foreign, "foreign", message("rows of no image of their part")),
    ):
        if count:
            ids = ", ".join(map(str, found.named[kind]))
            say(message("{count:,d} {what}, ids {ids}.", count=count, what=said, ids=ids))
    for file in found.damaged[:20]:
        say(message("{path} cannot be read; `fewshot cluster run` makes it again.", path=file))
    for file in found.strangers[:20]:
        say(message("{path} belongs to no part of the plan. Take it away.", path=file))
    return Outcome(result, 0, is_bad=True)


def _merge(options: argparse.Namespace, token: CancelToken) -> Outcome:
    from model.cluster.merging import merge
    from model.cluster.plan import load_plan

    with ProgressPrinter() as bar:
        rows = merge(load_plan(options.folder), options.out, bar, token)
    say(message("Wrote {rows:,d} rows to {out}.", rows=rows, out=options.out))
    return Outcome({"rows": rows, "results": str(options.out)}, 0)


COMMANDS.register(
    "cluster",
    Command(
        message("classify more images than one machine can, on Ray"),
        _add_arguments,
        _run,
        kept_when_interrupted=message("What is done is kept; run again to go on."),
        order=45,
    ),
)
