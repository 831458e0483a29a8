"""The command `fewshot classify`: classify images and whole folders."""

from __future__ import annotations

import argparse
import math
import os
import time
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from model.cli.arguments import add_common, add_false_alarms, local, share
from model.cli.classified import Overlays, say_counts, warn_of_trouble
from model.cli.hooks import Hooks, parse_command
from model.cli.on_cluster import add_cluster, classify_on_cluster, place, refuse_urls
from model.cli.outcome import Outcome, Search
from model.cli.progress import SECONDS_BETWEEN_LINES, ProgressPrinter
from model.cli.registry import COMMANDS, Command
from model.cli.remarks import Remarks
from model.cli.text import say, warn
from model.cli.watch import add_watching, check_options, watch
from model.errors import NoImagesError, UsageError
from model.images.known_content import LEFT_OUT, KnownContent, LeftOutFiles
from model.images.path_list import PathList
from model.images.scan import iter_images
from model.messages import message
from model.progress import Cancelled, CancelToken, Progress, reported
from model.types import Prediction, Status

if TYPE_CHECKING:
    from model.exports.results_table import Limits
    from model.runs.image_classifier import ImageClassifier


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument(
        "classifier", type=local, metavar="CLASSIFIER", help=message("folder saved by `train`, or a project")
    )
    parser.add_argument(
        "paths", type=place, nargs="+", metavar="PATH", help=message("images, or folders (read recursively)")
    )
    parser.add_argument("--out", type=local, required=True, metavar="RESULTS.csv", help=message("table to write"))
    parser.add_argument(
        "--overlays", type=local, metavar="DIR", help=message("write a PNG of each image with map and region")
    )
    parser.add_argument("--explain", metavar="CLASS", help=message("regions for CLASS instead of the predicted class"))
    parser.add_argument(
        "--closely",
        action="store_true",
        help=message(
            "find regions at twice the size: better, about 4 times as long (--explain and --overlays do so too)"
        ),
    )
    parser.add_argument(
        "--max-error",
        type=share,
        metavar="SHARE",
        help=message("add a column `accepted`; at most SHARE of these are wrong"),
    )
    parser.add_argument(
        "--candidates",
        type=share,
        metavar="SHARE",
        help=message("add a column `candidates`; at most SHARE lack the class"),
    )
    add_false_alarms(parser)
    parser.add_argument(
        "--transductive",
        action="store_true",
        help=message(
            "join results of similar images: better with few examples, but a result then depends on the others"
        ),
    )
    parser.add_argument(
        "--by-case",
        metavar="RULE",
        help=message(
            "combine the images of each case (patient, slide, burst) into one verdict, in RESULTS.cases.csv; RULE as "
            "for `train --groups`: folder, file, dicom, a list or a regular expression in the path below PATH"
        ),
    )
    parser.add_argument(
        "--leave-out-hashes",
        type=Path,
        metavar="FILE",
        help=message(
            "list of SHA-256 or MD5 hashes, one a line: files with such content are neither decoded nor classified"
        ),
    )
    add_watching(parser)
    add_cluster(parser)
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument("--resume", action="store_true", help=message("continue an interrupted RESULTS.csv"))
    existing.add_argument("--overwrite", action="store_true", help=message("replace RESULTS.csv whatever it is"))


