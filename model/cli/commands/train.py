"""The command `fewshot train`: train on a folder of classes and save the classifier."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.backbones.names import DEFAULT_BACKBONE
from model.cli.arguments import add_common, add_groups, add_rendering, local, rendering_of, seed
from model.cli.outcome import Outcome, Search
from model.cli.progress import ProgressPrinter
from model.cli.registry import COMMANDS, Command
from model.cli.remarks import Remarks
from model.cli.text import say, warn
from model.images.scan import bin_folders, class_folders
from model.messages import listed, message, percent
from model.progress import CancelToken
from model.types import SupportSet

if TYPE_CHECKING:
    from model.estimates.report import ClassEstimate, Proportion
    from model.types import TrainingReport


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    add_rendering(parser)
    parser.add_argument(
        "bins", type=Path, metavar="BINS", help=message("folder with one sub-folder of examples per class")
    )
    parser.add_argument(
        "--out", type=local, required=True, metavar="CLASSIFIER", help=message("folder to save the classifier in")
    )
    parser.add_argument(
        "--backbone", default=DEFAULT_BACKBONE, metavar="NAME", help=message("see the README for the names")
    )
    parser.add_argument("--seed", type=seed, default=0, help=message("seed of random numbers (default: 0)"))
    add_groups(parser)


def _run(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Train on BINS and save the classifier."""
    from model.checkpoint.files import check_place, contents, save
    from model.checkpoint.origin import origin_of
    from model.embedding.groups import GroupRule
    from model.estimates.report import (
        advice,
        class_estimates,
        confusion,
        independent_examples,
        outlook,
        told_of_one_class,
    )
    from model.exports.model_card import CARD_FILE, Made, write_card
    from model.training.train import train

    check_place(options.out)
    search = Search()
    folders = class_folders(options.bins, options.cutting, search.passed_over, search.left_aside, search.remarked)
    aside = search.told()
    groups = GroupRule.parse(options.groups, bin_folders(options.bins))
    support = SupportSet(tuple(name for name, _ in folders), tuple(tuple(files) for _, files in folders))
    with ProgressPrinter() as progress:
        classifier, report = train(
            support,
            backbone=options.backbone,
            seed=options.seed,
            device=options.device,
            rendering=rendering_of(options),
            groups=groups,
            progress=progress,
            token=token,
        )
    save(classifier, options.out)
    write_card(classifier, Made.of(contents(options.out), origin_of(classifier)), options.out / CARD_FILE)
    in_two_bins = _in_two_bins(support, report)
    with Remarks() as remarks:
        for path, reason in (*report.unreadable, *report.duplicates):
            remarks.add(path, reason)
        for path, other, bins in in_two_bins:
            remarks.add(
                path,
                message(
                    "is in two bins, ‘{one}’ and ‘{other_bin}’ (there as {other}). One of them is wrong.",
                    one=bins[0],
                    other_bin=bins[1],
                    other=other,
                ),
            )
    accuracy, interval = report.leave_one_out_accuracy, report.accuracy_interval
    say(
        message(
            "Trained on {count} images of {ways} classes in {seconds:.1f} s.",
            count=len(report.examples),
            ways=support.ways,
            seconds=report.seconds,
        )
    )
    independent = {
        name: independent_examples(e for e in report.examples if e.class_index == c)
        for c, name in enumerate(support.class_names)
    }
    _say_groups(report, independent)
    if accuracy is not None and interval is not None:
        say(
            message(
                "Leave-one-out accuracy: {accuracy} (95 % interval {low} to {high}).",
                accuracy=percent(accuracy),
                low=percent(interval[0]),
                high=percent(interval[1]),
            )
        )
        for one in class_estimates(report):
            say(
                message(
                    "  {name}: recall {recall}, precision {precision}",
                    name=one.name,
                    recall=_proportion(one.recall),
                    precision=_proportion(one.precision),
                )
            )
        say(advice(report))
    elif support.ways == 1:
        say(told_of_one_class(report))
    else:
        say(
            message(
                "Confidence was not measured: every class has one image. A second image in a class lets it be measured."
            )
        )
    say(message("Saved in {out}, with a model card, {card}", out=options.out, card=CARD_FILE))
    return Outcome(
        {
            "classifier": str(options.out),
            "card": str(options.out / CARD_FILE),
            "classes": list(support.class_names),
            "examples": Counter(support.class_names[e.class_index] for e in report.examples),
            "independent_examples": independent,
            "groups": independent_examples(report.examples),
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
            "in_two_bins": [{"paths": [str(path), str(other)], "bins": bins} for path, other, bins in in_two_bins],
            **aside,
        },
        len(report.unreadable) + len(search.missing),
    )


def _say_groups(report: TrainingReport, independent: Mapping[str, int]) -> None:
    """Say so where there are fewer groups than images, and which classes cannot be judged for that."""
    from model.estimates.report import independent_examples

    counts = Counter(report.class_names[example.class_index] for example in report.examples)
    groups = independent_examples(report.examples)
    if groups == len(report.examples):
        return
    fewer = listed(
        [
            message("{name} {independent} of {count}", name=name, independent=independent[name], count=count)
            for name, count in counts.items()
        ]
    )
    say(
        message(
            "They are {groups} independent examples, since some belong together and are left out together: {fewer}.",
            groups=groups,
            fewer=fewer,
        )
    )
    for name, count in counts.items():
        if count > 1 and independent[name] == 1:
            warn(
                message("All images of ‘{name}’ belong together, so nothing can be estimated of this class.", name=name)
            )


def _in_two_bins(support: SupportSet, report: TrainingReport) -> list[tuple[Path, Path, tuple[str, str]]]:
    """Return (file, equal file, names of their bins) of each pair of the report."""
    names = {path: name for name, group in zip(support.class_names, support.images, strict=True) for path in group}
    return [(path, other, (names[path], names[other])) for path, other in report.in_two_bins]


def _proportion(proportion: Proportion) -> str:
    if proportion.value is None:
        return message("unknown")
    share, low, high = (percent(value) for value in (proportion.value, *proportion.interval))
    return message("{share} ({low} to {high})", share=share, low=low, high=high)


def _facts(estimate: ClassEstimate) -> dict[str, Any]:
    return {
        kind: {"value": proportion.value, "interval": proportion.interval}
        for kind, proportion in (("recall", estimate.recall), ("precision", estimate.precision))
    }


COMMANDS.register(
    "train", Command(message("train on a folder with one sub-folder per class"), _add_arguments, _run, order=10)
)
