"""What `fewshot train` and `fewshot evaluate` do."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from model.checkpoint import files as checkpoint
from model.cli.command import UsageError
from model.cli.progress import ProgressPrinter
from model.cli.text import say, warn
from model.embedding.embedder import Embedder
from model.errors import NoImagesError
from model.estimates.report import ClassEstimate, Proportion, advice, class_estimates, confusion, outlook
from model.evaluation.episodes import OURS, ShotFigures, evaluate
from model.images.scan import class_folders
from model.progress import CancelToken
from model.training.train import train
from model.types import SupportSet


@dataclass(frozen=True)
class Outcome:
    """What `--json` prints, and how many images could not be read."""

    result: dict[str, Any]
    unreadable: int


def run_train(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Train on BINS and save the classifier."""
    folders = class_folders(options.bins, options.cutting)
    support = SupportSet(tuple(name for name, _ in folders), tuple(tuple(files) for _, files in folders))
    with ProgressPrinter() as progress:
        classifier, report = train(
            support,
            backbone=options.backbone,
            seed=options.seed,
            device=options.device,
            ground=options.ground,
            progress=progress,
            token=token,
        )
    checkpoint.save(classifier, options.out)
    for path, reason in (*report.unreadable, *report.duplicates):
        warn(f"{path}: {reason}")
    accuracy, interval = report.leave_one_out_accuracy, report.accuracy_interval
    say(f"Trained on {len(report.examples)} images of {support.ways} classes in {report.seconds:.1f} s.")
    if accuracy is not None and interval is not None:
        say(f"Leave-one-out accuracy: {accuracy:.1%} (95 % interval {interval[0]:.1%} to {interval[1]:.1%}).")
        for one in class_estimates(report):
            say(f"  {one.name}: recall {_proportion(one.recall)}, precision {_proportion(one.precision)}")
        say(advice(report))
    say(f"Saved in {options.out}")
    return Outcome(
        {
            "classifier": str(options.out),
            "classes": list(support.class_names),
            "examples": Counter(support.class_names[e.class_index] for e in report.examples),
            "leave_one_out_accuracy": accuracy,
            "accuracy_interval": interval,
            "confusion": confusion(report),
            "per_class": {one.name: _facts(one) for one in class_estimates(report)},
            "outlook": outlook(report),
            "advice": advice(report),
            "steps": report.steps,
            "converged": report.converged,
            "seconds": report.seconds,
            "device": classifier.device_note,
            "unreadable": [{"path": str(path), "reason": reason} for path, reason in report.unreadable],
            "duplicates": [{"path": str(path), "reason": reason} for path, reason in report.duplicates],
        },
        len(report.unreadable),
    )


def _proportion(proportion: Proportion) -> str:
    if proportion.value is None:
        return "unknown"
    low, high = proportion.interval
    return f"{proportion.value:.0%} ({low:.0%} to {high:.0%})"


def _facts(estimate: ClassEstimate) -> dict[str, Any]:
    return {
        kind: {"value": proportion.value, "interval": proportion.interval}
        for kind, proportion in (("recall", estimate.recall), ("precision", estimate.precision))
    }


def run_evaluate(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Measure accuracy by episodes and print a table."""
    folders = class_folders(options.bins, options.cutting)
    if not any(files for _, files in folders):
        raise NoImagesError(f"There is no image in {options.bins}.")
    if options.ways is not None and not 2 <= options.ways <= len(folders):
        raise UsageError(f"--ways {options.ways} does not fit: {options.bins} has {len(folders)} classes.")
    embedder = Embedder.create(options.backbone, options.device).over(options.ground)
    with ProgressPrinter() as progress:
        figures, unreadable = evaluate(
            [name for name, _ in folders],
            [files for _, files in folders],
            embedder,
            shots=options.shots,
            ways=options.ways,
            queries=options.queries,
            episodes=options.episodes,
            seed=options.seed,
            progress=progress,
            token=token,
        )
    for path, reason in unreadable:
        warn(f"{path}: {reason}")
    for row in figures:
        for line in _table(row):
            say(line)
    results = [asdict(row) | asdict(row.methods[OURS]) for row in figures]
    return Outcome({"classes": [name for name, _ in folders], "results": results}, len(unreadable))


def _table(row: ShotFigures) -> list[str]:
    lines = [
        f"{row.ways}-way {row.shots}-shot, {row.episodes} episodes",
        _LINE.format("", "accuracy", "macro F1", "ECE"),
    ]
    for name, figures in row.methods.items():
        accuracy = f"{figures.accuracy:.1%} ±{figures.interval:.1%}"
        f1, error = f"{figures.macro_f1:.1%}", f"{figures.expected_calibration_error:.1%}"
        lines.append(_LINE.format(name, accuracy, f1, error))
    return lines


_LINE = "  {:<22}{:>16}{:>10}{:>8}"
