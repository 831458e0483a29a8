"""The command `fewshot classify`: classify images and whole folders."""

from __future__ import annotations

import argparse
import math
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from model.cli.arguments import add_common, share
from model.cli.outcome import Outcome
from model.cli.progress import SECONDS_BETWEEN_LINES, ProgressPrinter
from model.cli.registry import COMMANDS, Command
from model.cli.text import say, warn, warn_of
from model.errors import ImageReadError, NoImagesError, UsageError
from model.images.scan import iter_images
from model.progress import CancelToken, Progress
from model.types import Prediction, Status

if TYPE_CHECKING:
    from model.exports.overlays import OverlayFolder
    from model.exports.results_table import Limits
    from model.runs.classify import Classified
    from model.runs.image_classifier import ImageClassifier


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("classifier", type=Path, metavar="CLASSIFIER", help="folder saved by `train`")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="images, or folders (read recursively)")
    parser.add_argument("--out", type=Path, required=True, metavar="RESULTS.csv", help="table to write")
    parser.add_argument("--overlays", type=Path, metavar="DIR", help="write a PNG of each image with map and region")
    parser.add_argument("--explain", metavar="CLASS", help="regions for CLASS instead of the predicted class")
    parser.add_argument(
        "--closely",
        action="store_true",
        help="find regions at twice the size: better, about 4 times as long (--explain and --overlays do so too)",
    )
    parser.add_argument(
        "--max-error", type=share, metavar="SHARE", help="add a column `accepted`; at most SHARE of these are wrong"
    )
    parser.add_argument(
        "--candidates", type=share, metavar="SHARE", help="add a column `candidates`; at most SHARE lack the class"
    )
    parser.add_argument(
        "--transductive",
        action="store_true",
        help="join results of similar images: better with few examples, but a result then depends on the others",
    )
    parser.add_argument("--resume", action="store_true", help="continue an interrupted RESULTS.csv")


def _run(options: argparse.Namespace, token: CancelToken) -> Outcome:
    """Classify images and folders into a table, with overlays if asked for: read, embed, predict, region, write."""
    from model.checkpoint.files import load
    from model.exports.overlays import OverlayFolder
    from model.exports.results_table import open_table
    from model.runs.classify import Asked
    from model.runs.run import Run

    started = time.monotonic()
    paths = _found_images(options, token)
    if not paths:
        raise NoImagesError(f"There is no image in {', '.join(map(str, options.paths))}.")
    if os.path.realpath(options.out) in {os.path.realpath(path) for path in paths}:
        raise UsageError(f"--out {options.out} is one of the images and would be overwritten. Give another name.")
    classifier = load(options.classifier, options.device)
    explained = _class_index(classifier, options.explain)
    overlays = OverlayFolder(options.overlays, paths, classifier.embedder.rendering) if options.overlays else None
    limits = _limits(classifier, options)
    drawn = overlays is not None
    # Regions that are asked for or drawn get the closer look.
    asked = Asked(explained, options.closely or explained is not None or drawn, maps=drawn, pictures=drawn)
    with (
        open_table(options.out, classifier.class_names, limits=limits, resume=options.resume) as table,
        ProgressPrinter() as bar,
    ):
        resumed_after = sum(table.has(path) for path in paths)
        # Joining needs the probabilities of all images, including those that have a row already.
        remaining = paths if options.transductive else [path for path in paths if not table.has(path)]
        run = Run(
            classifier,
            remaining,
            asked,
            transductive=options.transductive,
            finish=_finish(overlays),
            progress=bar,
            token=token,
        )
        for predictions in run.classified():
            table.write(prediction for prediction in predictions if not table.has(prediction.path))
            if not options.transductive:
                _warn_of_unreadable(predictions)
        for _ in run.joined():
            pass
        if options.transductive:
            table.rewrite(run.predictions.values())
            _warn_of_unreadable(run.predictions.values())
    counts = run.counts
    classes = {classifier.class_names[number]: count for number, count in counts.classes.items() if count}
    unreadable = counts.statuses[Status.ERROR] + (0 if options.transductive else table.kept_errors)
    found = ", ".join(f"{name} {count}" for name, count in Counter(classes).most_common()) or "nothing new"
    say(f"Classified {counts.images} images: {found}.")
    if options.transductive:
        say(f"Joined with similar images: {counts.changed} changed class.")
    unknown, failed = counts.statuses[Status.UNKNOWN], counts.statuses[Status.ERROR]
    say(f"Unlike every bin: {unknown}. Unreadable: {failed}. Results in {options.out}")
    return Outcome(
        {
            "results": str(options.out),
            "images": counts.images,
            "resumed_after": resumed_after,
            **{status.value: counts.statuses[status] for status in Status},
            "classes": classes,
            "changed_by_similar_images": counts.changed if options.transductive else None,
            "accepted_from": None if limits.accepting == math.inf else limits.accepting,
            "candidate_from": limits.candidate,
            "device": classifier.device_note,
            "seconds": time.monotonic() - started,
        },
        unreadable,
    )


def _finish(overlays: OverlayFolder | None) -> Callable[[Classified], Prediction]:
    """Return the last step of each image: writing its overlay, if there is a folder for them."""

    def finish(one: Classified) -> Prediction:
        if overlays is not None:
            try:
                overlays.write(one.prediction, one.picture)
            except ImageReadError as error:  # it was removed after it was classified
                return Prediction(one.prediction.path, Status.ERROR, message=error.reason)
        return one.prediction

    return finish


def _warn_of_unreadable(predictions: Iterable[Prediction]) -> None:
    for prediction in predictions:
        if prediction.status is Status.ERROR:
            warn(f"{prediction.path}: {prediction.message}")


def _found_images(options: argparse.Namespace, token: CancelToken) -> list[Path]:
    """Find the images to classify; report progress once it takes a while, since pages of many files are counted."""
    started, paths = time.monotonic(), []
    with ProgressPrinter() as bar:
        for path in iter_images(options.paths, options.cutting, warn_of):
            token.raise_if_cancelled()
            paths.append(path)
            if time.monotonic() - started > SECONDS_BETWEEN_LINES:
                bar(Progress("Finding images", len(paths), 0))
    return paths


def _limits(classifier: ImageClassifier, options: argparse.Namespace) -> Limits:
    from model.exports.results_table import Limits

    accepting = candidate = None
    if options.max_error is not None:
        accepting = classifier.classifier.accepting_threshold(options.max_error)
        if math.isinf(accepting):
            warn(
                f"No example is sure enough for at most {options.max_error:.1%} errors: nothing is accepted. Add more."
            )
    if options.candidates is not None:
        candidate = classifier.classifier.candidate_threshold(options.candidates)
        if candidate == 0:
            warn(f"Too few examples for at most {options.candidates:.1%} misses: every class is a candidate.")
    return Limits(accepting, candidate)


def _class_index(classifier: ImageClassifier, name: str | None) -> int | None:
    if name is None:
        return None
    if name not in classifier.class_names:
        raise UsageError(f"--explain: {name} is not a class. The classes are {', '.join(classifier.class_names)}.")
    return classifier.class_names.index(name)


COMMANDS.register(
    "classify",
    Command(
        "classify images and whole folders",
        _add_arguments,
        _run,
        kept_when_interrupted="Results so far are kept; --resume continues after them.",
        order=20,
    ),
)