def _run(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Classify images and folders into a table, with overlays if asked for: read, embed, predict, region, write."""
    check_options(options)
    if options.cluster is not None:
        return classify_on_cluster(options, token)
    refuse_urls(options)
    if options.watch:
        return _watched(options, token)
    rows: Counter[str] = Counter()
    try:
        return _classified(options, token, rows)
    except Cancelled:
        if not rows.total():
            raise Cancelled(message("Nothing was classified yet.")) from None
        raise


def _classified(options: argparse.Namespace, token: CancelToken, rows: Counter[str]) -> Outcome:
    """Do what `_run` says, and count in `rows` the rows that the table holds."""
    from model.checkpoint.files import identity, load
    from model.exports.overlays import OverlayFolder
    from model.exports.results_table import open_table
    from model.runs.classify import Asked
    from model.runs.run import Run

    started = time.monotonic()
    left_out = _left_out(options)
    search = Search()
    paths = _found_images(options, token, search)
    aside = search.told()
    if not paths:
        raise NoImagesError(message("There is no image in {paths}.", paths=", ".join(map(str, options.paths))))
    _check_results(options, paths)
    groups = _groups(options, paths)
    # Joining and cases need the probabilities of all images, including those that have a row already.
    every = options.transductive or groups is not None
    classifier = load(options.classifier, options.device)
    if options.false_alarms is not None:
        classifier = classifier.with_false_alarms(options.false_alarms)
    explained = _class_index(classifier, options.explain)
    folder = OverlayFolder(options.overlays, paths, classifier.embedder.rendering) if options.overlays else None
    overlays = Overlays(folder)
    limits = replace(_limits(classifier, options), groups=groups)
    drawn = folder is not None
    # Regions that are asked for or drawn get the closer look.
    asked = Asked(explained, options.closely or explained is not None or drawn, maps=drawn, pictures=drawn)
    with (
        open_table(
            options.out,
            classifier.class_names,
            limits=limits,
            resume=options.resume,
            classifier=identity(options.classifier),
        ) as table,
        ProgressPrinter() as bar,
        Remarks() as remarks,
    ):
        if table.remark:
            warn(table.remark)
        resumed_after = rows["before"] = sum(table.has(path) for path in paths)
        remaining = paths if every else paths.where(lambda path: not table.has(path))
        known = _known(remaining, left_out, token) if options.leave_out_hashes else []
        table.write(one for one in known if not table.has(one.path))
        rows["now"] += len(known)
        remaining = _without(remaining, {one.path for one in known})
        run = Run(
            classifier,
            remaining,
            asked,
            transductive=options.transductive,
            keep=groups is not None,
            finish=overlays.finish,
            progress=bar,
            token=token,
        )
        for predictions in run.classified():
            table.write(prediction for prediction in predictions if not table.has(prediction.path))
            rows["now"] += len(predictions)
            if not options.transductive:
                warn_of_trouble(predictions, overlays, remarks)
        for _ in run.joined():
            pass
        if options.transductive:
            table.rewrite([*known, *run.predictions.values()])
            warn_of_trouble(run.predictions.values(), overlays, remarks)
    about_cases = _write_cases(options.out, classifier.class_names, run.predictions, groups)
    counts = run.counts
    for one in known:
        counts.add(one)
    classes = {classifier.class_names[number]: count for number, count in counts.classes.items() if count}
    trouble = counts.statuses[Status.ERROR] + len(overlays.failed) + len(search.missing)
    trouble += 0 if every else table.kept_errors
    say_counts(options, counts, classes, len(overlays.failed))
    return Outcome(
        {
            "results": str(options.out),
            "images": counts.images,
            "resumed_after": resumed_after,
            **{status.value: counts.statuses[status] for status in Status},
            "classes": classes,
            "changed_by_similar_images": counts.changed if options.transductive else None,
            "overlays_not_written": len(overlays.failed),
            "accepted_from": None if limits.accepting == math.inf else limits.accepting,
            "candidate_from": limits.candidate,
            "device": classifier.device_note,
            "seconds": time.monotonic() - started,
            **about_cases,
            **aside,
        },
        trouble,
    )


def _watched(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Classify what comes into folders, until it is ended."""
    from model.checkpoint.files import identity, load
    from model.exports.results_table import open_table
    from model.runs.classify import Asked

    left_out = _left_out(options)
    each = [parse_command(text) for text in options.on_image]
    by_class: dict[str, list[tuple[str, ...]]] = {}
    for name, text in options.on_class:
        by_class.setdefault(name, []).append(parse_command(text))
    _check_results(options, [])
    for folder in options.paths:
        if not folder.is_dir():
            raise UsageError(
                message("{folder} is not a folder that can be watched. Give a folder that is there.", folder=folder)
            )
    classifier = load(options.classifier, options.device)
    if options.false_alarms is not None:
        classifier = classifier.with_false_alarms(options.false_alarms)
    explained = _class_index(classifier, options.explain)
    hooks = Hooks(classifier.class_names, each, by_class, options.command_seconds)
    with open_table(
        options.out,
        classifier.class_names,
        limits=_limits(classifier, options),
        resume=not options.overwrite,
        classifier=identity(options.classifier),
    ) as table:
        if table.remark:
            warn(table.remark)
        asked = Asked(explained, options.closely or explained is not None)
        return watch(options, token, classifier, table, hooks, asked, left_out)


def _left_out(options: argparse.Namespace) -> LeftOutFiles:
    wanted = options.leave_out_hashes
    return LeftOutFiles(KnownContent() if wanted is None else KnownContent.read(wanted))


def _known(paths: Sequence[Path], left_out: LeftOutFiles, token: CancelToken) -> list[Prediction]:
    """Return rows of the images whose content is on the list."""
    with ProgressPrinter() as bar:
        return [
            Prediction(path, Status.LEFT_OUT, message=LEFT_OUT)
            for path in reported(paths, message("Comparing with the list of hashes"), bar, token)
            if left_out.has(path)
        ]


def _without(paths: PathList, known: Collection[Path]) -> PathList:
    return paths.where(lambda path: path not in known) if known else paths


def _check_results(options: argparse.Namespace, paths: Sequence[Path]) -> None:
    """Raise `UsageError` where the results would replace an image or something else that is none of ours."""
    from model.exports import cases
    from model.exports.results_table import check_replaceable

    results = os.path.realpath(options.out)
    if any(os.path.realpath(path) == results for path in paths):  # no set of them: there may be a million
        raise UsageError(
            message("--out {out} is one of the images and would be overwritten. Give another name.", out=options.out)
        )
    if not options.overwrite:
        check_replaceable(options.out)
        if options.by_case is not None:
            cases.check_replaceable(cases.cases_path(options.out))


def _groups(options: argparse.Namespace, paths: Sequence[Path]) -> dict[Path, str] | None:
    """Return the case of each image; None where cases are not asked for."""
    if options.by_case is None:
        return None
    from model.embedding.groups import By, GroupRule, case_names

    # A rule on folders names them as they were given.
    rule = GroupRule.parse(options.by_case, [path if path.is_dir() else path.parent for path in options.paths])
    names = case_names(paths, replace(rule, roots=()) if rule.by is By.FOLDER else rule)
    return dict(zip(paths, names, strict=True))


def _write_cases(
    results: Path, class_names: Sequence[str], predictions: Mapping[Path, Prediction], groups: Mapping[Path, str] | None
) -> dict[str, object]:
    """Write the table of cases, if they are asked for, and say what is in it; returns the same for `--json`."""
    if groups is None:
        return {}
    from model.exports.cases import cases_path, write_cases
    from model.runs.cases import verdicts

    path, found = cases_path(results), verdicts(predictions.values(), groups)
    write_cases(path, class_names, found)
    classes = Counter(class_names[case.predicted] for case in found if case.scores)
    told = ", ".join(f"{name} {count}" for name, count in classes.most_common()) or message("none could be read")
    say(message("Cases: {count}: {told}. Verdicts in {path}", count=len(found), told=told, path=path))
    return {"case_results": str(path), "cases": len(found), "case_classes": classes}


def _found_images(options: argparse.Namespace, token: CancelToken, search: Search) -> PathList:
    """Find the images to classify; report progress once it takes a while, since pages of many files are counted."""
    started, paths = time.monotonic(), PathList()
    with ProgressPrinter() as bar:
        for path in iter_images(options.paths, options.cutting, search.passed_over, search.left_aside, search.remarked):
            token.raise_if_cancelled()
            paths.append(path)
            if time.monotonic() - started > SECONDS_BETWEEN_LINES:
                bar(Progress(message("Finding images"), len(paths), 0))
    return paths


def _limits(classifier: ImageClassifier, options: argparse.Namespace) -> Limits:
    from model.exports.results_table import Limits

    accepting = candidate = None
    if options.max_error is not None:
        accepting = classifier.classifier.accepting_threshold(options.max_error)
        if math.isinf(accepting):
            warn(
                message(
                    "No example is sure enough for at most {share:.1%} errors: nothing is accepted. Add more.",
                    share=options.max_error,
                )
            )
    if options.candidates is not None:
        candidate = classifier.classifier.candidate_threshold(options.candidates)
        if candidate == 0:
            warn(
                message(
                    "Too few examples for at most {share:.1%} misses: every class is a candidate.",
                    share=options.candidates,
                )
            )
    return Limits(accepting, candidate)


def _class_index(classifier: ImageClassifier, name: str | None) -> int | None:
    if name is None:
        return None
    composed = [unicodedata.normalize("NFC", known) for known in classifier.class_names]
    wanted = unicodedata.normalize("NFC", name)  # a folder's name and what is typed may be spelt differently
    if name in classifier.class_names:
        return classifier.class_names.index(name)
    if wanted not in composed:
        raise UsageError(
            message(
                "--explain: {name} is not a class. The classes are {classes}.",
                name=name,
                classes=", ".join(classifier.class_names),
            )
        )
    return composed.index(wanted)


COMMANDS.register(
    "classify",
    Command(
        message("classify images and whole folders"),
        _add_arguments,
        _run,
        kept_when_interrupted=message("Results so far are kept; --resume continues after them."),
        order=20,
    ),
)
